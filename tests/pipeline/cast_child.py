"""The bot in a process of its own while it sends a broadcast, and a second one beside it that only lets time pass.

The second ticks timers and works turns on the same database as the first, as if somebody had started the bot twice and no lock had stopped
them: what falls due may be opened by either, and is opened once.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess

import structlog

from bot import crash
from bot.channels.telegram import TelegramChannel
from bot.clock import SystemClock
from bot.i18n import render
from bot.model.effects import Effect, OpenOccurrence
from bot.model.events import Event, TimerFired
from bot.model.ids import OccurrenceId
from bot.model.situation import Situation
from bot.pipeline.inbox import Dispatcher
from bot.pipeline.limits import Limits
from bot.pipeline.timekeeping import Timekeeper
from bot.pipeline.timers import Timers
from bot.pipeline.turn import Turns
from bot.storage.database import Database
from tests.databases import KEYS
from tests.pipeline.book import decide
from tests.pipeline.crowd import message, occurrence_of
from tests.pipeline.house import live, surroundings

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["tests.pipeline.cast_child"])
FIRST_DUE = datetime(2026, 11, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Life:
    """What a child needs to know; `crash` as in `ALWAND_CRASH`; `ticks_only`: it sends nothing and receives nothing."""

    url: str
    telegram: str
    token: str
    limits: Limits = field(default_factory=Limits)
    ticks_only: bool = False
    crash: str = ""


def begin(life: Life) -> ForkServerProcess:
    process = _FORKED.Process(target=_main, args=(life,), daemon=True)
    process.start()
    return process


async def ended(process: ForkServerProcess) -> int | None:
    """Return how a child ended: negative for a signal, None if it lives on after a long wait."""
    await asyncio.to_thread(process.join, 30)
    return process.exitcode


def decided(situation: Situation, event: Event) -> Iterable[Effect]:
    """Open an occurrence for a due broadcast, whichever of its timers fired: `cast_due:<number>:<copy of the timer>`."""
    match event:
        case TimerFired("cast_due", key) if situation.broadcast is not None:
            due = FIRST_DUE + timedelta(minutes=int(key.split(":")[1]))
            id = OccurrenceId(situation.chance.token())
            occurrence = occurrence_of(situation.broadcast.id, id, due, state="held")
            return (OpenOccurrence(occurrence, situation.broadcast.audience, "drugs", {"en": message()}),)
        case TimerFired():
            return ()
    return decide(situation, event)


def _main(life: Life) -> None:
    os.environ["ALWAND_CRASH"] = life.crash
    crash.arm(production=False)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    asyncio.run(_live(life))


async def _live(life: Life) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    db = await Database.open(life.url, KEYS)
    try:
        if life.ticks_only:
            await _tick(db, life, stop)
        else:
            await live(db, life.telegram, life.token, stop, limits=life.limits, clock=SystemClock(), decide=decided)
    finally:
        await db.close()


async def _tick(db: Database, life: Life, stop: asyncio.Event) -> None:
    around = surroundings(db.keys)
    channel = TelegramChannel(token=life.token, api_url=life.telegram, render=render, alarm=lambda word: None)
    clock = Timekeeper(db, SystemClock(), told=lambda: None)
    dispatcher = Dispatcher(db, clock, life.limits.lanes)
    turns = Turns(db, around, {channel.name: channel}, decided, life.limits, clock, sends=lambda: None, told=dispatcher.wake)
    timers = Timers(db, clock, keep_posts=timedelta(days=1), told=dispatcher.wake)
    await clock.begin()
    async with channel, asyncio.TaskGroup() as tasks:
        ticking = tasks.create_task(timers.run())
        tasks.create_task(dispatcher.run(turns.handle))
        await stop.wait()
        ticking.cancel()
        dispatcher.stop()
