"""A hundred new residents of one district come within 50 s, with Telegram's limits in force: when do members see what they report?

Seen is what stands in the group with its number, in a list or on a card of its own. The cards that have not come yet count as calls all
the same: of what a report costs nothing is left out.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import Any

from bench.crowd import RECEIPT, Crowd, Resident, arrival, button, send, to_review
from bench.scene import Scene, raised
from bench.table import Row, percentile
from bot.demo.world import Chat

COUNT = 100
WITHIN = 50.0
THINK = 1.0
AFTER = 30.0
"""Seconds for which the last reports are still waited for; what is not seen by then counts with the time so far."""
ALONE = 6
APART = 2.0
"""Seconds between those who report elsewhere before: nobody waits for the second that one group's cards are apart."""
"""So many report to another forum before, and as many meanwhile."""
REFERENCE = re.compile(r"\b[A-Z]{3}-[2-9A-Z]{4}-[2-9A-Z]{4}\b")


@dataclass
class Group:
    """A forum's group, when each reference was first seen there, which have a card of their own, and how many calls that took."""

    chat: Chat
    seen: dict[str, float] = field(default_factory=dict)
    cards: set[str] = field(default_factory=set)
    calls: int = 0

    def hears(self, event: str, body: dict[str, Any]) -> None:
        """Look at what the bot says."""
        if event in ("message", "edited") and body["chat_id"] == self.chat.id:
            self.calls += 1
            named = REFERENCE.findall(self.chat.messages[body["message_id"]].get("text", ""))
            for reference in named:
                self.seen.setdefault(reference, time.perf_counter())
            self.cards.update(named if len(named) == 1 else ())

    def waits(self, residents: list[Resident]) -> list[float]:
        """Return how long each report took from its last press to the group; what is not there counts with the time so far."""
        now = time.perf_counter()
        references = [(resident, REFERENCE.search(resident.told)) for resident in residents if resident.at == len(resident.steps)]
        return [(self.seen.get(found[0], now) if found else now) - resident.last_act for resident, found in references]


async def measure(quick: bool) -> list[Row]:
    """Let few report elsewhere, then many at one place and few elsewhere."""
    count, within, after = (8, 4.0, 40.0) if quick else (COUNT, WITHIN, AFTER)
    async with raised(limits=True) as scene:
        process = await scene.starts("bot")
        names = [str(district.id) for district in scene.province.districts]
        full, other = (Group(scene.forums[name]) for name in names[:2])
        scene.world.listeners |= {full.hears, other.hears}
        with Crowd(scene, pause=THINK) as crowd:
            before = await _come(crowd, scene, 2 if quick else ALONE, APART, 1)
            await scene.until(lambda: crowd.done >= len(before), after)
            calm = other.waits(before)
            many, few = await asyncio.gather(
                _come(crowd, scene, count, within / count, 0), _come(crowd, scene, len(before), within / len(before), 1)
            )
            await scene.until(lambda: len(full.seen) >= count and len(other.seen) >= 2 * len(few), after)
            waits, beside = full.waits(many), other.waits(few)
        await scene.stops(process, kill=True)
    seen = len(full.seen)
    return [
        Row(
            "7",
            f"% of {count} reports in {within:.0f} s to one forum that its members see, {after:.0f} s later",
            100 * seen / count,
            aim="100",
        ),
        Row("7", "s until they see it, p50", percentile(waits, 0.5)),
        Row("7", "s until they see it, p99", percentile(waits, 0.99), aim="< 15", note="what is not seen counts with the time so far"),
        Row("7", "calls into the group for each report, its card included", (full.calls + count - len(full.cards)) / count, aim="≤ 2"),
        Row("7", "s until another forum sees one meanwhile, median", percentile(beside, 0.5), aim="≤ 1.1 × alone"),
        Row("7", "s until another forum sees one alone, median", percentile(calm, 0.5)),
    ]


async def _come(crowd: Crowd, scene: Scene, count: int, every: float, district: int) -> list[Resident]:
    """Let so many come, one after the other, and report to one district."""
    found = []
    for number in range(count):
        way = to_review(scene, number * len(scene.province.districts) + district)
        resident = crowd.resident((*arrival(), *way, *send()), button(RECEIPT))
        resident.begins()
        found.append(resident)
        await asyncio.sleep(every)
    return found
