"""A bot that is killed again and again while a thousand people talk with it: nothing lost, nothing out of order, next to nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fire.kills import BRISK, TELEGRAM, Pace, Storm, seeded
from tests.town.town import raised


async def survives(folder: Path, pace: Pace, visits: int, kills: int, **settings: Any) -> None:
    """Raise a town, let it be struck, and judge it."""
    async with raised(folder, **settings) as town:
        storm = Storm(town, seeded(), pace)
        verdict = await storm.rages(visits, kills)
        print(storm.summary(verdict))
        verdict.sound()
        if pace is TELEGRAM:
            assert len(verdict.copies) <= len(storm.kills), "\n".join(map(str, verdict.copies))


@pytest.mark.parametrize(("visits", "kills"), [(30, 8), pytest.param(900, 150, marks=pytest.mark.slow)])
async def test_random_kills_lose_nothing_and_double_at_most_one_message_a_chat(tmp_path: Path, visits: int, kills: int) -> None:
    """B1-B5, F3-F6."""
    await survives(tmp_path, BRISK, visits, kills)


@pytest.mark.slow
async def test_random_kills_at_telegrams_rate_double_at_most_one_message_each(tmp_path: Path) -> None:
    """B5, F6: one copy a kill in all chats together."""
    await survives(tmp_path, TELEGRAM, 100, 50)


@pytest.mark.slow
@pytest.mark.parametrize(("pace", "visits", "kills"), [(BRISK, 200, 35), (TELEGRAM, 40, 15)])
async def test_random_kills_on_postgresql_lose_nothing(
    tmp_path: Path, own_postgresql_url: str, pace: Pace, visits: int, kills: int
) -> None:
    """B1-B5, F3-F6, F35."""
    await survives(tmp_path, pace, visits, kills, STORAGE__URL=own_postgresql_url)
