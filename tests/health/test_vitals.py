"""Ready or not: each part on its own, at its limit."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import SystemClock
from bot.health.vitals import PARTS, POLL_PATIENCE, ROUND_PATIENCE, Signs, Vitals
from bot.storage import settings
from bot.storage.database import Database
from bot.storage.seal import Keyring

LOOPS = ("dispatch", "send", "timers")


@dataclass
class Process:
    """What a process shows of itself; `silent` loops went round so many seconds ago, all others just now."""

    silent: Mapping[str, float] = field(default_factory=dict)
    unheard: float | None = 0.0

    def rounds(self) -> Mapping[str, float]:
        now = time.monotonic()
        return {name: now - self.silent.get(name, 0.0) for name in LOOPS}

    def heard(self) -> float | None:
        return None if self.unheard is None else time.monotonic() - self.unheard


async def failing(database: Database, process: Process, *, poll_seconds: float = 50) -> set[str]:
    """Return the parts that are not as they should be."""
    vitals = Vitals(database, Signs(process.rounds, process.heard, poll_seconds), SystemClock(), lambda _: None)
    told = await vitals.ready()
    assert tuple(told) == PARTS
    return {name for name, fine in told.items() if not fine}


async def test_a_bot_whose_parts_all_go_on_is_ready_and_has_written_down_that_it_lives(database: Database) -> None:
    assert await failing(database, Process()) == set()
    assert await database.read(lambda conn: settings.heartbeat(conn, database.keys)) is not None


async def test_a_loop_that_stands_still_is_named(sqlite_database: Database) -> None:
    """Each for itself: the others going round hides nothing."""
    for name in LOOPS:
        assert await failing(sqlite_database, Process({name: ROUND_PATIENCE + 1})) == {name}
        assert await failing(sqlite_database, Process({name: ROUND_PATIENCE - 1})) == set()


async def test_a_channel_that_was_never_heard_or_not_for_long_is_not_ready(sqlite_database: Database) -> None:
    assert await failing(sqlite_database, Process(unheard=None)) == {"channel"}
    assert await failing(sqlite_database, Process(unheard=50 + POLL_PATIENCE + 1)) == {"channel"}
    assert await failing(sqlite_database, Process(unheard=50 + POLL_PATIENCE - 1)) == set()
    assert await failing(sqlite_database, Process(unheard=POLL_PATIENCE + 2), poll_seconds=1) == {"channel"}


async def test_another_key_is_named(database: Database) -> None:
    """B51: somebody put another database under the running bot."""
    assert await failing(database, Process()) == set()
    database.keys = Keyring(bytes(reversed(range(32))))
    assert await failing(database, Process()) == {"key"}


async def test_a_database_that_is_read_but_takes_nothing_is_not_ready(sqlite_database: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "alwand.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await failing(sqlite_database, Process()) == {"database"}
    assert await failing(sqlite_database, Process()) == set()
