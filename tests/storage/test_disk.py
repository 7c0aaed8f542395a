"""SQLite when the disk, another process or a permission says no: everybody hears of it, nothing is half stored, and it passes."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StartRefused
from bot.storage import settings
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.seal import Keyring
from bot.storage.sqlite import path_of


@pytest.fixture
def db(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def path(sqlite_url: str) -> Path:
    return path_of(sqlite_url)


async def write(db: Database, name: str, value: str = "1") -> None:
    await db.transact(lambda conn: settings.put(conn, db.keys, name, value))


async def stored(db: Database) -> set[str]:
    async def names(conn: AsyncConnection) -> set[str]:
        return {name for (name,) in await conn.exec_driver_sql("SELECT name FROM settings")}

    return await db.read(names) - {settings.KEY_CHECK}


@contextmanager
def held_by_another(path: Path) -> Iterator[sqlite3.Connection]:
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        if other.in_transaction:
            other.execute("ROLLBACK")
        other.close()


async def test_a_lock_that_is_let_go_in_time_is_waited_for(db: Database, path: Path) -> None:
    """F10: and the event loop is free meanwhile."""
    with held_by_another(path) as other:
        waiting = asyncio.create_task(write(db, "a"))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not waiting.done()
        other.execute("ROLLBACK")
        await waiting
    assert await stored(db) == {"a"}


async def test_a_lock_that_is_kept_is_told_to_all_who_wait_and_passes(db: Database, path: Path) -> None:
    """F10: locked for longer than we wait: nothing is stored, nothing is half stored, and afterwards it goes on by itself."""
    db._writer._driver.now("PRAGMA busy_timeout = 50")  # type: ignore[union-attr]
    with held_by_another(path):
        results = await asyncio.gather(*(write(db, f"n{n}") for n in range(3)), return_exceptions=True)
        assert [getattr(result, "reason", None) for result in results] == ["locked"] * 3
        assert await stored(db) == set()
    await write(db, "a")
    assert await stored(db) == {"a"}


async def test_a_full_disk_is_told_to_the_whole_group_and_passes(db: Database) -> None:
    """F8: nothing of the group is stored, reading goes on, and so does writing once there is room."""
    await write(db, "before")

    async def shrink(conn: AsyncConnection) -> None:
        pages = (await conn.exec_driver_sql("PRAGMA page_count")).scalar()
        await conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    await db.transact(shrink)
    results = await asyncio.gather(write(db, "small"), write(db, "big", "x" * 200_000), write(db, "later"), return_exceptions=True)
    reasons = [getattr(result, "reason", None) for result in results]
    assert reasons[:2] == ["full", "full"]
    assert "before" in await stored(db)
    assert "small" not in await stored(db)
    await db.transact(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count = 1000000"))
    await write(db, "big", "x" * 200_000)
    assert "big" in await stored(db)


async def test_a_disk_that_takes_no_more_bytes_is_told_and_passes(db: Database, path: Path) -> None:
    """F8: a limit of the operating system, reached in the middle of a commit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    limit = path.with_name(path.name + "-wal").stat().st_size + 20_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(StorageUnavailable) as caught:
            await write(db, "big", "x" * 200_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.reason in ("full", "io")
    await write(db, "after")
    assert await stored(db) == {"after"}


@pytest.fixture
def readable_directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="alwand-readonly-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def as_nobody() -> Iterator[None]:
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody who may not write")
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


async def test_a_file_that_cannot_be_written_refuses_the_start_in_one_line(readable_directory: Path, keys: Keyring) -> None:
    """F9."""
    url = f"sqlite+aiosqlite:///{readable_directory / 'alwand.db'}"
    await (await Database.open(url, keys)).close()
    with as_nobody(), pytest.raises(StartRefused, match="cannot be written"):
        await Database.open(url, keys)


async def test_a_database_that_turned_read_only_is_told_as_such(db: Database) -> None:
    """F9: SQLite's own refusal, and back again."""
    driver = db._writer._driver  # type: ignore[union-attr]
    driver.now("PRAGMA query_only = ON")
    with pytest.raises(StorageUnavailable) as caught:
        await write(db, "a")
    assert caught.value.reason == "readonly"
    driver.now("PRAGMA query_only = OFF")
    await write(db, "a")
