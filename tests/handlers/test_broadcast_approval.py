"""The second person: who may approve a broadcast, what exactly they approve, and what takes it back (B87)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from bot.model.broadcasts import Occurrence, Schedule
from bot.model.effects import Audit, DropTimer, MoveBroadcast, OpenOccurrence
from bot.model.events import MediaReceived
from bot.model.ids import PROVINCE
from bot.model.messages import Action, Attachment
from bot.model.people import Member
from tests.handlers.build import JALAWLA, alert, english, only, sends, told
from tests.handlers.casting import (
    AZAD,
    FORUM,
    LAYLA,
    OFFICE,
    OMAR,
    SARA,
    SARA_IN_THE_PROVINCE,
    TEXTS,
    Writing,
    approved,
    begun,
    seated,
    submitted,
    written,
)

WEEKLY = Schedule("weekly", at=time(10), days=("sun",))


def recurring() -> Writing:
    """Return an approved broadcast whose first time is still to come."""
    writing = written()
    writing.here = replace(writing.here, broadcast=replace(writing.broadcast, schedule=WEEKLY))
    writing.press("preview")
    writing.press("submit")
    writing.taps("Approve", writing.card, **seated(OMAR))
    assert writing.state() == "approved"
    return writing


def test_the_province_sees_what_people_will_read_and_every_fact() -> None:
    """B88: the number of people stands there before anybody approves."""
    writing = submitted()
    shown = told(writing.said, OFFICE)
    for text in TEXTS.values():
        assert text.splitlines()[0] in shown
    card = english(writing.card.message.body)
    for fact in ("Broadcast – Khanaqin", "Topic: Protection from drugs", "The message will go to 1240 people.", "Time: At once"):
        assert fact in card
    assert writing.labels(writing.card) == ["Preview", "Approve", "Give it back"]


def test_who_wrote_it_is_named_in_their_own_group_only() -> None:
    assert "Sara K." not in english(submitted(SARA).card.message.body)
    assert "Written by: Layla H." in english(submitted(LAYLA).card.message.body)


def test_another_coordinator_approves_and_it_begins() -> None:
    """B87."""
    writing = submitted()
    writing.taps("Approve", writing.card, **seated(OMAR))
    broadcast = writing.broadcast
    assert (broadcast.state, broadcast.approved, broadcast.approver) == ("approved", broadcast.revision, OMAR.id)
    opened = only(writing.said, OpenOccurrence)
    assert (opened.occurrence.revision, set(opened.messages)) == (broadcast.approved, {"ar", "ckb", "en"})
    assert "Approved by: Omar S." in english(writing.card.message.body)
    assert "The province has approved this broadcast." in told(writing.said, FORUM)
    assert "Omar S." not in told(writing.said, FORUM)
    assert "cast_approve" in {effect.action for effect in writing.said if isinstance(effect, Audit)}


@pytest.mark.parametrize(
    "author",
    [SARA_IN_THE_PROVINCE, replace(OMAR, person=SARA.person), replace(OMAR, id=SARA.id), replace(OMAR, person="")],
    ids=["her other membership", "the same person by another id", "the same id", "nobody known"],
)
def test_the_author_cannot_approve_nor_give_back_their_own(author: Member) -> None:
    """B87: under whatever membership."""
    writing = submitted()
    for step in ("approve", "return"):
        assert "You wrote this broadcast." in alert(writing.press(step, verb="cast_ok", **seated(author)))
    assert writing.state() == "submitted"


def test_an_author_of_the_province_cannot_approve_their_own() -> None:
    """B87."""
    writing = submitted(LAYLA)
    assert "You wrote this broadcast." in alert(writing.taps("Approve", writing.card, **seated(LAYLA)))
    writing.taps("Approve", writing.card, **seated(OMAR))
    assert writing.state() == "approved"


def test_whoever_changed_a_word_of_it_cannot_approve_it() -> None:
    """B87: also of somebody else's broadcast."""
    writing = written(LAYLA)
    writing.press("text", "en", **seated(OMAR))
    writing.replies("Omar's words.", **seated(OMAR))
    writing.press("preview")
    writing.press("submit")
    assert "You wrote this broadcast." in alert(writing.taps("Approve", writing.card, **seated(OMAR)))


def test_only_coordinators_in_the_group_of_the_province_approve() -> None:
    """B71, B86."""
    writing = submitted()
    azad_coordinates: dict[str, Any] = {**seated(AZAD), "actor": "coordinator"}
    for who in (seated(AZAD), azad_coordinates, seated(replace(AZAD, forum=JALAWLA)), {**seated(OMAR), "actor": "member"}):
        assert "Only a coordinator can do this" in alert(writing.press("approve", verb="cast_ok", **who))
    for actor in ("anonymous", "channel", "stranger", "former_member", "resident"):
        alert(writing.press("approve", verb="cast_ok", forum=PROVINCE, member=None, actor=actor))
        alert(writing.press("approve", verb="cast_ok", **{**seated(OMAR), "actor": actor}))
    assert writing.state() == "submitted"


def test_a_changed_text_needs_a_new_approval() -> None:
    """B87: what was approved is what is sent."""
    writing = recurring()
    stale = writing.card
    writing.taps("Change", writing.panel, **seated(SARA))
    writing.taps("Yes, change it", **seated(SARA))
    assert (writing.broadcast.state, writing.broadcast.approved, writing.broadcast.approver) == ("draft", 0, None)
    assert only(writing.said, DropTimer).key == f"cast_due:{writing.broadcast.id}"
    writing.press("text", "en", **seated(SARA))
    writing.replies("Other words.", **seated(SARA))
    writing.press("preview")
    writing.press("submit")
    assert writing.state() == "submitted"
    assert "This broadcast was submitted again." in told(writing.said, OFFICE)
    action = Action("cast_ok", None, ("approve", str(writing.broadcast.revision - 1)), broadcast=writing.broadcast.id)
    assert "changed meanwhile" in alert(writing.presses(action, **seated(OMAR)))
    assert "changed meanwhile" in alert(writing.taps("Preview", stale, **seated(OMAR)))
    writing.taps("Approve", writing.card, **seated(OMAR))
    assert writing.broadcast.approved == writing.broadcast.revision


def test_a_change_of_the_time_needs_a_new_approval_too() -> None:
    writing = recurring()
    timing = Action("cast_when", None, ("open", "", str(writing.broadcast.revision)), broadcast=writing.broadcast.id)
    alert(writing.presses(timing, **seated(SARA)))
    assert writing.state() == "approved"


def test_of_two_who_approve_at_once_the_second_finds_it_done() -> None:
    """B57: the loser's turn is repeated on the approved broadcast."""
    writing = submitted()
    card = writing.card
    writing.taps("Approve", card, **seated(OMAR))
    assert alert(writing.taps("Approve", card, **seated(LAYLA))) == "This broadcast does not wait for an approval now."
    assert len(writing.here.occurrences) == 1


def test_one_approves_while_the_author_takes_it_back() -> None:
    writing = submitted()
    card = writing.card
    writing.taps("Change", writing.panel)
    writing.taps("Yes, change it")
    assert "changed meanwhile" in alert(writing.taps("Approve", card, **seated(OMAR)))
    assert writing.here.occurrences == ()


def test_it_is_given_back_with_a_reason_that_its_group_reads() -> None:
    writing = submitted()
    writing.taps("Give it back", writing.card, **seated(OMAR))
    writing.replies("Please say where to call.", **seated(OMAR))
    assert writing.state() == "draft"
    assert "The province gave it back: Please say where to call." in told(writing.said, FORUM)
    assert "The province gave it back: Please say where to call." in writing.reads()
    assert "Omar" not in told(writing.said, FORUM)
    assert writing.labels(writing.card) == []
    writing.press("text", "en", **seated(SARA))
    writing.replies("Call us.", **seated(SARA))
    assert "The province gave it back" in writing.reads()
    writing.press("preview")
    writing.press("submit")
    assert "gave it back" not in writing.reads()


def test_a_reason_needs_words_and_a_broadcast_that_still_waits() -> None:
    writing = submitted()
    writing.taps("Give it back", writing.card, **seated(OMAR))
    slot = next(slot for _, slot in reversed(writing.shown) if ":return:" in slot)
    for unfit in ("", "  ", "x" * 501):
        assert "at most 500" in told(writing.replies_to(slot, unfit, **seated(OMAR)), OFFICE)
    photo = MediaReceived(Attachment("photo", "canary"))
    assert "as text" in told(writing.replies_to(slot, photo, **seated(OMAR)), OFFICE)
    assert "You wrote this broadcast." in told(writing.replies_to(slot, "Why not", **seated(SARA_IN_THE_PROVINCE)), OFFICE)
    assert writing.state() == "submitted"
    writing.taps("Approve", writing.card, **seated(LAYLA))
    assert "does not wait" in told(writing.replies_to(slot, "Too late", **seated(OMAR)), OFFICE)
    assert writing.state() == "approved"


def test_the_province_takes_its_approval_back_after_a_question() -> None:
    writing = recurring()
    writing.taps("Take the approval back", writing.card, **seated(LAYLA))
    assert writing.state() == "approved"
    writing.taps("No", **seated(LAYLA))
    writing.taps("Take the approval back", writing.card, **seated(LAYLA))
    writing.taps("Yes", **seated(LAYLA))
    assert writing.state() == "draft"
    assert "The province has taken its approval of this broadcast back." in told(writing.said, FORUM)
    assert any(isinstance(effect, DropTimer) for effect in writing.said)
    assert "not approved" in english(_toast(writing.press("undo", verb="cast_ok", **seated(LAYLA))).text)


def _toast(effects: list[Any]) -> Any:
    return next(effect for effect in effects if hasattr(effect, "alert"))


def test_an_approval_is_not_taken_back_under_a_sending_that_runs() -> None:
    """It has a pause and a cancel of its own, with exact numbers."""
    writing = approved()
    writing.taps("Take the approval back", writing.card, **seated(LAYLA))
    assert "being sent at this moment" in english(_toast(writing.taps("Yes", **seated(LAYLA))).text)
    assert not [effect for effect in writing.said if isinstance(effect, MoveBroadcast)]


def test_a_time_that_has_passed_meanwhile_is_not_approved() -> None:
    writing = written()
    now = writing.here.now
    once = Schedule("once", day=date(2026, 11, 23), at=time(10))
    writing.here = replace(writing.here, broadcast=replace(writing.broadcast, schedule=once))
    writing.press("preview")
    writing.press("submit")
    assert writing.state() == "submitted"
    refused = alert(writing.taps("Approve", writing.card, **seated(OMAR), now=now + timedelta(days=3)))
    assert refused.startswith("Still missing:")
    assert writing.state() == "submitted"


def test_nothing_is_approved_while_the_clock_is_in_doubt() -> None:
    """F31."""
    writing = submitted()
    alert(writing.taps("Approve", writing.card, **seated(OMAR), doubted=3600))
    assert writing.state() == "submitted"


def test_a_finished_broadcast_can_neither_be_changed_nor_approved() -> None:
    writing = approved()
    writing.here = replace(writing.here, broadcast=replace(writing.broadcast, state="finished"), occurrences=())
    for step, value in (("open", "change"), ("change", "yes"), ("submit", ""), ("show", "")):
        alert(writing.press(step, value))
    alert(writing.press("approve", verb="cast_ok", **seated(OMAR)))


def test_what_was_sent_before_is_ended_and_not_forgotten() -> None:
    writing = recurring()
    sent = Occurrence(
        id="occurrencea1",  # type: ignore[arg-type]  # an id is a string
        broadcast=writing.broadcast.id,
        forum=writing.broadcast.forum,
        wall=writing.here.now.replace(tzinfo=None),
        due=writing.here.now,
        state="done",
        revision=writing.broadcast.approved,
    )
    writing.here = replace(writing.here, occurrences=(sent,))
    writing.press("change", "yes")
    writing.press("delete", "yes")
    assert not writing.gone
    assert writing.state() == "finished"


def test_a_card_of_the_province_is_no_way_round_for_its_members_elsewhere() -> None:
    writing = submitted()
    assert "old" in alert(writing.press("preview", verb="cast_ok", **seated(SARA)))
    assert alert(writing.press("preview", verb="cast_ok", **seated(replace(AZAD, forum=JALAWLA)))) == (
        "This broadcast belongs to another group."
    )
    assert sends(begun().said, OFFICE) == []
