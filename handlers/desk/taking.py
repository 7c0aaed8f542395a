"""Take a ticket, and put it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.model.effects import Audit, DismissMember, Effect, MoveTicket, Priority, Send
from bot.model.events import MemberLeft
from bot.model.messages import Message, ToForum
from bot.model.people import Member
from bot.model.situation import Situation
from bot.model.text import P_, Joined, Words
from bot.model.tickets import Ticket
from handlers.cards import refresh_cards
from handlers.desk.authority import Case, press
from handlers.desk.together import suggest
from handlers.telling import tell_free, tell_taken


def taken_by(ticket: Ticket, member: Member) -> Ticket:
    """Return the ticket as followed by this member; where it came from does not matter any more."""
    return replace(ticket, state="taken", taker=member.id, taker_name=member.name, came_from=None, return_reason="")


def freed(ticket: Ticket) -> Ticket:
    """Return the ticket as nobody's."""
    return replace(ticket, state="new", taker=None, taker_name="")


def _take(case: Case) -> list[Effect]:
    """Two taps at once: both turns read a new ticket, one commits, the other is repeated and then finds it taken."""
    taken = taken_by(case.ticket, case.member)
    told = [*refresh_cards(taken, case.situation), *tell_taken(taken)]
    return [MoveTicket(taken), *told, *suggest(taken, case.situation), case.audit("take")]


def _release(case: Case) -> list[Effect]:
    free = freed(case.ticket)
    return [MoveTicket(free), *refresh_cards(free, case.situation), *tell_free(free), case.audit("release")]


def member_left(situation: Situation, _: MemberLeft) -> Iterable[Effect]:
    """Somebody left the group: their old buttons stop working, and what they followed waits for another member."""
    leaver = situation.leaver
    if leaver is None or situation.forum is None:
        return
    yield DismissMember(leaver.id)
    left = [freed(ticket) for ticket in situation.held if ticket.taker == leaver.id and ticket.state == "taken"]
    for ticket in left:
        yield MoveTicket(ticket)
        yield from refresh_cards(ticket, situation)
        yield Audit("release", ticket.id, ticket.forum, leaver.id, "left")
    if left:
        references = Joined(tuple(Words(ticket.reference) for ticket in left), ", ")
        told = P_(
            "{member} left the group. {count} report is free again: {references}. Another member can take it.",
            "{member} left the group. {count} reports are free again: {references}. Another member can take them.",
            len(left),
            member=Words(leaver.name),
            references=references,
        )
        yield Send(ToForum(situation.forum), Message(told), Priority.NOTICE)


take = press("take", _take)
release = press("release", _release)
