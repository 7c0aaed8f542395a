"""As `test_kills.py`, on PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.fire.kills import BRISK, TELEGRAM, Pace, Storm, judged, seeded
from tests.town.town import raised


@pytest.mark.slow
@pytest.mark.parametrize(("pace", "visits", "kills"), [(BRISK, 200, 35), (TELEGRAM, 40, 15)], ids=["brisk", "at Telegram's rate"])
async def test_random_kills_on_postgresql_lose_nothing(
    tmp_path: Path, own_postgresql_url: str, pace: Pace, visits: int, kills: int
) -> None:
    """B1-B5, F3-F6, F35."""
    seed = seeded()
    async with raised(tmp_path, STORAGE__URL=own_postgresql_url) as town:
        await judged(Storm(town, Random(seed), pace), visits, kills, seed)
