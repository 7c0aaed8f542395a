"""A report is closed, opened again, and deleted when its time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model.effects import AddEntry, Audit, DropTimer, EraseTicket, MoveTicket, SetResident, SetTimer
from bot.model.events import MediaReceived, TimerFired
from bot.model.ids import PROVINCE
from bot.model.messages import Action, Attachment, ToForum, card_slot, entry_slot, media_slot
from bot.model.tickets import OUTCOMES, Content
from handlers.cards import OPENING
from handlers.desk import DESK_TIMERS
from handlers.desk.closing import reopen
from tests.handlers.build import (
    AZAD,
    KHANAQIN,
    LINKED,
    NOW,
    RESIDENT,
    SARA,
    STORY,
    Desk,
    alert,
    english,
    entry,
    from_province,
    in_slot,
    labels,
    only,
    sends,
    situation,
    taken,
    ticket,
    told,
    withdrawn,
)

GROUP, HEADS, CARD = ToForum(KHANAQIN), ToForum(PROVINCE), card_slot(ticket().id)
CLOSED = taken(state="closed", outcome="resolved")


def test_closing_asks_why_then_for_words_then_closes() -> None:
    desk = Desk(situation(taken()))
    [ask] = sends(desk.press("close"))
    assert ask.slot is not None
    assert labels(desk.said, GROUP, ask.slot) == [
        ["The problem is solved"],
        ["Passed to another office"],
        ["We cannot do this"],
        ["Same as another report"],
        ["No answer to our question"],
        ["Not a report"],
        ["Cancel"],
    ]
    prompt = desk.press_button("The problem is solved")
    assert withdrawn(prompt, GROUP) == [ask.slot]
    [asked] = sends(prompt, GROUP)
    assert "what was done?" in english(asked.message.body)

    effects = desk.reply("The lamp was repaired on Sunday.")
    closed = only(effects, MoveTicket).ticket
    assert (closed.state, closed.outcome, closed.taker) == ("closed", "resolved", SARA.id)
    assert withdrawn(effects, GROUP) == [asked.slot]
    assert in_slot(effects, GROUP, CARD).startswith("Report KHN-7F3K9 is closed. By: Sara K.")
    assert labels(effects, GROUP, CARD) == []
    assert told(effects, RESIDENT) == (
        "Report KHN-7F3K9 was closed.\nResult: The lamp was repaired on Sunday.\nIf the problem is not solved, press “Open again”."
    )
    [sent] = sends(effects, RESIDENT)
    assert [button.action for row in sent.message.rows for button in row] == [Action("reopen", ticket().id)]
    assert sent.entry == only(effects, AddEntry).entry.id
    assert only(effects, Audit).detail == "resolved"
    assert only(effects, SetResident) == SetResident(RESIDENT.resident, refocus=True, focus=None)


def test_a_closed_report_is_deleted_after_the_time_that_was_promised() -> None:
    effects = Desk(situation(taken())).press("skip", "resolved", "tokenn000001")
    timer = only(effects, SetTimer)
    assert (timer.key, timer.kind, timer.ticket) == (f"purge:{ticket().id}", "purge", ticket().id)
    assert timer.due == NOW + timedelta(days=180)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_skip_closes_without_words_and_the_outcome_stays_in_the_forum(outcome: str) -> None:
    """B68."""
    desk = Desk(situation(taken()))
    desk.press("outcome", outcome, "tokenn000001")
    effects = desk.press_button("Skip")
    assert only(effects, MoveTicket).ticket.outcome == outcome
    assert told(effects, RESIDENT) == "Report KHN-7F3K9 was closed.\nIf the problem is not solved, press “Open again”."


def test_cancel_takes_the_question_back_and_closes_nothing() -> None:
    for step in ("close", "outcome"):
        desk = Desk(situation(taken()))
        [asked] = sends(desk.press(step, *(("duplicate", "tokenn000001") if step == "outcome" else ())))
        effects = desk.press_button("Cancel")
        assert withdrawn(effects, GROUP) == [asked.slot]
        assert len(effects) == 1


def test_a_cancel_that_is_about_nothing_does_nothing() -> None:
    assert Desk(situation(taken())).press("cancel") == []


def test_a_reporter_who_wants_no_messages_is_not_written_to() -> None:
    desk = Desk(situation(taken(contact=False)))
    desk.press("close")
    effects = desk.press_button("We cannot do this")
    assert only(effects, MoveTicket).ticket.state == "closed"
    assert sends(effects, RESIDENT) == []


def test_closing_words_with_a_phone_number_are_asked_for_again() -> None:
    desk = Desk(situation(taken()))
    desk.press("outcome", "resolved", "tokenn000001")
    effects = desk.reply("Call 0770 123 4567")
    assert not any(isinstance(effect, MoveTicket) for effect in effects)
    assert "Please write them again without it" in told(effects, GROUP)


def test_closing_words_are_text() -> None:
    desk = Desk(situation(taken()))
    desk.press("outcome", "resolved", "tokenn000001")
    effects = desk.reply(MediaReceived(Attachment("photo", "p")))
    assert told(effects, GROUP) == "Please write it as text, as a reply to the same message."


def test_two_who_close_together_close_once() -> None:
    desk = Desk(situation(taken()))
    desk.press("skip", "resolved", "tokenn000001")
    assert alert(desk.press("skip", "no_power", "tokenn000002", member=AZAD)) == "Report KHN-7F3K9 is closed."


def test_an_outcome_that_does_not_exist_closes_nothing() -> None:
    for verb in ("outcome", "skip"):
        assert alert(Desk(situation(taken())).press(verb, "magic", "tokenn000001")).startswith("This button is old.")
        assert alert(Desk(situation(taken())).press(verb)).startswith("This button is old.")


def test_the_reporter_opens_it_again_and_the_forum_hears_of_it() -> None:
    """B66."""
    effects = reopen(CLOSED, situation(CLOSED, place="private", forum=None, member=None, actor="resident"))
    again = only(effects, MoveTicket).ticket
    assert (again.state, again.outcome, again.taker) == ("new", None, None)
    assert only(effects, DropTimer).key == f"purge:{CLOSED.id}"
    assert in_slot(effects, GROUP, CARD).startswith("New report KHN-7F3K9")
    assert "The reporter says the problem in KHN-7F3K9 is not solved." in told(effects, GROUP)
    assert told(effects, RESIDENT) == "Report KHN-7F3K9 is open again, and the forum knows."


def test_what_is_open_cannot_be_opened_again() -> None:
    """B21: a double tap."""
    assert reopen(taken(), situation(taken())) == []


def test_at_the_end_nothing_of_it_is_left_in_the_group() -> None:
    about = taken(state="closed", outcome="resolved", content=Content(STORY, (Attachment("photo", "p"),)))
    thread = (entry("message"), entry("answer"), entry("note"))
    here = situation(about, place="machine", forum=None, member=None, actor="stranger", entries=thread)
    effects = list(DESK_TIMERS["purge"](here, TimerFired("purge", f"purge:{about.id}")))
    assert only(effects, EraseTicket).ticket == about.id
    assert STORY not in told(effects, GROUP)
    assert "its data is deleted now" in in_slot(effects, GROUP, CARD)
    assert set(withdrawn(effects, GROUP)) == {media_slot(about.id, OPENING, 0), *(entry_slot(each.id) for each in thread)}
    assert sends(effects, RESIDENT) == []
    assert only(effects, Audit) == Audit("purge", about.id, KHANAQIN)


def test_a_report_that_was_opened_again_is_not_deleted() -> None:
    for about in (taken(), ticket(), ticket(state="erased")):
        assert list(DESK_TIMERS["purge"](situation(about), TimerFired("purge", "purge:x"))) == []
    assert list(DESK_TIMERS["purge"](situation(ticket=None), TimerFired("purge", "purge:x"))) == []


def test_a_sensitive_report_is_closed_in_both_groups() -> None:
    about = ticket(sensitive=True)
    desk = Desk(situation(about, **from_province(forums=LINKED)))
    desk.press("outcome", "referred", "tokenn000001")
    effects = desk.press_button("Skip")
    assert in_slot(effects, GROUP, CARD) == "Report KHN-7F3K9 is closed."
    assert "Passed to another office" in in_slot(effects, HEADS, CARD)
