"""A machine whose clock jumps: nobody notices but those who have to (F31, B12)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Reading, SystemClock
from bot.model.effects import Priority, SetTimer
from bot.model.ids import ResidentId
from bot.model.messages import ToResident
from bot.model.outgoing import Outgoing
from bot.pipeline import timekeeping
from bot.pipeline.timekeeping import HELD, Timekeeper
from bot.pipeline.timers import Timers
from bot.storage import inbox, outbox, timers
from bot.storage.database import Database

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
JUMPS = {
    "an hour on": HOUR,
    "an hour back": -HOUR,
    "a day on": DAY,
    "a day back": -DAY,
    "to 1970": EPOCH - START,
}


@dataclass
class Board(SystemClock):
    """A machine whose clocks are moved by hand; `kept`: whether its kernel says that a time service keeps the time."""

    wall: datetime = START
    steady: float = 100.0
    boot: str = "first"
    kept: bool = False

    def read(self) -> Reading:
        return Reading(self.wall, self.steady, self.boot)

    def monotonic(self) -> float:
        return self.steady

    def confirmed(self) -> bool:
        return self.kept

    def passes(self, span: timedelta) -> None:
        """Let time go by."""
        self.wall += span
        self.steady += span.total_seconds()

    def restarts(self, shows: datetime) -> None:
        """Start anew, with this on the clock."""
        self.boot, self.steady, self.wall = "next", 3.0, shows


@dataclass
class Keeping:
    """A database and the processes that keep time by it."""

    db: Database
    board: Board = field(default_factory=Board)

    async def starts(self, board: Board | None = None) -> Timekeeper:
        """Return the time of a new process."""
        time = Timekeeper(self.db, board or self.board, told=lambda: None)
        await time.begin()
        return time

    async def doubted(self) -> int:
        return await self.db.read(lambda conn: timekeeping.doubted(conn, self.db.keys))

    async def trusts(self) -> None:
        await self.db.transact(lambda conn: timekeeping.trust(conn, self.db.keys))

    async def arrived(self) -> list[tuple[str, dict[str, Any]]]:
        """Take everything out of the inbox, in its order; return where each came from and what it says."""
        later = START + 1000 * DAY
        lanes = await self.db.read(lambda conn: inbox.waiting_lanes(conn, later, 100))
        taken = []
        for lane in lanes:
            while item := await self.db.transact(partial(self._take, lane=lane, now=later)):
                taken.append((item.source, json.loads(item.raw)))
        return taken

    async def _take(self, conn: AsyncConnection, lane: str, now: datetime) -> inbox.Item | None:
        item = await inbox.take(conn, self.db.keys, lane, now)
        if item is not None:
            await inbox.done(conn, item)
        return item

    async def news(self) -> list[int]:
        """Return what was told of the clock since this was asked last."""
        return [told["clock_doubted"] for _, told in await self.arrived() if "clock_doubted" in told]


@pytest.fixture
def keeping(database: Database) -> Keeping:
    return Keeping(database)


@pytest.mark.parametrize("jump", JUMPS.values(), ids=list(JUMPS))
async def test_a_clock_that_jumps_is_doubted_and_time_goes_on_steadily_until_it_is_right_again(keeping: Keeping, jump: timedelta) -> None:
    """F31: from the first moment, without a look in between; told once, and told when it is over."""
    time, board = await keeping.starts(), keeping.board
    board.passes(HOUR)
    board.wall += jump
    assert time.now() == START + HOUR
    board.passes(HOUR)
    await time.look()
    await time.look()
    assert time.now() == START + 2 * HOUR
    assert await keeping.doubted() == jump.total_seconds()
    board.wall -= jump - timedelta(minutes=9)
    assert time.now() == START + 2 * HOUR + timedelta(minutes=9)
    await time.look()
    assert (await keeping.doubted(), time.doubtful) == (0, False)
    assert await keeping.news() == [int(jump.total_seconds()), 0]


async def test_a_step_of_some_minutes_is_believed(keeping: Keeping) -> None:
    time, board = await keeping.starts(), keeping.board
    for minutes in (9, -9, 5, -5):
        board.wall += timedelta(minutes=minutes)
        assert time.now() == board.wall
        await time.look()
    assert (await keeping.doubted(), await keeping.news()) == (0, [])


@pytest.mark.parametrize("jump", JUMPS.values(), ids=list(JUMPS))
async def test_a_person_who_says_that_the_clock_is_right_is_believed(keeping: Keeping, jump: timedelta) -> None:
    """F31."""
    time, board = await keeping.starts(), keeping.board
    board.wall += jump
    await time.look()
    await keeping.trusts()
    assert await keeping.doubted() == 0
    await time.look()
    assert time.now() == board.wall
    assert await keeping.news() == [int(jump.total_seconds()), 0]
    assert (await keeping.starts()).now() == board.wall


async def test_a_time_service_ends_the_doubt_once_it_keeps_the_time_after_the_jump(keeping: Keeping) -> None:
    """F31: an NTP step. The kernel's word counts only for the time after the jump, which takes it away."""
    time, board = await keeping.starts(), keeping.board
    board.wall += DAY
    await time.look()
    await time.look()
    assert time.now() == START
    board.kept = True
    await time.look()
    assert time.now() == START + DAY
    assert await keeping.news() == [int(DAY.total_seconds()), 0]


@pytest.mark.parametrize("jump", JUMPS.values(), ids=list(JUMPS))
async def test_a_doubt_survives_the_process(keeping: Keeping, jump: timedelta) -> None:
    """F31: also one that nobody had written down when the process died."""
    await keeping.starts()
    keeping.board.wall += jump
    again = await keeping.starts()
    keeping.board.passes(HOUR)
    third = await keeping.starts()
    assert again.now() == third.now() == START + HOUR
    assert await keeping.doubted() == jump.total_seconds()
    assert await keeping.news() == [int(jump.total_seconds())]


async def test_a_board_without_a_battery_that_starts_in_1970_goes_on_from_the_last_time_it_knew(keeping: Keeping) -> None:
    """F31: and believes whatever is later, since it cannot know for how long it was off."""
    await keeping.starts()
    board = keeping.board
    board.restarts(EPOCH)
    time = await keeping.starts()
    board.passes(timedelta(minutes=5))
    await time.look()
    assert time.now() == START + timedelta(minutes=5)
    assert await keeping.doubted() < 0
    board.wall = START + DAY + timedelta(minutes=5)
    assert time.now() == board.wall
    await time.look()
    assert await keeping.doubted() == 0
    assert [bool(seconds) for seconds in await keeping.news()] == [True, False]


@pytest.mark.parametrize(("shows", "doubtful"), [(START + 2 * DAY, True), (START + HOUR, False)], ids=["it stands", "it was put right"])
async def test_a_jump_that_a_new_start_of_the_machine_has_not_undone_is_still_doubted(
    keeping: Keeping, shows: datetime, *, doubtful: bool
) -> None:
    time, board = await keeping.starts(), keeping.board
    board.wall += DAY
    await time.look()
    board.restarts(shows)
    time = await keeping.starts()
    assert (time.doubtful, bool(await keeping.doubted())) == (doubtful, doubtful)
    assert time.now() == (shows - DAY if doubtful else shows)


async def test_a_word_of_trust_is_kept_by_a_process_that_dies_at_once(keeping: Keeping) -> None:
    time = await keeping.starts()
    keeping.board.wall -= DAY
    await time.look()
    await keeping.trusts()
    again = await keeping.starts()
    assert again.now() == keeping.board.wall
    assert await keeping.news() == [-int(DAY.total_seconds()), 0]


async def test_two_processes_tell_of_a_jump_once_and_of_its_end_once(keeping: Keeping) -> None:
    """F29, F31."""
    one, two = await keeping.starts(), await keeping.starts()
    keeping.board.wall += DAY
    for time in (one, two, one, two):
        await time.look()
    await keeping.trusts()
    for time in (two, one, two):
        await time.look()
    assert one.now() == two.now() == keeping.board.wall
    assert await keeping.news() == [int(DAY.total_seconds()), 0]


async def test_another_machine_whose_clock_is_right_does_not_end_a_doubt(keeping: Keeping) -> None:
    other = Board(boot="another")
    one, two = await keeping.starts(), await keeping.starts(other)
    keeping.board.wall += DAY
    await one.look()
    other.passes(HOUR)
    await two.look()
    assert await keeping.doubted() == DAY.total_seconds()
    assert two.now() == other.wall


async def test_what_waits_when_the_clock_is_set_back_waits_no_longer_than_it_would_have(keeping: Keeping) -> None:
    """F31: what was due goes at once, what was to wait a minute more waits a minute."""
    time, board, keys = await keeping.starts(), keeping.board, keeping.db.keys
    resident, other = ToResident(ResidentId("r")), ToResident(ResidentId("s"))
    board.passes(HOUR)

    async def put(conn: AsyncConnection) -> None:
        now = time.now()
        await inbox.store(conn, keys, [inbox.NewItem("test", "1", "lane", b"{}", now)])
        await outbox.put(conn, keys, resident, Outgoing("due", "en"), Priority.REPLY, None, None, None, now)
        await outbox.put(conn, keys, other, Outgoing("later", "en"), Priority.REPLY, None, None, None, now)
        head = next(head for head in await outbox.heads(conn, now, 9) if head.recipient == outbox.address_of(keys, other))
        row = await outbox.claim(conn, keys, head.id, now)
        assert row is not None
        await outbox.hold_recipient(conn, keys, row, now + timedelta(minutes=1))

    await keeping.db.transact(put)
    board.wall -= DAY
    await time.look()
    await keeping.trusts()
    await time.look()
    now = time.now()
    assert now == START + HOUR - DAY
    assert await keeping.db.read(lambda conn: inbox.waiting_lanes(conn, now, 9))
    assert len(await keeping.db.read(lambda conn: outbox.heads(conn, now, 9))) == 1
    assert await keeping.db.read(lambda conn: outbox.next_due(conn, now)) == now + timedelta(minutes=1)
    board.passes(timedelta(minutes=1))
    assert len(await keeping.db.read(lambda conn: outbox.heads(conn, time.now(), 9))) == 2


@pytest.mark.parametrize("jump", JUMPS.values(), ids=list(JUMPS))
async def test_while_the_time_is_doubted_what_deletes_or_speaks_to_many_waits_and_all_else_comes_at_its_hour(
    keeping: Keeping, jump: timedelta
) -> None:
    """B12, F31: whichever way the clock jumps, each timer fires once, none before its hour, and none is left out."""
    time, board, db = await keeping.starts(), keeping.board, keeping.db
    ticks = Timers(db, time, keep_posts=DAY, told=lambda: None)
    for kind in (*HELD, "remind"):
        await db.transact(partial(timers.put, keys=db.keys, effect=SetTimer(kind, kind, START + 2 * HOUR)))
    fired: list[str] = []

    async def ticking() -> list[str]:
        await ticks.tick()
        fired.extend(told["timer"] for source, told in await keeping.arrived() if source == timers.SOURCE)
        return fired

    board.wall += jump
    board.passes(HOUR)
    assert await ticking() == []
    board.passes(HOUR)
    assert await ticking() == ["remind"]
    board.wall -= jump
    assert sorted(await ticking()) == sorted([*HELD, "remind"])
    assert len(await ticking()) == len(HELD) + 1
