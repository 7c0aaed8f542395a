"""Everything at once, with Telegram's limits in force: a broadcast, campaigns that fall due, residents who report, and kills in between."""

from __future__ import annotations

import re
import time
from collections import Counter

from bench.casting import arrived, gathered
from bench.crowd import RECEIPT, Crowd, Resident, arrival, button, send, to_review
from bench.process import Process
from bench.scene import Scene, raised
from bench.seeding import WORDS, approve, opened, subscribe
from bench.table import Row, percentile
from bot.demo.world import Crowd as Readers
from bot.demo.world import Person

READERS = 900
CAMPAIGNS = 25
SPREAD = 30.0
KILLS = (10.0, 22.0)
"""Seconds after the first message at which the bot is killed."""
LONGEST = 100.0
RATE = 5
THINK = 4.0
ALLOWED = 30.0
SAID = re.compile(rf"{WORDS} (\d+)")


async def measure(quick: bool) -> list[Row]:
    """Let it all happen to one bot."""
    size, campaigns, kills = (60, 3, (1.0,)) if quick else (READERS, CAMPAIGNS, KILLS)
    async with raised(limits=True) as scene:
        readers, one = gathered(scene, size), scene.people(1)[0]
        one.has_started = True
        async with opened(scene.furnish("bot")) as db:
            await subscribe(db, range(readers.first, readers.first + size))
            await subscribe(db, [one.id], language="ckb")
            await approve(db)
            await approve(db, campaigns, spread=2.0 if quick else SPREAD, first=1, language="ckb")
        process = await scene.starts("bot")
        await scene.until(lambda: arrived(readers), LONGEST)
        with Crowd(scene, pause=THINK) as crowd:
            crowd.goes_on(lambda: _reporter(crowd, scene), int(RATE * THINK))
            began = time.perf_counter()
            process, away = await _through(scene, process, began, kills)
            await scene.until(lambda: _all(readers) and len(_got(one)) >= campaigns, LONGEST)
            seconds = time.perf_counter() - began
            waited = [*crowd.waited, *crowd.still_waiting()]
            said = arrived(readers) + len(crowd.waited) + crowd.cards + sum(_got(one).values())
            crowd.stops()
        refused = scene.world.counters.refused
        await scene.stops(process, kill=True)
    got = _got(one)
    what = f"{size:,} readers, {campaigns} campaigns, {RATE} updates/s, {len(kills)} × kill -9"
    return [
        Row("5", f"% of {ALLOWED:.0f}/s while the bot is up; {what}", 100 * said / (seconds - away) / ALLOWED, aim="≥ 95"),
        Row("5", f"answers 429; {what}", refused, aim="0"),
        Row("5", f"readers missed; {what}", readers.missed, aim="0"),
        Row("5", f"copies doubled; {what}", readers.doubled, aim=f"≤ {len(kills)}"),
        Row("5", "s from the start after a kill to the first poll, mean", away / len(kills), aim="< 2"),
        Row("6", f"ms until the next question, p50; {what}", percentile(waited, 0.5) * 1000),
        Row(
            "6", f"ms until the next question, p95; {what}", percentile(waited, 0.95) * 1000, note="whoever a kill hit waits for the start"
        ),
        Row("13", f"campaigns lost, of {campaigns}; {what}", campaigns - len(got), aim="0"),
        Row("13", f"campaigns doubled; {what}", sum(got.values()) - len(got), aim=f"≤ {len(kills)}"),
    ]


def _reporter(crowd: Crowd, scene: Scene) -> Resident:
    return crowd.resident((*arrival(), *to_review(scene, crowd.acts), *send()), button(RECEIPT))


def _all(readers: Readers) -> bool:
    return arrived(readers) - readers.doubled >= readers.size


def _got(one: Person) -> Counter[str]:
    """Return which campaigns have come, and how often."""
    told = (SAID.search(message.text) for message in one.talk.from_bot)
    return Counter(found[1] for found in told if found)


async def _through(scene: Scene, process: Process, began: float, kills: tuple[float, ...]) -> tuple[Process, float]:
    """Kill the bot at each of these times and start it anew at once; return the last, and the seconds for which none was there."""
    away = 0.0
    for at in kills:
        await scene.until(lambda at=at: time.perf_counter() - began >= at, LONGEST)  # type: ignore[misc]
        await scene.stops(process, kill=True, keep=True)
        gone = time.perf_counter()
        process = await scene.starts("bot")
        away += time.perf_counter() - gone
    return process, away
