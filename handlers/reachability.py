"""A resident blocks the bot, or lets it write again: their open tickets' cards say so.

Marks that appear on two cards of one group in the same second would tell that both reports are one person's. So only the newest ticket is
marked at once; each other one at a moment of its own within hours, or earlier if the forum answers it and learns it that way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from bot.engine.conversing import resident_of
from bot.model.effects import Effect, SetResident, SetTimer
from bot.model.events import BotBlocked, BotUnblocked, TimerFired
from bot.model.situation import Situation
from bot.model.tickets import Ticket
from handlers.deliveries import resident_back, resident_gone, resume_timer

SPREAD = timedelta(hours=12)


def blocked(situation: Situation, _: BotBlocked) -> Iterator[Effect]:
    """Nothing more is sent to them."""
    yield SetResident(resident_of(situation).id, reachable=False)
    yield from _apart(situation, resident_gone)


def unblocked(situation: Situation, _: BotUnblocked) -> Iterator[Effect]:
    """They can be answered again; what did not arrive is sent now."""
    yield SetResident(resident_of(situation).id, reachable=True)
    yield from _apart(situation, resident_back)
    for ticket in situation.tickets[1:]:
        if not ticket.reachable:
            yield resume_timer(ticket, situation)


def catch_up(situation: Situation, _: TimerFired) -> Iterable[Effect]:
    """Mark a ticket as its resident is by now."""
    ticket, resident = situation.ticket, situation.resident
    if ticket is None or resident is None:
        return []
    return resident_back(ticket, situation) if resident.reachable else resident_gone(ticket, situation)


def _apart(situation: Situation, mark: Callable[[Ticket, Situation], list[Effect]]) -> Iterator[Effect]:
    for number, ticket in enumerate(ticket for ticket in situation.tickets if ticket.state != "erased"):
        if number == 0:
            yield from mark(ticket, situation)
        else:
            seconds = int.from_bytes(situation.chance.token().encode(), "big") % int(SPREAD.total_seconds())
            due = situation.now + timedelta(seconds=seconds)
            yield SetTimer(f"reachable:{ticket.id}", "reachable", due, resident=resident_of(situation).id, ticket=ticket.id)
