"""What a bot that ends in the middle of its work loses and says twice: killed, or asked to end and not given the time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.process import Process
from bench.scene import STORY, Kind, Scene, raised
from bench.table import Row
from bot.demo.world import Person

LIMIT = 120.0
QUIET_SECONDS = 1.5
"""Who has said nothing for so long, and nothing waits for it, says nothing more."""


async def measure(quick: bool) -> list[Row]:
    """Let many write once each, end the bot when some of them have an answer, start it anew; count who never got one."""
    size, points = (100, 1) if quick else (2_000, 6)
    shares = [(nth + 0.5) / points for nth in range(points)]
    killed = [[await _lost(kind, size, share, kill=True) for share in shares] for kind in ("unlimited", "echo")]
    ended = [await _lost(kind, size, 0.5, kill=False) for kind in ("unlimited", "echo")]
    kills, people = (1, 20) if quick else (5, 200)
    doubled = await _doubled(people, kills)
    return [
        Row(
            "1",
            f"updates lost, of {size:,}, by kill -9; mean of {points}",
            sum(killed[0]) / points,
            sum(killed[1]) / points,
            better="less",
            aim="0, every run",
            note=f"at most {max(killed[0]):,}; peer {max(killed[1]):,}",
        ),
        Row("1", f"updates lost, of {size:,}, by SIGTERM half way", ended[0], ended[1], better="less", aim="0, every run"),
        Row("2", f"messages doubled a kill, Telegram's limits in force, {kills} kills", doubled, aim="≤ 1"),
    ]


async def _lost(kind: Kind, size: int, share: float, *, kill: bool) -> float:
    """Return how many were never answered by a bot that ended after so large a share of all answers."""
    async with raised(limits=False) as scene:
        people = _everybody_writes(scene, size)
        with _answers(scene) as answers:
            process = await scene.starts(kind)
            await _within(scene, lambda: len(answers) >= share * size)
            await scene.stops(process, kill=kill, keep=True)
            process = await scene.starts(kind)
            await _ends(scene, answers, size)
            await scene.stops(process, kill=True)
            return float(sum(person.id not in answers for person in people))


async def _doubled(people: int, kills: int) -> float:
    """Kill ours again and again while it answers at the rate that Telegram allows; return how often it repeated itself, for each kill."""
    async with raised(limits=True) as scene:
        everybody = _everybody_writes(scene, people)
        with _answers(scene) as answers:
            process: Process | None = None
            for nth in range(kills):
                process = await scene.starts("bot")
                await _within(scene, lambda nth=nth: len(answers) >= (nth + 0.5) / kills * people)  # type: ignore[misc]
                await scene.stops(process, kill=True, keep=True)
            process = await scene.starts("bot")
            await _ends(scene, answers, people)
            await scene.stops(process, kill=True)
            if missed := sum(person.id not in answers for person in everybody):
                raise RuntimeError(f"{missed} of {people} were never answered")
            return (answers.total() - len(answers)) / kills


def _everybody_writes(scene: Scene, size: int) -> list[Person]:
    people = scene.people(size)
    for person in people:
        person.writes(STORY)
    return people


@contextmanager
def _answers(scene: Scene) -> Iterator[Counter[int]]:
    """Count the bot's messages by chat for as long as the block runs."""
    answers: Counter[int] = Counter()
    own: int = scene.world.bot["id"]

    def hears(event: str, body: dict[str, Any]) -> None:
        if event == "message":
            chat = scene.world.chats[body["chat_id"]]
            if chat.messages[body["message_id"]].get("from", {}).get("id") == own:
                answers[chat.id] += 1

    scene.world.listeners.add(hears)
    try:
        yield answers
    finally:
        scene.world.listeners.discard(hears)


async def _ends(scene: Scene, answers: Counter[int], size: int) -> None:
    """Wait until all have an answer and it is quiet, or nothing waits and it is quiet all the same."""
    async with asyncio.timeout(LIMIT):
        before = -1
        while answers.total() != before or (len(scene.world.updates) and len(answers) < size):
            before = answers.total()
            await asyncio.sleep(QUIET_SECONDS)


async def _within(scene: Scene, condition: Callable[[], object]) -> None:
    if not await scene.until(condition, LIMIT):
        raise RuntimeError(f"not within {LIMIT:.0f} s")
