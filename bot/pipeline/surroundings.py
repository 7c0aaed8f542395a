"""What every turn is handed, and what every kind of situation is loaded with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import buttons
from bot.model.calendar import Calendar
from bot.model.events import Arrival, ButtonPressed, Event
from bot.model.ids import Chance, Language, SessionId, TicketId
from bot.model.messages import Action, Recipient, ToForum, card_slot, recipient_key
from bot.model.province import Province
from bot.model.situation import EVERY_DAY, Situation
from bot.model.text import Piece
from bot.model.tickets import Entry, Ticket
from bot.storage import calendars, entries, forums, outbox, posts, tickets
from bot.storage.erasures import Erasures
from bot.storage.seal import Keyring

THREAD = 500
"""How many entries of a ticket's thread a decision sees: the last ones."""


class Early(Exception):
    """A message was answered of which nothing is known, and one is just being sent there: what that shows is not written down yet."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every turn is handed.

    Attributes:
        words: how a piece of text reads in a language.
        calendar: the rules of time until somebody changes them.
        erasures: the list of what is erased, None where none is kept.
        patient: whether the turn may be taken once more, if it comes too early.
    """

    keys: Keyring
    province: Province
    chance: Chance
    words: Callable[[Piece, Language], str]
    calendar: Calendar = EVERY_DAY
    erasures: Erasures | None = None
    patient: bool = False


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
    calendar = await calendars.newest(conn) or around.calendar
    return Situation(now, at, around.province, around.chance, place, around.words, forums=states, calendar=calendar)


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


@dataclass(frozen=True, slots=True)
class About:
    """What something is about: the slot of our message that was answered, if any, and the ticket or session it shows."""

    slot: str | None
    ticket: Ticket | None
    session: SessionId | None


async def about(conn: AsyncConnection, around: Surroundings, here: Recipient, arrival: Arrival, event: Event) -> About:
    """Return what the button or the answered message of ours is about.

    Raises:
        Early: that is known in a moment.
    """
    slot: str | None = None
    subject: TicketId | None = None
    session: SessionId | None = None
    if isinstance(event, ButtonPressed) and event.action is not None:
        subject, session = event.action.ticket, event.action.session
    elif arrival.reply_to is not None:
        post = await posts.about(conn, around.keys, here, arrival.reply_to)
        if post is not None:
            slot, subject, session = post.slot, post.ticket, post.session
        elif around.patient and await outbox.is_sending(conn, around.keys, here):
            raise Early
        elif arrival.reply_about is not None and (subject := await tickets.named(conn, arrival.reply_about)) is not None:
            # The first of two copies: we died before its message was written down. To whoever answers, it is the card, or as good.
            slot = card_slot(subject) if isinstance(here, ToForum) else None
    return About(slot, await tickets.load(conn, around.keys, subject) if subject else None, session)


async def thread_of(conn: AsyncConnection, around: Surroundings, ticket: Ticket | None) -> tuple[Entry, ...]:
    """Return the end of a ticket's thread, oldest entry first."""
    return tuple(await entries.of_ticket(conn, around.keys, ticket.id, THREAD)) if ticket else ()
