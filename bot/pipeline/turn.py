"""One turn: take the next item of a lane, load what may be known, decide, write it all down. One transaction, or nothing.

A turn that fails leaves no trace but a counted attempt. It is tried again after a pause, and at last parked for a human, so that what came
behind it goes on. What only reading or deciding takes too long or is impossible for is parked at once: it would be so again. What took
the whole process with it is counted by the next one (`careful.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.base import Channel
from bot.clock import Clock
from bot.crash import crash_point
from bot.model.effects import CountAudience, Effect
from bot.model.events import Arrival, Event
from bot.model.situation import Situation
from bot.pipeline import commit, news
from bot.pipeline.at_once import AtOnce
from bot.pipeline.careful import Careful, Deadly
from bot.pipeline.commit import After
from bot.pipeline.cutting import TooSlow, within
from bot.pipeline.envelope import disclose, is_late
from bot.pipeline.limits import Limits
from bot.pipeline.meter import UNMETERED, Meter
from bot.pipeline.parking import Failure, Unreadable, park
from bot.pipeline.situation import load, load_news
from bot.pipeline.surroundings import Early, Loaded, Surroundings
from bot.storage import inbox
from bot.storage.database import Database
from bot.storage.errors import Stale, StorageUnavailable
from bot.storage.inbox import Item

log = structlog.get_logger()

Decide = Callable[[Situation, Event], Iterable[Effect]]
"""What to do about an event: pure, synchronous, handed in by `bot.app`."""

STALE_TRIES: Final = 10
"""How often a turn is repeated because others changed its ticket meanwhile; more is a fault like any other."""
EARLY_LOOKS: Final = 20
EARLY_SECONDS: Final = 0.05
"""How often, and after what pause, a turn is repeated that answers what is just being sent. Telegram's word that it took a message may be
slower than whoever reads it."""


@dataclass(slots=True)
class Attempt:
    """What is known of a turn while it runs, for when it fails: it is filled as the turn goes.

    `deadly` is the id of an item that may not be tried once more, `patience` how often it may still come too early.
    """

    deadly: int | None = None
    patience: int = EARLY_LOOKS
    item: Item | None = None
    arrival: Arrival | None = None
    event: str = ""
    effects: int = 0

    @property
    def late(self) -> bool:
        """Whether a resident wrote it long before it came in."""
        if self.item is None or self.arrival is None or self.arrival.place != "private":
            return False
        return is_late(self.item.raw)


class Turns:
    """Handles items, one a turn.

    `sends` is called when something new waits to be sent, `told` when an item entered the inbox from inside, `counts` with each audience
    that is to be counted, `casts` when a broadcast begins, goes on or stops.
    """

    def __init__(
        self,
        db: Database,
        around: Surroundings,
        channels: Mapping[str, Channel],
        decide: Decide,
        limits: Limits,
        clock: Clock,
        *,
        sends: Callable[[], None],
        told: Callable[[], None],
        counts: Callable[[CountAudience], None] = lambda _: None,
        casts: Callable[[], None] = lambda: None,
        meter: Meter = UNMETERED,
    ) -> None:
        self._db = db
        self._around = around
        self._channels = channels
        self._decide = decide
        self._limits = limits
        self._clock = clock
        self._sends = sends
        self._told = told
        self._counts = counts
        self._casts = casts
        self._meter = meter
        self._careful = Careful(db, clock)
        self.at_once = AtOnce(channels, limits.press_seconds)

    async def begin(self) -> None:
        """See what waits from before: it may have killed the process that had it in hand."""
        await self._careful.begin()

    async def handle(self, lane: str) -> bool:
        """Handle the lane's next item if one is due; tell whether another waits behind it.

        Raises:
            StorageUnavailable: nothing was stored, nothing is counted.
        """
        async with self._careful.over(lane) as deadly:
            return await self._handle(lane, Attempt(deadly))

    async def _handle(self, lane: str, attempt: Attempt) -> bool:
        started = self._clock.monotonic()
        outcome = "done"
        try:
            after = await self._commit(lane, attempt)
        except StorageUnavailable:
            raise
        except Exception as error:
            outcome = await self._failed(attempt, error)
            after = After(sends=outcome == "parked")
        if attempt.item is None or after is None:
            return False
        crash_point("after-commit")
        self._afterwards(attempt, after)
        seconds = self._clock.monotonic() - started
        self._meter.turned(outcome, seconds)
        log.info(
            "turn",
            item=attempt.item.id,
            source=attempt.item.source,
            kind=attempt.event,
            outcome=outcome,
            effects=attempt.effects,
            ms=round(seconds * 1000, 1),
        )
        return attempt.item.followed and outcome != "failed"

    async def _commit(self, lane: str, attempt: Attempt) -> After | None:
        stale = 0
        while stale < STALE_TRIES:
            try:
                return await self._db.transact(lambda conn: self._turn(conn, lane, attempt))
            except Stale:
                stale += 1
            except Early:
                attempt.patience -= 1
                await asyncio.sleep(EARLY_SECONDS)
        raise Stale

    async def _turn(self, conn: AsyncConnection, lane: str, attempt: Attempt) -> After | None:
        now = self._clock.now()
        attempt.item = item = await inbox.take(conn, self._around.keys, lane, now)
        if item is None:
            return None
        if item.id == attempt.deadly:
            raise Deadly
        after = After()
        loaded = await self._load(conn, item, attempt, now)
        if loaded is not None:
            attempt.event = type(loaded.event).__name__
            effects = within(self._limits.handler_seconds, lambda: tuple(self._decide(loaded.situation, loaded.event)))
            attempt.effects = len(effects)
            after = await commit.apply(conn, commit.Turn(self._around, loaded, attempt.arrival, now, attempt.late), effects)
        await inbox.done(conn, item)
        return after

    async def _load(self, conn: AsyncConnection, item: Item, attempt: Attempt, now: datetime) -> Loaded | None:
        if item.source in news.SOURCES:
            return await load_news(conn, self._around, news.read(item.raw), now)
        _, raw = disclose(item.raw)
        try:
            arrival = self._channels[item.source].read(raw)
        except ValueError as error:
            raise Unreadable from error
        attempt.arrival = arrival
        return await load(conn, replace(self._around, patient=attempt.patience > 0), arrival, now) if arrival else None

    async def _failed(self, attempt: Attempt, error: Exception) -> str:
        """Count the failed try, or park the item; return which it was."""
        item = attempt.item
        if item is None:
            raise error
        now, tries = self._clock.now(), item.attempts + 1
        if tries < self._limits.attempts and not isinstance(error, Unreadable | TooSlow | Deadly):
            log.warning("turn failed", item=item.id, kind=attempt.event, attempt=tries, exc_info=error)
            not_before = now + timedelta(seconds=self._limits.pause(tries))
            await self._db.transact(lambda conn: inbox.retry(conn, item, not_before))
            return "failed"
        log.error("alarm", about="parked", item=item.id, kind=attempt.event, meaning="a message needs a human", exc_info=error)
        await park(self._db, self._around, Failure(item, attempt.arrival, error), now)
        return "parked"

    def _afterwards(self, attempt: Attempt, after: After) -> None:
        arrival = attempt.arrival
        if arrival is not None and arrival.press is not None:
            self.at_once.answer(arrival.channel, arrival.press, after.toast)
        if arrival is not None and arrival.place == "private" and after.language is not None:
            self.at_once.menu(arrival.channel, arrival.chat, after.language)
        if after.sends:
            self._sends()
        if after.news:
            self._told()
        for request in after.counts:
            self._counts(request)
        if after.casts:
            self._casts()
