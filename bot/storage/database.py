"""The one door to what lasts: open it, transact, read.

    db = await Database.open(url, keys)
    ticket = await db.transact(lambda conn: tickets.load(conn, keys, id))

The work that is handed to `transact` may run more than once (PostgreSQL repeats a transaction that lost against another), and only its
last run counts: it changes nothing but the database.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StartRefused
from bot.storage import days, integrity, postgresql, sqlite, start
from bot.storage.errors import DayKeyMissing, Reason, StorageUnavailable
from bot.storage.seal import Keyring
from bot.storage.writer import Writer

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]


class Hearer(Protocol):
    """Hears whether the storage takes what it is given."""

    def admit(self) -> None:
        """Let something new be taken in. Raises StorageUnavailable where there is only room for what is here already."""
        ...

    def refused(self, reason: Reason) -> None:
        """It did not take something, or could not be read."""
        ...

    def took(self) -> None:
        """Something is on disk."""
        ...


class Nobody:
    """Hears nothing: a command tells its own user."""

    def admit(self) -> None:
        """Let everything in."""

    def refused(self, reason: Reason) -> None:
        """Hear nothing."""

    def took(self) -> None:
        """Hear nothing."""


class ReadOnly:
    """An open database for somebody who changes nothing. `dialect` is `sqlite` or `postgresql`; `trouble` hears of what it refuses."""

    def __init__(self, engine: AsyncEngine, keys: Keyring) -> None:
        self.trouble: Hearer = Nobody()
        self.engine = engine
        self.keys = keys
        self.dialect = engine.dialect.name
        self._readers = sqlite.Readers(engine) if self.dialect == "sqlite" else None

    @classmethod
    async def look(cls, url: str, keys: Keyring) -> ReadOnly:
        """Open the database as it is, and make sure that the key is its own; whoever writes to it does not wait for that.

        Raises:
            StartRefused: as `Database.open`, and where there is no database of this version.
        """
        if dialect_of(url) == "sqlite":
            return ReadOnly(await start.look_sqlite(url, keys), keys)
        return ReadOnly(await start.open_postgresql(url, keys, migrate=False), keys)

    async def read(self, work: Work[T]) -> T:
        """Run short work that only reads, on one consistent committed state.

        Raises:
            StorageUnavailable: the storage cannot be read now.
        """
        try:
            if self._readers is not None:
                return await self._readers.read(work)
            return await postgresql.transact(self.engine, work, read_only=True)
        except StorageUnavailable as error:
            self.trouble.refused(error.reason)
            raise

    async def whole(self) -> bool:
        """Read every page, beside whoever works, and tell whether none is damaged; a PostgreSQL server looks after its own.

        Raises:
            StorageUnavailable: it cannot be read now.
        """
        path = self._path
        return path is None or await integrity.examined(path, integrity.whole)

    @property
    def _path(self) -> Path | None:
        name = self.engine.url.database
        return Path(name) if self.dialect == "sqlite" and name is not None else None

    async def close(self) -> None:
        """Let go of the database."""
        if self._readers is not None:
            await self._readers.close()
        await self.engine.dispose()


class Database(ReadOnly):
    """An open database. `timed` is called with the seconds that each transaction took."""

    def __init__(self, engine: AsyncEngine, keys: Keyring, writer: Writer | None) -> None:
        super().__init__(engine, keys)
        self.timed: Callable[[float], None] = lambda _: None
        self._writer = writer

    @classmethod
    async def open(cls, url: str, keys: Keyring | None, *, migrate: bool = True, alone: bool = False) -> Database:
        """Open the database, make or upgrade its tables, and make sure that the key is its own.

        With `migrate=False` tables of an older version are refused too, and nothing is changed. `alone`: within `lock.hold_database`.

        Raises:
            StartRefused: no key or another one, a newer schema, a damaged or unreachable database; the text says what to do.
        """
        if dialect_of(url) == "sqlite":
            engine, conn = await start.open_sqlite(url, keys, migrate=migrate)
            return cls(engine, start.needed(keys), Writer(conn, await sqlite.near(conn)))
        engine = await start.open_postgresql(url, keys, migrate=migrate, alone=alone)
        return cls(engine, start.needed(keys), None)

    async def look_over(self) -> None:
        """Look, beside whoever works, for the damage in a large database that `open` looks for in a small one.

        Raises:
            StartRefused: it is damaged; nobody may work with it any longer.
        """
        path = self._path
        if path is None or integrity.small(path):
            return
        try:
            if not await integrity.examined(path, integrity.sound):
                raise StartRefused(f"{path} is damaged: keep it, restore the last backup beside it and start with that")
        except StorageUnavailable as error:
            self.trouble.refused(error.reason)

    async def transact(self, work: Work[T]) -> T:
        """Run the work in one durable transaction: when this returns, it is on disk; when it raises, nothing of it is.

        Raises:
            StorageUnavailable: the storage cannot take it now.
        """
        began = time.monotonic()
        while True:
            try:
                result = await self._transact(work)
            except DayKeyMissing as missing:
                await self._transact(partial(days.make, keys=self.keys, purpose=missing.purpose, day=missing.day))
            except StorageUnavailable as error:
                self.trouble.refused(error.reason)
                raise
            else:
                self.trouble.took()
                self.timed(time.monotonic() - began)
                return result

    async def _transact(self, work: Work[T]) -> T:
        if self._writer is not None:
            return await self._writer.transact(work)
        return await postgresql.transact(self.engine, work)

    async def close(self) -> None:
        """Finish what is waiting and let go of the database."""
        if self._writer is not None:
            await self._writer.close()
        await super().close()


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
