"""SQLite's one writer: what the callers of a common commit see of one another."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

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


async def test_a_caller_cancelled_by_another_of_its_group_is_passed_over(db: Database) -> None:
    """Its place is already given up, but it has not yet had the time to say so."""

    async def cancels(conn: AsyncConnection) -> None:
        await settings.put(conn, db.keys, "first", "1")
        second.cancel()

    first = asyncio.create_task(db.transact(cancels))
    second = asyncio.create_task(write(db, "second"))
    third = asyncio.create_task(write(db, "third"))
    results = await asyncio.gather(first, second, third, return_exceptions=True)
    assert isinstance(results[1], asyncio.CancelledError)
    assert await stored(db) == {"first", "third"}


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
