"""What became of the forum's words for a reporter, as its desk sees it: ⏳ waiting, ✔ delivered, ✖ blocked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.model.effects import Effect, MoveTicket, Priority, SetEntry, SetTimer
from bot.model.events import DeliveryChanged, TimerFired
from bot.model.situation import Situation
from bot.model.tickets import Ticket
from handlers.cards import refresh_cards
from handlers.telling import tell_answer
from handlers.thread import show_entry


def delivery_changed(situation: Situation, event: DeliveryChanged) -> Iterable[Effect]:
    """Show the desk what became of an answer; a reporter who has blocked the bot is marked on the card."""
    ticket = situation.ticket
    entry = next((entry for entry in situation.entries if entry.id == event.entry), None)
    if ticket is None or ticket.state == "erased" or entry is None or entry.delivery == event.delivery:
        return []
    entry = replace(entry, delivery=event.delivery)
    reached = {"delivered": True, "blocked": False}.get(event.delivery, ticket.reachable)
    known = replace(ticket, reachable=reached)
    effects: list[Effect] = [SetEntry(entry), *show_entry(known, entry, situation, priority=Priority.NOTICE)]
    return effects + _reachable(ticket, situation, reached)


def resume(situation: Situation, _: TimerFired) -> Iterable[Effect]:
    """Send again what did not arrive while the reporter had blocked the bot. Should they have blocked it again, it fails again."""
    ticket = situation.ticket
    missed = [entry for entry in situation.entries if entry.kind == "answer" and entry.delivery == "blocked"]
    if ticket is None or ticket.state == "erased" or not missed:
        return []
    known = replace(ticket, reachable=True)
    effects = _reachable(ticket, situation, True)
    for late in missed:
        entry = replace(late, delivery="waiting")
        effects += [SetEntry(entry), *tell_answer(known, entry), *show_entry(known, entry, situation, priority=Priority.NOTICE)]
    return effects


def resume_timer(ticket: Ticket, situation: Situation) -> SetTimer:
    """Return what brings `resume` for a ticket at once, in a turn that sees its thread."""
    return SetTimer(f"resume:{ticket.id}", "resume", situation.now, ticket=ticket.id)


def resident_gone(ticket: Ticket, situation: Situation) -> list[Effect]:
    """Mark on the card of a ticket, with any event's situation, that its reporter has blocked the bot."""
    return _reachable(ticket, situation, False)


def resident_back(ticket: Ticket, situation: Situation) -> list[Effect]:
    """Take the mark from the card: the reporter lets the bot write again, and what did not arrive is sent again by a turn of its own."""
    effects = _reachable(ticket, situation, True)
    return [*effects, resume_timer(ticket, situation)] if effects else []


def _reachable(ticket: Ticket, situation: Situation, reachable: bool) -> list[Effect]:
    if ticket.reachable == reachable or ticket.state == "erased":
        return []
    changed = replace(ticket, reachable=reachable)
    return [MoveTicket(changed), *refresh_cards(changed, situation)]
