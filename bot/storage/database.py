"""The one door to what lasts: open it, transact, read.

    db = await Database.open(url, keys)
    ticket = await db.transact(lambda conn: tickets.load(conn, keys, id))

The work that is handed to `transact` may run more than once (PostgreSQL repeats a transaction that lost against another), and only its
last run counts: it changes nothing but the database.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StartRefused
from bot.storage import days, postgresql, sqlite, start
from bot.storage.errors import DayKeyMissing
from bot.storage.seal import Keyring

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]


class Database:
    """An open database. `dialect` is `sqlite` or `postgresql`."""

    def __init__(self, engine: AsyncEngine, keys: Keyring, writer: sqlite.Writer | None) -> None:
        self.engine = engine
        self.keys = keys
        self.dialect = engine.dialect.name
        self._writer = writer
        self._readers = sqlite.Readers(engine) if writer else None

    @classmethod
    async def open(cls, url: str, keys: Keyring | None, *, migrate: bool = True) -> Database:
        """Open the database, make or upgrade its tables, and make sure that the key is its own.

        With `migrate=False` tables of an older version are refused too, and nothing is changed.

        Raises:
            StartRefused: no key or another one, a newer schema, a damaged or unreachable database; the text says what to do.
        """
        if dialect_of(url) == "sqlite":
            engine, conn = await start.open_sqlite(url, keys, migrate=migrate)
            return cls(engine, start.needed(keys), sqlite.Writer(conn, await sqlite.near(conn)))
        engine = await start.open_postgresql(url, keys, migrate=migrate)
        return cls(engine, start.needed(keys), None)

    async def transact(self, work: Work[T]) -> T:
        """Run the work in one durable transaction: when this returns, it is on disk; when it raises, nothing of it is.

        Raises:
            StorageUnavailable: the storage cannot take it now.
        """
        while True:
            try:
                return await self._transact(work)
            except DayKeyMissing as missing:
                await self._transact(partial(days.make, keys=self.keys, purpose=missing.purpose, day=missing.day))

    async def _transact(self, work: Work[T]) -> T:
        if self._writer is not None:
            return await self._writer.transact(work)
        return await postgresql.transact(self.engine, work)

    async def read(self, work: Work[T]) -> T:
        """Run short work that only reads, on one consistent committed state.

        Raises:
            StorageUnavailable: the storage cannot be read now.
        """
        if self._readers is not None:
            return await self._readers.read(work)
        return await postgresql.transact(self.engine, work, read_only=True)

    async def close(self) -> None:
        """Finish what is waiting and let go of the database."""
        if self._writer is not None:
            await self._writer.close()
        await self.engine.dispose()


def dialect_of(url: str) -> str:
    """Return `sqlite` or `postgresql`.

    Raises:
        StartRefused: the URL is neither.
    """
    try:
        driver = make_url(url).drivername
    except ArgumentError:
        driver = ""
    if driver in ("sqlite", "sqlite+aiosqlite"):
        return "sqlite"
    if driver == "postgresql+asyncpg":
        return "postgresql"
    raise StartRefused("[storage] url must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://")
