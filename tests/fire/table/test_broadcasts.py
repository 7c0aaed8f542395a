"""F28 to F30 and F32: a broadcast over kills, with two processes, due while nobody was there, and in a zone whose rule changes."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from bench import seeding
from bot.demo.world import Crowd
from bot.model.broadcasts import Schedule
from bot.model.calendar import on_the_wall
from bot.model.effects import SetTimer
from bot.model.ids import BroadcastId
from bot.storage import broadcasts, timers
from handlers.broadcasts.starting import due_key
from tests.fire.faults import clock_jumps, eventually, others_are_served
from tests.fire.table.conftest import Raise
from tests.town.process import ROOT, start
from tests.town.town import Town
from tests.town.words import label

READERS = 90
KILLS = 3
KEY = due_key(BroadcastId("campaign0000"))


def every_hour(text: str) -> str:
    """Return settings with which broadcasts are sent at whatever hour somebody tests."""
    return re.sub(
        r'^(quiet|friday)_(from|until) = ".*?"',
        lambda found: f'{found[1]}_{found[2]} = "{"03:00" if found[2] == "from" else "03:01"}"',
        text,
        flags=re.MULTILINE,
    )


@asynccontextmanager
async def prepared(raise_town: Raise, size: int, **settings: str) -> AsyncIterator[tuple[Town, Crowd]]:
    """A town whose bot has not begun yet, with so many subscribers and one approved broadcast that is due now."""
    async with raise_town(asleep=True, text=every_hour, **settings) as town:
        readers = town.world.gather(size, languages=("ar",), blocking=0.0, gone=0.0)
        async with seeding.opened(town.folder / "config.toml", town.environment) as db:
            await seeding.subscribe(db, range(readers.first, readers.first + size))
            await seeding.approve(db)
        yield town, readers


def arrived(readers: Crowd) -> int:
    """Return how many messages of the broadcast have arrived."""
    return sum(readers.reached.values()) + readers.doubled


async def everybody_has_it(town: Town, readers: Crowd) -> None:
    """Wait until nobody is missing."""
    await eventually(lambda: arrived(readers) - readers.doubled >= readers.size)
    assert readers.missed == 0


async def test_f28_a_broadcast_goes_on_after_each_kill_with_those_who_have_it_not(raise_town: Raise) -> None:
    """F28, B89: at Telegram's rate; nobody is missed, a kill repeats what was under way: one message, on a slow machine two."""
    async with prepared(raise_town, READERS, LIMITS__MESSAGES_PER_SECOND="30") as (town, readers):
        for kill in range(KILLS):
            await town.starts()
            await eventually(lambda at=READERS * (kill + 1) // (KILLS + 1): arrived(readers) >= at)  # type: ignore[misc]
            await town.kill()
        await town.starts()
        await others_are_served(town)
        await everybody_has_it(town, readers)
        assert readers.doubled <= 2 * KILLS


async def test_f29_two_schedulers_open_one_broadcast_once(raise_town: Raise) -> None:
    """F29: on PostgreSQL both run, on SQLite the second refuses; nobody gets it twice."""
    async with prepared(raise_town, 30) as (town, readers):
        (town.folder / "second").mkdir()
        beside = town.environment | {"XDG_RUNTIME_DIR": str(town.folder / "second")}
        town.launches()
        second = start(["run", "--config", str(town.folder / "config.toml")], beside, town.folder / "second.log")
        await everybody_has_it(town, readers)
        await others_are_served(town)
        assert readers.doubled == 0
        second.send(signal.SIGTERM)
        assert await second.wait() in (0, 2, -signal.SIGTERM)


@pytest.mark.parametrize("hours", [1, 30])
async def test_f30_what_was_due_while_nobody_was_there_is_sent_late_or_asked_about(raise_town: Raise, hours: int) -> None:
    """F30: within the three hours that its coordinator chose it is sent, later only after somebody has pressed."""
    async with prepared(raise_town, 10) as (town, readers):
        clock_jumps(town, timedelta(hours=hours))
        await town.starts()
        if hours > 3:
            province = town.province
            words = label("Send now", province.language)
            question = await province.until(lambda: next((one for one in province.chat.from_bot if words in one.labels), None))
            assert question is not None
            await others_are_served(town)
            assert arrived(readers) == 0
            await province.presses(province.ali, question, "Send now").answer()
        await everybody_has_it(town, readers)
        assert readers.doubled == 0


async def test_f32_a_rule_of_the_zone_that_changes_moves_what_is_due(raise_town: Raise, tmp_path: Path) -> None:
    """F32: due in half an hour on the wall; Iraq goes to summer time, and the wall shows half an hour after."""
    async with prepared(raise_town, 10) as (town, readers):
        wall = on_the_wall(datetime.now(UTC) + timedelta(minutes=30)).replace(second=0, microsecond=0)
        async with seeding.opened(town.folder / "config.toml", town.environment) as db:
            found = await db.read(lambda conn: broadcasts.load(conn, db.keys, BroadcastId("campaign0000")))
            assert found is not None
            late = replace(found, schedule=Schedule("once", day=wall.date(), at=wall.time()))
            await db.transact(lambda conn: broadcasts.move(conn, db.keys, late, datetime.now(UTC)))
            due = SetTimer(KEY, "cast_due", datetime.now(UTC) + timedelta(minutes=30), broadcast=late.id)
            await db.transact(lambda conn: timers.put(conn, db.keys, due))
        await town.starts()
        await others_are_served(town)
        assert arrived(readers) == 0
        assert await town.stop() == 0
        zones = tmp_path / "zones" / "Asia"
        zones.mkdir(parents=True)
        (zones / "Baghdad").write_bytes((files("tzdata") / "zoneinfo" / "Asia" / "Dubai").read_bytes())
        environment = town.environment | {"PYTHONTZPATH": str(zones.parent)}
        command = [sys.executable, "-m", "bot", "run", "--config", str(town.folder / "config.toml")]
        with (town.folder / "bot.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            await everybody_has_it(town, readers)
        finally:
            os.kill(process.pid, signal.SIGTERM)
            await process.wait()
