"""A ticket that a list told of: its card is put up for whoever presses its number, and a reply to the list is not taken for one to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from bot.model.effects import Effect, Priority, Send, Toast
from bot.model.messages import Message, ToForum, card_slot, is_list_slot
from bot.model.situation import Situation
from bot.model.text import N_
from handlers.cards import desk_of, place_cards
from handlers.desk.authority import Case, press, refuse_aloud
from handlers.thread import show_thread

E = TypeVar("E")


def _card(case: Case) -> list[Effect]:
    """Put the card up before all others, with its files and what was written since; where it is up already, point to it."""
    situation, ticket = case.situation, case.ticket
    desk = desk_of(ticket, situation)
    if desk != situation.forum:
        return [Toast(N_("Report {reference} is not with this forum now.", reference=ticket.reference), alert=True)]
    if situation.shown:
        here = Message(N_("Here is report {reference}.", reference=ticket.reference), answers=card_slot(ticket.id))
        return [Send(ToForum(desk), here, Priority.REPLY, ticket=ticket.id)]
    everything = [*place_cards(ticket, situation), *show_thread(ticket, situation.entries, situation)]
    first = [replace(each, priority=Priority.REPLY) for each in everything if isinstance(each, Send) and each.to == ToForum(desk)]
    return [*first, Toast(N_("You will see report {reference} in a moment.", reference=ticket.reference))]


def below_no_list(hear: Callable[[Situation, E], list[Effect]]) -> Callable[[Situation, E], Iterable[Effect]]:
    """Return how words in a group are heard: below a list they are about no ticket, and silence would look as if they had been taken."""

    def heard(situation: Situation, event: E) -> Iterable[Effect]:
        if is_list_slot(situation.prompt):
            told = N_("To write about one of these reports, reply to the report itself. Press its number to see it.")
            return refuse_aloud(situation, told)
        return hear(situation, event)

    return heard


card = press("note", _card)
