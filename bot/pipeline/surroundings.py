"""What every turn is handed, and what every kind of situation is loaded with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import buttons
from bot.model.events import Arrival, ButtonPressed, Event
from bot.model.ids import Chance, Language, TicketId
from bot.model.messages import Action, Recipient, recipient_key
from bot.model.province import Province
from bot.model.situation import Situation
from bot.model.text import Piece
from bot.model.tickets import Entry, Ticket
from bot.storage import entries, forums, posts, tickets
from bot.storage.seal import Keyring

THREAD = 500
"""How many entries of a ticket's thread a decision sees: the last ones."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The keys, the province, chance, and how a piece of text reads in a language."""

    keys: Keyring
    province: Province
    chance: Chance
    words: Callable[[Piece, Language], str]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a decision gets, and whose chat it happened in (None in a strange group and inside the machine)."""

    situation: Situation
    event: Event
    here: Recipient | None = None


async def blank(
    conn: AsyncConnection, around: Surroundings, now: datetime, at: datetime, place: Literal["private", "group", "machine"]
) -> Situation:
    """Return what a situation holds wherever it is."""
    states = await forums.states(conn)
    return Situation(now, at, around.province, around.chance, place, around.words, forums=states)


def verified(keys: Keyring, here: Recipient | None, arrival: Arrival) -> Event:
    """Return the arrival's event; of a button that was not made here for this chat, only that it was pressed."""
    if not isinstance(arrival.event, ButtonPressed):
        return arrival.event
    encoded, _, signature = (arrival.button or "").rpartition(".")
    if here is None or not encoded or not keys.verify(recipient_key(here), encoded, signature):
        return ButtonPressed(None)
    return ButtonPressed(buttons.decode(encoded))


def signed(keys: Keyring, recipient: str, action: Action) -> str:
    """Return button data that `verified` accepts from the chat of this recipient (as `recipient_key` names it) only."""
    encoded = buttons.encode(action)
    return f"{encoded}.{keys.sign(recipient, encoded)}"


async def about(
    conn: AsyncConnection, around: Surroundings, here: Recipient, arrival: Arrival, event: Event
) -> tuple[str | None, Ticket | None]:
    """Return the slot of our message that was answered, if any, and the ticket that the button or the answered message is about."""
    slot: str | None = None
    subject: TicketId | None = None
    if isinstance(event, ButtonPressed) and event.action is not None:
        subject = event.action.ticket
    elif arrival.reply_to is not None:
        post = await posts.about(conn, around.keys, here, arrival.reply_to)
        if post is not None:
            slot, subject = post.slot, post.ticket
    return slot, await tickets.load(conn, around.keys, subject) if subject else None


async def thread_of(conn: AsyncConnection, around: Surroundings, ticket: Ticket | None) -> tuple[Entry, ...]:
    """Return the end of a ticket's thread, oldest entry first."""
    return tuple(await entries.of_ticket(conn, around.keys, ticket.id, THREAD)) if ticket else ()
