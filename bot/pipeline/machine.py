"""All parts of the pipeline around one channel, from the first task to an orderly end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

import structlog

from bot.channels.base import Channel
from bot.clock import SystemClock
from bot.errors import AlwandError
from bot.pipeline.fanout.counting import Counting
from bot.pipeline.fanout.feeder import Feeder
from bot.pipeline.inbox import Dispatcher, Inbox
from bot.pipeline.limits import Limits
from bot.pipeline.meter import UNMETERED, Meter
from bot.pipeline.outage import Outage
from bot.pipeline.sender import Sender
from bot.pipeline.surroundings import Surroundings
from bot.pipeline.timekeeping import Timekeeper
from bot.pipeline.timers import Timers
from bot.pipeline.trouble import Trouble
from bot.pipeline.turn import Decide, Turns
from bot.pipeline.watch import Watch
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable

log = structlog.get_logger()

STOP_SECONDS: Final = 10.0
"""How long the turns and sends under way may take when the bot is told to stop."""
LAST_ANSWERS_SECONDS: Final = 1.0


class Machine:
    """Receives, decides, sends.

    receive   channel → inbox            send     outbox → channel
    dispatch  inbox → turns              timers   due rows → inbox
    watch     notices what has stopped   feed     broadcasts → copies
    count     how many a broadcast would reach

    `time` is the clock of all of them.
    """

    def __init__(
        self,
        db: Database,
        channel: Channel,
        around: Surroundings,
        decide: Decide,
        limits: Limits,
        clock: SystemClock,
        meter: Meter = UNMETERED,
    ) -> None:
        channels = {channel.name: channel}
        db.trouble = Trouble(clock)
        self.channel = channel
        self.time = Timekeeper(db, clock, told=self._look_again)
        self.dispatcher = Dispatcher(db, self.time, limits.lanes)
        told = self.dispatcher.wake
        self.sender = Sender(db, around, channels, limits, self.time, told=told, hungry=self._feed, meter=meter)
        self.feeder = Feeder(db, around, limits, self.time, self.sender.couriers, told=told)
        self.counting = Counting(db, around, self.time, told=told)
        wakes = {"sends": self.sender.wake, "told": told, "casts": self.feeder.wake}
        self.turns = Turns(db, around, channels, decide, limits, self.time, counts=self.counting.ask, meter=meter, **wakes)
        self.inbox = Inbox(
            db, channel.name, self.time, Outage(channel, around), told=self.dispatcher.wake, expect=self.turns.at_once.expect
        )
        self.timers = Timers(
            db, self.time, keep_posts=around.province.keep_after_close, told=self.dispatcher.wake, erasures=around.erasures
        )
        self.watch = Watch(db, self.time, limits, lambda: channel.heard)

    @property
    def rounds(self) -> Mapping[str, float]:
        """Monotonic times at which the loops that must never stand still last went round."""
        return {"dispatch": self.dispatcher.last_round, "send": self.sender.last_round, "timers": self.timers.last_round}

    async def run(self, asked_to_stop: asyncio.Event) -> None:
        """Run until asked to stop: the intake ends, the turns and sends that have begun are finished, the rest waits on disk.

        Raises:
            AlwandError: inside a group; the operator has to do something.
        """
        await self.time.begin()
        await self.turns.begin()
        async with asyncio.TaskGroup() as tasks:

            def begin(name: str, work: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
                return tasks.create_task(_told(name, work), name=name)

            intake = [
                begin("receive", lambda: self.channel.receive(self.inbox.store)),
                begin("timers", self.timers.run),
                begin("watch", self.watch.run),
                begin("feed", self.feeder.run),
                begin("count", self.counting.run),
            ]
            work = [begin("dispatch", lambda: self.dispatcher.run(self.turns.handle)), begin("send", self.sender.run)]
            await asked_to_stop.wait()
            for task in intake:
                task.cancel()
            await self._finish(work)

    def _feed(self) -> None:
        self.feeder.hungry()

    def _look_again(self) -> None:
        self.dispatcher.wake()
        self.sender.wake()
        self.feeder.wake()

    async def _finish(self, work: list[asyncio.Task[None]]) -> None:
        self.dispatcher.stop()
        self.sender.stop()
        _, unfinished = await asyncio.wait(work, timeout=STOP_SECONDS)
        for task in unfinished:
            task.cancel()
        if unfinished:
            log.warning("cut short", tasks=[task.get_name() for task in unfinished])
        await self.turns.at_once.settled(LAST_ANSWERS_SECONDS)
        with suppress(StorageUnavailable):
            await self.watch.beat()


async def _told(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work of one task, and say which one it was that failed: the failure ends the process."""
    try:
        await work()
    except AlwandError:
        raise
    except Exception as error:
        log.critical("failed", task=name, exc_info=error)
        raise
