"""Take a ticket, and put it back."""

from __future__ import annotations

from bot.model.effects import Audit, DismissMember, MoveTicket, Toast
from bot.model.events import MemberLeft
from bot.model.ids import PROVINCE, TicketId
from bot.model.messages import ToForum, card_slot
from handlers.desk import DESK, DESK_EVENTS
from tests.handlers.build import (
    AZAD,
    HEAD,
    JALAWLA,
    KHANAQIN,
    RESIDENT,
    SARA,
    Desk,
    alert,
    from_province,
    in_slot,
    only,
    sends,
    situation,
    taken,
    ticket,
    told,
)

GROUP, CARD = ToForum(KHANAQIN), card_slot(ticket().id)


def test_a_member_who_takes_a_report_is_named_on_the_card_and_the_reporter_hears_of_it() -> None:
    desk = Desk(situation())
    effects = desk.press("take")
    moved = only(effects, MoveTicket).ticket
    assert (moved.state, moved.taker) == ("taken", SARA.id)
    assert in_slot(effects, GROUP, CARD).startswith("Report KHN-7F3K9 – followed by: Sara K..")
    assert told(effects, RESIDENT) == "A forum member is now following your report KHN-7F3K9."
    assert only(effects, Audit) == Audit("take", ticket().id, KHANAQIN, SARA.id)


def test_of_two_who_press_take_together_one_wins_and_the_other_reads_who() -> None:
    """B57: the loser's turn is repeated on the changed ticket, which `MoveTicket` with the read version makes sure of."""
    desk = Desk(situation())
    first = desk.press("take")
    assert only(first, MoveTicket).ticket.version == ticket().version
    assert alert(desk.press("take", member=AZAD)) == "Report KHN-7F3K9 is already taken. Followed by: Sara K.."
    assert desk.here.ticket is not None
    assert desk.here.ticket.taker == SARA.id


def test_the_same_member_pressing_twice_changes_nothing() -> None:
    desk = Desk(situation())
    desk.press("take")
    assert "already taken" in alert(desk.press("take"))


def test_a_report_put_back_can_be_taken_by_another() -> None:
    desk = Desk(situation(taken()))
    effects = desk.press("release")
    assert in_slot(effects, GROUP, CARD).startswith("New report KHN-7F3K9")
    assert told(effects, RESIDENT) == "Report KHN-7F3K9 – status now: new."
    desk.press("take", member=AZAD)
    assert desk.here.ticket is not None
    assert desk.here.ticket.taker_name == AZAD.name


def test_only_who_follows_a_report_or_a_coordinator_puts_it_back() -> None:
    desk = Desk(situation(taken()))
    assert alert(desk.press("release", member=AZAD)) == "Only Sara K. or a coordinator can do this."
    desk.press("release", **from_province())
    assert desk.here.ticket is not None
    assert desk.here.ticket.state == "new"


def test_who_does_not_want_messages_gets_none_when_a_report_is_taken() -> None:
    assert sends(Desk(situation(ticket(contact=False))).press("take"), RESIDENT) == []
    assert sends(Desk(situation(ticket(reachable=False))).press("take"), RESIDENT) == []


def test_a_button_of_a_moved_report_is_refused_and_says_so() -> None:
    """B71."""
    for verb in ("take", "reply", "note", "transfer", "close"):
        refusal = alert(Desk(situation(ticket(forum=JALAWLA))).press(verb))
        assert refusal == "Report KHN-7F3K9 is not with this forum now."


def test_no_button_of_the_desk_works_for_who_is_not_a_member() -> None:
    """B71, B86: a toast, and nothing else happens."""
    for actor in ("anonymous", "channel", "stranger", "former_member", "resident"):
        for verb in DESK.keys() - {"page"}:
            for about in (ticket(), taken()):
                [effect] = Desk(situation(about, actor=actor, member=None)).press(verb, "resolved", "tokenn000001")
                assert isinstance(effect, Toast)
                assert effect.alert


def test_a_coordinator_follows_a_report_of_a_forum_without_a_group() -> None:
    """B74."""
    desk = Desk(situation(ticket(), forums={PROVINCE: "linked", KHANAQIN: "lost"}, **from_province()))
    effects = desk.press("take")
    assert in_slot(effects, ToForum(PROVINCE), CARD).startswith("Report KHN-7F3K9 – followed by: Layla H..")
    assert only(effects, MoveTicket).ticket.taker == HEAD.id


def test_what_a_member_followed_is_free_again_when_they_leave() -> None:
    """B65."""
    other = taken(id=TicketId("ticketbbbbbb"), reference="KHN-22222", taker=AZAD.id)
    mine = taken()
    here = situation(leaver=SARA, member=None, ticket=None, held=(mine, other))
    effects = list(DESK_EVENTS[MemberLeft](here, MemberLeft("")))
    assert only(effects, DismissMember) == DismissMember(SARA.id)
    assert only(effects, MoveTicket).ticket.id == mine.id
    assert only(effects, MoveTicket).ticket.taker is None
    assert "Sara K. left the group. 1 report is free again: KHN-7F3K9." in told(effects, GROUP)


def test_somebody_unknown_who_leaves_changes_nothing() -> None:
    assert list(DESK_EVENTS[MemberLeft](situation(member=None, held=(taken(),)), MemberLeft(""))) == []
