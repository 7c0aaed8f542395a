"""What came of a session: how many came, the minutes, promises and whether they were kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.model.effects import DropTimer, SetPromise, SetTimer
from bot.model.events import MediaReceived
from bot.model.ids import PROVINCE, PromiseId
from bot.model.messages import Action, Attachment, ToForum
from bot.model.people import Resident
from bot.model.sessions import Attendance, Feedback, Promise, Tally
from handlers import BOOK
from handlers.feedback import rate
from tests.handlers.build import AZAD, RESIDENT, alert, english, in_slot, only, sends, told
from tests.handlers.meeting import GROUP, Meeting, announced, held, to_group

OFFICE = "Municipality"


def promised(meeting: Meeting | None = None) -> tuple[Meeting, Promise]:
    meeting = meeting or held()
    meeting.taps("Write down a promise")
    meeting.taps(OFFICE)
    meeting.replies("A second pump")
    meeting.taps("Later")
    meeting.taps("20")
    return meeting, only(meeting.said, SetPromise).promise


def test_when_a_session_is_over_the_forum_is_asked_and_who_came_is_asked() -> None:
    meeting = held()
    assert meeting.session.state == "held"
    assert (meeting.rounds[-1].kind, meeting.rounds[-1].reach) == ("feedback", "coming")
    assert "The session is over. How many people came?" in meeting.reads()
    assert meeting.labels() == ["How many came", "Minutes", "Write down a promise", "Close the requests"]


def test_a_session_that_was_moved_or_cancelled_is_not_over() -> None:
    meeting = announced()
    assert meeting.fires("over", "session:x:over", datetime(2026, 12, 5, 12, 0, tzinfo=UTC)) == []
    meeting.taps("Cancel the session")
    meeting.replies("The road is closed.")
    assert meeting.fires("over", "session:x:over", datetime(2026, 12, 5, 15, 0, tzinfo=UTC)) == []


@pytest.mark.parametrize("typed", ["12 9 5", "١٢، ٩، ٥", "men ۱۲\nwomen ۹\nyouth ۵"])
def test_how_many_came_is_three_numbers_in_any_digits(typed: str) -> None:
    meeting = held()
    meeting.taps("How many came")
    meeting.replies(typed)
    assert meeting.session.attendance == Attendance(12, 9, 5)
    assert "Came: 12 men, 9 women, 5 young people" in meeting.reads()
    assert "Came: 12 men, 9 women, 5 young people" in told(meeting.said, ToForum(PROVINCE))


@pytest.mark.parametrize("typed", ["many", "12", "12 9", "1 2 3 4", "999999 1 1"])
def test_anything_else_is_asked_for_again(typed: str) -> None:
    meeting = held()
    meeting.taps("How many came")
    assert "three numbers" in to_group(meeting.replies(typed))
    assert meeting.session.attendance is None


def test_minutes_are_words_or_a_photo() -> None:
    meeting = held()
    meeting.taps("Minutes")
    prompt = next(slot for slot in meeting.shown if slot.startswith("field:minutes"))
    meeting.replies("The pump is too weak.", prompt)
    assert "Minutes: The pump is too weak." in meeting.reads()
    photo = Attachment("photo", "canary-file")
    meeting.replies(MediaReceived(photo), prompt)
    [shown] = [send for send in sends(meeting.said, ToForum(PROVINCE)) if send.message.attachment]
    assert shown.message.attachment == photo
    assert shown.message.protect
    assert sends(meeting.said, RESIDENT) == []
    assert "not too big" in to_group(meeting.replies(MediaReceived(replace(photo, kind="voice")), prompt))


def test_minutes_with_a_phone_number_are_asked_for_again() -> None:
    meeting = held()
    meeting.taps("Minutes")
    assert "without phone numbers" in to_group(meeting.replies("Call 0770 123 4567"))
    assert meeting.session.summary == ""


def test_a_promise_is_an_office_words_and_a_day_and_has_a_timer() -> None:
    meeting, promise = promised()
    assert (promise.who, promise.what, promise.due, promise.state) == ("municipality", "A second pump", date(2027, 1, 20), "open")
    timer = only(meeting.said, SetTimer)
    assert (timer.kind, timer.key, timer.session) == ("promise", f"promise:{promise.id}", meeting.session.id)
    assert "• Municipality: A second pump – by 20 January 2027 – open" in meeting.reads()
    _, second = promised(meeting)
    assert second.id != promise.id


def test_an_office_that_is_not_on_the_list_is_written() -> None:
    meeting = held()
    meeting.taps("Write down a promise")
    meeting.taps("Another office")
    meeting.replies("Roads department", next(slot for slot in meeting.shown if slot.startswith("field:office")))
    meeting.replies("Gravel", next(slot for slot in meeting.shown if slot.startswith("field:what")))
    meeting.taps("20")
    assert only(meeting.said, SetPromise).promise.who == "Roads department"


def test_when_a_promise_falls_due_the_forum_is_asked_and_its_word_is_told() -> None:
    meeting, promise = promised()
    due = datetime(2027, 1, 20, 7, 0, tzinfo=UTC)
    asked = meeting.fires("promise", f"promise:{promise.id}", due)
    assert "Municipality promised: A second pump" in in_slot(asked, GROUP, f"promise:{promise.id}")
    meeting.taps("kept")
    assert meeting.here.promises[0].state == "kept"
    assert (meeting.rounds[-1].kind, meeting.rounds[-1].reach, meeting.rounds[-1].subject) == ("promise", "answered", promise.id)
    assert only(meeting.said, DropTimer).key == f"promise:{promise.id}"
    assert "A second pump – by 20 January 2027 – kept" in meeting.reads()
    assert meeting.fires("promise", f"promise:{promise.id}", due) == []


def test_of_two_words_about_one_promise_the_first_counts() -> None:
    """B57."""
    meeting, promise = promised()
    meeting.fires("promise", f"promise:{promise.id}", datetime(2027, 1, 20, 7, 0, tzinfo=UTC))
    meeting.press("came_of", promise.id, "broken")
    assert "old" in alert(meeting.press("came_of", promise.id, "kept", member=AZAD))
    assert meeting.here.promises[0].state == "broken"


def test_a_moved_promise_has_a_later_day_and_is_asked_about_again() -> None:
    meeting, promise = promised()
    meeting.fires("promise", f"promise:{promise.id}", datetime(2027, 1, 20, 7, 0, tzinfo=UTC))
    meeting.taps("moved")
    meeting.taps("Later")
    meeting.taps("15")
    [later] = meeting.here.promises
    assert (later.state, later.due) == ("open", date(2027, 2, 15))
    assert only(meeting.said, SetTimer).due == datetime(2027, 2, 15, 7, 0, tzinfo=UTC)
    assert meeting.rounds[-1].kind == "promise"


def test_what_people_thought_is_numbers_and_words_without_who() -> None:
    meeting = held()
    feedback = (Feedback("good", "At last somebody listens."), Feedback("good"), Feedback("bad"))
    meeting.here = replace(meeting.here, feedback=feedback, tally=Tally(coming=4, maybe=2, no=1))
    meeting.fires("summary", f"summary:{meeting.session.id}", datetime(2026, 12, 5, 15, 0, tzinfo=UTC))
    for chat in (GROUP, ToForum(PROVINCE)):
        summary = told(meeting.said, chat)
        assert "Good: 2 · Fair: 0 · Bad: 1" in summary
        assert "Words from people who came:\n– At last somebody listens." in summary
        assert "Coming: 4\nNot coming: 1\nMaybe: 2" in summary
        assert RESIDENT.resident not in summary
    assert meeting.plan.message.protect


def test_the_requests_of_a_session_are_closed_together() -> None:
    meeting = held()
    meeting.taps("Close the requests")
    assert {asked.state for asked in meeting.tickets.values()} == {"closed"}
    assert "Request KHN-AAAA was closed." in told(meeting.said, RESIDENT)
    meeting.taps("Close the requests")
    assert "no open requests" in to_group(meeting.said)


def test_sessions_lists_coming_past_and_open_promises() -> None:
    """B99."""
    meeting, _ = promised()
    here = meeting.here
    meeting.here = replace(here, sessions=(meeting.session,))
    listed = to_group(meeting.command("sessions"))
    assert "“Water in the old town” – 5 December 2026 – has taken place" in listed
    assert "Promises that are open:\n• Municipality: A second pump – by 20 January 2027 – open" in listed
    assert meeting.taps("Water in the old town")
    assert "Here is the session “Water in the old town”." in to_group(meeting.said)


def test_a_long_list_is_turned_page_by_page() -> None:
    meeting = held()
    many = tuple(replace(meeting.session, topic=f"Topic {number}") for number in range(20))
    meeting.here = replace(meeting.here, sessions=many)
    assert "Topic 7”" in to_group(meeting.command("sessions"))
    later = english(meeting.shown[next(slot for slot in reversed(meeting.shown) if slot.startswith("sessions:"))].message.rows[-1][0].label)
    assert later == "Later"


def test_what_somebody_thought_is_shown_at_the_full_hour_with_that_of_others() -> None:
    """The hour at which one person answers says nothing."""
    meeting = held()
    resident = Resident(RESIDENT.resident, "en", consented=True)
    here = replace(meeting.loaded(None), place="private", forum=None, member=None, actor="resident", resident=resident, answer="coming")
    timers = [
        only(list(rate(replace(here, now=now), Action("rate", None, ("good",), meeting.session.id))), SetTimer)
        for now in (datetime(2026, 12, 5, 15, 1, tzinfo=UTC), datetime(2026, 12, 5, 15, 59, tzinfo=UTC))
    ]
    assert timers[0] == timers[1]
    assert timers[0].due == datetime(2026, 12, 5, 16, 0, tzinfo=UTC)
    assert timers[0].kind in BOOK.timers


def test_all_words_are_read_page_by_page_in_full() -> None:
    meeting = held()
    assert "Read all words" not in meeting.labels()
    meeting.here = replace(meeting.here, feedback=tuple(Feedback("fair", f"{number} " + "x" * 900) for number in range(7)))
    meeting.fires("summary", f"summary:{meeting.session.id}", datetime(2026, 12, 5, 15, 0, tzinfo=UTC))
    assert len(meeting.reads()) < 2000
    first = to_group(meeting.taps("Read all words", member=AZAD, forum=GROUP.forum, actor="member", place="group"))
    assert "page 1 of 3" in first
    assert first.count("x" * 900) == 3
    assert "page 2 of 3" in to_group(meeting.taps("Later"))


def test_a_summary_with_many_promises_stays_one_message() -> None:
    meeting = held()
    many = tuple(
        Promise(PromiseId(f"promise{number:05}"), meeting.session.id, "w" * 60, "x" * 200, date(2027, 1, 1)) for number in range(30)
    )
    meeting.here = replace(meeting.here, promises=many)
    meeting.fires("summary", f"summary:{meeting.session.id}", datetime(2026, 12, 5, 15, 0, tzinfo=UTC))
    assert "and 20 more promises" in meeting.reads()
    assert len(meeting.reads()) < 4096


def test_a_promise_kept_early_is_told_before_its_day() -> None:
    meeting, promise = promised()
    meeting.taps("What became of a promise")
    meeting.taps("Municipality: A second pump")
    meeting.taps("kept")
    assert meeting.here.promises[0].state == "kept"
    assert meeting.rounds[-1].subject == promise.id
    meeting.taps("Back")
    assert "What became of a promise" not in meeting.labels()
