"""How long a resident waits for the next question, with Telegram's limits and our own in force."""

from __future__ import annotations

import asyncio

from bench.crowd import RECEIPT, Crowd, Resident, arrival, button, echoes, send, to_review
from bench.scene import STORY, Kind, raised
from bench.table import Row, percentile

THINK = 4.0
"""Seconds between an answer and the next act; so many residents for each update a second."""
RATES = (5, 20, 30)


async def measure(quick: bool) -> list[Row]:
    """Let residents come and go at each rate, with ours and with an echo."""
    rows = []
    for rate in RATES:
        seconds = 6.0 if quick else 20.0
        ours, refused = await _waits("bot", rate, seconds)
        peer, _ = await _waits("echo", rate, seconds)
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
            rows.append(
                Row(
                    "6",
                    f"ms until the next question, {name}, {rate} updates/s",
                    percentile(ours, share) * 1000,
                    percentile(peer, share) * 1000,
                    better="less",
                    aim="≤ 100" if name == "p99" else "",
                    note=f"{len(ours)} answers, {refused} refused with 429" if name == "p50" else "",
                )
            )
    return rows


async def _waits(kind: Kind, rate: int, seconds: float) -> tuple[list[float], int]:
    """Return how long each answer took, and how many of the bot's requests were refused."""
    async with raised(limits=True) as scene:
        process = await scene.starts(kind)
        with Crowd(scene, pause=THINK) as crowd:
            count = 0

            def another() -> Resident:
                nonlocal count
                count += 1
                if kind == "echo":
                    return crowd.resident(echoes(13), STORY)
                return crowd.resident((*arrival(), *to_review(scene, count), *send()), button(RECEIPT))

            crowd.goes_on(another, int(rate * THINK))
            await asyncio.sleep(THINK)
            crowd.waited.clear()
            await asyncio.sleep(seconds)
            waited = [*crowd.waited, *crowd.still_waiting()]
            crowd.stops()
        refused = scene.world.counters.refused
        await scene.stops(process)
        return waited, refused
