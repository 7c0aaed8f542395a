"""How soon the bot listens, and how much memory it holds then."""

from __future__ import annotations

import asyncio

from bench.scene import Kind, Scene, raised
from bench.table import Row, median

SETTLED = 1.0
"""Seconds after the first poll at which memory is read."""


async def measure(quick: bool) -> list[Row]:
    """Start and stop several times, ours and the echo in turns."""
    async with raised(limits=False) as scene:
        first, _ = await _started(scene, "bot")
        ours, peer = [], []
        for _ in range(1 if quick else 7):
            ours.append(await _started(scene, "bot"))
            peer.append(await _started(scene, "echo"))
    seconds = [[each for each, _ in found] for found in (ours, peer)]
    memory = [[each for _, each in found] for found in (ours, peer)]
    return [
        Row("9", "s from start to first poll", median(seconds[0]), median(seconds[1]), better="less", aim="< 2"),
        Row("9", "s from start to first poll, with a new database", first, aim="< 2"),
        Row("10", "MB in memory after start", median(memory[0]), median(memory[1]), better="less", aim="< 64"),
    ]


async def _started(scene: Scene, kind: Kind) -> tuple[float, float]:
    """Start a bot; return the seconds to its first poll and its memory soon after."""
    process, seconds = await scene.timed_start(kind)
    await asyncio.sleep(SETTLED)
    memory = process.memory
    await scene.stops(process)
    return seconds, memory
