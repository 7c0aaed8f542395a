"""Three processes, one database, one Telegram: each message handled once, in its order, whichever process does what."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fire.conversations import CONVERSATIONS
from tests.fire.judge import judge
from tests.fire.kept import settled
from tests.fire.processes.several import several
from tests.fire.talk import Crowd


@pytest.mark.slow
async def test_three_processes_share_the_work_and_do_everything_once(tmp_path: Path, own_postgresql_url: str) -> None:
    """B11, F23: one of them polls and Telegram never sees a second; all take turns; every message once and in its order."""
    async with several(tmp_path, own_postgresql_url) as bots:
        crowd = Crowd(bots.town, random.Random(5), CONVERSATIONS, at_once=20)
        await crowd.lives(40)
        await crowd.comes_back()
        assert crowd.stuck == []
        await settled(bots.town)
        (await judge(bots.town, (), crowd.threads)).sound()
        assert [call for call in bots.town.world.asked("getUpdates") if call.status == 409] == []
        for bot in bots.all:
            assert len(bot.lines("turn")) > 50
            assert bot.lines("alarm") == []
