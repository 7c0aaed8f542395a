"""Questions to a member: a choice by buttons, or words as a reply to a prompt.

A prompt's slot says what the reply to it is for, so nothing has to be remembered between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bot.model.effects import Effect, Priority, Send, Withdraw
from bot.model.ids import TicketId
from bot.model.messages import Button, Message, ToForum, card_slot
from bot.model.situation import Situation
from bot.model.text import C_, N_, Piece, Text, Words, lines
from bot.model.tickets import Ticket
from handlers.cards import desk_button
from handlers.desk.authority import Case, press

PromptKind = Literal["reply", "note", "return", "close"]
Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the reply to one of our messages is for; `detail` is the outcome of a ticket that is being closed."""

    kind: PromptKind
    detail: str = ""


def ask_slot(ticket: TicketId, token: str) -> str:
    """Return the slot of a choice by buttons."""
    return f"ask:{ticket}:{token}"


def prompt_slot(kind: PromptKind, ticket: TicketId, token: str, detail: str = "") -> str:
    """Return the slot of a prompt."""
    return f"prompt:{kind}:{ticket}:{token}:{detail}"


def prompt_of(slot: str) -> Prompt | None:
    """Return what a reply to this slot is for, or None if the slot is no prompt."""
    head, _, rest = slot.partition(":")
    kind, _, rest = rest.partition(":")
    known = next((known for known in get_args(PromptKind) if known == kind), None)
    return Prompt(known, rest.rpartition(":")[2]) if head == "prompt" and known is not None else None


def ask(situation: Situation, ticket: Ticket, token: str, question: Piece, rows: Rows) -> list[Effect]:
    """Show a choice to the group, with Cancel below it; the same token shows the next choice in its place."""
    cancel = desk_button(C_("button", "Cancel"), "cancel", ticket.id, token)
    return _show(situation, ticket, ask_slot(ticket.id, token), Message(question, (*rows, (cancel,)), answers=card_slot(ticket.id)))


def prompt(situation: Situation, ticket: Ticket, kind: PromptKind, question: Text) -> list[Effect]:
    """Ask the group for words, as a reply to the message that asks."""
    slot = prompt_slot(kind, ticket.id, situation.chance.token())
    named = lines(Words(situation.member.name), question) if situation.member is not None else question
    return _show(situation, ticket, slot, Message(named, expects_reply=True, answers=card_slot(ticket.id)))


def prompt_with_skip(situation: Situation, ticket: Ticket, kind: PromptKind, token: str, detail: str, question: Piece) -> list[Effect]:
    """Ask the group for words that may be left out: the buttons Skip (verb `skip`) and Cancel carry detail and token."""
    skip = desk_button(C_("button", "Skip"), "skip", ticket.id, detail, token)
    cancel = desk_button(C_("button", "Cancel"), "cancel", ticket.id, detail, token)
    message = Message(question, ((skip, cancel),), answers=card_slot(ticket.id))
    return _show(situation, ticket, prompt_slot(kind, ticket.id, token, detail), message)


def withdraw(situation: Situation, ticket: Ticket, slot: str) -> list[Effect]:
    """Take a question back from the group it was asked in."""
    return [Withdraw(ToForum(situation.forum), slot, ticket.id)] if situation.forum is not None else []


def _cancel(case: Case) -> list[Effect]:
    situation, ticket = case.situation, case.ticket
    match case.args:
        case (detail, token):
            return withdraw(situation, ticket, prompt_slot("close", ticket.id, token, detail))
        case (token,):
            return withdraw(situation, ticket, ask_slot(ticket.id, token))
        case _:
            return []


def old_button(ticket: Ticket) -> Text:
    """Return what is said of a button whose question has been answered."""
    return N_("This button is old. Please use the newest message of report {reference}.", reference=ticket.reference)


def _show(situation: Situation, ticket: Ticket, slot: str, message: Message) -> list[Effect]:
    if situation.forum is None:
        return []
    return [Send(ToForum(situation.forum), message, Priority.REPLY, slot=slot, ticket=ticket.id)]


cancel = press("cancel", _cancel)
