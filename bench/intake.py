"""Our way in alone: take over, seal, store durably, confirm; nothing is handled. Run as `python -m bench.intake run --config FILE`."""

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


async def _take_over(file: Path) -> None:
    config, time = load(file), SystemClock()
    telegram = app._telegram(config, config.token(), time, None)
    asked_to_stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked_to_stop.set)
    async with app._opened(config) as db, telegram:
        await app._prepare(db, config, time)
        around = Surroundings(db.keys, config.places(), SystemChance(), render)
        machine = Machine(db, telegram, around, app._decide, app._limits(config, telegram), time)
        receiving = asyncio.create_task(telegram.receive(machine.inbox.store))
        await asked_to_stop.wait()
        receiving.cancel()


if __name__ == "__main__":
    configure()
    asyncio.run(_take_over(Path(sys.argv[-1])))
