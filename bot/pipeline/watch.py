"""Who notices that something has stopped: the loop that hangs, the outbox that does not empty, and the hours when nobody was here.

Every alarm is one line in the log, in fixed words. `bot.channels` tells of a channel that is deaf.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.model.effects import Priority, Send
from bot.model.ids import PROVINCE
from bot.model.messages import Message, ToForum
from bot.model.text import N_
from bot.pipeline.limits import Limits
from bot.pipeline.saying import Saying
from bot.pipeline.surroundings import Surroundings
from bot.storage import forums, inbox, outbox, settings
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.upsert import hold

log = structlog.get_logger()

LAG_SECONDS: Final = 1.0
"""So late the loop may be before that is told."""
ROUND_SECONDS: Final = 10.0
BEAT_SECONDS: Final = 60.0
WITHHELD: Final = "withheld"
"""The setting that says how much the channel held for us at the last heartbeat; empty where it does not tell."""
CHANNEL_KEEPS: Final = timedelta(hours=24)
"""How long the channel keeps what it could not deliver to us."""


async def announce_absence(db: Database, around: Surroundings, now: datetime, *, alone: bool = True) -> None:
    """Tell every forum and the province from when to when nobody was here, if that was too long for the channel to keep everything.

    Unless it is `alone`, another process may hear the channel already.
    """

    async def work(conn: AsyncConnection) -> timedelta | None:
        await hold(conn, settings.HEARTBEAT)
        last = await settings.heartbeat(conn, around.keys)
        await settings.beat(conn, around.keys, now)
        if alone:
            await settings.hear(conn, around.keys, None)
        if last is None or now - last <= CHANNEL_KEEPS:
            return None
        words = N_(
            "The bot was away from {start} to {end}. Messages that were sent to it early in that time may be lost.", start=last, end=now
        )
        saying = Saying(conn, around, now)
        for forum, state in (await forums.states(conn)).items():
            if state == "linked" or forum == PROVINCE:
                await saying.send(Send(ToForum(forum), Message(words), Priority.NOTICE))
        return now - last

    gap = await db.transact(work)
    if gap is not None:
        log.error("alarm", about="absence", hours=round(gap / timedelta(hours=1), 1), meaning="the channel may have dropped messages")


class Watch:
    """Looks after the others, and writes down each minute that it was there.

    With that it writes when the channel was last `heard` (monotonic seconds), and how much it `withheld`: holds because it cannot bring it.
    Of several processes the one that `leads` looks after what waits.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        limits: Limits,
        heard: Callable[[], float | None] = lambda: None,
        withheld: Callable[[], int | None] = lambda: None,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        self._db = db
        self._clock = clock
        self._limits = limits
        self._heard = heard
        self._withheld = withheld
        self._leads = leads
        self._told_waiting = float("-inf")

    async def run(self) -> None:
        """Watch until cancelled."""
        beaten, heard = self._clock.monotonic(), False
        while True:
            before = self._clock.monotonic()
            await asyncio.sleep(ROUND_SECONDS)
            now = self._clock.monotonic()
            if (lag := now - before - ROUND_SECONDS) > LAG_SECONDS:
                log.error("alarm", about="lag", seconds=round(lag, 1), meaning="something held up the whole bot")
            try:
                if self._leads():
                    await self.look(now)
                if now - beaten >= BEAT_SECONDS or (self._heard() is not None and not heard):
                    beaten, heard = now, self._heard() is not None
                    await self.beat()
            except StorageUnavailable:
                continue

    async def beat(self) -> None:
        """Write down that the bot is alive."""
        now, heard = self._clock.now(), self._heard()
        withheld = self._withheld()
        ago = None if heard is None else timedelta(seconds=self._clock.monotonic() - heard)

        async def work(conn: AsyncConnection) -> None:
            await settings.beat(conn, self._db.keys, now)
            if ago is not None:  # of several processes those that do not receive hear nothing
                await settings.hear(conn, self._db.keys, now - ago)
                await settings.put(conn, self._db.keys, WITHHELD, "" if withheld is None else str(withheld))

        await self._db.transact(work)

    async def look(self, now: float) -> bool:
        """Look whether something waits too long, and tell so once in that time; return whether it was told. `now` in monotonic seconds."""
        wall = self._clock.now()
        arrived = await self._db.read(lambda conn: inbox.backlog(conn, wall))
        unsent = await self._db.read(lambda conn: outbox.backlog(conn, wall))
        oldest = max(arrived.oldest_seconds, unsent.oldest_seconds)
        if oldest <= self._limits.waiting_alarm or now - self._told_waiting < self._limits.waiting_alarm:
            return False
        self._told_waiting = now
        log.error(
            "alarm",
            about="waiting",
            unhandled=arrived.waiting,
            unsent=unsent.waiting,
            held=unsent.held,
            dead=unsent.dead,
            parked=arrived.parked,
            oldest_seconds=round(oldest),
            meaning="something has been waiting too long",
        )
        return True
