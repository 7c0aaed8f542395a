"""The time of a broadcast is chosen: a few taps, the next dates before it is saved, and nothing that cannot be kept."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from bot.i18n import render
from bot.model.broadcasts import WINDOWS, Schedule
from bot.model.buttons import encode
from bot.model.calendar import Calendar, Holiday, Ramadan, Shutdown
from bot.model.effects import MoveBroadcast, Send, Toast
from bot.model.ids import LANGUAGES
from bot.model.messages import Action
from bot.model.text import Names
from handlers.broadcasts.choosing import choosing
from handlers.broadcasts.when import missing, wrong
from tests.handlers.build import JALAWLA, english, situation
from tests.handlers.casting import OMAR, SARA, Writing, begun, seated, submitted, travelled, written

NIGHT = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


def timing(**changes: Any) -> Writing:
    """Return a broadcast whose time is being chosen."""
    writing = begun(**changes)
    writing.taps("Time", writing.panel)
    return writing


def chosen(writing: Writing, *labels: str) -> Writing:
    for label in labels:
        writing.taps(label, writing.panel)
    return writing


def toasts(writing: Writing) -> list[str]:
    return [english(effect.text) for effect in writing.said if isinstance(effect, Toast)]


def test_a_broadcast_is_sent_at_once_unless_another_time_is_chosen() -> None:
    writing = timing()
    assert writing.labels() == ["At once, after the approval", "At a day and an hour", "Every week", "Every month", "Back"]
    chosen(writing, "At once, after the approval")
    assert writing.broadcast.schedule == Schedule()
    assert "Time: At once, after the approval" in writing.reads()
    assert writing.broadcast.asking == ""


def test_a_day_and_an_hour_are_chosen_from_a_month_and_a_grid() -> None:
    writing = chosen(timing(), "At a day and an hour", "24", "16:30")
    assert "Not saved yet:\n\nTime: Tuesday, 24 November 2026, 16:30" in writing.reads()
    before = writing.broadcast.revision
    chosen(writing, "Save")
    assert writing.broadcast.schedule == Schedule("once", day=date(2026, 11, 24), at=time(16, 30))
    assert writing.broadcast.revision == before + 1, "with another time it needs another approval"
    assert "Time: Tuesday, 24 November 2026, 16:30\nIf it could not begin for 3 hours, you are asked first." in writing.reads()


def test_every_week_on_some_days_shows_the_next_five_dates_before_it_is_saved() -> None:
    writing = chosen(timing(), "Every week", "Wednesday", "Friday", "Next", "12:00")
    assert (
        "Time: every week, Wednesday · Friday, 12:00\n"
        "Not on holidays\n"
        "If it could not begin for 3 hours, you are asked first.\n"
        "The next dates:\n"
        "• Wednesday, 25 November 2026, 12:00\n"
        "• Friday, 27 November 2026, 12:00 – moved to 14:00: Friday prayer\n"
        "• Wednesday, 2 December 2026, 12:00\n"
        "• Friday, 4 December 2026, 12:00 – moved to 14:00: Friday prayer\n"
        "• Wednesday, 9 December 2026, 12:00"
    ) in writing.reads()
    chosen(writing, "1 h")
    assert "• Friday, 27 November 2026, 12:00 – left out: Friday prayer" in writing.reads()
    chosen(writing, "Save")
    assert writing.broadcast.schedule == Schedule("weekly", days=("wed", "fri"), at=time(12), window=1)


def test_every_month_on_the_last_of_some_day_until_a_last_day_on_holidays_too() -> None:
    writing = chosen(
        timing(), "Every month", "last", "Thursday", "10:00", "Last day", "Later", "Later", "20", "Send on holidays too", "24 h"
    )
    assert "Time: every month, on the last Thursday, 10:00\nLast day: 20 January 2027\nAlso on holidays" in writing.reads()
    assert "• Thursday, 26 November 2026, 10:00\n• Thursday, 31 December 2026, 10:00" in writing.reads()
    assert "28 January" not in writing.reads()
    chosen(writing, "Save")
    assert writing.broadcast.schedule == Schedule(
        "monthly", days=("thu",), which="last", at=time(10), until=date(2027, 1, 20), on_holidays=True, window=24
    )
    chosen(writing, "Time", "Every month", "last", "Thursday", "10:00", "Last day", "No end", "Leave out holidays", "Save")
    assert writing.broadcast.schedule == Schedule("monthly", days=("thu",), which="last", at=time(10), window=24)


def test_a_holiday_that_is_chosen_is_named() -> None:
    calendar = Calendar(holidays=(Holiday(date(2026, 11, 24), date(2026, 11, 24), Names("Eid", "عيد", "جەژن")),))
    writing = chosen(timing(calendar=calendar), "At a day and an hour", "★24")
    assert toasts(writing) == ["This day is a holiday: Eid."]


def test_hours_that_are_over_or_cannot_be_kept_have_a_cross_and_say_why() -> None:
    shut = Calendar(shutdowns=(Shutdown(date(2026, 11, 24), date(2026, 11, 24), time(8), time(13)),))
    writing = chosen(timing(calendar=shut), "At a day and an hour", "24")
    assert [label for label in writing.labels() if label.startswith("✖")] == ["✖08:00", "✖08:30", "✖09:00", "✖09:30"]
    chosen(writing, "✖08:00")
    assert toasts(writing) == ["At this time nothing is sent: the internet is off. It is not over within 3 hours."]
    today = chosen(timing(), "At a day and an hour", "22")
    assert "✖12:30" in today.labels()
    assert "13:00" in today.labels()
    chosen(today, "✖12:30")
    assert toasts(today) == ["This time is over. Please choose another one."]


def test_a_week_without_a_day_and_a_time_before_its_end_are_not_saved() -> None:
    writing = chosen(timing(), "Every week", "Next")
    assert toasts(writing) == ["Please choose at least one day."]
    chosen(writing, "Thursday", "✓ Thursday", "Friday", "Next", "10:00", "Last day", "26")
    assert "There is no date before the last day." in writing.reads()
    chosen(writing, "Save")
    assert toasts(writing) == ["There is no date before the last day."]
    assert writing.broadcast.schedule == Schedule()


def test_a_time_that_would_always_be_left_out_is_not_saved() -> None:
    writing = chosen(timing(), "Every week", "Friday", "Next", "12:00", "1 h", "Save")
    assert toasts(writing) == ["All of the next dates would be left out. Please choose another time."]


def test_back_leaves_everything_as_it_was() -> None:
    writing = chosen(timing(), "Every week", "Monday", "Back")
    assert writing.broadcast.schedule == Schedule()
    assert "Topic" in " ".join(writing.labels())


def test_the_same_time_again_is_no_new_revision() -> None:
    writing = chosen(timing(), "At once, after the approval")
    assert writing.broadcast.revision == begun().broadcast.revision


def test_what_was_chosen_survives_another_kind_of_step_and_a_restart() -> None:
    """The step stands with the broadcast; one that cannot be read any more is as if it were not open."""
    writing = chosen(timing(), "Every week", "Monday")
    step = choosing(writing.broadcast)
    assert step is not None
    assert step.schedule.days == ("mon",)
    for asking in (
        "",
        "{",
        "[]",
        '{"step": "when"}',
        '{"step": "when", "page": "days", "schedule": {"kind": "yearly"}}',
        '{"step": "topic"}',
    ):
        assert choosing(replace(writing.broadcast, asking=asking)) is None


def test_a_button_of_another_revision_or_another_page_is_old() -> None:
    writing = chosen(timing(), "Every week")
    stale = next(button for row in writing.panel.message.rows for button in row if english(button.label) == "Monday")
    chosen(writing, "Monday", "Next")
    writing.presses(travelled(stale))
    assert toasts(writing) == ["This button is old. Please use the newest message about this broadcast."]
    for args in (("days", "mon", "99"), ("days",), (), ("review", "save", str(writing.broadcast.revision)), ("page", "until", "2")):
        writing.presses(Action("cast_when", None, args, broadcast=writing.broadcast.id))
        assert len(writing.said) == 1
        assert toasts(writing) == ["This button is old. Please use the newest message about this broadcast."]


@pytest.mark.parametrize(
    "value", ["now ", "yearly", "20261305", "m202613", "2500", "0300", "monday", "5th", "-1", "7", "25", "save ", "", "none"]
)
def test_forged_values_are_refused_on_every_page(value: str) -> None:
    pages = (
        (),
        ("At a day and an hour",),
        ("At a day and an hour", "24"),
        ("Every week",),
        ("Every month",),
        ("Every month", "last"),
        ("Every week", "Monday", "Next", "10:00"),
    )
    for labels in pages:
        writing = chosen(timing(), *labels)
        step = choosing(writing.broadcast)
        assert step is not None
        writing.presses(Action("cast_when", None, (step.page, value, str(writing.broadcast.revision)), broadcast=writing.broadcast.id))
        assert not [effect for effect in writing.said if isinstance(effect, MoveBroadcast)], step.page
        assert toasts(writing)


def test_only_its_group_chooses_the_time_and_only_while_it_is_a_draft() -> None:
    writing = submitted()
    writing.presses(Action("cast_when", None, ("open", "", str(writing.broadcast.revision)), broadcast=writing.broadcast.id))
    assert toasts(writing) == ["This button is old. Please use the newest message about this broadcast."]
    other = timing()
    there = replace(SARA, forum=JALAWLA)
    action = Action("cast_when", None, ("kind", "now", str(other.broadcast.revision)), broadcast=other.broadcast.id)
    other.presses(action, **seated(there))
    assert toasts(other) == ["This broadcast belongs to another group."]


def test_a_time_that_has_passed_meanwhile_keeps_it_from_being_submitted() -> None:
    writing = written()
    chosen(writing, "Time", "At a day and an hour", "24", "16:30", "Save")
    assert missing(writing.broadcast, writing.here) is None
    late = replace(writing.here, now=datetime(2026, 11, 25, tzinfo=UTC))
    assert english(missing(writing.broadcast, late)) == "This time is over. Please choose another one."


def test_what_is_sent_at_once_says_that_it_would_wait_for_the_morning() -> None:
    writing = begun(now=NIGHT)
    assert "• Sunday, 22 November 2026, 22:00 – moved to Monday, 23 November 2026, 08:00: quiet hours" in writing.reads()


@pytest.mark.parametrize("schedule", [Schedule("once"), Schedule("weekly", days=("mon",)), Schedule("monthly", at=time(10))])
def test_half_a_time_is_none(schedule: Schedule) -> None:
    found = wrong(schedule, situation())
    assert found is not None
    assert english(found) == "Please choose the time."


def test_whatever_is_tapped_in_whatever_order_every_message_fits_and_leads_on() -> None:
    """Random taps: no dead end, nothing too long, nothing saved that cannot be kept; the dates shown are those of what is saved."""
    calendar = Calendar(
        holidays=(Holiday(date(2026, 12, 1), date(2026, 12, 3), Names("Eid", "عيد", "جەژن")),),
        ramadan=(Ramadan(date(2026, 12, 10), date(2027, 1, 8)),),
        shutdowns=(Shutdown(date(2026, 11, 28), date(2026, 12, 9), time(6), time(14)),),
    )
    chance = random.Random(7)
    writing = timing(calendar=calendar)
    pages: set[str] = set()
    for _ in range(800):
        buttons = [button for row in writing.panel.message.rows for button in row if button.action.verb == "cast_when"]
        assert buttons, "there is always a way on"
        button = chance.choice([*buttons, buttons[-1]] if chance.random() < 0.2 else buttons[:-1] or buttons)
        writing.presses(travelled(button), **seated(chance.choice([SARA, OMAR])))
        assert writing.said, english(button.label)
        if step := choosing(writing.broadcast):
            pages.add(step.page)
        assert wrong(writing.broadcast.schedule, writing.here) is None
        assert writing.broadcast.schedule.window in WINDOWS
        for send in (effect for effect in writing.said if isinstance(effect, Send)):
            assert all(len(render(send.message.body, language)) <= 4096 for language in LANGUAGES)
            assert sum(len(row) for row in send.message.rows) <= 100
            assert all(len(encode(each.action).encode()) <= 52 for row in send.message.rows for each in row)
        for toast in (effect for effect in writing.said if isinstance(effect, Toast)):
            assert all(len(render(toast.text, language)) <= 200 for language in LANGUAGES)
    assert pages == {"kind", "day", "days", "which", "weekday", "time", "until", "review"}
