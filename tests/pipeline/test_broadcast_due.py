"""Due broadcasts on real databases: each time is opened once whoever ticks, and none is lost over a restart or another calendar."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Reading, SystemClock
from bot.engine.decide import decide
from bot.model.broadcasts import Audience, Broadcast, Occurrence, Schedule
from bot.model.calendar import in_utc
from bot.model.effects import OpenBroadcast, SetTimer
from bot.model.ids import PROVINCE, BroadcastId
from bot.model.messages import Action, ToForum, progress_slot
from bot.pipeline import commit
from bot.pipeline.situation import load
from bot.pipeline.timekeeping import Timekeeper
from bot.pipeline.timers import Timers
from bot.storage import broadcasts, occurrences, posts, timers
from bot.storage import tables as stored
from bot.storage.database import Database
from handlers import BOOK
from tests.handlers.build import KHANAQIN, MANDALI
from tests.pipeline.wire import CHATS, NOW, Village
from tests.storage.samples import a_broadcast

MONDAY = datetime(2026, 11, 23, 10)  # noqa: DTZ001 - what the clock on the wall shows
DUE = in_utc(MONDAY)
WEEKLY = Schedule("weekly", days=("mon",), at=time(10))
EVERYBODY = Audience(frozenset({KHANAQIN}))


def approved(number: int = 0, **changes: Any) -> Broadcast:
    plain = a_broadcast(
        f"broadcast{number:03}",
        state="approved",
        audience=EVERYBODY,
        schedule=WEEKLY,
        approved=1,
        since=datetime(2026, 11, 22, 12, 30),  # noqa: DTZ001 - as above
    )
    return replace(plain, **changes)


def wakes(broadcast: Broadcast, due: datetime = DUE) -> SetTimer:
    return SetTimer(f"cast_due:{broadcast.id}", "cast_due", due, broadcast=broadcast.id)


async def opened(db: Database, *casts: Broadcast) -> dict[BroadcastId, list[Occurrence]]:
    """Return the occurrences of each broadcast, newest first."""
    return {cast.id: list(await db.read(lambda conn, id=cast.id: occurrences.last(conn, id, 99))) for cast in casts}  # type: ignore[misc]


async def when(db: Database, kind: str = "cast_due") -> list[datetime]:
    """Return when the timers of a kind fall due."""

    async def read(conn: AsyncConnection) -> list[datetime]:
        rows = await conn.scalars(select(stored.timers.c.due).where(stored.timers.c.kind == kind).order_by(stored.timers.c.due))
        return list(rows)

    return await db.read(read)


@pytest.fixture
async def village(database: Database) -> Village:
    return await Village(database).founded()


async def test_a_due_time_is_opened_and_the_next_one_waited_for(village: Village) -> None:
    """B93."""
    cast = approved()
    await village.does(OpenBroadcast(cast), wakes(cast))
    village.clock.time = DUE
    assert await village.wakes() == 1
    [occurrence] = (await opened(village.db, cast))[cast.id]
    assert (occurrence.wall, occurrence.due, occurrence.state, occurrence.started) == (MONDAY, DUE, "sending", DUE)
    assert await when(village.db) == [DUE + timedelta(days=7)]
    assert await when(village.db, "cast_progress") == [DUE + timedelta(seconds=10)]


async def test_two_machines_that_tick_at_once_open_each_due_time_once(village: Village) -> None:
    """F29: both take timers and both handle whatever is in the inbox."""
    casts = [approved(number) for number in range(12)]
    for cast in casts:
        await village.does(OpenBroadcast(cast), wakes(cast))
    other = Village(village.db, village.clock)
    for week in range(3):
        village.clock.time = DUE + timedelta(days=7 * week)
        await asyncio.gather(village.wakes(), other.wakes(), village.wakes(), other.wakes())
    for found in (await opened(village.db, *casts)).values():
        assert [each.wall for each in found] == [MONDAY + timedelta(days=7 * week) for week in (2, 1, 0)]
        assert {each.state for each in found} == {"sending"}
    assert Counter(await when(village.db)) == {DUE + timedelta(days=21): 12}


async def test_a_timer_that_was_taken_twice_opens_nothing_more(village: Village) -> None:
    """F29: as after a crash between the two, or a clock that was set back."""
    cast = approved()
    await village.does(OpenBroadcast(cast), wakes(cast))
    village.clock.time = DUE
    for _ in range(3):
        await village.wakes()
        await village.does(wakes(cast))
    await village.wakes()
    assert len((await opened(village.db, cast))[cast.id]) == 1


async def test_after_a_long_absence_it_is_held_and_sent_when_somebody_says_so(village: Village) -> None:
    """B92, F30."""
    cast = approved()
    await village.does(OpenBroadcast(cast), wakes(cast))
    village.clock.time = DUE + timedelta(hours=5)
    await village.wakes()
    [held] = (await opened(village.db, cast))[cast.id]
    assert held.state == "held"
    asked = {row.recipient for row in await village.said() if row.slot == progress_slot(held.id)}
    assert asked == {ToForum(KHANAQIN), ToForum(PROVINCE)}
    await says(village, Action("cast_go", None, ("send",), occurrence=held.id))
    [begun] = (await opened(village.db, cast))[cast.id]
    assert (begun.state, begun.started) == ("sending", village.clock.time)
    await says(village, Action("cast_go", None, ("send",), occurrence=held.id))
    assert (await opened(village.db, cast))[cast.id] == [begun], "a second press changes nothing"


async def says(village: Village, what: Action | str, reply_to: str | None = None) -> None:
    """Let a coordinator press or write something in the province's group."""
    arrival = replace(village.arrival(CHATS[PROVINCE], "91", what), reply_to=reply_to)

    async def turn(conn: AsyncConnection) -> None:
        loaded = await load(conn, village.around, arrival, village.clock.now())
        assert loaded is not None
        effects = list(decide(BOOK, loaded.situation, loaded.event))
        await commit.apply(conn, commit.Turn(village.around, loaded, arrival, village.clock.now()), effects)

    await village.db.transact(turn)


async def test_another_calendar_moves_every_approved_broadcast_and_says_so(village: Village) -> None:
    """B92, B93: the internet will be off at its time."""
    cast = approved()
    silent = approved(1, schedule=replace(WEEKLY, days=("thu",)))
    drafted = approved(2, state="draft")
    elsewhere = approved(3, forum=MANDALI)
    for each in (cast, silent, drafted, elsewhere):
        await village.does(OpenBroadcast(each), *([wakes(each)] if each.state == "approved" else []))
    keys = village.db.keys
    prompt = "rules:shutdown::token"
    await village.db.transact(lambda conn: posts.record(conn, keys, ToForum(PROVINCE), ["77"], prompt, None, None, NOW))
    await says(village, "23/11/2026, 09:00 – 12:00", reply_to="77")
    told = [row for row in await village.said() if "moved to" in row.outgoing.text and not (row.slot or "").startswith("cast:")]
    assert {row.recipient for row in told} == {ToForum(KHANAQIN), ToForum(MANDALI), ToForum(PROVINCE)}
    assert await village.wakes() == 3, "each works itself out anew"
    thursday = in_utc(datetime.combine(date(2026, 11, 26), time(10)))
    assert await when(village.db) == [DUE + timedelta(hours=2), DUE + timedelta(hours=2), thursday]


class Noon(SystemClock):
    """A clock that stands at the tests' noon."""

    def read(self) -> Reading:
        return replace(super().read(), wall=NOW)


async def test_when_the_machine_starts_every_broadcast_finds_its_time_again(village: Village) -> None:
    """F32: the timer was set by the old rule of the zone, an hour late; nobody hears of it, and other timers stay."""
    cast = approved()
    late = DUE + timedelta(hours=1)
    await village.does(OpenBroadcast(cast), wakes(cast, late), SetTimer("session:x:2", "remind", late))
    keeper = Timekeeper(village.db, Noon(), told=lambda: None)
    await keeper.begin()
    rung = asyncio.Event()
    running = asyncio.create_task(Timers(village.db, keeper, keep_posts=timedelta(days=180), told=rung.set).run())
    await asyncio.wait_for(rung.wait(), 10)
    running.cancel()
    await asyncio.wait([running])
    await village.handles()
    assert await when(village.db) == [DUE]
    assert await when(village.db, "remind") == [late]
    assert await village.said() == []
    assert (await opened(village.db, cast))[cast.id] == []
    assert await village.db.read(lambda conn: broadcasts.load(conn, village.db.keys, cast.id)) == cast
    assert await village.db.read(timers.next_due) == DUE
