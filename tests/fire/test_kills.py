"""A bot that is killed again and again while a thousand people talk with it: nothing lost, nothing out of order, next to nothing twice."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.fire.kills import BRISK, TELEGRAM, Storm, judged, seeded
from tests.town.town import raised

STORMS = [(30, 8), pytest.param(450, 75, marks=pytest.mark.slow), pytest.param(440, 75, marks=pytest.mark.slow)]
"""How many people come, and how often the bot dies. Two storms are milder on a test's time than one of twice the length."""


@pytest.mark.parametrize(("visits", "kills"), STORMS)
async def test_random_kills_lose_nothing_and_double_at_most_one_message_a_chat(tmp_path: Path, visits: int, kills: int) -> None:
    """B1-B5, F3-F6."""
    seed = seeded()
    async with raised(tmp_path) as town:
        await judged(Storm(town, Random(seed), BRISK), visits, kills, seed)


@pytest.mark.slow
async def test_random_kills_at_telegrams_rate_double_at_most_one_message_each(tmp_path: Path) -> None:
    """B5, F6: no more copies than kills, in all chats together."""
    seed = seeded()
    async with raised(tmp_path) as town:
        storm = Storm(town, Random(seed), TELEGRAM)
        verdict = await judged(storm, 110, 50, seed)
        assert len(verdict.copies) <= len(storm.kills), "\n".join(map(str, verdict.copies))
