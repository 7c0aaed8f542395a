"""Where everything that happens comes in: stored in its chat's lane, then handled lane by lane.

Within a lane strictly in order, lanes side by side. What is known here of the waiting items is only a hint: the database is asked each
time, so a process that starts afresh, or beside another, finds what waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final

import structlog

from bot.channels.base import Received
from bot.clock import Clock
from bot.crash import crash_point
from bot.pipeline.envelope import enclose
from bot.pipeline.outage import Outage
from bot.storage import inbox, lanes
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable

log = structlog.get_logger()

Handle = Callable[[str], Awaitable[bool]]
"""Takes one item of a lane; tells whether there was one."""

POLL_SECONDS: Final = 0.5
"""How often the inbox is looked at unasked: for items whose second try is due, and for those that another process stored."""
STORAGE_PAUSE: Final = 1.0
FAIR_SHARE: Final = 4
"""So many items of one lane are handled in a row while other lanes wait."""


class Inbox:
    """Takes in what a channel receives.

    `told` is called when something new is on disk, with the lanes in which somebody has pressed a button; `expect` with each such press.
    """

    def __init__(
        self,
        db: Database,
        channel: str,
        clock: Clock,
        outage: Outage,
        *,
        told: Callable[[Iterable[str]], None],
        expect: Callable[[str, bytes], None],
    ) -> None:
        self._db = db
        self._channel = channel
        self._clock = clock
        self._outage = outage
        self._told = told
        self._expect = expect

    async def store(self, received: Sequence[Received]) -> None:
        """Make a batch durable. Repeats of what was stored before change nothing.

        Raises:
            StorageUnavailable: nothing of it was stored, so nothing of it may be acknowledged.
        """
        crash_point("after-fetch")
        keys, now = self._db.keys, self._clock.now()
        items = [
            inbox.NewItem(self._channel, update.key, lanes.of_chat(keys, self._channel, update.chat), enclose(update), now)
            for update in received
        ]
        try:
            self._db.trouble.admit()
            new = await self._db.transact(lambda conn: inbox.store(conn, keys, items))
        except StorageUnavailable:
            self._outage.tell(received)
            raise
        self._outage.over()
        crash_point("after-store")
        if new:
            for update in received:
                if update.press:
                    self._expect(self._channel, update.raw)
            self._told(item.lane for item, update in zip(items, received, strict=True) if update.press)


class Dispatcher:
    """Works the lanes, so many at once.

    Attributes:
        last_round: monotonic time at which its loop last went round.
    """

    def __init__(self, db: Database, clock: Clock, at_once: int) -> None:
        self._db = db
        self._clock = clock
        self._at_once = at_once
        self.last_round = clock.monotonic()
        self._woken = asyncio.Event()
        self._busy: set[str] = set()
        self._look_again: set[str] = set()
        self._eager: dict[str, None] = {}
        self._crowded = False
        self._stopping = False

    def wake(self, eager: Iterable[str] = ()) -> None:
        """Look at the inbox now. Lanes in which somebody has pressed a button, and looks at it, go before others when all are busy."""
        self._eager.update(dict.fromkeys(eager))
        self._woken.set()

    def stop(self) -> None:
        """Finish the turns that have begun, then let `run` return."""
        self._stopping = True
        self._woken.set()

    async def run(self, handle: Handle) -> None:
        """Handle what waits, until stopped."""
        async with asyncio.TaskGroup() as working:
            while not self._stopping:
                self._woken.clear()
                self.last_round = self._clock.monotonic()
                for lane in await self._due():
                    self._busy.add(lane)
                    working.create_task(self._work(lane, handle), name="lane")
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._woken.wait()

    async def _due(self) -> list[str]:
        free = self._at_once - len(self._busy)
        if free <= 0:
            self._crowded = True
            return []
        try:
            now = self._clock.now()
            due = await self._db.read(lambda conn: inbox.waiting_lanes(conn, now, self._at_once + len(self._busy)))
        except StorageUnavailable:
            return []
        idle = [lane for lane in (*self._eager, *due) if lane not in self._busy]
        idle = list(dict.fromkeys(idle))
        self._look_again.update(self._busy.intersection(due))
        self._crowded = len(idle) > free
        for lane in idle[:free]:
            self._eager.pop(lane, None)
        return idle[:free]

    async def _work(self, lane: str, handle: Handle) -> None:
        handled = 0
        try:
            while not self._stopping and await handle(lane):
                self._look_again.discard(lane)
                handled += 1
                if self._crowded and handled >= FAIR_SHARE:
                    self._look_again.add(lane)
                    break
        except StorageUnavailable:
            await asyncio.sleep(STORAGE_PAUSE)
        except Exception as error:  # what cannot even be counted as a failed try may hold up its own lane, but no other
            log.error("alarm", about="lane", meaning="a lane cannot be worked; trying again", exc_info=error)
            await asyncio.sleep(STORAGE_PAUSE)
        finally:
            self._busy.discard(lane)
            if lane in self._look_again or (self._crowded and len(self._busy) <= self._at_once // 2):
                self._look_again.discard(lane)
                self._woken.set()
