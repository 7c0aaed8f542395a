"""A house for each test, on each kind of database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.clock import SystemClock
from bot.demo.server import StandIn
from bot.storage.database import Database
from tests.pipeline.house import House, linked


@pytest.fixture
async def telegram() -> AsyncIterator[StandIn]:
    """Return Telegram, as strict as the real one."""
    async with StandIn.start(repeat_guard=0) as found:
        yield found


@pytest.fixture
async def house(telegram: StandIn, database: Database) -> House:
    """Return a house with a forum and the province, whose bot is not running yet."""
    member = telegram.world.person("Hiwa")
    forum, province = telegram.world.group("Khanaqin", member), telegram.world.group("Diyala", member)
    await linked(database, forum, province, SystemClock())
    return House(telegram, database, forum, province, member)
