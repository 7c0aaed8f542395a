"""Finds the people of what is being sent, a little ahead of the sending, and ends it when everybody was told.

One row says how far it has come: the number of the last subscriber looked at. It is moved in the transaction that stores the copies, so a
crash loses or doubles none of them, and nothing is kept in memory however many people there are.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.model.broadcasts import Occurrence
from bot.model.events import OccurrenceEnded
from bot.model.ids import OccurrenceId
from bot.pipeline import timekeeping
from bot.pipeline.fanout.couriers import Couriers
from bot.pipeline.fanout.sieve import Sieve
from bot.pipeline.limits import Limits
from bot.pipeline.news import News, item
from bot.pipeline.surroundings import Surroundings
from bot.storage import calendars, copies, inbox, lanes, occurrences, subscribers, tallies
from bot.storage.copies import Meant
from bot.storage.database import Database
from bot.storage.errors import Stale, StorageUnavailable

log = structlog.get_logger()

AHEAD_SECONDS: Final = 2.0
LEAST_AHEAD: Final = 64
SCAN: Final = 400
"""So many subscribers are looked at in one go: a few milliseconds."""
SCANS: Final = 10
"""After so many goes the cursor is stored, also where nobody was found."""
CHUNK: Final = 250
"""So many copies are stored in one transaction."""
SIDE_BY_SIDE: Final = 16
"""So many occurrences are sent at once, those that were due first; each costs looks of its own, a thousand would leave no time to send."""
PURGE: Final = 500
PURGE_SECONDS: Final = 0.05
BUSY_SECONDS: Final = 0.5
IDLE_SECONDS: Final = 5.0
STORAGE_PAUSE: Final = 1.0


@dataclass(frozen=True, slots=True)
class _View:
    """What there is to do: the occurrences that have not ended, their open copies (waiting, sending), whether anything may leave now."""

    under_way: tuple[Occurrence, ...]
    open: Mapping[OccurrenceId, tuple[int, int]]
    allowed: bool

    def waiting(self, occurrence: Occurrence) -> int:
        return self.open.get(occurrence.id, (0, 0))[0]


class Feeder:
    """Feeds the couriers. `told` is called when it has put news into the inbox."""

    def __init__(
        self, db: Database, around: Surroundings, limits: Limits, clock: Clock, couriers: Couriers, *, told: Callable[[], None]
    ) -> None:
        self._db = db
        self._around = around
        self._limits = limits
        self._clock = clock
        self._couriers = couriers
        self._told = told
        self._woken = asyncio.Event()
        self._changed = False
        self._purge_from: int | None = 0

    def wake(self) -> None:
        """Look at once: an occurrence was opened, paused or cancelled."""
        self._changed = True
        self._woken.set()

    def hungry(self) -> None:
        """Look soon: copies run low."""
        self._woken.set()

    async def run(self) -> None:
        """Feed until cancelled."""
        while True:
            self._woken.clear()
            self._changed = False
            pause = STORAGE_PAUSE
            try:
                pause = await self._round()
            except StorageUnavailable:
                pass  # tried again after the pause
            except Exception as error:  # a fault of ours in a broadcast may not stop the bot
                log.error("alarm", about="broadcast", meaning="the fan-out failed; trying again", exc_info=error)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()

    async def _round(self) -> float:
        """Do what there is to do once; return the seconds after which to look again unasked."""
        view = await self._db.read(self._look)
        sending = [occurrence for occurrence in view.under_way if occurrence.state == "sending"]
        going = sending[:SIDE_BY_SIDE] if view.allowed else []
        self._couriers.open(going)
        for occurrence in view.under_way:
            if self._changed:
                return 0.0
            with _alone(occurrence):
                if occurrence in going:
                    await self._feed(occurrence, self._wanted(occurrence) - view.waiting(occurrence))
                await self._end(occurrence, view)
        if await self._purge():
            return PURGE_SECONDS
        return BUSY_SECONDS if any(occurrence.state != "paused" for occurrence in view.under_way) else IDLE_SECONDS

    async def _look(self, conn: AsyncConnection) -> _View:
        under_way = await occurrences.open_ones(conn)
        if not under_way:
            return _View((), {}, allowed=True)
        calendar = await calendars.newest(conn) or self._around.calendar
        allowed = calendar.sendable(self._clock.now()) and not await timekeeping.doubted(conn, self._db.keys)
        return _View(under_way, await copies.open_ones(conn), allowed)

    def _wanted(self, occurrence: Occurrence) -> int:
        """Return how many copies are to wait: what leaves in two seconds."""
        paid = occurrence.paid and self._limits.paid_per_second
        return max(LEAST_AHEAD, int((paid or self._limits.per_second) * AHEAD_SECONDS))

    async def _feed(self, occurrence: Occurrence, room: int) -> None:
        """Find the next people and store their copies; a quarter of a portion is left for the next time."""
        fed = 0
        content = None
        while not occurrence.listed and room - fed > self._wanted(occurrence) // 4:
            if content is None:
                content = await self._db.read(partial(occurrences.content, keys=self._db.keys, id=occurrence.id))
                if content is None:
                    break
            sieve = Sieve(content.audience, content.topic, self._clock.now().date())
            after = await self._db.read(partial(occurrences.cursor, id=occurrence.id))
            people, last, listed = await self._find(sieve, after, min(CHUNK, room - fed))
            stored = await self._db.transact(partial(self._store, id=occurrence.id, people=people, after=after, last=last, listed=listed))
            if stored is None:
                break
            fed += stored
            self._couriers.fed(occurrence.id)
            occurrence = replace(occurrence, listed=listed)
            if self._changed:
                break

    async def _find(self, sieve: Sieve, after: int, most: int) -> tuple[list[Meant], int, bool]:
        """Return the next people whom it is for, the number of the last who was looked at, and whether that was everybody."""
        found: list[Meant] = []
        for _ in range(SCANS):
            began = self._clock.monotonic()
            people = await self._db.read(partial(subscribers.scan, keys=self._db.keys, after=after, limit=SCAN))
            for person in people:
                after = person.place
                district = sieve.meant(person)
                if district is not None:
                    found.append(Meant(person.resident, district, person.language))
                    if len(found) == most:
                        return found, after, False
            if len(people) < SCAN:
                return found, after, True
            await asyncio.sleep(self._clock.monotonic() - began)  # as long as this took, as long others have their turn
        return found, after, False

    async def _store(self, conn: AsyncConnection, id: OccurrenceId, people: list[Meant], after: int, last: int, listed: bool) -> int | None:
        """Store copies and how far we came, in one; None where somebody else has been there, or it is not to be sent any more."""
        keys = self._db.keys
        current = await occurrences.load(conn, id, lock=True)
        key = await occurrences.key_of(conn, keys, id)
        if current is None or key is None or current.state != "sending" or await occurrences.cursor(conn, id) != after:
            return None
        new = await copies.put(conn, keys, key, id, people)
        await tallies.add(conn, id, Counter(("listed", each.district, each.language) for each in new))
        await occurrences.advance(conn, id, last, listed=listed)
        return len(new)

    async def _end(self, occurrence: Occurrence, view: _View) -> None:
        """End an occurrence of which nothing is left to do, and tell that."""
        waiting, sending = view.open.get(occurrence.id, (0, 0))
        if occurrence.state == "cancelled" and waiting:
            await self._db.transact(partial(copies.drop_waiting, occurrence=occurrence.id, limit=CHUNK))
            self._woken.set()
        elif sending or waiting or occurrence.state == "paused" or (occurrence.state == "sending" and not occurrence.listed):
            return
        else:
            with suppress(Stale):
                if await self._db.transact(partial(self._ended, id=occurrence.id)):
                    self._purge_from = 0
                    self._told()

    async def _ended(self, conn: AsyncConnection, id: OccurrenceId) -> bool:
        now = self._clock.now()
        current = await occurrences.load(conn, id, lock=True)
        if current is None or id in await copies.open_ones(conn):
            return False
        if current.state == "sending" and current.listed:
            await occurrences.move(conn, replace(current, state="done", ended=now))
        elif current.state == "cancelled" and current.ended is None:
            await occurrences.move(conn, replace(current, ended=now))
        elif current.state != "cancelled":
            return False
        if not await occurrences.told(conn, id):
            return False
        news = News(OccurrenceEnded(id), broadcast=current.broadcast)
        lane = lanes.of_broadcast(self._db.keys, current.broadcast)
        await inbox.store(conn, self._db.keys, [item(lane, self._around.chance.token(), news, now)])
        return True

    async def _purge(self) -> bool:
        """Forget what is left of the copies of those that have ended, some at a time; tell whether there is more."""
        if self._purge_from is not None:
            self._purge_from = await self._db.transact(partial(copies.purge, after=self._purge_from, limit=PURGE))
        return self._purge_from is not None


@contextmanager
def _alone(occurrence: Occurrence) -> Iterator[None]:
    """Let a fault of ours in one occurrence stop no other."""
    try:
        yield
    except StorageUnavailable:
        raise
    except Exception as error:
        log.error("alarm", about="broadcast", occurrence=occurrence.id, meaning="a broadcast cannot go on; trying again", exc_info=error)
