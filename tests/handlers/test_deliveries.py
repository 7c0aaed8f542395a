"""What became of the forum's words, and the reporter's further words, as the group sees them."""

from __future__ import annotations

import pytest

from bot.model.effects import Effect, MoveTicket, SetEntry
from bot.model.events import Delivery, DeliveryChanged
from bot.model.ids import PROVINCE
from bot.model.messages import Attachment, ToForum, card_slot, entry_slot, media_slot
from bot.model.tickets import Ticket
from handlers.deliveries import delivery_changed, resident_back, resident_gone
from handlers.thread import message_from_resident
from tests.handlers.build import (
    KHANAQIN,
    RESIDENT,
    entry,
    in_slot,
    labels,
    only,
    sends,
    situation,
    taken,
    ticket,
    told,
)

GROUP, HEADS, CARD = ToForum(KHANAQIN), ToForum(PROVINCE), card_slot(ticket().id)
ANSWER = entry("answer", "We are coming", delivery="waiting")
SLOT = entry_slot(ANSWER.id)


def _learnt(delivery: Delivery, about: Ticket | None = None) -> list[Effect]:
    here = situation(about or taken(), place="machine", forum=None, member=None, actor="stranger", entries=(ANSWER,))
    return list(delivery_changed(here, DeliveryChanged(ANSWER.id, ticket().id, delivery)))


@pytest.mark.parametrize(("delivery", "mark"), [("delivered", "✔ delivered"), ("blocked", "✖ blocked"), ("failed", "✖ not sent")])
def test_the_group_sees_what_became_of_an_answer(delivery: Delivery, mark: str) -> None:
    """B59: in the same message that said it waits."""
    effects = _learnt(delivery)
    assert in_slot(effects, GROUP, SLOT).startswith(f"Answer for KHN-7F3K9: {mark}")
    assert in_slot(effects, GROUP, SLOT).endswith("\n\nWe are coming")
    assert only(effects, SetEntry).entry.delivery == delivery
    assert sends(effects, RESIDENT) == []


def test_a_reporter_who_blocked_the_bot_is_marked_on_the_card() -> None:
    """B59, B81."""
    effects = _learnt("blocked")
    assert only(effects, MoveTicket).ticket.reachable is False
    assert "✖ The reporter cannot be reached" in in_slot(effects, GROUP, CARD)
    assert "The answer for KHN-7F3K9 did not arrive." in in_slot(effects, GROUP, SLOT)


def test_an_answer_that_arrives_after_all_takes_the_mark_away() -> None:
    """B81."""
    effects = _learnt("delivered", taken(reachable=False))
    assert only(effects, MoveTicket).ticket.reachable is True
    assert "cannot be reached" not in in_slot(effects, GROUP, CARD)


def test_news_that_is_not_new_costs_no_message() -> None:
    assert _learnt("waiting") == []
    assert _learnt("delivered", ticket(state="erased")) == []


def test_news_of_an_unknown_entry_is_passed_over() -> None:
    assert list(delivery_changed(situation(taken()), DeliveryChanged(ANSWER.id, ticket().id, "delivered"))) == []
    assert list(delivery_changed(situation(ticket=None, entries=(ANSWER,)), DeliveryChanged(ANSWER.id, ticket().id, "delivered"))) == []


def test_blocking_and_unblocking_are_seen_on_the_card() -> None:
    """B81."""
    gone = resident_gone(taken(), situation(taken()))
    assert "cannot be reached" in told(gone, GROUP)
    assert labels(gone, GROUP, CARD)[0] == ["Note"]
    back = resident_back(taken(reachable=False), situation())
    assert labels(back, GROUP, CARD)[0] == ["Reply", "Note"]
    assert resident_gone(taken(reachable=False), situation()) == []
    assert resident_back(taken(), situation()) == []


def test_further_words_of_the_reporter_come_below_the_card() -> None:
    photo, film = Attachment("photo", "p"), Attachment("video", "v", too_big=True)
    said = entry("message", "It happened again", attachments=(photo, film))
    effects = message_from_resident(taken(), said, situation(taken()))
    assert in_slot(effects, GROUP, entry_slot(said.id)) == "New message from the reporter, KHN-7F3K9:\n\nIt happened again"
    assert labels(effects, GROUP, entry_slot(said.id)) == [["Reply", "Note"]]
    assert [send.slot for send in sends(effects, GROUP)] == [entry_slot(said.id), media_slot(ticket().id, said.id, 0)]
    assert all(send.message.protect and send.message.answers == CARD for send in sends(effects, GROUP))


def test_a_photo_without_words_is_announced() -> None:
    said = entry("message", "", attachments=(Attachment("photo", "p"),))
    assert "New message from the reporter, KHN-7F3K9\nFiles: 1 file" in told(message_from_resident(taken(), said, situation()), GROUP)


def test_of_a_sensitive_report_the_district_learns_only_that_there_is_something_new() -> None:
    about = taken(sensitive=True)
    said = entry("message", "He was there again", attachments=(Attachment("photo", "p"),))
    effects = message_from_resident(about, said, situation(about))
    assert told(effects, GROUP) == "There is a new message about sensitive report KHN-7F3K9. The text is not shown here."
    assert "He was there again" in told(effects, HEADS)
    assert [send.message.attachment is not None for send in sends(effects, GROUP)] == [False]
