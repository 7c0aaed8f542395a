"""A resident blocks the bot, or lets it write again: their open tickets' cards say so."""

from __future__ import annotations

from collections.abc import Iterator

from bot.engine.conversing import resident_of
from bot.model.effects import Effect, SetResident
from bot.model.events import BotBlocked, BotUnblocked
from bot.model.situation import Situation
from handlers.deliveries import resident_back, resident_gone


def blocked(situation: Situation, _: BotBlocked) -> Iterator[Effect]:
    """Nothing more is sent to them."""
    yield SetResident(resident_of(situation).id, reachable=False)
    for ticket in situation.tickets:
        if ticket.state != "erased":
            yield from resident_gone(ticket, situation)


def unblocked(situation: Situation, _: BotUnblocked) -> Iterator[Effect]:
    """They can be answered again."""
    yield SetResident(resident_of(situation).id, reachable=True)
    for ticket in situation.tickets:
        if ticket.state != "erased":
            yield from resident_back(ticket, situation)
