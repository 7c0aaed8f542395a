"""When an approved broadcast is sent: at its time, later, not at all, or only after somebody has been asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.broadcasts import WINDOWS, Schedule
from bot.model.calendar import Calendar, Holiday, Ramadan, Shutdown, in_utc, on_the_wall
from bot.model.effects import MoveBroadcast, OpenOccurrence, Send, SetCalendar, SetTimer
from bot.model.events import CommandGiven
from bot.model.ids import PROVINCE
from bot.model.messages import ToChannel, ToForum, cast_slot
from bot.model.province import District
from bot.model.schedule import upcoming
from bot.model.text import Names
from handlers import BOOK, TIMERS
from handlers.broadcasts.authority import Case
from handlers.broadcasts.message import message_for
from handlers.broadcasts.starting import withdrawn
from handlers.calendar.changing import change
from tests.handlers.build import KHANAQIN, NOW, PLACES, english, told
from tests.handlers.casting import OMAR, seated
from tests.handlers.sending import EVERY_HOUR, FORUM, OFFICE, WEEKLY, Course, at, later, wall
from tests.model.test_calendar import calendars
from tests.model.test_schedule import in_a_zone_of, schedules

MONDAY, NEXT, AFTER = wall("2026-11-23"), wall("2026-11-30"), wall("2026-12-07")
EID = Names("Eid", "عيد", "جەژن")


def test_what_is_sent_at_once_begins_with_the_approval() -> None:
    course = Course(Schedule()).approve()
    [opened] = course.opened()
    assert (opened.occurrence.state, opened.occurrence.wall) == ("sending", on_the_wall(NOW))
    assert (opened.audience, opened.topic) == (course.broadcast.audience, "drugs")
    assert opened.messages == message_for(course.broadcast, course.here(), opened.occurrence.id)
    assert course.audits() == ["cast_send"]
    assert not [key for key in course.timers if key.startswith("cast_due")]
    assert course.labels() == ["Pause", "Cancel"]
    assert course.fires_again() == [], "a timer that comes once more finds nothing to do"


def test_what_is_approved_at_night_waits_for_the_morning_and_says_so() -> None:
    course = Course(Schedule(window=1), Calendar(), at("2026-11-22", "21:30")).approve()
    assert course.opened() == []
    assert "It waits until 23 November 2026, 08:00: quiet hours" in course.told()
    course.fires()
    assert course.sent == {wall("2026-11-22", "21:30"): at("2026-11-23", "08:00")}
    assert "It was due: Sunday, 22 November 2026, 21:30" in course.reads()


def test_what_is_sent_once_begins_at_its_hour_on_the_wall() -> None:
    course = Course(Schedule("once", day=date(2026, 11, 23), at=time(10))).approve()
    assert course.opened() == []
    [timer] = course.timers.values()
    assert (timer.kind, timer.broadcast, timer.due) == ("cast_due", course.broadcast.id, at("2026-11-23"))
    course.fires()
    assert course.sent == {MONDAY: at("2026-11-23")}
    assert not [key for key in course.timers if key.startswith("cast_due")]


def test_what_recurs_begins_again_at_the_same_hour() -> None:
    """B93."""
    course = Course().approve().goes_on(at("2026-12-10"))
    assert course.sent == {MONDAY: in_utc(MONDAY), NEXT: in_utc(NEXT), AFTER: in_utc(AFTER)}
    assert course.broadcast.state == "approved"
    assert course.broadcast.since == AFTER


def test_a_due_time_is_opened_once_however_often_and_by_whom_its_timer_comes() -> None:
    """F29: another process saw the broadcast before the first stored it, so it is told to look again, and finds nothing to do."""
    course = Course().approve()
    course.fires()
    assert len(course.occurrences) == 1
    before = course.broadcast
    again = course.fires_again()
    assert not [effect for effect in again if isinstance(effect, OpenOccurrence | MoveBroadcast)]
    assert [effect for effect in again if isinstance(effect, SetTimer)] == [course.timers[f"cast_due:{before.id}"]]
    stale = course.fires_again(broadcast=replace(before, since=wall("2026-11-22")))
    assert not [effect for effect in stale if isinstance(effect, OpenOccurrence)], "its occurrence is known"


def test_the_timer_of_another_broadcast_or_of_one_that_is_not_approved_does_nothing() -> None:
    course = Course().approve()
    course.now = at("2026-11-23")
    for state in ("draft", "submitted", "finished"):
        assert course.fires_again(broadcast=replace(course.broadcast, state=state)) == []
    assert course.fires_again(broadcast=None) == []


def test_what_comes_late_but_within_its_window_is_sent() -> None:
    """F30: the machine was off for two hours and fifty minutes, three were allowed."""
    course = Course().approve()
    course.fires(later(in_utc(MONDAY), hours=2, minutes=50))
    assert course.newest.state == "sending"
    assert "It was due: Monday, 23 November 2026, 10:00" in course.reads()


@pytest.mark.parametrize("group", [FORUM, OFFICE])
def test_what_is_too_old_is_held_for_a_decision_in_both_groups(group: ToForum) -> None:
    """B92, F30."""
    course = Course().approve()
    course.fires(later(in_utc(MONDAY), hours=3, minutes=1))
    assert course.newest.state == "held"
    assert course.opened()[0].messages, "what may still be sent is what was approved"
    assert "Its time was 23 November 2026, 10:00. It could not begin then" in course.reads(group)
    assert course.labels(group) == ["Send now", "Leave it out"]
    assert [timer.due for timer in course.timers.values()] == [in_utc(NEXT)], "the next one comes all the same"


def test_after_weeks_without_power_only_the_last_time_counts() -> None:
    """B92: nobody gets the same thing three times at once."""
    course = Course().approve()
    course.fires(later(in_utc(AFTER), hours=1))
    assert [(each.wall, each.state) for each in course.occurrences] == [(AFTER, "sending"), (NEXT, "skipped"), (MONDAY, "skipped")]
    assert "2 earlier times passed while the bot was off. They are not sent any more." in course.told()


def test_after_years_without_power_it_catches_up_in_several_turns() -> None:
    course = Course(replace(WEEKLY, days=("mon", "tue", "wed", "thu", "sat", "sun"))).approve()
    course.fires(at("2028-11-25", "10:30"))
    for _ in range(40):
        if course.sent:
            break
        course.fires(course.now)
    assert course.sent == {wall("2028-11-25"): at("2028-11-25", "10:30")}
    assert all(each.state == "skipped" for each in course.occurrences[1:])


def test_what_comes_late_into_quiet_hours_waits_for_the_morning_if_that_is_soon_enough() -> None:
    """B92."""
    evening = replace(WEEKLY, at=time(20, 30), window=12)
    course = Course(evening, Calendar()).approve()
    course.fires(at("2026-11-23", "22:00"))
    assert course.occurrences == []
    assert "It waits until 24 November 2026, 08:00: quiet hours" in course.told()
    course.fires()
    assert course.sent == {wall("2026-11-23", "20:30"): at("2026-11-24", "08:00")}
    short = Course(replace(evening, window=6), Calendar()).approve()
    short.fires(at("2026-11-23", "22:00"))
    assert short.newest.state == "held"


def test_a_holiday_is_left_out_and_told() -> None:
    """B93."""
    feast = replace(EVERY_HOUR, holidays=(Holiday(NEXT.date(), NEXT.date(), EID),))
    course = Course(calendar=feast).approve().goes_on(in_utc(NEXT) - timedelta(hours=1))
    course.fires()
    assert course.skipped == [NEXT]
    assert "• Monday, 30 November 2026, 10:00 – left out: holiday: Eid" in course.told()
    course.goes_on(in_utc(AFTER))
    assert list(course.sent) == [MONDAY, AFTER]


def test_the_friday_prayer_moves_it_and_its_message_says_when_it_was_due() -> None:
    """B93."""
    course = Course(replace(WEEKLY, days=("fri",), at=time(12)), Calendar()).approve()
    course.fires()
    assert course.sent == {wall("2026-11-27", "12:00"): at("2026-11-27", "14:00")}


def test_the_last_day_ends_it() -> None:
    feast = replace(EVERY_HOUR, holidays=(Holiday(NEXT.date(), NEXT.date(), EID),))
    course = Course(replace(WEEKLY, until=NEXT.date()), feast).approve()
    course.fires()
    course.occurrences = [replace(each, state="done") for each in course.occurrences]
    course.fires()
    assert course.broadcast.state == "finished"
    assert course.timers.keys() <= {key for key in course.timers if key.startswith("cast_progress")}
    assert "This broadcast is over." in course.reads(slot=cast_slot(course.broadcast.id))


def test_once_that_the_rules_came_to_forbid_is_asked_about() -> None:
    """B92: a shutdown was announced after the approval, over the whole window."""
    course = Course(Schedule("once", day=MONDAY.date(), at=time(10))).approve()
    course.calendar = replace(EVERY_HOUR, shutdowns=(Shutdown(MONDAY.date(), MONDAY.date(), time(9), time(15)),))
    course.fires()
    assert course.newest.state == "held"


def test_a_timer_that_comes_too_early_sets_itself_anew_without_a_word() -> None:
    """F32: all timers come when the machine starts."""
    course = Course().approve()
    said = course.fires(at("2026-11-22", "13:00"))
    assert said == [SetTimer(f"cast_due:{course.broadcast.id}", "cast_due", in_utc(MONDAY), broadcast=course.broadcast.id)]


def test_while_the_clock_is_doubted_nothing_begins_and_nothing_is_forgotten() -> None:
    """F31: the timer had come before the jump was noticed; once the time is believed it comes again."""
    course = Course(changes={"doubted": 86400}).approve()
    said = course.fires()
    assert course.occurrences == []
    assert said == [SetTimer(f"cast_due:{course.broadcast.id}", "cast_due", course.now, broadcast=course.broadcast.id)]
    course.changes.clear()
    course.fires()
    assert course.sent == {MONDAY: in_utc(MONDAY)}


CHILD = """
from datetime import UTC, datetime
from bot.model.effects import OpenOccurrence, SetTimer
from tests.handlers.sending import EVERY_HOUR, Course
course = Course()
course.approve()
course.said = []
for hour in (6, 7, 8):
    moment = datetime(2026, 11, 23, hour, tzinfo=UTC)
    for effect in course.fires(moment):
        match effect:
            case OpenOccurrence(occurrence):
                print(moment.isoformat(), occurrence.wall.isoformat(), occurrence.due.isoformat(), occurrence.state)
            case SetTimer(_, "cast_due", due):
                print(moment.isoformat(), "again", due.isoformat())
"""


def test_where_clocks_are_moved_the_hour_on_the_wall_is_kept(tmp_path: Path) -> None:
    """F32: people were promised 10:00; at +4 that is an hour earlier in the world, at +2 an hour later, and each comes once."""
    assert in_a_zone_of(tmp_path, "Etc/GMT-4", CHILD) == [
        "2026-11-23T06:00:00+00:00 2026-11-23T10:00:00 2026-11-23T06:00:00+00:00 sending",
        "2026-11-23T06:00:00+00:00 again 2026-11-30T06:00:00+00:00",
        "2026-11-23T07:00:00+00:00 again 2026-11-30T06:00:00+00:00",
        "2026-11-23T08:00:00+00:00 again 2026-11-30T06:00:00+00:00",
    ]


def test_where_clocks_are_moved_back_a_timer_that_comes_too_early_waits(tmp_path: Path) -> None:
    """F32."""
    assert in_a_zone_of(tmp_path, "Etc/GMT-2", CHILD) == [
        "2026-11-23T06:00:00+00:00 again 2026-11-23T08:00:00+00:00",
        "2026-11-23T07:00:00+00:00 again 2026-11-23T08:00:00+00:00",
        "2026-11-23T08:00:00+00:00 2026-11-23T10:00:00 2026-11-23T08:00:00+00:00 sending",
        "2026-11-23T08:00:00+00:00 again 2026-11-30T08:00:00+00:00",
    ]


@given(schedules, calendars, st.integers(0, 60 * 24 * 9))
@settings(max_examples=60, deadline=None)
def test_the_dates_that_are_shown_are_those_on_which_it_is_sent(schedule: Schedule, calendar: Calendar, minutes: int) -> None:
    """B93: whatever the time that was chosen and the rules that are in force."""
    start = NOW + timedelta(minutes=minutes)
    shown = upcoming(schedule, calendar, start, 6)
    course = Course(schedule, calendar, start).approve()
    last = max((due.at for due in shown), default=start)
    course.goes_on(last)
    assert {due.wall: due.at for due in shown if not due.skipped} == {wall: at for wall, at in course.sent.items() if at <= last}
    assert [due.wall for due in shown if due.skipped] == course.skipped[: sum(bool(due.skipped) for due in shown)]


YEAR = Calendar(
    holidays=(
        Holiday(date(2027, 1, 1), date(2027, 1, 1), EID),
        Holiday(date(2027, 3, 10), date(2027, 3, 12), EID),
        Holiday(date(2027, 5, 16), date(2027, 5, 19), EID),
    ),
    ramadan=(Ramadan(date(2027, 2, 8), date(2027, 3, 9)),),
    shutdowns=(Shutdown(date(2027, 6, 5), date(2027, 6, 24), time(5, 30), time(8, 0)),),
)


def test_a_year_of_weekly_messages_goes_round_ramadan_feasts_exams_and_prayers() -> None:
    """B93: Wednesdays and Fridays at 17:30, three hours allowed; each is accounted for, none falls into what is kept free."""
    schedule = replace(WEEKLY, days=("wed", "fri"), at=time(17, 30))
    course = Course(schedule, YEAR).approve().goes_on(at("2027-11-22", "00:00"))
    dates = {wall.date() for wall in course.sent} | {wall.date() for wall in course.skipped}
    every = {date(2026, 11, 22) + timedelta(days=day) for day in range(365)}
    assert dates == {day for day in every if day.weekday() in (2, 4)}
    assert {wall.date() for wall in course.skipped} == {date(2027, 1, 1), date(2027, 3, 10), date(2027, 3, 12), date(2027, 5, 19)}
    moved = {wall.date(): on_the_wall(sent).time() for wall, sent in course.sent.items() if sent != in_utc(wall)}
    ramadan = {day for day in dates if date(2027, 2, 8) <= day <= date(2027, 3, 9)}
    assert moved == dict.fromkeys(ramadan, time(20, 0))
    early = Course(replace(schedule, at=time(6)), YEAR).approve().goes_on(at("2027-11-22", "00:00"))
    assert {on_the_wall(sent).time() for sent in early.sent.values()} == {time(8)}


def test_a_change_of_mind_stops_what_was_to_come_and_pauses_what_is_being_sent() -> None:
    """What was approved is what is sent: from now on nothing is approved."""
    course = Course().approve()
    course.fires()
    case = Case(course.here(**seated(OMAR)), course.broadcast, OMAR)
    course.feels(withdrawn(case))
    assert course.newest.state == "paused"
    assert not [key for key in course.timers if key.startswith("cast_due")]
    course.broadcast = replace(course.broadcast, revision=4, approved=0, state="draft")
    course.presses("resume")
    assert course.newest.state == "paused"
    assert course.toasts() == ["The broadcast has been changed since then. This sending can only be cancelled."]


def test_what_was_held_is_left_out_when_the_broadcast_is_changed() -> None:
    course = Course().approve()
    course.fires(later(in_utc(MONDAY), hours=5))
    course.feels(withdrawn(Case(course.here(**seated(OMAR)), course.broadcast, OMAR)))
    assert course.newest.state == "skipped"
    assert course.newest.ended is not None
    assert course.labels() == []


def with_channels() -> tuple[District, ...]:
    return tuple(replace(district, channel=f"@{district.id}") for district in PLACES.districts[:2]) + PLACES.districts[2:]


def test_a_channel_gets_one_post_for_each_sending() -> None:
    course = Course(changes={"province": replace(PLACES, districts=with_channels())})
    course.broadcast = replace(course.broadcast, audience=replace(course.broadcast.audience, channels=True))
    course.approve()
    course.fires()
    posts = [effect for effect in course.said if isinstance(effect, Send) and isinstance(effect.to, ToChannel)]
    assert [post.to for post in posts] == [ToChannel(district.id) for district in PLACES.districts[:2]]
    assert len({post.slot for post in posts}) == 1
    assert all(post.message.door is not None and not post.message.rows for post in posts)
    assert not [effect for effect in course.fires_again() if isinstance(effect, Send) and isinstance(effect.to, ToChannel)]
    held = Course(changes=course.changes)
    held.broadcast = course.broadcast
    held.broadcast = replace(held.broadcast, version=1)
    held.approve()
    held.fires(later(in_utc(MONDAY), hours=4))
    assert not [effect for effect in held.said if isinstance(effect, Send) and isinstance(effect.to, ToChannel)], "not before it is decided"
    held.presses("send")
    assert [effect.to for effect in held.said if isinstance(effect, Send) and isinstance(effect.to, ToChannel)]


def test_a_forum_posts_in_its_own_channel_alone() -> None:
    course = Course(Schedule(), changes={"province": replace(PLACES, districts=with_channels())})
    audience = replace(course.broadcast.audience, channels=True, districts=frozenset({KHANAQIN}))
    course.broadcast = replace(course.broadcast, audience=audience)
    course.approve()
    assert [effect.to for effect in course.said if isinstance(effect, Send) and isinstance(effect.to, ToChannel)] == [ToChannel(KHANAQIN)]


def test_where_the_price_is_paid_every_occurrence_says_so() -> None:
    assert Course(Schedule()).approve().newest.paid is False
    assert Course(Schedule(), changes={"province": replace(PLACES, paid=1000)}).approve().newest.paid is True


def test_a_new_calendar_works_every_approved_broadcast_out_anew_and_says_what_changes() -> None:
    """B92: the forum and the province are told of the dates that are moved or left out."""
    course = Course(replace(WEEKLY, days=("fri",), at=time(16))).approve()
    untouched = replace(course.broadcast, id=type(course.broadcast.id)("broadcastbbb"), schedule=WEEKLY)
    draft = replace(course.broadcast, id=type(course.broadcast.id)("broadcastccc"), state="draft")
    here = course.here(broadcast=None, occurrences=(), broadcasts=(course.broadcast, untouched, draft), place="group", **seated(OMAR))
    fridays = replace(EVERY_HOUR, friday_from=time(15), friday_until=time(17), version=1)
    effects = change(here, OMAR, fridays, "friday", Names("ok", "ok", "ok"), "token")
    assert any(isinstance(effect, SetCalendar) for effect in effects)
    timers = [effect for effect in effects if isinstance(effect, SetTimer)]
    assert {(timer.broadcast, timer.due) for timer in timers} == {(course.broadcast.id, here.now), (untouched.id, here.now)}
    line = "• Friday, 27 November 2026, 16:00 – moved to 17:00: Friday prayer"
    assert line in told(effects, FORUM)
    assert line in told(effects, OFFICE)
    assert told(effects, FORUM).count("The next dates are now:") == 1, "the other one is not touched"
    course.calendar = fridays
    course.timers = {timer.key: timer for timer in timers if timer.broadcast == course.broadcast.id}
    course.fires()
    course.fires()
    assert course.sent == {wall("2026-11-27", "16:00"): at("2026-11-27", "17:00")}


def test_every_timer_of_a_broadcast_has_somebody_who_answers_it() -> None:
    course = Course(Schedule()).approve()
    assert {timer.kind for timer in course.timers.values()} <= set(TIMERS)
    assert {"cast_due", "cast_progress"} <= set(TIMERS)


def test_the_list_shows_the_next_date_as_it_will_happen() -> None:
    """B93."""
    course = Course(replace(WEEKLY, days=("fri",), at=time(12)), Calendar()).approve()
    here = course.here(place="group", broadcasts=(course.broadcast,), broadcast=None, occurrences=(), **seated(OMAR))
    [shown] = BOOK.desk_commands["broadcasts"](here, CommandGiven("broadcasts"))
    assert isinstance(shown, Send)
    assert shown.to == ToForum(PROVINCE)
    assert "• Friday, 27 November 2026, 12:00 – moved to 14:00: Friday prayer" in english(shown.message.body)


@pytest.mark.parametrize("window", WINDOWS)
def test_the_window_is_the_one_that_was_chosen(window: int) -> None:
    """B92, F30."""
    for minutes, state in ((-1, "sending"), (1, "held")):
        course = Course(replace(WEEKLY, window=window)).approve()
        course.fires(later(in_utc(MONDAY), hours=window, minutes=minutes))
        assert course.newest.state == state
