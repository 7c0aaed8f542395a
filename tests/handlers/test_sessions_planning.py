"""Plan a session by taps in the group, look at the invitation, and announce it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from bot.i18n import render
from bot.model.calendar import Calendar, Holiday, Ramadan, Shutdown
from bot.model.effects import OpenSession, SetTimer, Toast
from bot.model.events import LocationReceived, MediaReceived
from bot.model.ids import LANGUAGES, PROVINCE, Language
from bot.model.messages import Attachment, ToForum
from bot.model.text import N_, Names
from handlers.inviting import invitation
from handlers.sessions.days import MONTHS
from tests.handlers.build import AZAD, JALAWLA, RESIDENT, alert, english, from_province, only, sends, situation, told
from tests.handlers.meeting import ASKED, GROUP, Meeting, announced, filled, request, scheduled, to_group

EID = Names("Holiday of Spring", "عيد الربيع", "جەژنی بەهار")


def with_calendar(calendar: Calendar) -> Meeting:
    return scheduled(Meeting(situation(request(), session=None, calendar=calendar)))


def test_a_request_is_scheduled_with_what_it_asks_for() -> None:
    meeting = scheduled()
    session = meeting.session
    assert (session.state, session.topic, session.offices) == ("planned", ASKED.topic, ASKED.offices)
    assert "Topic: Water in the old town" in meeting.reads()
    assert "Requests: KHN-AAAA" in meeting.reads()
    [asked] = meeting.tickets.values()
    assert (asked.session, asked.state) == (session.id, "taken")
    assert told(meeting.said, RESIDENT) == "A forum member is now following your request KHN-AAAA."


def test_pressing_schedule_again_opens_no_second_plan() -> None:
    meeting = scheduled()
    meeting.press("schedule", about=next(iter(meeting.tickets.values())), member=AZAD)
    assert not [effect for effect in meeting.said if isinstance(effect, OpenSession)]
    assert "Here is the session “Water in the old town”." in to_group(meeting.said)


def test_day_time_and_place_are_tapped_and_written_and_then_it_is_announced() -> None:
    meeting = announced()
    session = meeting.session
    assert session.state == "announced"
    assert session.wall == datetime(2026, 12, 5, 16, 0)  # noqa: DTZ001 - the clock on the wall
    assert session.starts == datetime(2026, 12, 5, 13, 0, tzinfo=UTC)
    assert "Session “Water in the old town”: 5 December 2026, 16:00, Public library. The invitations are being sent." in to_group(
        meeting.said
    )
    [invited] = meeting.rounds
    assert (invited.kind, invited.reach, invited.session) == ("invitation", "invited", session.id)
    assert [effect.kind for effect in meeting.said if isinstance(effect, SetTimer)] == ["remind", "remind", "over"]
    assert "Answers for “Water in the old town”:\nComing: 0\nNot coming: 0\nMaybe: 0" in meeting.reads()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_preview_is_the_invitation_to_the_letter_in_each_language(language: Language) -> None:
    meeting = filled()
    meeting.taps("Look at the invitation")
    read = render(invitation(meeting.session, meeting.here).body, language)
    shown = render(meeting.plan.message.body, "en")
    assert read.strip("\u200e\u200f") in shown


def test_what_was_changed_after_the_preview_is_not_announced_unseen() -> None:
    meeting = filled()
    meeting.taps("Look at the invitation")
    seen = meeting.plan.message.rows[0][0].action
    meeting.taps("Back", member=AZAD)
    meeting.taps("Seats", member=AZAD)
    meeting.taps("30", member=AZAD)
    assert "changed meanwhile" in alert(meeting.press("announce", *seen.args))
    assert meeting.session.state == "planned"


def test_of_two_who_announce_at_once_the_second_is_told_that_it_is_done() -> None:
    """B57: the loser's turn is repeated on the announced session."""
    meeting = filled()
    meeting.taps("Look at the invitation")
    button = meeting.plan.message.rows[0][0].action
    meeting.press("announce", *button.args)
    assert "old" in alert(meeting.press("announce", *button.args, member=AZAD))
    assert len(meeting.rounds) == 1


def test_nothing_can_be_announced_before_everything_is_chosen() -> None:
    meeting = scheduled()
    assert "Look at the invitation" not in meeting.labels()
    assert "old" in alert(meeting.press("plan", "preview"))
    assert "old" in alert(meeting.press("announce", "00000000"))


def test_the_week_starts_on_saturday_and_marks_weekends_and_holidays() -> None:
    meeting = with_calendar(Calendar(holidays=(Holiday(date(2026, 12, 8), date(2026, 12, 9), EID),)))
    meeting.taps("Day")
    meeting.taps("Later")
    rows = [[english(button.label) for button in row] for row in meeting.plan.message.rows]
    assert (rows[0], rows[-2]) == (["December 2026"], ["Earlier", "Later"])
    assert rows[1] == ["Sa", "Su", "Mo", "Tu", "We", "Th", "Fr"]
    assert rows[3] == ["°5", "6", "7", "★8", "★9", "10", "°11"]
    toast = only(meeting.taps("★8"), Toast)
    assert english(toast.text) == "This day is a holiday: Holiday of Spring."
    assert meeting.session.wall is not None
    assert meeting.session.wall.date() == date(2026, 12, 8)


def test_a_day_that_is_over_or_wholly_without_internet_says_why_it_cannot_be_chosen() -> None:
    shutdown = Shutdown(date(2026, 12, 7), date(2026, 12, 7), time(5, 0), time(22, 0))
    meeting = with_calendar(Calendar(shutdowns=(shutdown,)))
    meeting.taps("Day")
    assert "Earlier" not in meeting.labels()
    assert alert(meeting.taps("✖21")) == "This day is over."
    meeting.taps("Later")
    assert alert(meeting.taps("✖7")) == "The internet is announced to be off on this day."
    assert meeting.session.wall is None


def test_an_hour_of_the_fast_or_of_a_shutdown_says_why_it_cannot_be_chosen() -> None:
    calendar = Calendar(
        shutdowns=(Shutdown(date(2026, 12, 5), date(2026, 12, 5), time(7, 0), time(9, 0)),),
        ramadan=(Ramadan(date(2026, 12, 1), date(2026, 12, 29)),),
    )
    meeting = with_calendar(calendar)
    meeting.taps("Day")
    meeting.taps("Later")
    meeting.taps("°5")
    assert alert(meeting.taps("✖08:30")) == "The internet is announced to be off at this time."
    assert alert(meeting.taps("✖16:00")) == "In Ramadan people break their fast at this time."
    meeting.taps("15:30")
    assert meeting.session.starts == datetime(2026, 12, 5, 12, 30, tzinfo=UTC)


def test_another_day_keeps_the_hour_if_it_can() -> None:
    meeting = filled()
    meeting.taps("Day")
    meeting.taps("6")
    assert meeting.session.starts == datetime(2026, 12, 6, 13, 0, tzinfo=UTC)


def test_a_session_that_has_become_impossible_meanwhile_is_not_announced() -> None:
    meeting = filled()
    meeting.taps("Look at the invitation")
    assert alert(meeting.taps("Announce", now=datetime(2026, 12, 5, 14, 0, tzinfo=UTC))) == "This time is over."


def test_seats_audience_language_and_offices_are_taps() -> None:
    meeting = scheduled()
    meeting.taps("Seats")
    meeting.taps("Another number")
    meeting.replies("٤٥")
    assert meeting.session.capacity == 45
    meeting.taps("Seats")
    meeting.taps("No limit")
    assert meeting.session.capacity is None
    meeting.taps("For whom")
    meeting.taps("Women only")
    meeting.taps("Language")
    meeting.taps("Kurdish")
    meeting.taps("Who should attend")
    meeting.taps("✓ Municipality")
    meeting.taps("Police")
    meeting.taps("Back")
    session = meeting.session
    assert (session.audience, session.language, session.offices) == ("women", "ckb", ("police", "utilities"))
    assert "For: Women only" in meeting.reads()


def test_a_number_that_is_none_is_asked_for_again() -> None:
    meeting = scheduled()
    meeting.taps("Seats")
    meeting.taps("Another number")
    for wrong in ("many", "0", "99999999"):
        assert "Please write a number" in to_group(meeting.replies(wrong, slot=next(s for s in meeting.shown if s.startswith("field:"))))
    assert meeting.session.capacity is None


def test_a_pin_belongs_to_the_place() -> None:
    meeting = scheduled()
    meeting.taps("Place")
    meeting.replies(LocationReceived(34.35, 45.39))
    assert "Please also write the place in words." in to_group(meeting.said)
    meeting.replies("Public library", slot=next(slot for slot in meeting.shown if slot.startswith("field:place")))
    session = meeting.session
    assert (session.place, session.latitude, session.longitude) == ("Public library", 34.35, 45.39)
    assert "With a point on the map" in meeting.reads()


def test_a_voice_note_is_no_topic() -> None:
    meeting = scheduled()
    meeting.taps("Topic")
    assert "as text" in to_group(meeting.replies(MediaReceived(Attachment("voice", "canary"))))


def test_a_plan_that_is_dropped_lets_the_requests_go() -> None:
    meeting = filled()
    meeting.taps("Drop this plan")
    assert meeting.session.state == "cancelled"
    assert all(asked.session is None for asked in meeting.tickets.values())
    assert meeting.rounds == []
    assert sends(meeting.said, RESIDENT) == []


def test_strangers_anonymous_admins_and_other_forums_are_refused() -> None:
    """B71, B86."""
    meeting = filled()
    other = replace(AZAD, forum=JALAWLA)
    for verb in ("plan", "set", "announce", "off", "anew", "finish", "came_of"):
        assert "another forum" in alert(meeting.press(verb, "day", forum=JALAWLA, member=other))
        for actor in ("anonymous", "channel", "stranger", "former_member", "resident"):
            alert(meeting.press(verb, "day", actor=actor, member=None))
    meeting.taps("Topic")
    assert "another forum" in told(meeting.replies("Mine", forum=JALAWLA, member=other), ToForum(JALAWLA))
    assert meeting.session.topic == ASKED.topic


def test_a_coordinator_plans_a_session_without_a_request() -> None:
    meeting = Meeting(situation(session=None))
    meeting.command("session", **{**from_province(), "forum": GROUP.forum})
    meeting.replies("The market road", **{**from_province(), "forum": GROUP.forum})
    assert (meeting.session.topic, meeting.session.forum) == ("The market road", GROUP.forum)


def test_the_province_chooses_the_forum_and_the_plan_is_in_its_group() -> None:
    meeting = Meeting(situation(session=None))
    meeting.command("session", **from_province())
    meeting.taps("Khanaqin", **from_province())
    assert meeting.plan.to == GROUP
    assert "The plan is now in the group of Khanaqin." in told(meeting.said, ToForum(PROVINCE))


def test_a_member_who_types_session_is_told_how_it_goes() -> None:
    assert "Press “Schedule” on a request." in to_group(Meeting().command("session"))


def test_months_are_called_as_in_dates() -> None:
    for language in LANGUAGES:
        for month in range(1, 13):
            title = render(replace(MONTHS[month - 1], values={"year": "2026"}), language)
            dated = render(N_("{date}", date=date(2026, month, 1)), language)
            assert title.replace("\u2068", "").replace("\u2069", "").split(" 2026")[0].strip("\u200e\u200f") in dated


def test_an_office_that_is_not_on_the_list_is_named_in_words() -> None:
    meeting = scheduled()
    meeting.taps("Who should attend")
    meeting.taps("Another office")
    meeting.replies("Roads department")
    assert (meeting.session.offices, meeting.session.office) == (("municipality", "utilities", "other"), "Roads department")
    assert "Who should attend: Municipality · Electricity and water · Roads department" in meeting.reads()
    meeting.taps("✓ Another office")
    assert meeting.session.office == ""
