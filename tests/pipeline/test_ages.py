"""What is late is told rightly by a clock that is not Telegram's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clock import Reading, SystemClock
from bot.model.effects import Priority
from bot.pipeline.ages import CROWD, LATELY_SECONDS, Ages
from bot.storage.tables import outbox
from tests.fire.faults import eventually
from tests.pipeline.house import House

OFF = [-60.0, 0.0, 60.0]
NOW = 1_800_000_000.0


@dataclass
class Days:
    """A process that takes things in, by a clock that is `off` from Telegram's by so many seconds."""

    off: float
    passed: float = 0.0
    ages: Ages = field(init=False)

    def __post_init__(self) -> None:
        self.ages = Ages(lambda: self.passed)

    def late(self, *ages: float) -> list[bool]:
        """Take in a batch of what was written so many seconds ago."""
        now = NOW + self.passed
        return self.ages.late([int(now - age) for age in ages], now + self.off)


@pytest.mark.parametrize("off", OFF)
def test_who_writes_now_is_not_late_and_who_wrote_an_hour_ago_is(off: float) -> None:
    """B113."""
    days = Days(off)
    assert days.late(0.5) == [False]
    assert days.late(3600, 45, 20, 0) == [True, True, False, False]
    days.passed = LATELY_SECONDS * 5
    assert days.late(1) == [False]
    assert days.late(40) == [True]


@pytest.mark.parametrize("off", OFF)
def test_after_an_absence_the_first_batches_are_late_though_nothing_fresh_has_come_yet(off: float) -> None:
    days = Days(off)
    assert all(days.late(*[3600.0] * 100))
    assert all(days.late(*[1800.0] * 3))
    assert days.late(1200.0, 0.5) == [True, False]


def test_a_crowd_that_has_waited_for_a_minute_is_not_taken_for_a_clock_that_is_off() -> None:
    """The smallest difference of a whole batch may be how long its youngest has waited."""
    days = Days(0.0)
    assert all(days.late(*[60.0] * CROWD))
    assert days.late(0.0) == [False]
    assert all(days.late(*[60.0] * 3))


def test_a_clock_that_is_set_is_learnt_anew() -> None:
    days = Days(0.0)
    assert days.late(0.0) == [False]
    days.off = -60.0  # at once: nothing comes before it is written
    assert days.late(45.0, 0.0) == [True, False]
    days.off = 60.0
    for late in (True, False):
        days.passed += LATELY_SECONDS
        days.late(0.0)
        assert days.late(0.0) == [late]


def test_a_date_that_no_clock_shows_makes_nobody_late() -> None:
    """F25, F26: an update may hold any number."""
    days = Days(0.0)
    assert days.ages.late([2**40, -(2**40)], NOW) == [False, True]
    assert days.late(0.0) == [False]
    assert days.ages.late([None], NOW) == [False]


class Off(SystemClock):
    """The machine's clock, so many seconds ahead."""

    def __init__(self, seconds: float) -> None:
        self._moved = timedelta(seconds=seconds)

    def read(self) -> Reading:
        return replace(super().read(), moved=self._moved)


@pytest.mark.parametrize("off", OFF)
async def test_a_reply_is_belated_by_when_it_was_asked_for_whatever_our_clock_shows(house: House, off: float) -> None:
    """B113: who has just written is answered before the forums' cards, who wrote an hour ago after them."""
    world, dara, sara = house.telegram.world, house.resident("Dara"), house.resident()
    dara.writes("an hour ago")
    world.clock.advance(3600)
    house.clock = Off(3600 + off)
    sara.writes("now")
    taken = [house.telegram.faults.add("status", "sendMessage", chat=one.id, status=429, retry_after=600) for one in (dara, sara)]
    async with house.running():
        await eventually(lambda: all(fault.met for fault in taken))
    rows = (await house.db.read(lambda conn: conn.execute(select(outbox.c.priority).order_by(outbox.c.id)))).scalars()
    assert sorted(rows) == [Priority.REPLY, Priority.LATE]
