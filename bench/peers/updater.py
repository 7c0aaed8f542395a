"""The Updater alone: it takes updates over into memory, and nobody handles them."""

from __future__ import annotations

import asyncio
import os
import signal

from telegram import Bot
from telegram.ext import Updater


async def main() -> None:
    asked_to_stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked_to_stop.set)
    async with Updater(Bot(os.environ["BENCH_TOKEN"], base_url=os.environ["BENCH_URL"] + "/bot"), asyncio.Queue()) as updater:
        await updater.start_polling(timeout=5)
        await asked_to_stop.wait()
        await updater.stop()


if __name__ == "__main__":
    asyncio.run(main())
