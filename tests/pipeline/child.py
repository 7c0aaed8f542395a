"""A bot in a process of its own, for the tests that kill it: forked from a server that has everything imported, so alive at once."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess

from bot import crash
from bot.clock import SystemClock
from bot.pipeline.limits import Limits
from bot.storage.database import Database
from bot.storage.seal import Keyring
from tests.pipeline.book import decide
from tests.pipeline.house import live

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["tests.pipeline.child"])
KEY = bytes(range(32))


@dataclass(frozen=True)
class Life:
    """What a child needs to know. `crash` as in `ALWAND_CRASH`; a child with `intake_only` receives and handles nothing."""

    url: str
    telegram: str
    token: str
    crash: str = ""
    limits: Limits = field(default_factory=Limits)
    intake_only: bool = False


def begin(life: Life) -> ForkServerProcess:
    """Start a child."""
    process = _FORKED.Process(target=_main, args=(life,), daemon=True)
    process.start()
    return process


async def ended(process: ForkServerProcess, timeout: float = 20) -> int:  # noqa: ASYNC109 - a test's patience
    """Wait until a child has ended, and return how: negative for a signal."""
    gone = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(process.sentinel, gone.set)
    try:
        await asyncio.wait_for(gone.wait(), timeout)
    finally:
        loop.remove_reader(process.sentinel)
    process.join()
    code = process.exitcode
    assert code is not None
    return code


async def stop(process: ForkServerProcess) -> int:
    """Ask a child to end, and return how it did."""
    process.terminate()
    return await ended(process)


def _main(life: Life) -> None:
    os.environ["ALWAND_CRASH"] = life.crash
    crash.arm(production=False)
    asyncio.run(_live(life))


async def _live(life: Life) -> None:
    asked_to_stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked_to_stop.set)
    db = await Database.open(life.url, Keyring(KEY))
    try:
        await live(
            db, life.telegram, life.token, asked_to_stop,
            limits=life.limits, clock=SystemClock(), decide=decide, intake_only=life.intake_only,
        )  # fmt: skip
    finally:
        await db.close()
