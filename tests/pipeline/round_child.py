"""The whole bot in a process of its own, which a test kills while it tells many people one thing."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess

from bot import crash
from bot.channels.telegram import TelegramChannel
from bot.clock import SystemClock
from bot.engine.decide import decide
from bot.i18n import render
from bot.model.effects import Effect
from bot.model.events import Event
from bot.model.situation import Situation
from bot.pipeline.chance import SystemChance
from bot.pipeline.limits import Limits
from bot.pipeline.machine import Machine
from bot.pipeline.surroundings import Surroundings
from bot.storage.database import Database
from handlers import BOOK
from tests.databases import KEYS
from tests.handlers.build import PLACES

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["tests.pipeline.round_child"])
ONE_BY_ONE = Limits(per_second=1000.0, per_chat_seconds=0.001, in_flight=1)
"""No send is under way beside another, so a kill leaves one row in doubt at most."""


@dataclass(frozen=True)
class Life:
    """What a child needs to know; `crash` as in `ALWAND_CRASH`."""

    url: str
    telegram: str
    token: str
    crash: str = ""


def begin(life: Life) -> ForkServerProcess:
    process = _FORKED.Process(target=_main, args=(life,), daemon=True)
    process.start()
    return process


async def ended(process: ForkServerProcess) -> int | None:
    """Return how a child ended: negative for a signal, None if it lives on after a long wait."""
    await asyncio.to_thread(process.join, 30)
    return process.exitcode


def _main(life: Life) -> None:
    os.environ["ALWAND_CRASH"] = life.crash
    crash.arm(production=False)
    asyncio.run(_live(life))


async def _live(life: Life) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    db = await Database.open(life.url, KEYS)
    channel = TelegramChannel(token=life.token, api_url=life.telegram, poll_seconds=1, render=render, alarm=lambda word: None)
    try:
        async with channel:
            around = Surroundings(db.keys, PLACES, SystemChance(), render)
            await Machine(db, channel, around, _decide, ONE_BY_ONE, SystemClock()).run(stop)
    finally:
        await db.close()


def _decide(situation: Situation, event: Event) -> tuple[Effect, ...]:
    return decide(BOOK, situation, event)
