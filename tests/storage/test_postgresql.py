"""PostgreSQL going away, saying no, or asking for a repeat."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import settings
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.seal import Keyring
from tests.databases import Server, administer


@pytest.fixture
async def db(own_postgresql_url: str, keys: Keyring) -> AsyncIterator[Database]:
    """Return a database of the test's own: several change its settings or end its connections."""
    opened = await Database.open(own_postgresql_url, keys)
    yield opened
    await opened.close()


async def write(db: Database, name: str, value: str = "1") -> None:
    await db.transact(lambda conn: settings.put(conn, db.keys, name, value))


async def value(db: Database, name: str) -> str | None:
    return await db.read(lambda conn: settings.get(conn, db.keys, name))


async def kick_out(server: Server, db: Database) -> None:
    """End every connection to this database from outside."""
    name = db.engine.url.database
    await administer(server.url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


async def test_connections_that_were_ended_while_idle_are_replaced(db: Database, postgresql_server: Server) -> None:
    """F35: the pool is stale as a whole, and nobody notices."""
    await asyncio.gather(*(write(db, f"n{n}") for n in range(8)))
    await kick_out(postgresql_server, db)
    await asyncio.gather(*(write(db, f"n{n}", "2") for n in range(8)))
    assert await value(db, "n3") == "2"
    await kick_out(postgresql_server, db)
    assert await value(db, "n3") == "2"


async def test_a_connection_lost_in_the_middle_is_a_transaction_repeated_whole(db: Database, postgresql_server: Server) -> None:
    """F35: once in the end, not twice and not half."""
    tries = 0

    async def work(conn: AsyncConnection) -> None:
        nonlocal tries
        tries += 1
        await settings.put(conn, db.keys, f"try{tries}", "1")
        if tries == 1:
            await kick_out(postgresql_server, db)
        await settings.put(conn, db.keys, "end", "1")

    await db.transact(work)
    assert tries == 2
    assert [await value(db, name) for name in ("try1", "try2", "end")] == [None, "1", "1"]


async def test_a_deadlock_is_solved_by_repeating_one_of_the_two(db: Database, postgresql_server: Server) -> None:
    """F35: 40P01."""
    await administer(postgresql_server.url, f"ALTER DATABASE {db.engine.url.database} SET deadlock_timeout = '20ms'")
    await kick_out(postgresql_server, db)
    for name in ("a", "b"):
        await write(db, name, "0")
    both = asyncio.Barrier(2)
    met: set[str] = set()

    async def cross(first: str, second: str) -> None:
        async def work(conn: AsyncConnection) -> None:
            await settings.put(conn, db.keys, first, "1")
            if first not in met:
                met.add(first)
                await both.wait()
            await settings.put(conn, db.keys, second, "1")

        await db.transact(work)

    await asyncio.wait_for(asyncio.gather(cross("a", "b"), cross("b", "a")), 20)
    assert (await value(db, "a"), await value(db, "b")) == ("1", "1")


async def test_a_serialization_failure_is_repeated(db: Database) -> None:
    """F35: 40001."""
    await write(db, "n", "0")
    once = asyncio.Barrier(2)
    waited: set[int] = set()

    async def add(task: int) -> None:
        async def work(conn: AsyncConnection) -> None:
            await conn.execute(text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
            found = await settings.get(conn, db.keys, "n")
            if task not in waited:
                waited.add(task)
                await once.wait()
            await settings.put(conn, db.keys, "n", str(int(found or 0) + 1))

        await db.transact(work)

    await asyncio.gather(add(1), add(2))
    assert await value(db, "n") == "2"


async def test_a_lock_that_is_kept_too_long_is_told(db: Database, postgresql_server: Server) -> None:
    """F10: lock_timeout."""
    async with db.engine.connect() as other, other.begin():
        await other.execute(text("LOCK TABLE settings IN ACCESS EXCLUSIVE MODE"))

        async def work(conn: AsyncConnection) -> None:
            await conn.execute(text("SET LOCAL lock_timeout = '50ms'"))
            await settings.put(conn, db.keys, "n", "1")

        with pytest.raises(StorageUnavailable) as caught:
            await db.transact(work)
    assert caught.value.reason == "locked"
    await write(db, "n")


async def test_a_server_that_turned_read_only_is_told_as_such(db: Database) -> None:
    """F9: 25006."""

    async def work(conn: AsyncConnection) -> None:
        await conn.execute(text("SET TRANSACTION READ ONLY"))
        await settings.put(conn, db.keys, "n", "1")

    with pytest.raises(StorageUnavailable) as caught:
        await db.transact(work)
    assert caught.value.reason == "readonly"


async def test_a_server_that_stays_away_is_told_after_some_tries(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """F8, F35: whoever waits hears of it and may try again later."""
    monkeypatch.setattr("bot.storage.postgresql.FIRST_PAUSE", 0.001)
    await write(db, "n")
    url = db.engine.url.set(host="127.0.0.1", port=1, query={})
    away = await _away(db, url.render_as_string(hide_password=False))
    with pytest.raises(StorageUnavailable) as caught:
        await write(away, "n", "2")
    assert caught.value.reason == "connection"
    await away.close()


async def _away(db: Database, url: str) -> Database:
    from bot.storage.postgresql import engine

    return Database(engine(url), db.keys, None)


async def test_what_the_work_itself_raises_is_not_repeated(db: Database) -> None:
    """A turn cut off by its time limit must not be taken for a lost connection."""
    for error in (TimeoutError, OSError, LookupError):
        tries = 0

        async def work(conn: AsyncConnection, error: type[Exception] = error) -> None:
            nonlocal tries
            tries += 1
            await settings.put(conn, db.keys, "n", "1")
            raise error

        with pytest.raises(error):
            await db.transact(work)
        assert tries == 1
    assert await value(db, "n") is None


async def test_a_refused_statement_is_the_callers_own_and_shows_no_values(db: Database) -> None:
    """B50: the server quotes the refused row in its message, and that may be logged."""
    name = "sparrow"[::-1]
    await write(db, name)
    with pytest.raises(IntegrityError) as caught:
        await db.transact(lambda conn: conn.execute(text("INSERT INTO settings (name) VALUES (:name)"), {"name": name}))
    assert name not in "".join(traceback.format_exception(caught.value))


async def test_reading_never_writes(db: Database) -> None:
    with pytest.raises((StorageUnavailable, DBAPIError)):
        await db.read(lambda conn: settings.put(conn, db.keys, "n", "1"))


async def test_two_processes_starting_on_an_empty_database_make_its_tables_once(postgresql_server: Server) -> None:
    from uuid import uuid4

    from tests.databases import KEYS

    name = f"alwand_{uuid4().hex[:12]}"
    await administer(postgresql_server.url, f"CREATE DATABASE {name}")
    opened = await asyncio.gather(*(Database.open(postgresql_server.database(name), KEYS) for _ in range(3)))
    await write(opened[0], "n")
    assert await value(opened[2], "n") == "1"
    for db in opened:
        await db.close()
    await administer(postgresql_server.url, f"DROP DATABASE {name} WITH (FORCE)")
