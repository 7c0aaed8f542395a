"""Requests that are followed together: which are suggested, and answers that go to everybody who asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.model.effects import AddEntry, Effect, SetResident
from bot.model.ids import EntryId
from bot.model.situation import Situation
from bot.model.text import C_, N_
from bot.model.tickets import Entry, Ticket
from handlers.cards import desk_button
from handlers.desk.asking import ask
from handlers.likeness import most_alike
from handlers.telling import tell_answer
from handlers.thread import can_be_answered, show_entry


def suggest(ticket: Ticket, situation: Situation, *, or_alone: bool = False) -> list[Effect]:
    """Ask the group whether a request and the one most like it are to be followed together; `or_alone` offers a plan of its own too."""
    other = most_alike(ticket, situation.alike) if ticket.kind == "dialogue" else None
    if other is None:
        return []
    token = situation.chance.token()
    question = N_(
        "Report {reference} looks like report {other_reference}. Follow them together?",
        reference=ticket.reference,
        other_reference=other.reference,
    )
    yes = desk_button(C_("button", "Yes"), "join", ticket.id, other.id, token)
    alone = desk_button(C_("button", "A session of its own"), "schedule", ticket.id, "alone", token)
    return ask(situation, ticket, token, question, ((yes,), (alone,)) if or_alone else ((yes,),))


def answer_others(ticket: Ticket, entry: Entry, situation: Situation) -> list[Effect]:
    """Bring an answer to everybody else who asked for the same session: each gets it as the answer to their own request."""
    others = [each for each in situation.asked if each.id != ticket.id and ticket.session is not None]
    return [effect for other in others for effect in _answered(other, entry, situation)]


def _answered(ticket: Ticket, entry: Entry, situation: Situation) -> Iterable[Effect]:
    if not can_be_answered(ticket):
        return
    copy = replace(entry, id=EntryId(situation.chance.token()), ticket=ticket.id)
    yield AddEntry(copy)
    if ticket.resident is not None:
        yield SetResident(ticket.resident, refocus=True, focus=ticket.id)
    yield from tell_answer(ticket, copy)
    yield from show_entry(ticket, copy, situation)
