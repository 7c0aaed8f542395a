"""SQLite: one writer that commits for everybody, and readers beside it.

A durable commit costs a sync of the disk, whatever it holds. So all callers that are waiting share one transaction: each runs in its turn
inside a savepoint of its own, and hears of its result only when the common commit is on disk. A caller that fails or is cancelled takes
back its own savepoint only.

Statements run on the event loop's own thread: SQLite answers a small one in microseconds, where handing it to a thread and back costs a
hundred. What waits for a disk or for another process (begin, commit, roll back) goes to the connection's thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
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
GROUP_SECONDS = 0.05
"""After so long no further caller joins a group, so that the first one does not wait for ever."""
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


class _Caller:
    """Somebody who waits for a transaction: told to begin, tells that they are through, told that it is on disk."""

    __slots__ = ("begin", "committed", "fault", "through")

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.begin: asyncio.Future[None] = loop.create_future()
        self.through: asyncio.Future[None] = loop.create_future()
        self.committed: asyncio.Future[None] = loop.create_future()
        self.fault: StorageUnavailable | None = None

    def is_through(self) -> None:
        """Let the next one begin."""
        if not self.through.done():
            self.through.set_result(None)

    def refuse(self, error: BaseException) -> None:
        """Tell the caller that nothing was stored."""
        for future in (self.begin, self.committed):
            if not future.done():
                future.set_exception(error)
                future.exception()  # a caller who has gone away leaves nothing unretrieved


class Writer:
    """The one writing connection, and the task that opens and commits the common transactions."""

    def __init__(self, conn: AsyncConnection, driver: NearConnection) -> None:
        self._conn = conn
        self._driver = driver
        self._waiting: deque[_Caller] = deque()
        self._wake = asyncio.Event()
        self._closing = False
        self._task = asyncio.create_task(self._run(), name="storage writer")

    async def transact(self, work: Work[T]) -> T:
        """Run the work inside the next common transaction; return when it is on disk.

        Raises:
            StorageUnavailable: nothing of it was stored.
        """
        if self._closing:
            raise StorageUnavailable("connection")
        caller = _Caller()
        self._waiting.append(caller)
        self._wake.set()
        try:
            await caller.begin
            result = await self._within_savepoint(work)
        except Exception as error:
            caller.fault = unavailable(error)
            caller.is_through()
            # A failure too is told after the commit: it may rest on what others of the group wrote.
            await caller.committed
            raise
        finally:
            caller.is_through()
        await caller.committed
        return result

    async def _within_savepoint(self, work: Work[T]) -> T:
        self._driver.now("SAVEPOINT caller")
        try:
            result = await work(self._conn)
        except BaseException:
            if self._driver.open_transaction:
                self._driver.now("ROLLBACK TO caller")
                self._driver.now("RELEASE caller")
            raise
        self._driver.now("RELEASE caller")
        return result

    async def _run(self) -> None:
        while not (self._closing and not self._waiting):
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            group: list[_Caller] = []
            try:
                await self._serve(group)
            except Exception as error:
                await self._roll_back()
                if not group:
                    group = [self._waiting.popleft() for _ in range(len(self._waiting))]
                for caller in group:
                    caller.refuse(unavailable(error) or error)
            else:
                for caller in group:
                    if not caller.committed.done():
                        caller.committed.set_result(None)

    async def _serve(self, group: list[_Caller]) -> None:
        await self._driver.far("BEGIN IMMEDIATE")
        until = time.monotonic() + GROUP_SECONDS
        while self._waiting and time.monotonic() < until:
            caller = self._waiting.popleft()
            if caller.begin.done():  # cancelled while it waited
                continue
            group.append(caller)
            caller.begin.set_result(None)
            await caller.through
            if caller.fault is not None:
                raise caller.fault
            if not self._driver.open_transaction:
                raise StorageUnavailable("io")
        await self._driver.far("COMMIT")

    async def _roll_back(self) -> None:
        with suppress(sqlite3.Error):
            if self._driver.open_transaction:
                await self._driver.far("ROLLBACK")

    async def close(self) -> None:
        """Commit for those who wait, then stop."""
        self._closing = True
        self._wake.set()
        await self._task
        await self._conn.close()


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
