"""Damage that a start does not see is noticed within a day, by reading every page beside whoever works."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.pipeline.timekeeping import Timekeeper
from bot.pipeline.timers import Timers
from bot.storage import settings
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.integrity import file_whole
from bot.storage.seal import Keyring
from bot.storage.sqlite import path_of


def damage(path: Path) -> None:
    """Let an index say what is not in its table: the quick check of a start leaves indexes out."""
    with closing(sqlite3.connect(path)) as conn:
        conn.executescript("CREATE TABLE aside (a TEXT, b TEXT); CREATE INDEX by_a ON aside (a); INSERT INTO aside VALUES ('x', 'y')")
        conn.executescript(
            "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = 'CREATE INDEX by_a ON aside (b)' WHERE name = 'by_a'"
        )
        assert conn.execute("PRAGMA quick_check").fetchone() == ("ok",)


async def examined(db: Database) -> list[str]:
    """Do what is done once a day, and return what the operator is alarmed about."""
    time = Timekeeper(db, SystemClock(), told=lambda: None)
    with capture_logs() as lines:
        await Timers(db, time, keep_posts=timedelta(days=180), told=lambda: None).examine()
    return [line["meaning"] for line in lines if line["event"] == "alarm"]


async def test_the_operator_is_told_of_a_database_that_is_damaged(sqlite_url: str, keys: Keyring) -> None:
    """F11: the bot goes on, since what it still takes in is worth more than a stop in the night."""
    db = await Database.open(sqlite_url, keys)
    try:
        assert await examined(db) == []
    finally:
        await db.close()
    damage(path_of(sqlite_url))
    db = await Database.open(sqlite_url, keys)
    try:
        assert await examined(db) == ["the database file is damaged: end the bot, and restore the last backup"]
    finally:
        await db.close()


async def test_it_is_examined_while_others_write(database: Database) -> None:
    examination = asyncio.create_task(database.whole())
    await database.transact(lambda conn: settings.put(conn, database.keys, "word", "value"))
    assert await examination


def test_a_file_that_cannot_be_read_is_not_called_damaged(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable):
        file_whole(tmp_path / "nowhere.db")
