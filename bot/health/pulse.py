"""Whether the event loop turns: everything stands still with it, so what is felt here is passed on to the service manager (F34)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from bot.health import systemd

BEAT_SECONDS: Final = 1.0
SHARE: Final = 3
"""So many signs of life fall into the time within which systemd wants one."""


async def beat(lagged: Callable[[float], None]) -> None:
    """Look at the loop until cancelled: tell by how many seconds each look came late, and systemd that the bot lives."""
    loop = asyncio.get_running_loop()
    wanted = systemd.watchdog()
    pause = BEAT_SECONDS if wanted is None else min(BEAT_SECONDS, wanted / SHARE)
    if wanted is not None:
        systemd.prepare_for_its_bite()
    while True:
        if wanted is not None:
            systemd.notify("WATCHDOG=1")
        before = loop.time()
        await asyncio.sleep(pause)
        lagged(max(0.0, loop.time() - before - pause))
