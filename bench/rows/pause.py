"""How soon nothing more leaves once somebody has pressed Pause."""

from __future__ import annotations

import asyncio
import time

from bench.casting import arrived, gathered, prepared
from bench.crowd import button, buttons
from bench.scene import Scene, raised
from bench.table import Row, percentile
from bot.demo.world import Crowd, Message, Person
from bot.model.ids import PROVINCE

PRESSES = 20
READERS = 3_000
QUIET = 1.5
"""Seconds without a message after which none is on its way."""
PATIENCE = 20.0
BETWEEN = 10
"""So many messages leave between two presses."""


async def measure(quick: bool) -> list[Row]:
    """Press Pause and Go on in turns, at the allowed rate and on a network of 100 ms too."""
    rows = []
    for name, latency in (("instant", 0.0), ("100 ms", 0.1)):
        found = await _pauses(2 if quick else PRESSES, latency)
        note = f"from the press to the last message that arrives, {len(found)} times; the press itself travels too"
        rows += [
            Row("5", f"s until nothing leaves after Pause, p50, {name} network", percentile(found, 0.5), aim="≤ 1", note=note),
            Row("5", f"s until nothing leaves after Pause, longest, {name} network", max(found), aim="≤ 2"),
        ]
    return rows


async def _pauses(times: int, latency: float) -> list[float]:
    async with raised(limits=True, latency=latency) as scene:
        scene.telegram.service.pace.limits = None  # a group sees more cards here than Telegram would let through
        readers = gathered(scene, READERS)
        await prepared(scene, "ungrouped", readers)
        process = await scene.starts("ungrouped")
        found = [await _pause(scene, readers) for _ in range(times)]
        await scene.stops(process)
        return found


async def _pause(scene: Scene, readers: Crowd) -> float:
    """Press Pause while it is being sent; return how long it took until the last message came, and let it go on."""
    card, data = await _card(scene, "Pause")
    before = arrived(readers)
    await scene.until(lambda: arrived(readers) > before + BETWEEN, PATIENCE)
    pressed = last = time.perf_counter()
    seen = arrived(readers)
    _coordinator(scene).presses_data(card, data)
    while time.perf_counter() - last < QUIET:
        if arrived(readers) != seen:
            seen, last = arrived(readers), time.perf_counter()
        await asyncio.sleep(0.001)
    _coordinator(scene).presses_data(*await _card(scene, "Go on sending"))
    return last - pressed


async def _card(scene: Scene, label: str) -> tuple[Message, str]:
    """Return the message in the province's group that has this button now, and what the button carries."""
    group = scene.forums[str(PROVINCE)]

    def found() -> list[tuple[Message, str]]:
        return [(message, data) for message in group.from_bot for text, data in buttons(message.raw) if text == button(label)]

    if not await scene.until(found, PATIENCE):
        raise RuntimeError(f"nothing to be pressed says {label}")
    return found()[-1]


def _coordinator(scene: Scene) -> Person:
    group = scene.forums[str(PROVINCE)]
    return next(scene.world.people[member] for member in group.members if member in scene.world.people)
