"""How fast waiting updates are taken over, and how much memory that costs: ours stores them durably, the peer's Updater only holds them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from bench.scene import Kind, Scene, raised
from bench.table import Row, median

SIZES = (2_000, 20_000)
ROUNDS = 3
LIMIT = 120.0


@dataclass(frozen=True, slots=True)
class Taken:
    """How fast one took a backlog over (updates/s), its CPU for each update (ms), its greatest memory (MB)."""

    rate: float
    cpu: float
    peak: float


async def measure(quick: bool) -> list[Row]:
    """Take over a small and a large backlog, ours and the peer's in turns."""
    rows = []
    for size in SIZES[:1] if quick else SIZES:
        ours: list[Taken] = []
        peer: list[Taken] = []
        for _ in range(1 if quick else ROUNDS):
            async with raised(limits=False) as scene:
                ours.append(await _take_over(scene, "intake", size))
            async with raised(limits=False) as scene:
                peer.append(await _take_over(scene, "updater", size))
        rows += [
            Row("3", f"updates/s taken over, of {size:,}; ours stored (FULL)", *_middles(ours, peer, "rate"), aim="≥ 4 × peer's"),
            Row("3", f"ms CPU for each, of {size:,}", *_middles(ours, peer, "cpu"), better="less"),
            Row("3", f"MB at most, with {size:,} waiting", *_middles(ours, peer, "peak"), better="less", aim="< 64, flat"),
        ]
    return rows


def _middles(ours: list[Taken], peer: list[Taken], what: str) -> tuple[float, float]:
    return median([getattr(each, what) for each in ours]), median([getattr(each, what) for each in peer])


async def _take_over(scene: Scene, kind: Kind, size: int) -> Taken:
    """Let a bot find a backlog that came while it was away."""
    updates = scene.world.updates
    scene.backlog(size)
    began: list[float] = []

    def hears(event: str, body: dict[str, Any]) -> None:
        if event == "bot" and not began:
            began.append(time.perf_counter())

    scene.world.listeners.add(hears)
    process = await scene.starts(kind)
    before = process.cpu
    try:
        if not await scene.until(lambda: len(updates) == 0, LIMIT):
            raise RuntimeError(f"{kind} did not take {size} updates over in {LIMIT:.0f} s")
        seconds = time.perf_counter() - began[0]
        return Taken(size / seconds, (process.cpu - before) / size * 1000, process.peak)
    finally:
        scene.world.listeners.discard(hears)
        await scene.stops(process, kill=True)
