"""The ticks: due timers move into the inbox, and the day's chores are done.

What must happen is written in rows, so that a tick which is missed, late or doubled loses and repeats nothing: the next one finds what is
due, and a row that has fired is gone, also if the machine's clock jumps back. The ticks follow the loop's monotonic clock. APScheduler's
intervals follow the time of day: set back by a day, they are silent for a day (docs/decisions/0009).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.broadcasts import VOICES_KEPT
from bot.pipeline.timekeeping import HELD, Timekeeper, doubted
from bot.storage import days, inbox, posts, timers, voices
from bot.storage.database import Database
from bot.storage.erasures import Erasures
from bot.storage.errors import StorageUnavailable

log = structlog.get_logger()

CAST_DUE: Final = "cast_due"
TICK_SECONDS: Final = 1.0
DAY_SECONDS: Final = 86_400.0
EXAMINED_AFTER: Final = 3_600.0
"""The whole database is read for the first time so long after a start, which has looked it over and has a backlog to work off."""
AT_ONCE: Final = 200
"""So many timers move in one transaction; after a long absence several follow one another."""
FORGOTTEN_AT_ONCE: Final = 500
"""So many rows are forgotten in one transaction, some milliseconds, in which nobody is answered."""
REPEATS_KEPT: Final = timedelta(hours=48)
"""How long the keys of handled updates are kept: the channel keeps updates for a day."""
KEYS_KEPT: Final = timedelta(days=2)
OPEN_AT_MOST: Final = timedelta(days=365)
"""A message of ours that is older than this and a closed ticket's keeping is answered by nobody any more."""


class Timers:
    """Lets time be one more sender.

    `keep_posts` is how long a closed ticket is kept, and our messages about it with it. `told` is called when something fell due.
    `erasures` is the list whose old lines are forgotten.

    Attributes:
        last_round: monotonic time of the last tick that came to its end.
    """

    def __init__(
        self, db: Database, clock: Timekeeper, *, keep_posts: timedelta, told: Callable[[], None], erasures: Erasures | None = None
    ) -> None:
        self._db = db
        self._clock = clock
        self._keep_posts = keep_posts + OPEN_AT_MOST
        self._told = told
        self._erasures = erasures
        self.last_round = clock.monotonic()

    async def run(self) -> None:
        """Tick until cancelled."""
        await self._work_out_anew()
        async with asyncio.TaskGroup() as rounds:
            rounds.create_task(_every(TICK_SECONDS, self.tick), name="tick")
            rounds.create_task(_every(DAY_SECONDS, self.chores), name="chores")
            await asyncio.sleep(EXAMINED_AFTER)
            rounds.create_task(_every(DAY_SECONDS, self.examine), name="examine")

    async def _work_out_anew(self) -> None:
        """Let broadcasts find their times again: with a new start of the machine the zone may have another rule."""
        with suppress(StorageUnavailable):
            await self._db.transact(partial(timers.bring_forward, kind=CAST_DUE, now=self._clock.now()))

    async def tick(self) -> None:
        """Move what is due into the inbox; while the time is doubted, what can wait stays."""
        try:
            await self._clock.look()
            moved = AT_ONCE
            while moved == AT_ONCE:
                now = self._clock.now()
                if await self._db.read(timers.next_due) is None:
                    break
                moved = await self._db.transact(partial(self._move, now=now))
                if moved:
                    self._told()
        except StorageUnavailable:
            pass  # the next tick finds what is due
        self.last_round = self._clock.monotonic()

    async def _move(self, conn: AsyncConnection, now: datetime) -> int:
        keys = self._db.keys
        held = HELD if self._clock.doubtful or await doubted(conn, keys) else frozenset[str]()
        return await timers.move_due(conn, keys, now, AT_ONCE, held)

    async def chores(self) -> None:
        """Forget what need not be known any more, once the time is believed."""
        while self._clock.doubtful:  # noqa: ASYNC110 - a clock that is put right rings no bell
            await asyncio.sleep(TICK_SECONDS)
        now = self._clock.now()

        async def work(conn: AsyncConnection) -> int:
            destroyed = await days.forget(conn, (now - KEYS_KEPT).date())
            await voices.forget(conn, now - VOICES_KEPT)
            return destroyed

        try:
            forgotten = await self._in_portions(partial(inbox.forget, before=now - REPEATS_KEPT, limit=FORGOTTEN_AT_ONCE))
            await self._in_portions(partial(posts.forget, before=(now - self._keep_posts).date(), limit=FORGOTTEN_AT_ONCE))
            destroyed = await self._db.transact(work)
            if self._erasures is not None:
                self._erasures.forget(now.date())
        except StorageUnavailable as error:
            log.error("alarm", about="chores", reason=error.reason, meaning="the day's chores were left undone")
            return
        log.info("chores", forgotten=forgotten, keys_destroyed=destroyed)

    async def _in_portions(self, forget: Callable[[AsyncConnection], Awaitable[int]]) -> int:
        """Forget until nothing is left to forget, and return how much that was; whoever waits meanwhile comes in between."""
        portion = forgotten = await self._db.transact(forget)
        while portion == FORGOTTEN_AT_ONCE:
            portion = await self._db.transact(forget)
            forgotten += portion
        return forgotten

    async def examine(self) -> None:
        """Notice a damaged database while the backup before the damage is still kept."""
        with suppress(StorageUnavailable):
            if not await self._db.whole():
                log.error("alarm", about="database", meaning="the database file is damaged: end the bot, and restore the last backup")


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work now and again and again, so many seconds after it began; after one that took longer, at once."""
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        await work()
        await asyncio.sleep(began + seconds - loop.time())
