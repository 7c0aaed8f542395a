"""The ticks: due timers move into the inbox, and the day's chores are done.

APScheduler is the clock here and nothing more. What must happen is written in rows, so that a tick which is missed, late or doubled loses
and repeats nothing: the next one finds what is due, and a row that has fired is gone, also if the machine's clock jumps back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.storage import days, inbox, posts, timers
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable

log = structlog.get_logger()

TICK_SECONDS: Final = 1.0
AT_ONCE: Final = 200
"""So many timers move in one transaction; after a long absence several follow one another."""
REPEATS_KEPT: Final = timedelta(hours=48)
"""How long the keys of handled updates are kept: the channel keeps updates for a day."""
KEYS_KEPT: Final = timedelta(days=2)
OPEN_AT_MOST: Final = timedelta(days=365)
"""A message of ours that is older than this and a closed ticket's keeping is answered by nobody any more."""


class Timers:
    """Lets time be one more sender.

    `keep_posts` is how long a closed ticket is kept, and our messages about it with it. `told` is called when something fell due.
    """

    def __init__(self, db: Database, clock: Clock, *, keep_posts: timedelta, told: Callable[[], None]) -> None:
        self._db = db
        self._clock = clock
        self._keep_posts = keep_posts + OPEN_AT_MOST
        self._told = told

    async def run(self) -> None:
        """Tick until cancelled."""
        second, day = asyncio.Event(), asyncio.Event()
        day.set()
        scheduler = AsyncIOScheduler(timezone="UTC")
        late_is_fine = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        scheduler.add_job(_ring, "interval", args=[second], seconds=TICK_SECONDS, **late_is_fine)
        scheduler.add_job(_ring, "interval", args=[day], hours=24, **late_is_fine)
        scheduler.start()
        try:
            async with asyncio.TaskGroup() as rounds:
                rounds.create_task(_each_time(second, self.tick), name="tick")
                rounds.create_task(_each_time(day, self.chores), name="chores")
        finally:
            scheduler.shutdown(wait=False)

    async def tick(self) -> None:
        """Move what is due into the inbox."""
        try:
            moved = AT_ONCE
            while moved == AT_ONCE:
                now = self._clock.now()
                if await self._db.read(timers.next_due) is None:
                    return
                moved = await self._db.transact(partial(timers.move_due, keys=self._db.keys, now=now, limit=AT_ONCE))
                if moved:
                    self._told()
        except StorageUnavailable as error:
            log.error("alarm", about="storage", reason=error.reason, meaning="timers wait until it can be written")

    async def chores(self) -> None:
        """Forget what need not be known any more, and let the database look after itself."""
        now = self._clock.now()

        async def work(conn: AsyncConnection) -> tuple[int, int]:
            forgotten = await inbox.forget(conn, now - REPEATS_KEPT)
            destroyed = await days.forget(conn, (now - KEYS_KEPT).date())
            await posts.forget(conn, (now - self._keep_posts).date())
            await conn.execute(text("PRAGMA optimize" if self._db.dialect == "sqlite" else "SELECT 1"))
            return forgotten, destroyed

        try:
            forgotten, destroyed = await self._db.transact(work)
        except StorageUnavailable as error:
            log.error("alarm", about="storage", reason=error.reason, meaning="the day's chores were left undone")
            return
        log.info("chores", forgotten=forgotten, keys_destroyed=destroyed)


async def _ring(bell: asyncio.Event) -> None:
    bell.set()


async def _each_time(bell: asyncio.Event, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work whenever the bell has rung; one that rang meanwhile counts once."""
    while True:
        await bell.wait()
        bell.clear()
        await work()
