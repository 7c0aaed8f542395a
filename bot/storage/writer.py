"""SQLite's one writer, which commits for everybody.

A durable commit costs a sync of the disk, whatever it holds. So all callers that are waiting share one transaction: each runs in its turn
inside a savepoint of its own, and hears of its result only when the common commit is on disk. A caller that fails or is cancelled takes
back its own savepoint only. Who is through lets the next one begin, so that the writer itself is woken once for all of them.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from contextlib import suppress
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.errors import StorageUnavailable
from bot.storage.sqlite import NearConnection, Work, unavailable

T = TypeVar("T")

GROUP_SECONDS = 0.05
"""After so long no further caller joins a group, so that the first one does not wait for ever."""


class _Caller:
    """Somebody who waits for a transaction: told to begin, told that it is on disk."""

    __slots__ = ("begin", "committed", "fault")

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.begin: asyncio.Future[None] = loop.create_future()
        self.committed: asyncio.Future[None] = loop.create_future()
        self.fault: StorageUnavailable | None = None

    def refuse(self, error: BaseException) -> None:
        """Tell the caller that nothing was stored."""
        for future in (self.begin, self.committed):
            if not future.done():
                future.set_exception(error)
                future.exception()  # a caller who has gone away leaves nothing unretrieved


class _Group:
    """Those who share one transaction; `over` ends with the last of them, or with what makes the whole transaction impossible."""

    __slots__ = ("_driver", "_until", "_waiting", "_working", "callers", "over")

    def __init__(self, waiting: deque[_Caller], driver: NearConnection) -> None:
        self._waiting = waiting
        self._driver = driver
        self._until = time.monotonic() + GROUP_SECONDS
        self._working: _Caller | None = None
        self.callers: list[_Caller] = []
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def next(self) -> None:
        """Let the next one begin, if another may still join."""
        while self._waiting and time.monotonic() < self._until:
            caller = self._waiting.popleft()
            if not caller.begin.done():  # else cancelled while it waited
                self.callers.append(caller)
                self._working = caller
                caller.begin.set_result(None)
                return
        self.over.set_result(None)

    def through(self, caller: _Caller) -> None:
        """A caller has done its part, or has gone away; said again, or by one that never began, it means nothing."""
        if self._working is not caller:
            return
        self._working = None
        if caller.fault is not None:
            self.over.set_exception(caller.fault)
        elif not self._driver.open_transaction:
            self.over.set_exception(StorageUnavailable("io"))
        else:
            self.next()


class Writer:
    """The one writing connection, and the task that opens and commits the common transactions."""

    def __init__(self, conn: AsyncConnection, driver: NearConnection) -> None:
        self._conn = conn
        self._driver = driver
        self._waiting: deque[_Caller] = deque()
        self._group: _Group | None = None
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
            self._through(caller)
            # A failure too is told after the commit: it may rest on what others of the group wrote.
            await caller.committed
            raise
        finally:
            self._through(caller)
        await caller.committed
        return result

    def _through(self, caller: _Caller) -> None:
        if self._group is not None:
            self._group.through(caller)

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
            try:
                served = await self._serve()
            except Exception as error:
                served = self._refused()
                await self._roll_back()
                for caller in served:
                    caller.refuse(unavailable(error) or error)
            else:
                for caller in served:
                    if not caller.committed.done():
                        caller.committed.set_result(None)

    async def _serve(self) -> list[_Caller]:
        """Open a transaction, let those who wait do their part in it, and commit; return who they are."""
        self._group = None
        await self._driver.far("BEGIN IMMEDIATE")
        self._group = group = _Group(self._waiting, self._driver)
        group.next()
        await group.over
        await self._driver.far("COMMIT")
        return group.callers

    def _refused(self) -> list[_Caller]:
        """Return whom a failure concerns: the group, or all who wait where none has begun."""
        group = self._group.callers if self._group is not None else []
        return group or [self._waiting.popleft() for _ in range(len(self._waiting))]

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
