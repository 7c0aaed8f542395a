"""Change or cancel a session that people know of: everybody hears of it once, with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.model.effects import DropTimer, SetTimer
from bot.model.events import LocationReceived
from bot.model.sessions import Tally
from handlers import BOOK
from handlers.sessions.plan import plan_message
from tests.handlers.build import AZAD, alert, english, only, sends
from tests.handlers.meeting import GROUP, Meeting, announced, to_group


def changed() -> Meeting:
    meeting = announced()
    meeting.taps("Change")
    meeting.taps("Day")
    meeting.taps("6")
    return meeting


def test_a_change_is_told_once_with_its_reason_and_counts_as_one_more() -> None:
    """B98: the sequence is raised, so that a calendar's entry is replaced."""
    meeting = changed()
    assert meeting.session.starts == datetime(2026, 12, 5, 13, 0, tzinfo=UTC)
    assert "Change, not told to anybody yet:\nDate: 6 December 2026\nTime: 16:00\nPlace: Public library" in meeting.reads()
    meeting.taps("Tell everybody")
    meeting.replies("The hall is being painted.")
    session = meeting.session
    assert (session.starts, session.sequence) == (datetime(2026, 12, 6, 13, 0, tzinfo=UTC), 1)
    assert session.reason == "The hall is being painted."
    assert [(each.kind, each.reach) for each in meeting.rounds] == [("invitation", "invited"), ("changed", "answered")]
    assert "Change, not told" not in meeting.reads()


def test_the_timers_move_with_the_session() -> None:
    meeting = changed()
    meeting.taps("Tell everybody")
    meeting.replies("The hall is being painted.")
    dropped = [effect.key for effect in meeting.said if isinstance(effect, DropTimer)]
    begun = [effect for effect in meeting.said if isinstance(effect, SetTimer)]
    assert {timer.key for timer in begun} == set(dropped)
    over = next(timer for timer in begun if timer.kind == "over")
    assert over.due == datetime(2026, 12, 6, 14, 30, tzinfo=UTC)
    assert meeting.said.index(over) > max(meeting.said.index(effect) for effect in meeting.said if isinstance(effect, DropTimer))


def test_until_it_is_told_a_change_can_be_left() -> None:
    meeting = changed()
    meeting.taps("Leave as it was")
    assert "5 December 2026" in meeting.reads()
    assert "6 December 2026" not in meeting.reads()
    assert "Nothing has been changed yet." in alert(meeting.press("plan", "reason"))
    assert len(meeting.rounds) == 1


def test_another_place_takes_its_own_pin() -> None:
    meeting = announced()
    meeting.taps("Change")
    meeting.taps("Place")
    meeting.replies(LocationReceived(34.4, 45.4, "Youth centre"))
    assert meeting.session.place == "Public library"
    meeting.taps("Tell everybody")
    meeting.replies("The hall is being painted.")
    session = meeting.session
    assert (session.place, session.latitude, session.longitude) == ("Youth centre", 34.4, 45.4)


def test_a_reason_that_shows_who_someone_is_is_asked_for_again() -> None:
    meeting = changed()
    meeting.taps("Tell everybody")
    assert "without names and phone numbers" in to_group(meeting.replies("Call 0770 123 4567"))
    assert len(meeting.rounds) == 1
    meeting.replies("Painting.", slot=next(slot for slot in meeting.shown if slot.startswith("field:reason")))
    assert len(meeting.rounds) == 2


def test_two_reasons_for_one_change_tell_it_once() -> None:
    meeting = changed()
    meeting.taps("Tell everybody")
    prompt = next(slot for slot in meeting.shown if slot.startswith("field:reason"))
    meeting.replies("Painting.", prompt)
    assert "old" in to_group(meeting.replies("Painting!", prompt, member=AZAD))
    assert len(meeting.rounds) == 2


def test_a_cancelled_session_is_told_once_with_its_reason() -> None:
    meeting = announced()
    meeting.taps("Cancel the session")
    assert meeting.session.state == "announced"
    prompt = next(slot for slot in meeting.shown if slot.startswith("field:off"))
    meeting.replies("The road is closed.", prompt)
    assert (meeting.session.state, meeting.session.sequence) == ("cancelled", 1)
    assert (meeting.rounds[-1].kind, meeting.rounds[-1].reach) == ("cancelled", "answered")
    assert len([effect for effect in meeting.said if isinstance(effect, DropTimer)]) == 3
    assert meeting.plan.message.rows == ()
    assert "Reason: The road is closed." in meeting.reads()
    assert "old" in to_group(meeting.replies("Again.", prompt))
    assert len(meeting.rounds) == 2


def test_the_requests_of_a_cancelled_session_are_planned_anew_together() -> None:
    meeting = announced()
    former = meeting.session.id
    meeting.taps("Cancel the session")
    meeting.replies("The road is closed.")
    [asked] = meeting.tickets.values()
    meeting.press("schedule", about=asked)
    assert meeting.session.id != former
    assert meeting.session.state == "planned"
    assert meeting.tickets[asked.id].session == meeting.session.id


def test_answers_arriving_do_not_disturb_an_open_change() -> None:
    """The plan is made from the session alone: whoever refreshes it shows the same."""
    meeting = changed()
    before = meeting.plan
    assert plan_message(meeting.session, meeting.here).message == before.message
    assert english(before.message.body)
    assert sends([before], GROUP)


def test_more_seats_let_who_waits_move_up_and_fewer_than_taken_are_refused() -> None:
    """B96."""
    meeting = announced()
    meeting.here = replace(meeting.here, tally=Tally(coming=20, waiting=3))
    meeting.taps("Seats")
    assert "20 people have said that they will come." in alert(meeting.taps("10"))
    meeting.taps("Another number")
    assert "20 people have said that they will come." in to_group(meeting.replies("19"))
    meeting.replies("22", slot=next(slot for slot in meeting.shown if slot.startswith("field:seats")))
    assert meeting.session.capacity == 22
    timer = only(meeting.said, SetTimer)
    assert (timer.kind, timer.due, timer.session) == ("seats", meeting.here.now, meeting.session.id)
    assert "seats" in BOOK.timers
    assert len(meeting.rounds) == 1
