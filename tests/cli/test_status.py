"""`alwand status`: how the bot is, beside one that runs, hangs or is dead; on both databases."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import re
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config import example
from bot.storage import inbox, lock, outbox, settings
from bot.storage.company import joined
from bot.storage.database import Database
from tests.health.asking import status
from tests.storage.samples import GROUP, claim, item, put

KEY = base64.b64encode(bytes(range(32))).decode()
TOKEN = "7000000002:AAHcanary-canary_canaryCANARYcanary12"


@pytest.fixture
def file(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of a bot on this database."""
    (tmp_path / "config.toml").write_text(example().read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "alwand.key").write_text(f"{KEY}\n", encoding="ascii")
    (tmp_path / "alwand.key").chmod(0o400)
    monkeypatch.setenv("ALWAND_STORAGE__URL", database_url)
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    return tmp_path / "config.toml"


@asynccontextmanager
async def running(url: str) -> AsyncIterator[None]:
    """Hold what a process of the bot holds as long as it runs."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(lock.hold(url, TOKEN))
        if not url.startswith("sqlite"):
            await stack.enter_async_context(joined(url, ("send",)))
        yield


async def lives(database: Database, *, ago: timedelta = timedelta(), heard: timedelta = timedelta(seconds=20)) -> None:
    """Write down that the bot lived so long ago."""
    at = datetime.now(UTC) - ago

    async def work(conn: AsyncConnection) -> None:
        await settings.beat(conn, database.keys, at)
        await settings.hear(conn, database.keys, at - heard)

    await database.transact(work)


async def test_a_bot_that_runs_and_has_nothing_to_do_is_fine(database: Database, database_url: str, file: Path) -> None:
    """B113: without a port, and without a word that is not needed."""
    await lives(database)
    async with running(database_url):
        code, told, complained = await status(file)
    lines = told.splitlines()
    assert (code, complained, len(lines)) == (0, "", 4)
    assert lines[0] == "✔ bot: it is running"
    assert re.fullmatch(r"✔ Telegram: last heard \d+ s ago", lines[1])
    assert lines[2:] == ["✔ inbox: everything that came in is handled", "✔ outbox: everything is sent"]


async def test_a_dead_bot_is_told_with_when_it_was_last_alive(database: Database, file: Path) -> None:
    await lives(database, ago=timedelta(hours=26, minutes=3))
    code, told, _ = await status(file)
    assert code == 2
    assert told.startswith("✖ bot: it is not running; last seen alive at 20")
    assert "1 d 2 h ago" in told
    assert "Telegram" not in told


async def test_a_bot_that_holds_the_lock_but_shows_no_life_is_not_fine(database: Database, database_url: str, file: Path) -> None:
    """F34: it hangs, or cannot write."""
    await lives(database, ago=timedelta(minutes=9))
    async with running(database_url):
        code, told, _ = await status(file)
    assert code == 1
    assert "no sign of life since" in told


async def test_what_waits_too_long_or_needs_a_human_is_told_with_what_to_do(database: Database, database_url: str, file: Path) -> None:
    """B113, B9: by number alone."""
    long_ago = datetime.now(UTC) - timedelta(minutes=40)
    await lives(database)
    await put(database, GROUP, "words of somebody", now=long_ago)
    refused = await put(database, GROUP, "other words", now=long_ago)
    async with running(database_url):
        code, told, _ = await status(file)
        assert code == 1
        assert "✖ outbox: 2 not sent yet, the oldest for 40 min" in told
        for row in (refused - 1, refused):
            claimed = await claim(database, row, datetime.now(UTC))
            await database.transact(lambda conn, row=claimed: outbox.never(conn, database.keys, row, "refused"))  # type: ignore[misc]
        await database.transact(lambda conn: inbox.store(conn, database.keys, [item("1")]))
        taken = await database.transact(lambda conn: inbox.take(conn, database.keys, "lane", long_ago + timedelta(hours=1)))
        assert taken is not None
        await database.transact(lambda conn: inbox.park(conn, database.keys, taken, "ValueError: words"))
        code, told, _ = await status(file)
    assert code == 1
    assert "✔ outbox: everything is sent" in told
    assert "✖ parked: 1 could not be handled and need a human\n    → `alwand parked list`" in told
    assert "✖ parked: 2 could not be sent and need a human" in told
    assert "words" not in told


async def test_a_program_reads_json(database: Database, database_url: str, file: Path) -> None:
    await lives(database)
    await put(database, GROUP, "a card", now=datetime.now(UTC))
    async with running(database_url):
        code, told, _ = await status(file, "--json")
    shown = json.loads(told)
    assert (code, shown["status"], shown["running"], shown["unsent"]["waiting"], shown["forums"]["khanaqin"]) == (0, "fine", True, 1, 1)
    assert shown.keys() == {
        "status", "running", "alive", "heard", "withheld", "unhandled", "unsent", "forums", "broadcasts", "clock_doubted_seconds",
    }  # fmt: skip


async def test_a_bot_is_running_as_long_as_it_holds_the_lock(database: Database, database_url: str) -> None:
    async def seen() -> bool:
        return await database.read(lambda conn: lock.running(conn, database_url))

    assert not await seen()
    async with running(database_url):
        assert await seen()
    assert not await seen()


async def test_asking_at_the_moment_of_a_start_keeps_no_bot_from_starting(sqlite_url: str, tmp_path: Path) -> None:
    """B11: whoever asks has the lock for an instant, and does not look like a second bot."""
    async with lock.hold(sqlite_url, TOKEN):
        pass
    asking = os.open(tmp_path / "alwand.db.lock", os.O_RDONLY)
    fcntl.flock(asking, fcntl.LOCK_SH)
    threading.Timer(0.02, os.close, [asking]).start()
    async with lock.hold(sqlite_url, TOKEN):
        assert lock.held(sqlite_url)


async def test_whoever_writes_at_that_moment_does_not_hold_it_up(
    sqlite_database: Database, sqlite_url: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that hangs in the middle of a transaction."""
    monkeypatch.setenv("ALWAND_STORAGE__URL", sqlite_url)
    await lives(sqlite_database)
    with closing(sqlite3.connect(tmp_path / "alwand.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with lock.hold(sqlite_url, TOKEN):
            assert (await status(file))[0] == 0


async def test_a_bot_that_never_ran_is_told(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALWAND_STORAGE__URL", f"sqlite+aiosqlite:///{tmp_path}/none.db")
    told = "the database has no tables of this version yet: `alwand run` makes them\n"
    assert await status(file) == (2, "", told)
    assert not (tmp_path / "none.db").exists()
