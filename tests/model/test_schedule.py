"""Due times: named days on the wall, whatever the zone does, and what the rules of time make of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.broadcasts import DAY_NAMES, WINDOWS, Ordinal, Schedule
from bot.model.calendar import BAGHDAD, Calendar, Holiday, Ramadan, Shutdown, in_utc
from bot.model.schedule import Due, dues, happening, upcoming
from bot.model.text import Names
from tests.model.test_calendar import calendars

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 12, 30)  # noqa: DTZ001 - as the clocks in Iraq show it
FREE = Calendar(quiet_from=time(0), quiet_until=time(0), friday_from=time(0), friday_until=time(0))


def shown(schedule: Schedule, count: int = 4) -> list[str]:
    return [f"{wall:%a %d %b %Y %H:%M}" for wall in dues(schedule, SUNDAY, count)]


def become(schedule: Schedule, calendar: Calendar, count: int = 3) -> list[str]:
    """Return what becomes of the next times, such as `27 12:00 → 14:00 friday` or `27 12:00 ✖ friday`."""
    found = []
    for due in upcoming(schedule, calendar, NOW, count):
        moved = f" → {due.at.astimezone(BAGHDAD):%d %H:%M} {due.moved}" if due.moved else ""
        found.append(f"{due.wall:%d %H:%M}{moved}" + (f" ✖ {due.skipped}" if due.skipped else ""))
    return found


def weekly(*days: str, at: str = "10:00", **changes: object) -> Schedule:
    named = tuple(day for day in DAY_NAMES if day in days)
    return Schedule("weekly", days=named, at=time.fromisoformat(at), **changes)  # type: ignore[arg-type]  # fields by name


def test_days_of_the_week_are_meant_by_their_names() -> None:
    """B93: numbers are counted from Monday here, from Sunday there; a name is the same everywhere."""
    for number, name in enumerate(DAY_NAMES):
        assert [wall.weekday() for wall in dues(weekly(name), SUNDAY, 3)] == [number] * 3
    assert shown(weekly("sun", "thu")) == [
        "Thu 26 Nov 2026 10:00",
        "Sun 29 Nov 2026 10:00",
        "Thu 03 Dec 2026 10:00",
        "Sun 06 Dec 2026 10:00",
    ]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("1st", ["Fri 04 Dec 2026 16:30", "Fri 01 Jan 2027 16:30", "Fri 05 Feb 2027 16:30"]),
        ("4th", ["Fri 27 Nov 2026 16:30", "Fri 25 Dec 2026 16:30", "Fri 22 Jan 2027 16:30"]),
        ("last", ["Fri 27 Nov 2026 16:30", "Fri 25 Dec 2026 16:30", "Fri 29 Jan 2027 16:30"]),
    ],
)
def test_a_month_has_a_first_and_a_last_friday(which: Ordinal, expected: list[str]) -> None:
    assert shown(Schedule("monthly", days=("fri",), which=which, at=time(16, 30)), 3) == expected


def test_the_last_day_still_counts_and_nothing_after_it() -> None:
    assert shown(weekly("mon", until=date(2026, 11, 30))) == ["Mon 23 Nov 2026 10:00", "Mon 30 Nov 2026 10:00"]
    assert shown(weekly("mon", until=date(2026, 11, 22))) == []


def test_what_is_sent_once_is_due_once_and_what_is_sent_at_once_waits_for_no_time() -> None:
    once = Schedule("once", day=date(2026, 11, 22), at=time(12, 31))
    assert shown(once) == ["Sun 22 Nov 2026 12:31"]
    assert dues(once, SUNDAY + timedelta(minutes=1), 5) == ()
    assert dues(Schedule(), SUNDAY, 5) == ()
    assert dues(Schedule("once", day=date(2026, 11, 23)), SUNDAY, 5) == (), "without an hour"
    assert dues(Schedule("weekly", at=time(10)), SUNDAY, 5) == (), "without a day"


def test_a_time_is_never_the_one_that_it_is_asked_after() -> None:
    [first, second] = dues(weekly("mon"), SUNDAY, 2)
    assert dues(weekly("mon"), first, 1) == (second,)
    assert dues(weekly("mon"), first - timedelta(seconds=1), 1) == (first,)


def test_what_falls_into_the_friday_prayer_is_sent_after_it() -> None:
    """B93."""
    assert become(weekly("fri", at="12:00"), Calendar(), 1) == ["27 12:00 → 27 14:00 friday"]
    assert become(weekly("fri", at="10:30"), Calendar(), 1) == ["27 10:30"]
    assert become(weekly("sat", at="12:00"), Calendar(), 1) == ["28 12:00"]


def test_what_is_not_over_within_the_window_is_left_out() -> None:
    """B93: an hour of waiting was allowed, the prayer takes two more."""
    assert become(weekly("fri", at="12:00", window=1), Calendar(), 1) == ["27 12:00 ✖ friday"]
    assert become(weekly("mon", at="20:30"), Calendar(), 1) == ["23 20:30"]
    assert become(weekly("mon", at="21:30", window=6), Calendar(), 1) == ["23 21:30 ✖ quiet"]
    assert become(weekly("mon", at="21:30", window=12), Calendar(), 1) == ["23 21:30 → 24 08:00 quiet"]


def test_nothing_is_sent_while_people_break_their_fast_or_the_internet_is_off() -> None:
    fast = Calendar(ramadan=(Ramadan(date(2026, 11, 22), date(2026, 11, 25)),))
    assert become(weekly("mon", at="18:00"), fast, 2) == ["23 18:00 → 23 20:00 fast", "30 18:00"]
    off = Calendar(shutdowns=(Shutdown(date(2026, 11, 23), date(2026, 11, 23), time(9), time(12)),))
    assert become(weekly("mon"), off, 2) == ["23 10:00 → 23 12:00 shutdown", "30 10:00"]


def test_a_holiday_is_left_out_unless_it_is_wanted() -> None:
    """B93: also where a time was moved onto it."""
    feast = Calendar(holidays=(Holiday(date(2026, 11, 23), date(2026, 11, 24), Names("Eid", "عيد", "جەژن")),))
    assert become(weekly("mon"), feast, 2) == ["23 10:00 ✖ holiday", "30 10:00"]
    assert become(weekly("mon", on_holidays=True), feast, 2) == ["23 10:00", "30 10:00"]
    assert become(weekly("sun", at="22:00", window=24), feast, 1) == ["22 22:00 ✖ holiday"]
    once = Schedule("once", day=date(2026, 11, 23), at=time(10))
    assert become(once, feast) == ["23 10:00"], "whoever chooses the day was told that it is a holiday"


def test_a_time_that_would_have_to_wait_for_the_next_one_is_left_out() -> None:
    """Two of the same at the same moment would be one too many."""
    off = Calendar(shutdowns=(Shutdown(date(2026, 11, 23), date(2026, 11, 23), time(9), time(10)),))
    often = weekly("mon", "tue", at="09:30", window=24)
    assert become(often, off, 2) == ["23 09:30 → 23 10:00 shutdown", "24 09:30"]
    day_off = Calendar(shutdowns=(Shutdown(date(2026, 11, 23), date(2026, 11, 23), time(9), time(9)),))
    assert become(often, day_off, 2) == ["23 09:30 → 24 09:00 shutdown", "24 09:30"]
    longer = Calendar(shutdowns=(Shutdown(date(2026, 11, 23), date(2026, 11, 23), time(9, 30), time(9, 30)),))
    assert become(often, longer, 2) == ["23 09:30 ✖ shutdown", "24 09:30"]


def test_what_is_sent_at_once_waits_as_long_as_it_must() -> None:
    night = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
    [due] = upcoming(Schedule(window=1), Calendar(), night)
    assert (due.at, due.moved, due.skipped) == (datetime(2026, 11, 23, 5, 0, tzinfo=UTC), "quiet", None)


schedules = st.one_of(
    st.builds(
        Schedule,
        kind=st.just("weekly"),
        days=st.sets(st.sampled_from(DAY_NAMES), min_size=1).map(lambda days: tuple(day for day in DAY_NAMES if day in days)),
        at=st.builds(time, st.integers(0, 23), st.sampled_from([0, 30])),
        on_holidays=st.booleans(),
        window=st.sampled_from(WINDOWS),
    ),
    st.builds(
        Schedule,
        kind=st.just("monthly"),
        days=st.sampled_from(DAY_NAMES).map(lambda day: (day,)),
        which=st.sampled_from(["1st", "2nd", "3rd", "4th", "last"]),
        at=st.builds(time, st.integers(0, 23), st.sampled_from([0, 30])),
        on_holidays=st.booleans(),
        window=st.sampled_from(WINDOWS),
    ),
)


@given(schedules, calendars)
@settings(max_examples=150, deadline=None)
def test_whatever_the_rules_a_time_begins_when_it_may_and_within_its_window(schedule: Schedule, calendar: Calendar) -> None:
    """B93."""
    before: Due | None = None
    for due in upcoming(schedule, calendar, NOW, 8):
        assert due.wall.weekday() in {DAY_NAMES.index(day) for day in schedule.days}
        assert due.wall.time() == schedule.at
        if due.skipped is None:
            assert calendar.sendable(due.at)
            assert in_utc(due.wall) <= due.at <= in_utc(due.wall) + timedelta(hours=schedule.window)
            assert before is None or before.at < due.at
            before = due


CHILD = """
from datetime import datetime, time
from bot.model.broadcasts import Schedule
from bot.model.calendar import Calendar, in_utc
from bot.model.schedule import dues, happening, upcoming
daily = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
free = Calendar(quiet_from=time(0), quiet_until=time(0), friday_from=time(0), friday_until=time(0))
for start in (datetime(2027, 3, 26, 12), datetime(2027, 10, 29, 12)):
    for at in (time(2, 30), time(10)):
        schedule = Schedule("weekly", days=daily, at=at)
        for wall in dues(schedule, start, 3):
            print(wall.isoformat(), happening(schedule, free, wall).at.isoformat())
quiet = Calendar(quiet_from=time(22), quiet_until=time(2, 30), friday_from=time(0), friday_until=time(0))
for minute in range(0, 24 * 60, 7):
    moment = in_utc(datetime(2027, 10, 30, 18)) + minute * (in_utc(datetime(2027, 1, 1, 0, 1)) - in_utc(datetime(2027, 1, 1)))
    later = quiet.next_sendable(moment)
    assert later >= moment and quiet.sendable(later), (moment, later)
"""


def in_a_zone_of(folder: Path, zone: str, child: str = CHILD) -> list[str]:
    """Run the child in a machine whose zone file says that clocks in Iraq follow the rule of another place."""
    altered = folder / "zones" / "Asia" / "Baghdad"
    altered.parent.mkdir(parents=True)
    with as_file(files("tzdata").joinpath("zoneinfo", *zone.split("/"))) as source:
        shutil.copy(source, altered)
    env = {**os.environ, "PYTHONTZPATH": str(folder / "zones"), "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", child], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_where_clocks_are_moved_in_spring_and_autumn_each_time_still_comes_once(tmp_path: Path) -> None:
    """F32, B93: in Berlin 02:30 is left out on 28 March 2027 and comes twice on 31 October."""
    assert in_a_zone_of(tmp_path, "Europe/Berlin") == [
        "2027-03-27T02:30:00 2027-03-27T01:30:00+00:00",
        "2027-03-28T02:30:00 2027-03-28T01:30:00+00:00",
        "2027-03-29T02:30:00 2027-03-29T00:30:00+00:00",
        "2027-03-27T10:00:00 2027-03-27T09:00:00+00:00",
        "2027-03-28T10:00:00 2027-03-28T08:00:00+00:00",
        "2027-03-29T10:00:00 2027-03-29T08:00:00+00:00",
        "2027-10-30T02:30:00 2027-10-30T00:30:00+00:00",
        "2027-10-31T02:30:00 2027-10-31T00:30:00+00:00",
        "2027-11-01T02:30:00 2027-11-01T01:30:00+00:00",
        "2027-10-30T10:00:00 2027-10-30T08:00:00+00:00",
        "2027-10-31T10:00:00 2027-10-31T09:00:00+00:00",
        "2027-11-01T10:00:00 2027-11-01T09:00:00+00:00",
    ]


def test_one_time_of_a_schedule_becomes_the_same_whoever_asks() -> None:
    schedule = weekly("fri", at="12:00")
    shown_before = upcoming(schedule, Calendar(), NOW)
    assert tuple(happening(schedule, Calendar(), due.wall) for due in shown_before) == shown_before
