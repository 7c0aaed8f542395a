"""From update to forum message, the whole bot without limits: sealed, decided, stored as a ticket, sent from the outbox. Beside an echo."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench.crowd import RECEIPT, Crowd, Resident, arrival, button, echoes, send, to_review
from bench.process import Process
from bench.scene import STORY, Scene, raised
from bench.table import Row

AT_ONCE = 64
LIMIT = 180.0
STEPS = 12
"""Updates from the first word to the review."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Updates (or messages into groups) a second, CPU for each update (ms), seconds in all."""

    rate: float
    cpu: float
    seconds: float


async def measure(quick: bool) -> list[Row]:
    """Lead a crowd to its receipts; let the echo answer as many updates."""
    count = 40 if quick else 400
    async with raised(limits=False) as scene:
        process = await scene.starts("unlimited")
        steps, sends, memory = await _ours(scene, process, count)
        await scene.stops(process)
        process = await scene.starts("echo")
        talk = await _talk(scene, process, count)
        await scene.stops(process)
        group = next(iter(scene.forums.values())).id
        process = await scene.starts("echo", "echo-group", BENCH_CHAT=str(group))
        posts = await _posts(scene, process, count)
        await scene.stops(process)
    whole = steps.seconds + sends.seconds
    return [
        Row("4", f"forum messages/s, {count} reports sent at once", sends.rate, posts.rate, aim="≥ 1.0 ×, at best 3 ×"),
        Row("4", "ms CPU for each such update (ours: a ticket, a card, a receipt)", sends.cpu, posts.cpu, better="less"),
        Row("4", f"updates/s answered, {AT_ONCE} residents at once", steps.rate, talk.rate, aim="≥ 1.0 ×, at best 3 ×"),
        Row("4", "ms CPU for each such update", steps.cpu, talk.cpu, better="less"),
        Row("4", f"whole reports/s, {STEPS + 1} updates each", count / whole, note=f"memory afterwards {memory:.0f} MB"),
    ]


async def _ours(scene: Scene, process: Process, count: int) -> tuple[Pace, Pace, float]:
    """Lead everybody to the review, then let all press Send at once."""
    people = scene.people(count)
    with Crowd(scene) as crowd:
        way = [crowd.resident((*arrival(), *to_review(scene, number)), button("Send"), each) for number, each in enumerate(people)]
        steps = await _paced(crowd, process, way)
    with Crowd(scene) as crowd:
        last = [crowd.resident(send(), button(RECEIPT), each) for each in people]
        sends = await _paced(crowd, process, last, at_once=count, cards=count)
    return steps, sends, process.memory


async def _talk(scene: Scene, process: Process, count: int) -> Pace:
    """Let everybody write as often as they would for a report, each time after the answer."""
    with Crowd(scene) as crowd:
        return await _paced(crowd, process, [crowd.resident(echoes(STEPS), STORY, each) for each in scene.people(count)])


async def _posts(scene: Scene, process: Process, count: int) -> Pace:
    """Let everybody write once, all at once; the answers go into a group."""
    with Crowd(scene) as crowd:
        everybody = [crowd.resident(echoes(1), STORY, each) for each in scene.people(count)]
        return await _paced(crowd, process, everybody, at_once=count, cards=count, done=0)


async def _paced(
    crowd: Crowd, process: Process, residents: list[Resident], *, at_once: int = AT_ONCE, cards: int = 0, done: int | None = None
) -> Pace:
    """Let residents go their way until all have come to its end and so many messages have come into groups."""
    wanted = len(residents) if done is None else done
    began, cpu = time.perf_counter(), process.cpu
    crowd.goes(residents, at_once)
    if not await crowd.scene.until(lambda: crowd.done >= wanted and crowd.cards >= cards, LIMIT):
        raise RuntimeError(f"{crowd.done} of {wanted} residents and {crowd.cards} of {cards} cards in {LIMIT:.0f} s")
    seconds = time.perf_counter() - began
    return Pace((cards or crowd.acts) / seconds, (process.cpu - cpu) / crowd.acts * 1000, seconds)
