"""SQLite: its connections, what its errors mean, and readers beside the one writer (`writer.py`).

Statements run on the event loop's own thread: SQLite answers a small one in microseconds, where handing it to a thread and back costs a
hundred. What waits for a disk or for another process (begin, commit, roll back) goes to the connection's thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar, cast

import aiosqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StartRefused
from bot.storage.errors import Reason, StorageUnavailable

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]

LOCK_WAIT = 5.0
"""Seconds to wait for another process before giving up."""
READERS = 2

_PRAGMAS = (
    f"PRAGMA busy_timeout = {int(LOCK_WAIT * 1000)}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
)
_REASONS: dict[int, Reason] = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_READONLY: "readonly",
    sqlite3.SQLITE_CANTOPEN: "readonly",
    sqlite3.SQLITE_PERM: "readonly",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_IOERR: "io",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "corrupt",
}


def path_of(url: str) -> Path:
    """Return the database file that a URL names."""
    name = make_url(url).database
    if not name or name == ":memory:":
        raise StartRefused("[storage] url names no database file: write for example sqlite+aiosqlite:///alwand.db")
    return Path(name)


def unavailable(error: BaseException) -> StorageUnavailable | None:
    """Return what an error of the driver means for the whole transaction; None if it is only the statement's own."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, sqlite3.Error):
        return None
    code = getattr(cause, "sqlite_errorcode", None)
    reason = _REASONS.get(code & 0xFF) if code is not None else None
    return StorageUnavailable(reason) if reason else None


class NearConnection(aiosqlite.Connection):
    """A connection whose statements run where they are awaited; only `far` goes to its thread."""

    _ended: asyncio.Future[Any] | None = None

    async def _connect(self) -> Self:
        try:
            await super()._connect()  # type: ignore[unused-awaitable] # it is ourselves
        except BaseException:
            # The thread still has an answer for this loop: without waiting for it, the loop may be gone first.
            if self._ended is not None:
                await self._ended
            raise
        return self

    def stop(self) -> asyncio.Future[Any] | None:
        """End the thread; the answer says when it has."""
        self._ended = super().stop()
        return self._ended

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)

    def now(self, statement: str) -> None:
        """Run a statement that waits for nobody."""
        self._conn.execute(statement)

    async def far(self, statement: str) -> None:
        """Run a statement that may have to wait, in the thread."""
        await super()._execute(self._conn.execute, statement)  # type: ignore[no-untyped-call]

    @property
    def open_transaction(self) -> bool:
        """Whether a transaction is open: some errors end it on their own."""
        return self._conn.in_transaction


def engine(path: Path) -> AsyncEngine:
    """Return an engine over a file, whose connections leave transactions to us and hide values from error texts."""

    def connect() -> NearConnection:
        def connector() -> sqlite3.Connection:
            connection = sqlite3.connect(path, timeout=LOCK_WAIT, isolation_level=None, check_same_thread=False)
            try:
                for pragma in _PRAGMAS:
                    connection.execute(pragma)
            except BaseException:
                connection.close()
                raise
            return connection

        near = NearConnection(connector, iter_chunk_size=64)
        near._thread.daemon = True
        return near

    return create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        async_creator=connect,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        pool_size=READERS + 1,
        max_overflow=2,
    )


async def near(conn: AsyncConnection) -> NearConnection:
    """Return the driver's connection under one of SQLAlchemy's."""
    return cast(NearConnection, (await conn.get_raw_connection()).driver_connection)


class Readers:
    """Connections that see the last committed state and never wait for the writer. Work on them is short: it runs on the loop's thread."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._free = asyncio.Semaphore(READERS)
        self._idle: list[AsyncConnection] = []

    async def read(self, work: Work[T]) -> T:
        """Run the work on one consistent state."""
        try:
            async with self._free:
                conn = self._idle.pop() if self._idle else await self._engine.connect()
                try:
                    result = await self._within(conn, work)
                except BaseException:
                    await conn.close()
                    raise
                self._idle.append(conn)
                return result
        except (DBAPIError, sqlite3.Error) as error:
            raise unavailable(error) or error from error

    async def _within(self, conn: AsyncConnection, work: Work[T]) -> T:
        driver = await near(conn)
        driver.now("BEGIN")
        try:
            return await work(conn)
        finally:
            with suppress(sqlite3.Error):
                driver.now("ROLLBACK")

    async def close(self) -> None:
        """Let go of the connections that nobody uses."""
        while self._idle:
            await self._idle.pop().close()
