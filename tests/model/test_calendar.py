"""The rules of time: no moment that was moved lies in a window, and a promise is an hour on the wall, whatever the zone does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.model.calendar import BAGHDAD, Calendar, Ramadan, Shutdown, in_utc

START = datetime(2026, 12, 1, tzinfo=UTC)
moments = st.integers(0, 60 * 24 * 40).map(lambda minutes: START + timedelta(minutes=minutes))
hours = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
days = st.integers(-3, 43).map(lambda number: date(2026, 12, 1) + timedelta(days=number))


@st.composite
def shutdowns(draw: st.DrawFn) -> Shutdown:
    first = draw(days)
    return Shutdown(first, first + timedelta(days=draw(st.integers(0, 20))), draw(hours), draw(hours))


calendars = st.builds(
    Calendar,
    quiet_from=st.just(time(21, 0)) | hours,
    quiet_until=st.just(time(8, 0)) | hours,
    shutdowns=st.lists(shutdowns(), max_size=4).map(tuple),
)


def wall(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=BAGHDAD)


@given(calendars, moments, st.booleans())
@settings(max_examples=400, deadline=None)
def test_a_moved_moment_lies_in_no_shutdown_and_on_the_side_that_was_asked_for(calendar: Calendar, moment: datetime, earlier: bool) -> None:
    """B97: also with windows over midnight, windows of whole days, and several that overlap."""
    moved = calendar.clear(moment, earlier=earlier)
    assert not calendar.shut(moved)
    assert moved <= moment if earlier else moved >= moment
    if not calendar.shut(moment):
        assert moved == moment


@given(calendars, moments, st.booleans())
@settings(max_examples=400, deadline=None)
def test_a_waking_moment_is_neither_shut_nor_quiet(calendar: Calendar, moment: datetime, earlier: bool) -> None:
    """B97."""
    moved = calendar.waking(moment, earlier=earlier)
    assert not calendar.shut(moved)
    assert not calendar.quiet(moved)
    assert moved <= moment if earlier else moved >= moment


def test_a_window_over_midnight_belongs_to_the_evening_on_which_it_begins() -> None:
    calendar = Calendar(shutdowns=(Shutdown(date(2026, 12, 5), date(2026, 12, 5), time(22, 0), time(6, 0)),))
    assert calendar.shut(wall(5, 22))
    assert calendar.shut(wall(6, 5, 59))
    assert not calendar.shut(wall(6, 6))
    assert not calendar.shut(wall(5, 5)), "the night before is not announced"
    assert not calendar.shut(wall(6, 23))
    assert calendar.clear(wall(6, 2), earlier=True) == wall(5, 21, 55)
    assert calendar.clear(wall(6, 2), earlier=False) == wall(6, 6)


def test_overlapping_windows_are_left_together() -> None:
    day = date(2026, 12, 5)
    calendar = Calendar(shutdowns=(Shutdown(day, day, time(10, 0), time(13, 0)), Shutdown(day, day, time(12, 0), time(15, 0))))
    assert calendar.clear(wall(5, 12, 30), earlier=False) == wall(5, 15)
    assert calendar.clear(wall(5, 14), earlier=True) == wall(5, 9, 55)


def test_whole_days_without_internet_are_one_window() -> None:
    calendar = Calendar(shutdowns=(Shutdown(date(2026, 12, 5), date(2026, 12, 7), time(0, 0), time(0, 0)),))
    assert calendar.clear(wall(6, 12), earlier=True) == wall(4, 23, 55)
    assert calendar.clear(wall(6, 12), earlier=False) == wall(8, 0)


def test_quiet_hours_end_in_the_morning_and_begin_in_the_evening() -> None:
    calendar = Calendar()
    assert calendar.waking(wall(5, 3), earlier=False) == wall(5, 8)
    assert calendar.waking(wall(5, 3), earlier=True) == wall(4, 20, 59)
    assert calendar.waking(wall(5, 12), earlier=True) == wall(5, 12)
    assert not Calendar(quiet_from=time(8), quiet_until=time(8)).quiet(wall(5, 8)), "an empty span is never quiet"


def test_a_new_version_has_the_next_number() -> None:
    assert Calendar(version=3).changed(week_starts=6) == Calendar(version=4, week_starts=6)


@given(calendars, moments)
@settings(max_examples=400, deadline=None)
def test_a_moment_at_which_broadcasts_are_sent_is_found_after_every_moment(calendar: Calendar, moment: datetime) -> None:
    """B93: neither quiet nor shut nor during the prayer, and nothing in between was possible."""
    assume(any(not calendar.quiet(START + timedelta(minutes=minute)) for minute in range(1440)))
    found = calendar.next_sendable(moment)
    assert found >= moment
    assert calendar.sendable(found)
    assert (calendar.hindrance(moment) is None) == (found == moment)
    between = (moment + (found - moment) * part / 17 for part in range(17))
    assert found == moment or not any(calendar.sendable(each) for each in between)


def test_no_broadcast_is_sent_during_the_friday_prayer_nor_while_the_fast_is_broken() -> None:
    """B93."""
    calendar = Calendar(ramadan=(Ramadan(date(2026, 12, 5), date(2026, 12, 6)),))
    friday = 4
    assert calendar.hindrance(wall(friday, 11)) == "friday"
    assert calendar.next_sendable(wall(friday, 11)) == wall(friday, 14)
    assert calendar.sendable(wall(friday, 10, 59))
    assert calendar.sendable(wall(friday, 14))
    assert calendar.sendable(wall(3, 12)), "on a Thursday nobody prays on Friday"
    assert calendar.hindrance(wall(5, 17)) == "fast"
    assert calendar.next_sendable(wall(5, 19, 59)) == wall(5, 20)
    assert calendar.hindrance(wall(5, 22)) == "quiet"
    assert calendar.next_sendable(wall(5, 22)) == wall(6, 8)
    assert replace(calendar, friday_until=calendar.friday_from).sendable(wall(friday, 12))


def test_a_calendar_that_was_stored_before_there_was_a_friday_rule_is_still_read() -> None:
    stored = '{"weekend": [4, 5], "quiet_from": "22:00:00", "version": 7}'
    read = TypeAdapter(Calendar).validate_json(stored)
    assert (read.version, read.friday_from, read.friday_until) == (7, time(11), time(14))


CHILD = """
from datetime import UTC, date, datetime, time
from bot.model.calendar import in_utc
from bot.model.events import TimerFired
from bot.model.effects import MoveSession, SetTimer, StartRound
from handlers.session_timers import remind
from tests.handlers.build import situation
from tests.conversation.sessions import SESSION, WALL
from dataclasses import replace

old = datetime(2026, 12, 5, 13, 0, tzinfo=UTC)
print(in_utc(WALL).isoformat())
here = situation(session=replace(SESSION, starts=old), place="machine", now=datetime(2026, 12, 4, 13, 0, tzinfo=UTC))
for effect in remind(here, TimerFired("remind", f"session:{SESSION.id}:24")):
    match effect:
        case MoveSession(session):
            print("starts", session.starts.isoformat(), session.wall.isoformat())
        case SetTimer(key, _, due):
            print(key.rpartition(":")[2], due.isoformat())
        case StartRound(begun):
            print("told", begun.subject)
"""


def in_a_zone_of(folder: Path, rule: str) -> list[str]:
    """Run the child in a machine whose zone file says that clocks in Iraq follow another rule."""
    altered = folder / "zones" / "Asia" / "Baghdad"
    altered.parent.mkdir(parents=True)
    with as_file(files("tzdata") / "zoneinfo" / "Etc" / rule) as source:
        shutil.copy(source, altered)
    env = {**os.environ, "PYTHONTZPATH": str(folder / "zones"), "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", CHILD], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_where_clocks_are_moved_the_hour_on_the_wall_is_kept(tmp_path: Path) -> None:
    """F32: the promise was 16:00 on the wall; at +4 that is an hour earlier in the world, and the timers follow it."""
    assert in_utc(datetime.combine(date(2026, 12, 5), time(16))).isoformat() == "2026-12-05T13:00:00+00:00"
    assert in_a_zone_of(tmp_path, "GMT-4") == [
        "2026-12-05T12:00:00+00:00",
        "starts 2026-12-05T12:00:00+00:00 2026-12-05T16:00:00",
        "2 2026-12-05T10:00:00+00:00",
        "over 2026-12-05T13:30:00+00:00",
        "told 24",
    ]


def test_where_clocks_are_moved_back_a_timer_that_comes_too_early_waits(tmp_path: Path) -> None:
    """F32: at +2 the reminder is an hour early; it is set anew and nobody is told yet."""
    told = in_a_zone_of(tmp_path, "GMT-2")
    assert told[:2] == ["2026-12-05T14:00:00+00:00", "starts 2026-12-05T14:00:00+00:00 2026-12-05T16:00:00"]
    assert "24 2026-12-04T14:00:00+00:00" in told
    assert not any(line.startswith("told") for line in told)
