"""Count whom a broadcast would reach, as the bot does, beside a loop that should not be held up: `python -m bench.counting CONFIG`.

Prints a line of JSON: the seconds it took, the longest that it held the loop, how many people, the most memory in MB.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from bench.seeding import opened
from bot.clock import SystemClock
from bot.config import load
from bot.i18n import render
from bot.model.broadcasts import Audience
from bot.model.effects import CountAudience
from bot.model.events import AudienceCounted
from bot.model.ids import BroadcastId
from bot.pipeline import news
from bot.pipeline.chance import SystemChance
from bot.pipeline.fanout.counting import Counting
from bot.pipeline.surroundings import Surroundings
from bot.storage import inbox, lanes
from bot.storage.database import Database

WISH = CountAudience(BroadcastId("campaign0000"), 1, Audience(), "drugs")


async def count(config: Path) -> dict[str, float]:
    async with opened(config) as db:
        over = asyncio.Event()
        around = Surroundings(db.keys, load(config).places(), SystemChance(), render)
        counting = Counting(db, around, SystemClock(), told=over.set)
        life, watch = asyncio.create_task(counting.run()), asyncio.create_task(_longest(over))
        began = time.perf_counter()
        counting.ask(WISH)
        await over.wait()
        seconds, people = time.perf_counter() - began, await _people(db)
        life.cancel()
        return {"seconds": seconds, "longest": await watch, "people": people, "memory": _peak()}


async def _longest(over: asyncio.Event) -> float:
    """Return the longest that somebody who wanted to go on had to wait."""
    longest = 0.0
    while not over.is_set():
        before = time.perf_counter()
        await asyncio.sleep(0)
        longest = max(longest, time.perf_counter() - before)
        await asyncio.sleep(0.001)
    return longest


async def _people(db: Database) -> int:
    """Return what was told."""
    lane = lanes.of_broadcast(db.keys, WISH.broadcast)
    item = await db.read(lambda conn: inbox.take(conn, db.keys, lane, SystemClock().now()))
    told = news.read(item.raw).event if item else None
    return told.counted.people if isinstance(told, AudienceCounted) else 0


def _peak() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    print(json.dumps(asyncio.run(count(Path(sys.argv[-1])))))
