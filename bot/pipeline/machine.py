"""All parts of the pipeline around one channel, from the first task to an orderly end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

from bot.channels.base import Channel
from bot.clock import SystemClock
from bot.pipeline.bell import WORDS, Bell, Word
from bot.pipeline.duties import Duties, told
from bot.pipeline.fanout.counting import Counting
from bot.pipeline.fanout.feeder import Feeder
from bot.pipeline.inbox import Dispatcher, Inbox
from bot.pipeline.limits import Limits
from bot.pipeline.meter import UNMETERED, Meter
from bot.pipeline.outage import Outage
from bot.pipeline.returning import Returning
from bot.pipeline.sender import Sender
from bot.pipeline.surroundings import Surroundings
from bot.pipeline.timekeeping import Timekeeper
from bot.pipeline.timers import TICK_SECONDS, Timers
from bot.pipeline.trouble import Trouble
from bot.pipeline.turn import Decide, Turns
from bot.pipeline.watch import Watch
from bot.pipeline.works import DUTIES, Begin, Duty, Going, Sending
from bot.storage.company import Company
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.room import Room

log = structlog.get_logger()

STOP_SECONDS: Final = 10.0
"""How long the turns and sends under way may take when the bot is told to stop."""
LAST_ANSWERS_SECONDS: Final = 1.0


class Machine:
    """Receives, decides, sends.

    In each process:
        dispatch  inbox → turns              count     how many a broadcast would reach
        watch     notices what has stopped   clock     whether the time is to be believed
    In one process at a time (`duties.py`); without a `company` that is this one:
        receive   channel → inbox            send      outbox → channel, broadcasts → copies
        tick      due rows → inbox

    `time` is the clock of all of them. `publish` is called where the ticking begins: what the channel shows of the bot.
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
        *,
        company: Company | None = None,
        publish: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        db.trouble = Trouble(clock, Room.beside(db.engine.url))
        self.channel = channel
        self._around = around
        self._limits = limits
        self._meter = meter
        self._publish = publish
        self.bell = Bell(company, self._hear, self._needed)
        self.time = Timekeeper(db, clock, told=self._look_again)
        self.dispatcher = Dispatcher(db, self.time, limits.lanes, lambda: self.duties.share)
        sends, news, casts = (partial(self.bell.ring, word) for word in ("sends", "told", "casts"))
        self.counting = Counting(db, around, self.time, told=news)
        self.turns = Turns(
            db,
            around,
            {channel.name: channel},
            decide,
            limits,
            self.time,
            sends=sends,
            told=news,
            counts=self.counting.ask,
            casts=casts,
            meter=meter,
        )
        outage = Outage(db, channel, around, self.time)
        self.inbox = Inbox(db, channel.name, self.time, outage, told=self._arrived, expect=self.turns.at_once.expect)
        begins: dict[Duty, Begin] = {"receive": self.receiving, "tick": self.ticking, "send": self.sending}
        if company is not None:
            company.heard = self._called
        if company is not None and not channel.alone:
            del begins["receive"]
        self.duties = Duties(begins, db, channel, company)
        leads = partial(self.duties.holds, "tick")
        self.watch = Watch(db, self.time, limits, lambda: self.heard, lambda: channel.waiting, leads=leads)
        self._beside: dict[str, Callable[[], Awaitable[None]]] = {"watch": self.watch.run, "count": self.counting.run}
        if company is not None:
            self._beside["clock"] = self._keep_time
            if not channel.alone:
                self._beside["receive"] = self.receiving(db, channel).run

    def sending(self, db: Database, channel: Channel) -> Sending:
        """Begin to send."""
        around, limits, news = self._around, self._limits, partial(self.bell.ring, "told")
        sender = Sender(
            db,
            around,
            {channel.name: channel},
            limits,
            self.time,
            told=news,
            hungry=lambda: work.feeder.hungry(),
            meter=self._meter,
        )
        work = Sending(sender, Feeder(db, around, limits, self.time, sender.couriers, told=news), channel.answers)
        return work

    def ticking(self, db: Database, channel: Channel) -> Going:
        """Begin to tick."""
        news, keep = partial(self.bell.ring, "told"), self._around.province.keep_after_close
        timers = Timers(db, self.time, keep_posts=keep, told=news, erasures=self._around.erasures)
        returning = Returning(db, channel, self.time, told=news)
        goes = [timers.run, returning.run] if self._publish is None else [timers.run, returning.run, self._publish]
        return Going(*goes, rounds=lambda: {"timers": timers.last_round})

    def receiving(self, _: Database, channel: Channel) -> Going:
        """Begin to receive. Whoever does so without the duty does no harm: what was stored before is stored once."""
        return Going(lambda: channel.receive(self.inbox.store))

    @property
    def rounds(self) -> Mapping[str, float]:
        """Monotonic times at which the loops that must never stand still last went round."""
        return {"dispatch": self.dispatcher.last_round, **self.duties.rounds}

    @property
    def receives(self) -> bool:
        """Whether this process is one that hears the channel."""
        return not self.channel.alone or self.duties.holds("receive")

    def does(self) -> Mapping[str, bool]:
        """Tell of each duty whether it is done in this process."""
        return {duty: self.duties.holds(duty) for duty in DUTIES}

    @property
    def heard(self) -> float | None:
        """Monotonic time at which this process last heard the channel; None where it has not, or another does."""
        return self.channel.heard if self.receives else None

    async def run(self, asked_to_stop: asyncio.Event) -> None:
        """Run until asked to stop: the intake ends, the turns and sends that have begun are finished, the rest waits on disk.

        Raises:
            AlwandError: inside a group; the operator has to do something.
        """
        await self.time.begin()
        await self.turns.begin()
        async with asyncio.TaskGroup() as tasks:

            def begin(name: str, work: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
                return tasks.create_task(told(name, work), name=name)

            beside = [begin(name, goes) for name, goes in self._beside.items()]
            bell = begin("bell", self.bell.run)
            work = [begin("dispatch", lambda: self.dispatcher.run(self.turns.handle)), begin("duties", self.duties.run)]
            await asked_to_stop.wait()
            for task in beside:
                task.cancel()
            await self._finish(work)
            bell.cancel()

    def _arrived(self, fresh: Sequence[str], late: int) -> None:
        share = self.duties.share
        if share is not None and share.of > 1 and (late or self.dispatcher.crowded or len(fresh) > self._limits.lanes):
            fresh = [lane for lane in fresh if share.has(lane)]
            self.bell.ring("told")
        self.dispatcher.wake(fresh, late)

    def _hear(self, word: Word) -> None:
        if word == "told":
            self.dispatcher.wake()
        else:
            self.duties.hear(word)

    def _needed(self, word: Word) -> bool:
        """Whether another process has to hear it."""
        return len(self.duties.members) > 1 and (word == "told" or not self.duties.holds("send"))

    def _called(self, word: str) -> None:
        """Another process has called."""
        match word:
            case "told" | "sends" | "casts":
                self._hear(word)
            case "leases":
                self.duties.look()

    def _look_again(self) -> None:
        self.dispatcher.wake()
        for word in WORDS:
            self.duties.hear(word)

    async def _keep_time(self) -> None:
        """See whether the time is to be believed, where the ticking does not."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            if not self.duties.holds("tick"):
                with suppress(StorageUnavailable):
                    await self.time.look(moves=False)

    async def _finish(self, work: list[asyncio.Task[None]]) -> None:
        self.dispatcher.stop()
        self.duties.stop()
        _, unfinished = await asyncio.wait(work, timeout=STOP_SECONDS)
        for task in unfinished:
            task.cancel()
        if unfinished:
            log.warning("cut short", tasks=[task.get_name() for task in unfinished])
        await self.turns.at_once.settled(LAST_ANSWERS_SECONDS)
        with suppress(StorageUnavailable):
            await self.watch.beat()
