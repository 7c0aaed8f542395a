"""Whole reports with nothing stored, and with a hundred thousand and a million residents and tickets of before.

Beside the same questions on python-telegram-bot's ConversationHandler with its PicklePersistence, which writes once a minute all that it
has ever kept. So that this falls into what is measured, it is measured around the end of its first minute.
"""

from __future__ import annotations

import asyncio
import pickle
import time
from dataclasses import dataclass
from pathlib import Path

from bench.crowd import RECEIPT, Crowd, Resident, Step, arrival, button, send, to_review
from bench.process import Process
from bench.scene import STORY, Scene, raised
from bench.seeding import opened, settle
from bench.table import Row, percentile

SIZES = (0, 100_000, 1_000_000)
AT_ONCE = 64
COUNT = 200
LIMIT = 60.0
FIRST = 2_000_000_000
"""The number of the first who was here before."""
BEFORE_FLUSH = 52.0
"""Seconds after its start at which the peer is measured."""
PEER_RECEIPT = "We have received your report."
PEER_ANSWERS = ("العربية", "I agree", "Report a problem", "No", "Drugs", "Khanaqin", "Skip", "", "Done", "Skip", "Yes", "Send")


@dataclass(frozen=True, slots=True)
class Load:
    """Reports a second, CPU for each update (ms), the wait for the next question at p99 (ms), seconds to the first poll, memory (MB)."""

    rate: float
    cpu: float
    p99: float
    start: float
    memory: float


async def measure(quick: bool) -> list[Row]:
    """Let a crowd report with each size, ours and for the smaller ones the peer's."""
    sizes = (0, 2_000) if quick else SIZES
    count = 40 if quick else COUNT
    ours = {size: await _ours(size, count) for size in sizes}
    peer = {size: await _peer(size, count, 0.0 if quick else BEFORE_FLUSH) for size in sizes[:2]}
    rows = []
    for size in sizes:
        what = f"with {size:,} residents and tickets stored" if size else "with nothing stored"
        rows += _rows(what, ours[size], peer.get(size), count)
    most, tenth = ours[sizes[-1]], ours[sizes[-2]]
    return [
        *rows,
        Row("11", f"× CPU an update with {sizes[-1]:,} instead of {sizes[-2]:,}", most.cpu / tenth.cpu, aim="≤ 1.5"),
        Row("11", f"× p99 with {sizes[-1]:,} instead of {sizes[-2]:,}", most.p99 / tenth.p99, aim="≤ 2"),
    ]


def _rows(what: str, ours: Load, peer: Load | None, count: int) -> list[Row]:
    def beside(name: str) -> tuple[float, float | None]:
        return getattr(ours, name), None if peer is None else getattr(peer, name)

    return [
        Row("4", f"whole reports/s, {what}", *beside("rate"), note="peer: ConversationHandler"),
        Row("4", f"ms CPU for each update, {what}", *beside("cpu"), better="less"),
        Row("11", f"ms until the next question, p99, {what}", *beside("p99"), better="less"),
        Row("9", f"s from start to first poll, {what}", *beside("start"), better="less", aim="< 2"),
        Row("10", f"MB after {count} reports, {what}", *beside("memory"), better="less"),
    ]


async def _ours(size: int, count: int) -> Load:
    async with raised(limits=False) as scene:
        async with opened(scene.furnish("unlimited")) as db:
            await settle(db, range(FIRST, FIRST + size))
        process, start = await scene.timed_start("unlimited")
        await process.rests(LIMIT)
        with Crowd(scene) as crowd:
            return await _reported(crowd, process, start, [_reporter(crowd, scene, number) for number in range(count)])


def _reporter(crowd: Crowd, scene: Scene, number: int) -> Resident:
    return crowd.resident((*arrival(), *to_review(scene, number), *send()), button(RECEIPT))


async def _peer(size: int, count: int, settled: float) -> Load:
    async with raised(limits=False) as scene:
        store = scene.folder / "store.pickle"
        await asyncio.to_thread(_pickle, store, size)
        group = next(iter(scene.forums.values())).id
        process, start = await scene.timed_start("conversation", BENCH_CHAT=str(group), BENCH_STORE=str(store))
        await asyncio.sleep(settled)
        told = [Step("Tell us what happened.", STORY) if not label else Step(label) for label in PEER_ANSWERS]
        with Crowd(scene) as crowd:
            steps = (Step("", "/start"), *told)
            return await _reported(crowd, process, start, [crowd.resident(steps, PEER_RECEIPT) for _ in range(count)])


async def _reported(crowd: Crowd, process: Process, start: float, reporters: list[Resident]) -> Load:
    """Let all of them report, so many at once, and watch them for no longer than that."""
    began, cpu = time.perf_counter(), process.cpu
    crowd.goes(reporters, AT_ONCE)
    await crowd.scene.until(lambda: crowd.done >= len(reporters) and crowd.cards >= len(reporters), LIMIT)
    seconds = time.perf_counter() - began
    found = Load(
        rate=crowd.done / seconds,
        cpu=(process.cpu - cpu) / crowd.acts * 1000,
        p99=percentile([*crowd.waited, *crowd.still_waiting()], 0.99) * 1000,
        start=start,
        memory=process.memory,
    )
    await crowd.scene.stops(process, kill=True)
    return found


def _pickle(file: Path, size: int) -> None:
    """Write what the peer would have kept of so many who have reported."""
    people = range(FIRST, FIRST + size)
    told = {"language": "العربية", "consent": "I agree", "menu": "Report a problem", "danger": "No", "category": "Drugs"}
    told |= {"district": "Khanaqin", "place": "Skip", "more": "Done", "when": "Skip", "contact": "Yes", "review": "Send"}
    kept: dict[str, object] = {
        "user_data": {person: {**told, "story": f"{STORY} {person}"} for person in people},
        "chat_data": {},
        "bot_data": {},
        "callback_data": None,
        "conversations": {"report": {}},
    }
    file.write_bytes(pickle.dumps(kept))
