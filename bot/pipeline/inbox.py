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
from bot.pipeline.ages import CROWD, Ages
from bot.pipeline.envelope import enclose
from bot.pipeline.outage import Outage
from bot.storage import inbox, lanes
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.shares import Share, lanes_of

log = structlog.get_logger()

Handle = Callable[[str], Awaitable[bool]]
"""Takes one item of a lane; tells whether another waits behind it."""

POLL_SECONDS: Final = 0.5
"""How often the inbox is looked at unasked: for items whose second try is due, and for those that another process stored."""
STORAGE_PAUSE: Final = 1.0
FAIR_SHARE: Final = 4
"""So many items of one lane are handled in a row while other lanes wait."""
CROWD_SECONDS: Final = 0.25
"""For so long taking in goes before handling where a crowd comes in."""


class Inbox:
    """Takes in what a channel receives.

    `told` is called when something new is on disk, with the lanes in which somebody has written or pressed just now, and with how many
    other updates there are; `expect` is called with each press.
    """

    def __init__(
        self,
        db: Database,
        channel: str,
        clock: Clock,
        outage: Outage,
        *,
        told: Callable[[Sequence[str], int], None],
        expect: Callable[[str, bytes], None],
    ) -> None:
        self._db = db
        self._channel = channel
        self._clock = clock
        self._outage = outage
        self._ages = Ages(clock.monotonic)
        self._told = told
        self._expect = expect

    async def store(self, received: Sequence[Received]) -> None:
        """Make a batch durable. Repeats of what was stored before change nothing.

        Raises:
            StorageUnavailable: nothing of it was stored, so nothing of it may be acknowledged.
        """
        crash_point("after-fetch")
        keys, now = self._db.keys, self._clock.now()
        late = self._ages.late([update.sent for update in received], now.timestamp())
        items = [
            inbox.NewItem(self._channel, update.key, lanes.of_chat(keys, self._channel, update.chat), enclose(update, late=is_late), now)
            for update, is_late in zip(received, late, strict=True)
        ]
        try:
            self._db.trouble.admit()
            new = await self._db.transact(lambda conn: inbox.store(conn, keys, items))
        except StorageUnavailable as error:
            self._outage.tell(received, error.reason)
            raise
        self._outage.over()
        crash_point("after-store")
        if new:
            for update in received:
                if update.press:
                    self._expect(self._channel, update.raw)
            self._told([item.lane for item, is_late in zip(items, late, strict=True) if not is_late], sum(late))


class Dispatcher:
    """Works the lanes, so many at once: those with fresh news first, the others by age. A third is kept for either, if there is any of it.

    Attributes:
        last_round: monotonic time at which its loop last went round.
    """

    def __init__(self, db: Database, clock: Clock, at_once: int, share: Callable[[], Share | None] = lambda: None) -> None:
        self._db = db
        self._clock = clock
        self._at_once = at_once
        self._share = share
        self.last_round = clock.monotonic()
        self._woken = asyncio.Event()
        self._busy: dict[str, bool] = {}
        self._look_again: set[str] = set()
        self._fresh: dict[str, None] = {}
        self._held_until = float("-inf")
        self._crowded = False
        self._stopping = False

    def wake(self, fresh: Iterable[str] = (), late: int = 0) -> None:
        """Look at the inbox now: in these lanes there is fresh news, and so many others came with it."""
        self._fresh.update(dict.fromkeys(fresh))
        if late >= CROWD:
            self._held_until = self._clock.monotonic() + CROWD_SECONDS
        self._woken.set()

    @property
    def crowded(self) -> bool:
        """Whether more lanes wait than are worked."""
        return self._crowded

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
                for lane, fresh in (await self._due()).items():
                    self._busy[lane] = fresh
                    working.create_task(self._work(lane, handle), name="lane")
                with suppress(TimeoutError):
                    async with asyncio.timeout(CROWD_SECONDS if self._held else POLL_SECONDS):
                        await self._woken.wait()

    @property
    def _held(self) -> bool:
        """Whether what is belated waits until more of it is taken in."""
        return self._clock.monotonic() < self._held_until

    async def _due(self) -> dict[str, bool]:
        """Return the lanes to work from now on, and of each whether its news is fresh."""
        free = self._at_once - len(self._busy)
        if free <= 0:
            self._crowded = True
            return {}
        try:
            now, share = self._clock.now(), self._share()
            due = await self._db.read(lambda conn: lanes_of(conn, now, self._at_once + len(self._busy), share))
        except StorageUnavailable:
            return {}
        self._look_again.update(self._busy.keys() & due)
        fresh = [lane for lane in self._fresh if lane not in self._busy]
        late = [lane for lane in due if lane not in self._busy and lane not in self._fresh]
        chosen = dict.fromkeys(fresh[: self._room(free, fresh=True)], True)
        if not self._held:
            chosen |= dict.fromkeys(late[: self._room(free - len(chosen), fresh=False)], False)
        self._crowded = len(fresh) + len(late) > len(chosen)
        for lane in chosen:
            self._fresh.pop(lane, None)
        return chosen

    def _room(self, free: int, *, fresh: bool) -> int:
        """Return how many more lanes of one kind may be worked, where so many may be of any."""
        most = self._at_once - self._at_once // 3
        return min(free, most - sum(1 for each in self._busy.values() if each is fresh))

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
            del self._busy[lane]
            if lane in self._look_again or (self._crowded and len(self._busy) <= self._at_once // 2):
                self._look_again.discard(lane)
                self._woken.set()
