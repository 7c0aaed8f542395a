"""Damage that a start does not see is noticed beside whoever works: in a large file as soon as the bot runs, all of it within a day."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.errors import StartRefused
from bot.pipeline.timekeeping import Timekeeper
from bot.pipeline.timers import Timers
from bot.storage import settings
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.integrity import SMALL, examined, whole
from bot.storage.seal import Keyring
from bot.storage.sqlite import path_of
from tests.databases import grow


def damage(path: Path) -> None:
    """Let an index say what is not in its table: the quick check of a start leaves indexes out."""
    with closing(sqlite3.connect(path)) as conn:
        conn.executescript("CREATE TABLE aside (a TEXT, b TEXT); CREATE INDEX by_a ON aside (a); INSERT INTO aside VALUES ('x', 'y')")
        conn.executescript(
            "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = 'CREATE INDEX by_a ON aside (b)' WHERE name = 'by_a'"
        )
        assert conn.execute("PRAGMA quick_check").fetchone() == ("ok",)


async def alarms(db: Database) -> list[str]:
    """Do what is done once a day, and return what the operator is alarmed about."""
    time = Timekeeper(db, SystemClock(), told=lambda: None)
    with capture_logs() as lines:
        await Timers(db, time, keep_posts=timedelta(days=180), told=lambda: None).examine()
    return [line["meaning"] for line in lines if line["event"] == "alarm"]


async def test_the_operator_is_told_of_a_database_that_is_damaged(sqlite_url: str, keys: Keyring) -> None:
    """F11: the bot goes on, since what it still takes in is worth more than a stop in the night."""
    db = await Database.open(sqlite_url, keys)
    try:
        assert await alarms(db) == []
    finally:
        await db.close()
    damage(path_of(sqlite_url))
    db = await Database.open(sqlite_url, keys)
    try:
        assert await alarms(db) == ["the database file is damaged: end the bot, and restore the last backup"]
    finally:
        await db.close()


async def test_it_is_examined_while_others_write(database: Database) -> None:
    examination = asyncio.create_task(database.whole())
    await database.transact(lambda conn: settings.put(conn, database.keys, "word", "value"))
    assert await examination


async def test_a_file_that_cannot_be_read_is_not_called_damaged(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable):
        await examined(tmp_path / "nowhere.db", whole)


async def test_an_examination_that_is_broken_off_ends_at_once(sqlite_database: Database) -> None:
    """F33: a stop does not wait until a gigabyte has been read."""

    def never_ends(conn: sqlite3.Connection) -> bool:
        begun.set()
        conn.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n").fetchone()
        return True

    begun = threading.Event()
    examination = asyncio.create_task(examined(path_of(str(sqlite_database.engine.url)), never_ends))
    await asyncio.to_thread(begun.wait)
    examination.cancel()
    with pytest.raises(asyncio.CancelledError):
        await examination


@pytest.fixture
async def large(sqlite_url: str, keys: Keyring) -> Path:
    """A database of a hundred thousand residents or so."""
    await (await Database.open(sqlite_url, keys)).close()
    path = path_of(sqlite_url)
    grow(path, SMALL)
    return path


async def test_a_start_reads_no_more_however_much_is_stored(large: Path, sqlite_url: str, keys: Keyring) -> None:
    """What it read of the disk counts, not the time: a gigabyte from a cold one took eleven seconds."""
    before = bytes_read()
    await (await Database.open(sqlite_url, keys)).close()
    assert bytes_read() - before < large.stat().st_size / 10


def bytes_read() -> int:
    """How many bytes this process has asked files for."""
    return int(Path("/proc/self/io").read_text(encoding="ascii").partition("rchar: ")[2].split()[0])


async def test_a_large_database_that_is_damaged_is_worked_with_no_longer(large: Path, sqlite_url: str, keys: Keyring) -> None:
    """F11: it is found as soon as the bot runs."""
    db = await Database.open(sqlite_url, keys)
    await db.look_over()
    await db.close()
    with large.open("r+b") as file:
        file.seek(SMALL // 2)
        file.write(b"\xa5" * 40_960)
    db = await Database.open(sqlite_url, keys)
    try:
        with pytest.raises(StartRefused, match="restore the last backup"):
            await db.look_over()
    finally:
        await db.close()
