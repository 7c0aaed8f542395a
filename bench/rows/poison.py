"""What one update that cannot be read does to those behind it."""

from __future__ import annotations

import asyncio
from typing import Any

from bench.crowd import Crowd, Step, echoes
from bench.scene import STORY, Kind, Scene, raised
from bench.table import Row, percentile
from bot.demo.world import Person

RATE = 20
BEHIND = 10
PATIENCE = 5.0


async def measure(quick: bool) -> list[Row]:
    """Compare the waits of others with and without bad updates among theirs; then let ten stand behind a single one."""
    seconds = 4.0 if quick else 15.0
    async with raised(limits=False) as scene:
        process = await scene.starts("unlimited")
        without = await _waits(scene, seconds, bad=False)
        among = await _waits(scene, seconds, bad=True)
        ours = await _behind(scene, "unlimited")
        await scene.stops(process)
        process = await scene.starts("echo")
        peer = await _behind(scene, "echo")
        await scene.stops(process, kill=True)
    delay = (percentile(among, 0.5) - percentile(without, 0.5)) * 1000
    longest = (percentile(among, 0.99) - percentile(without, 0.99)) * 1000
    return [
        Row("12", f"ms that others wait longer, p50, with a bad update in every {BEHIND}", delay, aim="none"),
        Row(
            "12", f"ms that others wait longer, p99, with a bad update in every {BEHIND}", longest, aim="none", note=f"{len(among)} answers"
        ),
        Row("12", f"of {BEHIND} people behind a bad update, answered within {PATIENCE:.0f} s", ours, peer, aim="all"),
    ]


def _bad_update(person: Person) -> dict[str, Any]:
    """Return a message whose date is no date: neither library can read it."""
    return {"message_id": 1, "date": "never", "chat": person.talk.shown, "from": person.user, "text": STORY}


async def _waits(scene: Scene, seconds: float, *, bad: bool) -> list[float]:
    """Let strangers begin at a steady rate; return how long each waited for the first screen."""
    with Crowd(scene) as crowd:
        for number in range(int(seconds * RATE)):
            person = scene.people(1)[0]
            if bad and number % BEHIND == 0:
                scene.world.tell_bot("message", _bad_update(person))
            crowd.resident((Step("", "/start"),), "العربية", person).begins()
            await asyncio.sleep(1 / RATE)
        await scene.until(lambda: crowd.done == crowd.acts, PATIENCE)
        return [*crowd.waited, *crowd.still_waiting()]


async def _behind(scene: Scene, kind: Kind) -> float:
    """Let a bad update come, and people behind it; return how many are answered."""
    with Crowd(scene) as crowd:
        scene.world.tell_bot("message", _bad_update(scene.people(1)[0]))
        for _ in range(BEHIND):
            steps, end = (echoes(1), STORY) if kind == "echo" else ((Step("", "/start"),), "العربية")
            crowd.resident(steps, end).begins()
        await scene.until(lambda: crowd.done == BEHIND, PATIENCE)
        return float(crowd.done)
