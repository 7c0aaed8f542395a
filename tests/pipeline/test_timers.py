"""Time as one more sender, chores, and who notices what has stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import OffsetClock
from bot.demo.world.people import Person
from bot.i18n import render
from bot.model.effects import SetTimer
from bot.model.ids import ResidentId
from bot.model.text import N_
from bot.pipeline.limits import Limits
from bot.pipeline.timekeeping import Timekeeper
from bot.pipeline.timers import FORGOTTEN_AT_ONCE, Timers
from bot.pipeline.watch import Watch, announce_absence
from bot.storage import inbox, residents, settings, tables, timers
from bot.storage.database import Work
from bot.storage.inbox import NewItem
from tests.pipeline.house import House, surroundings


async def resident_behind(house: House, person: Person) -> ResidentId:
    """Store somebody as a resident, and return who."""
    day, address = house.clock.now().date(), str(person.id)
    known = await house.db.transact(lambda conn: residents.create(conn, house.db.keys, ResidentId("r"), "telegram", address, address, day))
    return known.id


async def set_timer(house: House, due: datetime, resident: ResidentId) -> None:
    """Store a timer."""
    await house.db.transact(lambda conn: timers.put(conn, house.db.keys, SetTimer("draft:d", "draft", due, resident)))


async def test_a_due_timer_is_a_turn_of_its_resident_and_fires_once_even_if_the_clock_jumps_back(house: House, tmp_path: Path) -> None:
    """B12, F31."""
    offset = tmp_path / "offset"
    offset.write_text("0")
    house.clock = OffsetClock(offset)
    sara = house.resident()
    await set_timer(house, house.clock.now() + timedelta(hours=1), await resident_behind(house, sara))
    async with house.running():
        sara.writes("hello")
        await sara.hears("hello")
        offset.write_text("3601")
        await sara.hears("timer draft")
        offset.write_text("-90000")
        sara.writes("again")
        await sara.hears("again")
    offset.write_text("3700")
    async with house.running():
        sara.writes("last")
        await sara.hears("last")
    assert house.sent(sara).count("timer draft") == 1


async def test_the_days_chores_leave_a_due_timer_to_the_tick(house: House) -> None:
    await set_timer(house, house.clock.now(), await resident_behind(house, house.resident()))
    rung = asyncio.Event()
    time = Timekeeper(house.db, house.clock, told=lambda: None)
    ticks = Timers(house.db, time, keep_posts=timedelta(days=180), told=rung.set)
    await ticks.chores()
    await ticks.tick()
    assert rung.is_set()
    assert await house.db.read(timers.next_due) is None


async def test_residents_come_in_between_while_a_long_list_is_forgotten(house: House) -> None:
    """FACTS 11: in one transaction with all that arrived on a busy day, nobody was answered for a second."""
    now = house.clock.now()
    old = [NewItem("telegram", str(number), "lane", b"{}", now - timedelta(days=4)) for number in range(2 * FORGOTTEN_AT_ONCE + 1)]
    await house.db.transact(lambda conn: inbox.store(conn, house.db.keys, old))
    await house.db.transact(lambda conn: conn.execute(delete(tables.inbox)))
    time = Timekeeper(house.db, house.clock, told=lambda: None)
    chores = asyncio.create_task(Timers(house.db, time, keep_posts=timedelta(days=180), told=lambda: None).chores())
    left = []
    while not chores.done():
        left.append(await house.db.transact(known_of(old)))
    await chores
    assert any(0 < number < len(old) for number in left), left
    assert await house.db.transact(known_of(old)) == 0


def known_of(items: Sequence[NewItem]) -> Work[int]:
    """Return the work that counts which of these are still known to have arrived."""

    async def work(conn: AsyncConnection) -> int:
        return len(await inbox.known(conn, "telegram", [item.source_key for item in items]))

    return work


async def test_an_absence_of_more_than_a_day_is_announced_with_the_exact_gap(house: House) -> None:
    """B7, F15: to each linked forum and the province; a shorter one to nobody."""
    around, now = surroundings(house.db.keys), house.clock.now()
    gap = [N_("{at}", at=now - timedelta(hours=30)), N_("{at}", at=now)]
    await announce_absence(house.db, around, now - timedelta(hours=30))
    await announce_absence(house.db, around, now)
    await announce_absence(house.db, around, now + timedelta(hours=23))
    async with house.running():
        for group in (house.forum, house.province):
            told = await group.hears("away from")
            assert all(render(date, "en") in told.text for date in gap)
    assert len(house.sent(house.forum)) == len(house.sent(house.province)) == 1


async def test_what_waits_too_long_is_told_once_and_the_heart_beats(house: House) -> None:
    sara = house.resident()
    sara.writes("hello")
    await house.takes_in()
    watch = Watch(house.db, house.clock, Limits(waiting_alarm=0.0))
    assert await watch.look(0.0)
    assert not await watch.look(-1.0)
    await watch.beat()
    assert await house.db.read(lambda conn: settings.heartbeat(conn, house.db.keys)) is not None
