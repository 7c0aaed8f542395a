"""What is left after the bot was away: how long until all is stored, until all is handled, and how long a new resident waits meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable

from bench.crowd import Crowd, Step
from bench.scene import Kind, Scene, raised
from bench.table import Row, percentile

PAUSE = 1.0
"""A new resident comes so often."""
NEWCOMERS = 5
"""So many of them may wait at Telegram when all that came before them is confirmed."""


async def measure(quick: bool) -> list[Row]:
    """Leave updates waiting, start the bot, and watch it catch up: without limits to the end, with limits for a while."""
    size = 1_000 if quick else 10_000
    watched = 5.0 if quick else 30.0
    stored, handled, _ = await _catch_up("unlimited", size, 600.0)
    paced, _, waited = await _catch_up("bot", size, watched)
    late = sum(1 for each in waited if each > PAUSE)
    return [
        Row("8", f"s until {size:,} waiting updates are stored, limits off", stored, aim="1 + network"),
        Row("8", f"s until {size:,} waiting updates are handled, limits off", handled),
        Row("8", f"s until {size:,} waiting updates are stored, limits on", paced, aim="1 + network"),
        Row(
            "8",
            f"s until a new resident is answered meanwhile, p99, limits on, first {watched:.0f} s",
            percentile(waited, 0.99),
            aim="≤ 1",
            note=f"{len(waited)} came, {late} waited longer than a second; who was not answered counts with the time so far",
        ),
    ]


async def _catch_up(kind: Kind, size: int, seconds: float) -> tuple[float, float, list[float]]:
    """Return the seconds until all is stored, until all is handled, and how long new residents waited meanwhile.

    Without limits it ends when all is handled, else after `seconds`.
    """
    limits = kind == "bot"
    async with raised(limits=limits) as scene:
        scene.backlog(size)
        process = await scene.starts(kind)
        began = time.perf_counter()
        with Crowd(scene) as crowd:
            newcomers = asyncio.create_task(_newcomers(crowd)) if limits else None
            await _within(scene.until(lambda: _taken_over(scene), seconds), "taken over")
            stored = time.perf_counter() - began
            if not limits:
                await _within(scene.until(lambda: process.turns() >= size, seconds), "handled")
            handled = time.perf_counter() - began
            if limits:
                await asyncio.sleep(max(0.0, seconds - stored))
            if newcomers is not None:
                newcomers.cancel()
            waited = [*crowd.waited, *crowd.still_waiting()]
        await scene.stops(process, kill=True)
        return stored, handled, waited


async def _newcomers(crowd: Crowd) -> None:
    """Let somebody new come again and again, whether or not those before were answered."""
    while True:
        crowd.resident((Step("", "/start"),), "العربية").begins()
        await asyncio.sleep(PAUSE)


def _taken_over(scene: Scene) -> bool:
    """Whether the backlog has been confirmed: what waits behind it are newcomers, who come all the time."""
    return len(scene.world.updates) < NEWCOMERS


async def _within(reached: Awaitable[bool], what: str) -> None:
    if not await reached:
        raise RuntimeError(f"the backlog was not {what} in time")
