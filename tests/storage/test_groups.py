"""SQLite's one writer: what the callers of a common commit see of one another, and what happens when the disk says no."""

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
from bot.storage.sqlite import near, path_of
from bot.storage.tables import metadata

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")


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
def commits(db: Database) -> Iterator[list[str]]:
    """Collect the begins and commits that reach SQLite."""
    seen: list[str] = []
    driver = db._writer._driver  # type: ignore[union-attr]
    driver._conn.set_trace_callback(lambda statement: seen.append(statement) if statement in ("BEGIN IMMEDIATE", "COMMIT") else None)
    yield seen
    driver._conn.set_trace_callback(None)


async def test_all_who_wait_share_one_commit(db: Database) -> None:
    with commits(db) as seen:
        await asyncio.gather(*(write(db, f"n{n}") for n in range(100)))
    assert len(await stored(db)) == 100
    assert seen.count("COMMIT") <= 5


async def test_a_caller_that_fails_takes_back_only_its_own(db: Database) -> None:
    """F4: the others of the group are stored, the failing one leaves nothing."""

    async def fails(conn: AsyncConnection) -> None:
        await settings.put(conn, db.keys, "bad", "1")
        raise LookupError("mine")

    results = await asyncio.gather(write(db, "a"), db.transact(fails), write(db, "b"), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), LookupError, type(None)]
    assert await stored(db) == {"a", "b"}


async def test_a_caller_whose_statement_is_refused_takes_back_only_its_own(db: Database) -> None:
    async def twice(conn: AsyncConnection) -> None:
        await settings.put(conn, db.keys, "bad", "1")
        await conn.exec_driver_sql("INSERT INTO settings (name) VALUES ('bad')")

    results = await asyncio.gather(write(db, "a"), db.transact(twice), write(db, "b"), return_exceptions=True)
    assert type(results[1]).__name__ == "IntegrityError"
    assert await stored(db) == {"a", "b"}


async def test_nobody_hears_of_a_result_before_it_is_on_disk(db: Database, path: Path) -> None:
    """F7: when `transact` returns, another process sees it."""
    with sqlite3.connect(path) as other:
        for n in range(5):
            await write(db, f"n{n}")
            assert other.execute("SELECT count(*) FROM settings WHERE name = ?", (f"n{n}",)).fetchone() == (1,)
    other.close()


async def test_the_settings_that_make_it_durable_are_on(db: Database) -> None:
    """F7: WAL with a sync at every commit; foreign keys; erased means overwritten."""

    async def pragmas(conn: AsyncConnection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        return [(await conn.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in names]

    for look in (db.transact, db.read):
        assert await look(pragmas) == ["wal", 2, 1, 1, 5000]


async def test_a_caller_cut_off_in_the_middle_leaves_nothing_and_harms_nobody(db: Database) -> None:
    """F26: a turn that hangs is cut; those who came with it and after it are stored."""

    async def hangs(conn: AsyncConnection) -> None:
        await settings.put(conn, db.keys, "half", "1")
        await asyncio.Event().wait()

    async def cut() -> None:
        async with asyncio.timeout(0.05):
            await db.transact(hangs)

    results = await asyncio.gather(write(db, "before"), cut(), write(db, "after"), return_exceptions=True)
    assert isinstance(results[1], TimeoutError)
    assert await stored(db) == {"before", "after"}


async def test_callers_cancelled_before_their_turn_leave_nothing(db: Database) -> None:
    tasks = [asyncio.create_task(write(db, f"n{n}")) for n in range(50)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert {n for n, result in enumerate(results) if result is None} == set(range(1, 50, 2))
    assert {f"n{n}" for n in range(1, 50, 2)} <= await stored(db)


async def test_a_reader_sees_one_committed_state_while_others_write(db: Database) -> None:
    await write(db, "n", "old")

    async def look_twice(conn: AsyncConnection) -> tuple[str | None, str | None]:
        before = await settings.get(conn, db.keys, "n")
        await write(db, "n", "new")
        return before, await settings.get(conn, db.keys, "n")

    assert await db.read(look_twice) == ("old", "old")
    assert await db.read(lambda conn: settings.get(conn, db.keys, "n")) == "new"


async def test_closing_stores_what_is_waiting(sqlite_url: str, keys: Keyring) -> None:
    db = await Database.open(sqlite_url, keys)
    tasks = [asyncio.create_task(write(db, f"n{n}")) for n in range(10)]
    await asyncio.sleep(0)
    await db.close()
    await asyncio.gather(*tasks)
    with pytest.raises(StorageUnavailable):
        await write(db, "late")
    again = await Database.open(sqlite_url, keys)
    assert len(await stored(again)) == 10
    await again.close()


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


async def test_an_error_text_holds_no_values(db: Database) -> None:
    """B50: what the driver says of a failed statement may be logged."""

    async def twice(conn: AsyncConnection) -> None:
        await settings.put(conn, db.keys, "n", "1")
        await conn.execute(metadata.tables["settings"].insert().values(name="n", value=b"canary"))

    with pytest.raises(Exception, match="UNIQUE") as caught:
        await db.transact(twice)
    assert "canary" not in str(caught.value)


async def test_a_thousand_turns_at_once_are_all_stored(db: Database) -> None:
    async def turn(n: int) -> int:
        await write(db, f"n{n}")
        return n

    assert await asyncio.gather(*(turn(n) for n in range(1000))) == list(range(1000))
    assert len(await stored(db)) == 1000


async def test_the_driver_is_reached_without_a_thread(db: Database) -> None:
    """The figure of small turns a second rests on it; a change of the driver underneath would show here."""
    used: list[str] = []

    async def look(conn: AsyncConnection) -> None:
        used.append(type(await near(conn)).__name__)

    await db.transact(look)
    await db.read(look)
    assert used == ["NearConnection", "NearConnection"]
