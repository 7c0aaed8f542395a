"""Whether the machine's time can be believed.

A board without a battery starts in 1970 after a power cut, somebody sets the date by hand, a time service corrects a day in one step. What
falls due by the calendar must then neither happen all at once nor twice. The spans of the machine do not jump with its time of day, so
they tell what time it should be:

- A step of a few minutes is believed.
- A larger one is doubted. For everybody here the time then goes on steadily from before the jump (`Timekeeper.now`), so conversations,
  answers and reminders notice nothing. What deletes by age and what speaks to many waits (`HELD`, and whoever asks `doubted`). The
  province is told.
- The doubt ends when the time of day jumps back to where it should be, when the kernel says that a time service keeps it, or when a
  person says that it is right (`trust`). From then on the machine's time of day holds, and what waits for a moment is moved with it.

What is believed is kept in the database, so that a doubt survives the process; after a new start of the machine, when spans cannot be
compared any more, a time before the last one that was believed is doubted.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Reading, SystemClock
from bot.model.events import ClockDoubted
from bot.pipeline import news
from bot.pipeline.news import News
from bot.storage import inbox, lanes, settings, waits
from bot.storage.database import Database
from bot.storage.seal import Keyring
from bot.storage.upsert import hold

log = structlog.get_logger()

TOLERANCE: Final = timedelta(minutes=10)
STEP: Final = timedelta(seconds=1)
"""A step back of more than this is one that somebody might wait for."""
KEEP_SECONDS: Final = 60.0
"""How often the time that is believed is written down."""
NAME: Final = "time"
HELD: Final = frozenset({"draft", "purge", "cast_due"})
"""Kinds of timers that wait while the time is doubted: they delete what is old, or speak to many."""


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of the time.

    Attributes:
        wall, steady, boot: the time of day at a moment, and the spans that it goes on by (see `Reading`).
        doubted: seconds by which the machine's time of day is off, 0 where it is believed.
        least: whether the true time may also be later: the machine was off for an unknown time.
        accepted: whether a person has said that the machine's time is right, and that is still to be done.
    """

    wall: datetime
    steady: float
    boot: str
    doubted: int = 0
    least: bool = False
    accepted: bool = False

    def at(self, reading: Reading) -> datetime:
        """Return the time that it should be at a reading of the same start of the machine."""
        return self.wall + timedelta(seconds=reading.steady - self.steady)

    def off(self, reading: Reading) -> timedelta:
        """Return how far a reading is off, nothing where it can be believed."""
        off = reading.wall - self.at(reading)
        believed = off >= -TOLERANCE and (self.least or off <= TOLERANCE)
        return timedelta() if believed else off


def begun(kept: Belief | None, reading: Reading) -> Belief:
    """Return what a process that starts believes, from what the one before it kept."""
    fresh = Belief(reading.wall, reading.steady, reading.boot)
    if kept is None or (reading.boot and kept.boot == reading.boot):
        return kept or fresh
    jump = timedelta(seconds=kept.doubted)
    if kept.doubted > 0 and reading.wall >= kept.wall + jump - TOLERANCE:
        return replace(kept, wall=reading.wall - jump, steady=reading.steady, boot=reading.boot)
    if reading.wall < kept.wall - STEP:
        return replace(kept, steady=reading.steady, boot=reading.boot, least=True)
    return fresh


async def doubted(conn: AsyncConnection, keys: Keyring) -> int:
    """Return by how many seconds the clock has jumped, while nobody has confirmed the time; 0 where it is believed."""
    belief = await _load(conn, keys)
    return belief.doubted if belief else 0


async def trust(conn: AsyncConnection, keys: Keyring) -> None:
    """Believe the machine's time: a person says that it is right."""
    await hold(conn, NAME)
    belief = await _load(conn, keys)
    if belief is not None and belief.doubted:
        await _keep(conn, keys, replace(belief, doubted=0, accepted=True))


async def _load(conn: AsyncConnection, keys: Keyring) -> Belief | None:
    kept = await settings.get(conn, keys, NAME)
    if kept is None:
        return None
    told = json.loads(kept)
    return Belief(**{**told, "wall": datetime.fromisoformat(told["wall"])})


async def _keep(conn: AsyncConnection, keys: Keyring, belief: Belief) -> None:
    await settings.put(conn, keys, NAME, json.dumps({**asdict(belief), "wall": belief.wall.isoformat()}))


class Timekeeper:
    """The clock that everybody here lives by. `told` is called when there is news, or when what waits may go earlier than was thought."""

    def __init__(self, db: Database, clock: SystemClock, *, told: Callable[[], None]) -> None:
        self._db = db
        self._clock = clock
        self._told = told
        self._belief: Belief | None = None
        self._off = timedelta()
        self._doubted = 0
        self._set_back: tuple[datetime, datetime] | None = None
        self._kept_at = float("-inf")

    @property
    def doubtful(self) -> bool:
        """Whether the machine's time is doubted here."""
        return bool(self._off)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return self._clock.monotonic()

    def now(self) -> datetime:
        """Return the time in UTC: the machine's or, where that has jumped, the one before the jump, gone on steadily."""
        reading = self._clock.read()
        if self._belief is None:
            return reading.wall + reading.moved
        self._off = self._belief.off(reading)
        if self._off:
            return self._belief.at(reading) + reading.moved
        self._believe(self._belief, reading)
        return reading.wall + reading.moved

    def _believe(self, belief: Belief, reading: Reading) -> None:
        """Go by the machine's time of day from now on."""
        before = belief.at(reading)
        if before - reading.wall > STEP:
            self._set_back = before + reading.moved, reading.wall + reading.moved
        self._belief = Belief(reading.wall, reading.steady, reading.boot)
        self._off = timedelta()

    async def begin(self) -> None:
        """Take up what the process before this one believed. Until then the machine's time holds."""
        if self._belief is not None:
            return
        kept = await self._db.read(lambda conn: _load(conn, self._db.keys))
        reading = self._clock.read()
        self._belief = begun(kept, reading)
        if kept is not None:
            self._doubted = kept.doubted or int(kept.accepted)
            if kept.accepted:
                self._believe(self._belief, reading)
        await self.look()

    async def look(self, *, moves: bool = True) -> None:
        """See whether the time is to be believed, write it down, tell who has to know, and move what waits.

        Of several processes one `moves` it.

        Raises:
            StorageUnavailable: not all of it was done; the next look does it.
        """
        self.now()
        if self._off and self._doubted and await self._settled() and self._belief is not None:
            self._believe(self._belief, self._clock.read())
        seconds = round(self._off / timedelta(seconds=1))
        if bool(seconds) != bool(self._doubted) or abs(seconds - self._doubted) * STEP > TOLERANCE:
            await self._db.transact(partial(self._change, seconds=seconds))
            self._tell(seconds)
        elif not seconds and self._clock.monotonic() - self._kept_at >= KEEP_SECONDS:
            await self._db.transact(self._remember)
            self._kept_at = self._clock.monotonic()
        if not moves:
            self._set_back = None
        if self._set_back is not None:
            before, now = self._set_back
            moved = await self._db.transact(lambda conn: waits.set_back(conn, before, now))
            self._set_back = None
            log.warning("set back", seconds=round((before - now) / STEP), moved=moved)
            self._told()

    async def _settled(self) -> bool:
        """Whether a person or a time service has said that the machine's time is right."""
        return self._clock.confirmed() or not await self._db.read(lambda conn: doubted(conn, self._db.keys))

    async def _change(self, conn: AsyncConnection, seconds: int) -> None:
        """Write a doubt or its end down, with the news of it unless another process has told it."""
        keys, belief = self._db.keys, self._belief
        await hold(conn, NAME)
        kept = await _load(conn, keys)
        if belief is None:
            return
        await _keep(conn, keys, replace(belief, doubted=seconds))
        known = (
            kept is not None and bool(kept.doubted or kept.accepted) == bool(seconds) and abs(kept.doubted - seconds) * STEP <= TOLERANCE
        )
        if not known:
            told = news.item(lanes.of_timer(keys, NAME), secrets.token_hex(16), News(ClockDoubted(seconds)), self.now())
            await inbox.store(conn, keys, [told])

    async def _remember(self, conn: AsyncConnection) -> None:
        """Write down what is believed, unless another process doubts."""
        await hold(conn, NAME)
        kept = await _load(conn, self._db.keys)
        if self._belief is not None and not (kept and kept.doubted):
            await _keep(conn, self._db.keys, self._belief)

    def _tell(self, seconds: int) -> None:
        self._doubted = seconds
        if seconds:
            log.error("alarm", about="clock", seconds=seconds, meaning="the clock has jumped; until the time is confirmed broadcasts wait")
        else:
            log.info("clock", seconds=0, meaning="the time is believed again")
        self._told()
