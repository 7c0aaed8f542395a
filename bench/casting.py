"""One broadcast from its first message to its last, sent by ours or by a peer, while somebody new writes twice a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from bench.crowd import Crowd, Step, echoes
from bench.process import Process
from bench.scene import OURS, STORY, Kind, Scene
from bench.seeding import WORDS, approve, opened, subscribe
from bot.demo.world import Crowd as Readers

EVERY = 0.5
"""Seconds between two people who write."""
LOOK = 0.005
LATEST_START = 60.0
NONE: Mapping[str, str] = {}


@dataclass(slots=True)
class Course:
    """What became of a broadcast.

    Attributes:
        seconds: from the first message to the last, or until nobody waited for the rest any more.
        copies: messages that arrived, `doubled` among them; `missed`: who got none.
        replies: how long each answer to somebody who wrote meanwhile took; who was not answered counts with the time so far.
        refused: requests that were answered with 429.
        cpu: seconds of CPU that the bot used in that time, `own`: that the stand-in and the people used.
    """

    seconds: float = 0.0
    copies: int = 0
    doubled: int = 0
    missed: int = 0
    refused: int = 0
    cpu: float = 0.0
    own: float = 0.0
    replies: list[float] = field(default_factory=list)
    answered: int = 0

    @property
    def rate(self) -> float:
        """Messages a second, answers among them."""
        return (self.copies + self.answered) / self.seconds if self.seconds else 0.0


def gathered(scene: Scene, size: int) -> Readers:
    """Return so many people who only read, none of whom has blocked the bot."""
    return scene.world.gather(size, languages=("ar",), blocking=0.0, gone=0.0)


async def prepared(scene: Scene, kind: Kind, readers: Readers, *, known: int | None = None, size: int | None = None) -> None:
    """Let the readers be subscribers of ours, and one broadcast to them be due at its start; `size`: with so many in all."""
    async with opened(scene.furnish(kind)) as db:
        await subscribe(db, range(readers.first, readers.first + (size or readers.size)), known=known)
        await approve(db)


def told(readers: Readers, mode: str) -> dict[str, str]:
    """Return what a peer has to know."""
    return {"BENCH_MODE": mode, "BENCH_FIRST": str(readers.first), "BENCH_COUNT": str(readers.size), "BENCH_WORDS": WORDS}


def arrived(readers: Readers) -> int:
    """Return how many messages of the broadcast have arrived."""
    return sum(readers.reached.values()) + readers.doubled


async def course(
    scene: Scene,
    kind: Kind,
    size: int,
    *,
    longest: float,
    mode: str = "",
    settings: Mapping[str, str] = NONE,
    starting: asyncio.Lock | None = None,
) -> Course:
    """Send a broadcast to so many people, and watch it for no longer than that (seconds).

    `mode` is for a peer, `settings` are for ours, `starting` is held while the bot starts.
    """
    readers = gathered(scene, size)
    if kind in OURS:
        await prepared(scene, kind, readers)
    async with starting or asyncio.Lock():
        watching = asyncio.create_task(scene.until(lambda: arrived(readers), LATEST_START))
        process = await scene.starts(kind, **(settings if kind in OURS else told(readers, mode)))
    try:
        with Crowd(scene) as crowd:
            writers = asyncio.create_task(_writers(crowd, kind))
            if not await watching:
                raise RuntimeError(f"{kind} does not begin: {process.log.read_text(encoding='utf-8')[-2000:]}")
            found = await _watched(scene, process, readers, crowd, longest)
            writers.cancel()
            with suppress(asyncio.CancelledError):
                await writers
            return found
    finally:
        await scene.stops(process, kill=True)


async def _writers(crowd: Crowd, kind: Kind) -> None:
    """Let somebody new write again and again."""
    steps, end = ((Step("", "/start"),), "العربية") if kind in OURS else (echoes(1), STORY)
    while True:
        crowd.resident(steps, end).begins()
        await asyncio.sleep(EVERY)


async def _watched(scene: Scene, process: Process, readers: Readers, crowd: Crowd, longest: float) -> Course:
    """Watch from the first message on."""
    began = last = time.perf_counter()
    cpu, own, seen = process.cpu, time.process_time(), 0
    crowd.waited.clear()
    while (now := time.perf_counter()) - began < longest and arrived(readers) < readers.size:
        if arrived(readers) != seen:
            seen, last = arrived(readers), now
        await asyncio.sleep(LOOK)
    if arrived(readers) != seen:
        last = time.perf_counter()
    return Course(
        seconds=last - began,
        copies=arrived(readers),
        doubled=readers.doubled,
        missed=readers.missed,
        refused=scene.world.counters.refused,
        cpu=process.cpu - cpu,
        own=time.process_time() - own,
        replies=[*crowd.waited, *crowd.still_waiting()],
        answered=len(crowd.waited),
    )
