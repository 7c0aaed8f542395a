"""A bot that is killed again and again while a thousand people talk with it: nothing lost, nothing out of order, next to nothing twice."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.fire.kills import BRISK, TELEGRAM, Pace, Storm, judged, seeded
from tests.town.town import raised


STORM = pytest.param(450, 75, marks=pytest.mark.slow)


@pytest.mark.parametrize(("visits", "kills"), [(30, 8), STORM, STORM], ids=["a few", "half", "the other half"])
async def test_random_kills_lose_nothing_and_double_at_most_one_message_a_chat(tmp_path: Path, visits: int, kills: int) -> None:
    """B1-B5, F3-F6; in two towns, so that two cores share them."""
    seed = seeded()
    async with raised(tmp_path) as town:
        await judged(Storm(town, Random(seed), BRISK), visits, kills, seed)


@pytest.mark.slow
async def test_random_kills_at_telegrams_rate_double_at_most_one_message_each(tmp_path: Path) -> None:
    """B5, F6: no more copies than kills, in all chats together."""
    seed = seeded()
    async with raised(tmp_path) as town:
        await judged(Storm(town, Random(seed), TELEGRAM), 100, 50, seed)


@pytest.mark.slow
@pytest.mark.parametrize(("pace", "visits", "kills"), [(BRISK, 200, 35), (TELEGRAM, 40, 15)])
async def test_random_kills_on_postgresql_lose_nothing(
    tmp_path: Path, own_postgresql_url: str, pace: Pace, visits: int, kills: int
) -> None:
    """B1-B5, F3-F6, F35."""
    seed = seeded()
    async with raised(tmp_path, STORAGE__URL=own_postgresql_url) as town:
        await judged(Storm(town, Random(seed), pace), visits, kills, seed)
