"""A second process on a bot's database that lets time pass and handles turns, and neither receives nor sends.

Run as `python -m bench.ticking run --config FILE`.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from bot import app
from bot.clock import SystemClock
from bot.config import load
from bot.i18n import render
from bot.log import configure
from bot.pipeline.chance import SystemChance
from bot.pipeline.machine import Machine
from bot.pipeline.surroundings import Surroundings


async def _tick(file: Path) -> None:
    config, time = load(file), SystemClock()
    telegram = app._telegram(config, config.token(), time, None)
    asked_to_stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked_to_stop.set)
    async with app._opened(config) as db, telegram:
        await app._prepare(db, config, time)
        around = Surroundings(db.keys, config.places(), SystemChance(), render, config.times())
        machine = Machine(db, telegram, around, app._decide, app._limits(config, telegram), time)
        await machine.time.begin()
        work = [asyncio.create_task(machine.ticking(db, telegram).run()), asyncio.create_task(machine.dispatcher.run(machine.turns.handle))]
        await asyncio.wait([*work, asyncio.create_task(asked_to_stop.wait())], return_when=asyncio.FIRST_COMPLETED)
        for task in work:
            task.cancel()


if __name__ == "__main__":
    configure()
    asyncio.run(_tick(Path(sys.argv[-1])))
