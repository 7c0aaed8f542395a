"""`make soak`: as `test_kills.py`, for as long as it takes; a line a minute, and a table at the end.

`SOAK_KILLS` says how often the bot dies on each kind of database. They come in rounds, each in a new town with a seed of its own, so that
what is judged stays small and a round that fails can be repeated alone.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.databases import Server, administer
from tests.fire.kills import BRISK, TELEGRAM, Storm, judged
from tests.town.town import Town, raised

KILLS = int(os.environ.get("SOAK_KILLS", "0"))
ROUND = ((BRISK, 300, 75), (TELEGRAM, 50, 25))
"""Of a hundred kills: at which pace, among how many people, how many."""
TELL_SECONDS = 60.0

pytestmark = pytest.mark.skipif(not KILLS, reason="takes an hour; `make soak` runs it")


class Teller:
    """Says once a minute how far it is."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.kills = 0
        self._began = self._told = time.monotonic()

    def __call__(self, line: str) -> None:
        """Take a line, and print it if it is time."""
        now = time.monotonic()
        if now - self._told >= TELL_SECONDS:
            self._told = now
            print(f"{now - self._began:6.0f} s, {self.database}, {self.kills} kills in rounds that are over, now: {line}", flush=True)


@asynccontextmanager
async def towns(folder: Path, server: Server | None) -> AsyncIterator[Town]:
    """Raise a town on a new database."""
    folder.mkdir()
    if server is None:
        async with raised(folder) as town:
            yield town
        return
    name = f"alwand_{uuid4().hex[:12]}"
    await administer(server.url, f"CREATE DATABASE {name}")
    async with raised(folder, STORAGE__URL=server.database(name)) as town:
        yield town
    await administer(server.url, f"DROP DATABASE {name} WITH (FORCE)")


async def test_a_thousand_kills_lose_nothing_on_sqlite(tmp_path: Path) -> None:
    """B1-B5, F3-F6."""
    await _endures("sqlite", tmp_path, None)


async def test_a_thousand_kills_lose_nothing_on_postgresql(tmp_path: Path, postgresql_server: Server) -> None:
    """B1-B5, F3-F6, F35."""
    await _endures("postgresql", tmp_path, postgresql_server)


async def _endures(database: str, folder: Path, server: Server | None) -> None:
    tell = Teller(database)
    rows: list[tuple[int, int, int, int, int, int]] = []
    while tell.kills < KILLS:
        for pace, visits, kills in ROUND:
            seed = random.randrange(1, 10**6)
            async with towns(folder / f"{len(rows)}", server) as town:
                storm = Storm(town, random.Random(seed), pace, tell)
                verdict = await judged(storm, visits, kills, seed)
            tell.kills += len(storm.kills)
            rows.append((seed, pace.rate, len(storm.kills), storm.crowd.held.total(), len(verdict.copies), storm.most(verdict)))
    print(f"\n{database}\n{'seed':>8} {'rate/s':>7} {'kills':>6} {'conversations':>14} {'copies':>7} {'most of one kill':>17}")
    for seed, rate, kills, held, copies, most in rows:
        print(f"{seed:>8} {rate:>7} {kills:>6} {held:>14} {copies:>7} {most:>17}")
    print(f"{'all':>8} {'':>7} {tell.kills:>6} {sum(row[3] for row in rows):>14} {sum(row[4] for row in rows):>7}", flush=True)
