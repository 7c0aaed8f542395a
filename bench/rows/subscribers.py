"""What ten and a hundred times as many subscribers cost: memory while a broadcast to them is sent, and the time to count them."""

from __future__ import annotations

import asyncio
import json
import sys

from bench.casting import arrived, gathered, prepared
from bench.process import ROOT
from bench.scene import Scene, raised
from bench.table import Row

SIZES = (10_000, 100_000, 1_000_000)
WATCHED = 12.0
"""Seconds for which a broadcast is watched: memory that grows with the audience has grown by then, since the audience is known at once."""
REACHED = 2_000
"""So many can be written to: more than are sent to while we look."""


async def measure(quick: bool) -> list[Row]:
    """Send to the first of so many, and count them all."""
    rows = []
    for size in (2_000,) if quick else SIZES:
        async with raised(limits=True) as scene:
            memory, sent = await _sending(scene, size, 2.0 if quick else WATCHED)
            counted = await _counting(scene)
        rows += [
            Row("10", f"MB at most while sending to {size:,} subscribers", memory, aim="flat", note=f"{sent} sent in that time"),
            Row("11", f"s to count {size:,} subscribers", counted["seconds"], note=f"{counted['people']:,} people"),
            Row("11", f"ms that counting {size:,} held the loop, longest", 1000 * counted["longest"], aim="≤ 20"),
            Row("10", f"MB at most while counting {size:,}", counted["memory"], aim="flat"),
        ]
    return rows


async def _sending(scene: Scene, size: int, seconds: float) -> tuple[float, int]:
    """Return the most memory that a bot holds which sends to so many, and how many it has told by then."""
    readers = gathered(scene, REACHED)
    await prepared(scene, "bot", readers, known=REACHED, size=size)
    process = await scene.starts("bot")
    if not await scene.until(lambda: arrived(readers), seconds):
        raise RuntimeError(f"nothing is sent: {process.log.read_text(encoding='utf-8')[-2000:]}")
    await asyncio.sleep(seconds)
    found = process.peak, arrived(readers)
    await scene.stops(process)
    return found


async def _counting(scene: Scene) -> dict[str, float]:
    """Count the subscribers of the bot that has stopped, in a process of its own."""
    command = [sys.executable, "-m", "bench.counting", str(scene.furnish("bot"))]
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    told, _ = await child.communicate()
    found: dict[str, float] = json.loads(told)
    return found
