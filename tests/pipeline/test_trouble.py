"""A database that cannot be written, and a log that tells nothing of anybody."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
import structlog

from bot.clock import SystemClock
from bot.demo.server import StandIn
from bot.log import configure
from bot.pipeline.trouble import CALM_SECONDS, Trouble
from bot.storage.database import Database
from bot.storage.seal import Keyring
from tests.pipeline.house import House, linked


@pytest.fixture
def written_log() -> Iterator[io.StringIO]:
    """Return the log as an operator gets it."""
    stream = io.StringIO()
    before = structlog.get_config()
    configure((), stream)
    yield stream
    structlog.configure(**before)


@pytest.fixture
async def on_disk(telegram: StandIn, sqlite_url: str, keys: Keyring) -> AsyncIterator[House]:
    """Return a house on SQLite."""
    member = telegram.world.person("Hiwa")
    forum, province = telegram.world.group("Khanaqin", member), telegram.world.group("Diyala", member)
    db = await Database.open(sqlite_url, keys)
    await linked(db, forum, province, SystemClock())
    yield House(telegram, db, forum, province, member)
    await db.close()


async def pages(db: Database, most: int | None = None) -> int:
    """Return how many pages the database file has; with `most`, let it have no more."""
    if most is not None:
        await db.transact(lambda conn: conn.exec_driver_sql(f"PRAGMA max_page_count = {most}"))
    found = await db.transact(lambda conn: conn.exec_driver_sql("PRAGMA page_count"))
    return int(found.scalar_one())


async def test_on_a_full_disk_nothing_is_acknowledged_the_operator_is_told_and_all_goes_on_later(
    on_disk: House, written_log: io.StringIO
) -> None:
    """B8, F8: what could not be stored waits at Telegram; the next message after that is answered as if nothing had been."""
    on_disk.without_limits()
    world, sara = on_disk.telegram.world, on_disk.resident()
    async with on_disk.running():
        sara.writes("hello")
        await sara.hears("echo hello")
        await pages(on_disk.db, most=await pages(on_disk.db))
        for number in range(12):
            sara.writes(f"{number} {'x' * 3000}")
        await _written(written_log, '"reason": "full"')
        assert len(world.updates) > 0
        await pages(on_disk.db, most=1_000_000)
        sara.writes("after")
        await world.until(lambda: not world.updates, timeout=15)
        await sara.hears("echo after", timeout=20)


async def _written(log: io.StringIO, words: str) -> None:
    async with asyncio.timeout(10):
        while True:
            if words in log.getvalue():
                return
            await asyncio.sleep(0.02)


async def test_the_log_holds_one_line_for_each_turn_and_send_and_nothing_that_anybody_wrote(
    on_disk: House, written_log: io.StringIO
) -> None:
    """B50: not even when a handler fails on it."""
    sara = on_disk.resident("Canary-Name")
    async with on_disk.running(pauses=(0.02, 0.02)):
        sara.writes("report canary-story")
        card = await on_disk.forum.hears("canary-story")
        on_disk.member.replies(card, "canary-answer")
        await sara.hears("canary-answer")
        sara.writes("boom canary-boom")
        await sara.hears("Please write it in another way")
    log = written_log.getvalue()
    assert len(re.findall('"event": "turn"', log)) >= 3
    assert len(re.findall('"event": "send"', log)) >= 4
    for secret in ("canary", str(sara.id), str(on_disk.forum.id), str(on_disk.member.id), "Hiwa", on_disk.telegram.token):
        assert secret.lower() not in log.lower()


class Hand:
    """A clock that only the test moves."""

    at = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def monotonic(self) -> float:
        return self.at


def test_an_outage_is_one_line_and_its_end_another(written_log: io.StringIO) -> None:
    """F8: also where small transactions pass and large ones do not."""
    clock = Hand()
    trouble = Trouble(clock)
    for _ in range(300):
        clock.at += 1.0
        trouble.refused("full")
        trouble.took()
    clock.at += CALM_SECONDS
    trouble.took()
    trouble.took()
    trouble.refused("locked")
    told = [json.loads(line) for line in written_log.getvalue().splitlines()]
    assert [(each["event"], each.get("reason", "")) for each in told] == [("alarm", "full"), ("storage", ""), ("alarm", "locked")]
    assert (told[1]["seconds"], told[1]["refused"]) == (304, 300)
