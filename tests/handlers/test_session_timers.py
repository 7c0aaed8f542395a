"""When people are reminded of a session, and when they are not (B97)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.calendar import BAGHDAD, Calendar, Shutdown, in_utc
from bot.model.effects import DropTimer, Effect, SetTimer, StartRound
from bot.model.events import TimerFired
from bot.model.ids import ForumId, PromiseId, SessionId
from bot.model.sessions import Promise, Session
from bot.model.situation import Situation
from handlers import TIMERS
from handlers.session_timers import drop_timers, promise_timer, remind, timers
from tests.handlers.build import situation


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment as clocks show it, which has no zone."""
    return datetime.combine(date(2026, 12, day), time(hour, minute))


WALL = on(5, 16)
SESSION = Session(SessionId("sessionaaaaa"), ForumId("khanaqin"), "announced", "Water", wall=WALL, starts=in_utc(WALL), minutes=90)
LONG_BEFORE = in_utc(WALL) - timedelta(days=9)


def at(now: datetime = LONG_BEFORE, session: Session = SESSION, **changes: Any) -> Situation:
    return situation(session=session, now=now, place="machine", forum=None, actor="stranger", member=None, **changes)


def due(calendar: Calendar | None = None, wall: datetime = WALL, now: datetime = LONG_BEFORE) -> dict[str, str]:
    """Return when each timer falls due on the wall, by the last part of its key."""
    session = replace(SESSION, wall=wall, starts=in_utc(wall))
    found = timers(session, at(now, session, calendar=calendar or Calendar()))
    return {timer.key.rpartition(":")[2]: f"{timer.due.astimezone(BAGHDAD):%d %H:%M}" for timer in found}


def off(first: int, hours: str, last: int | None = None) -> Calendar:
    """Return a calendar with the internet off, such as `off(5, "13-18")`."""
    start, end = (time(int(hour)) for hour in hours.split("-"))
    return Calendar(shutdowns=(Shutdown(date(2026, 12, first), date(2026, 12, last or first), start, end),))


def fired(hours: int, now: datetime, session: Session = SESSION, **changes: Any) -> list[Effect]:
    return list(remind(at(now, session, **changes), TimerFired("remind", f"session:{SESSION.id}:{hours}")))


def told(effects: list[Effect]) -> list[str]:
    return [effect.round.subject for effect in effects if isinstance(effect, StartRound)]


def before(**span: float) -> datetime:
    return in_utc(WALL) - timedelta(**span)


def test_people_are_reminded_a_day_and_two_hours_before() -> None:
    """B97."""
    assert due() == {"24": "04 16:00", "2": "05 14:00", "over": "05 17:30"}
    assert {timer.kind for timer in timers(SESSION, at())} == {"remind", "over"}
    assert {timer.session for timer in timers(SESSION, at())} == {SESSION.id}


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        (off(5, "13-15"), {"24": "04 16:00", "2": "05 12:55", "over": "05 17:30"}),
        (off(4, "6-8", 5), {"24": "04 16:00", "2": "05 14:00", "over": "05 17:30"}),
        (off(4, "15-7", 5), {"24": "04 14:55", "2": "05 14:00", "over": "06 07:00"}),
        (off(3, "0-0", 5), {"24": "02 20:59", "2": "02 20:59", "over": "06 00:00"}),
        (off(5, "17-20"), {"24": "04 16:00", "2": "05 14:00", "over": "05 20:00"}),
    ],
)
def test_a_reminder_comes_before_a_shutdown_that_it_would_fall_into(calendar: Calendar, expected: dict[str, str]) -> None:
    """B97."""
    assert due(calendar) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ((9, 0), {"24": "04 09:00", "2": "05 08:00"}),
        ((9, 30), {"24": "04 09:30", "2": "05 08:00"}),
        ((8, 0), {"24": "04 08:00", "2": "04 20:59"}),
        ((22, 0), {"24": "04 20:59", "2": "05 20:00"}),
        ((20, 0), {"24": "04 20:00", "2": "05 18:00"}),
    ],
)
def test_nobody_is_woken_by_a_reminder(start: tuple[int, int], expected: dict[str, str]) -> None:
    """B97: quiet hours from 21:00 to 8:00 are left for the nearer side, with an hour to come at least."""
    found = due(wall=on(5, *start))
    assert {key: moment for key, moment in found.items() if key != "over"} == expected


def test_no_reminder_is_set_into_the_past() -> None:
    assert due(now=before(hours=5)) == {"2": "05 14:00", "over": "05 17:30"}
    assert due(now=before(hours=1)) == {"over": "05 17:30"}
    assert due(off(5, "13-15"), now=before(hours=2, minutes=30)) == {"2": "05 15:00", "over": "05 17:30"}, "it was announced meanwhile"


@given(
    st.integers(0, 60 * 24 * 12),
    st.integers(0, 60 * 24 * 8),
    st.lists(st.tuples(st.integers(1, 20), st.integers(0, 23), st.integers(0, 23)), max_size=3),
)
@settings(max_examples=300, deadline=None)
def test_whatever_the_calendar_a_reminder_lies_ahead_and_outside_of_shutdowns(
    starts: int, now: int, shut: list[tuple[int, int, int]]
) -> None:
    """B97."""
    wall = on(8, 0) + timedelta(minutes=starts)
    windows = tuple(Shutdown(date(2026, 12, day), date(2026, 12, day + 2), time(start), time(end)) for day, start, end in shut)
    here = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(minutes=now)
    calendar = Calendar(shutdowns=windows)
    session = replace(SESSION, wall=wall, starts=in_utc(wall))
    for timer in timers(session, at(here, session, calendar=calendar)):
        assert not calendar.shut(timer.due)
        if timer.kind == "remind":
            assert here < timer.due <= in_utc(wall) - timedelta(hours=1)


def test_a_reminder_is_told_to_who_may_come() -> None:
    [effect] = fired(24, before(hours=24))
    assert isinstance(effect, StartRound)
    assert (effect.round.kind, effect.round.reach, effect.round.session, effect.round.subject) == ("reminder", "coming", SESSION.id, "24")
    assert told(fired(2, before(hours=2))) == ["2"]


def test_the_same_reminder_has_one_name_and_that_of_a_moved_session_another() -> None:
    """What a calendar's change sets anew is not sent twice; a session that was moved is another matter."""
    names = [effect.round.id for effect in (*fired(24, before(hours=24)), *fired(24, before(hours=23))) if isinstance(effect, StartRound)]
    assert len(names) == 2
    assert len(set(names)) == 1
    [moved] = fired(24, before(hours=24), replace(SESSION, sequence=1))
    assert isinstance(moved, StartRound)
    assert moved.round.id != names[0]
    assert len(moved.round.id) <= 24


def test_the_old_timer_of_a_moved_session_tells_nobody_and_is_set_anew() -> None:
    """B97."""
    later = replace(SESSION, wall=WALL + timedelta(days=3), starts=in_utc(WALL + timedelta(days=3)))
    effects = fired(24, before(hours=24), later)
    assert told(effects) == []
    assert {effect.key: effect.due for effect in effects if isinstance(effect, SetTimer)}[f"session:{SESSION.id}:24"] == in_utc(
        WALL + timedelta(days=2)
    )


@pytest.mark.parametrize("state", ["planned", "held", "cancelled"])
def test_of_a_session_that_does_not_take_place_nobody_is_reminded(state: Any) -> None:
    assert fired(24, before(hours=24), replace(SESSION, state=state)) == []


def test_after_a_power_cut_what_is_too_late_is_left_out() -> None:
    """B97, F31: a day's reminder gives way to that of two hours, and nothing is told of what has begun."""
    assert told(fired(24, before(hours=4))) == ["24"]
    assert told(fired(24, before(hours=2, minutes=50))) == []
    assert told(fired(2, before(hours=1))) == ["2"]
    assert told(fired(2, before(minutes=5))) == ["2"]
    assert fired(2, before(hours=0)) == []
    assert fired(24, before(hours=-30)) == []


def test_of_two_reminders_that_come_at_once_one_is_told() -> None:
    """The second of an early session was moved to the evening before; after a day without power both come together."""
    early = on(5, 8)
    session = replace(SESSION, wall=early, starts=in_utc(early))
    now = in_utc(on(4, 22))
    assert told(fired(24, now, session)) == []
    assert told(fired(2, now, session)) == ["2"]


def test_a_cancelled_session_takes_all_its_timers_back() -> None:
    assert {drop.key for drop in drop_timers(SESSION)} == {timer.key for timer in timers(SESSION, at())}
    assert all(isinstance(drop, DropTimer) for drop in drop_timers(SESSION))


def test_a_promise_is_asked_about_on_the_morning_of_its_day() -> None:
    """B99."""
    timer = promise_timer(Promise(PromiseId("promiseaaaaa"), SESSION.id, "Water office", "A new pump", date(2026, 12, 20)))
    assert (timer.key, timer.kind, timer.session) == ("promise:promiseaaaaa", "promise", SESSION.id)
    assert timer.due.astimezone(BAGHDAD) == datetime(2026, 12, 20, 10, 0, tzinfo=BAGHDAD)


def test_every_timer_of_a_session_has_somebody_who_answers_it() -> None:
    assert {timer.kind for timer in timers(SESSION, at())} <= set(TIMERS)
