"""Posts: which of our messages shows what in which chat, to edit it later and to know what a reply is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import EntryId, ResidentId, SessionId, TicketId
from bot.model.messages import Recipient, ToResident, recipient_key
from bot.storage.prepared import Prepared
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import posts


@dataclass(frozen=True, slots=True)
class Post:
    """One message of ours: the channel's id of it, and what it shows. `live`: it can still be edited."""

    message: str
    slot: str | None
    ticket: TicketId | None
    entry: EntryId | None
    live: bool = True
    session: SessionId | None = None


@dataclass(frozen=True, slots=True)
class _About:
    message: str
    slot: str | None
    ticket: TicketId | None
    entry: EntryId | None
    session: SessionId | None = None


_ABOUT = TypeAdapter(_About)
_OF = posts.c.recipient == bindparam("of")
_IN_SLOT = (_OF, posts.c.slot == bindparam("shows"), posts.c.live)
_MESSAGE = (_OF, posts.c.message == bindparam("number"))
_ADD = Prepared(insert(posts))
_REPLACE = Prepared(delete(posts).where(*_MESSAGE, posts.c.live))
_SHOWN = Prepared(select(posts).where(*_IN_SLOT).order_by(posts.c.number))
_ABOUT_IT = Prepared(select(posts).where(*_MESSAGE).order_by(posts.c.live.desc(), posts.c.number.desc()).limit(1))
_FORGET_SLOT = Prepared(update(posts).where(*_IN_SLOT).values(live=False))


def _token(keys: Keyring, kind: str, recipient: Recipient, value: str) -> str:
    return keys.lookup(f"post-{kind}", f"{recipient_key(recipient)}|{value}")


def _chat(keys: Keyring, recipient: Recipient) -> str:
    return keys.lookup("post-chat", recipient_key(recipient))


async def record(
    conn: AsyncConnection,
    keys: Keyring,
    recipient: Recipient,
    messages: Sequence[str],
    slot: str | None,
    ticket: TicketId | None,
    entry: EntryId | None,
    now: datetime,
    session: SessionId | None = None,
) -> None:
    """Remember that these messages, in order, show the slot from now on, or speak of the ticket, entry or session."""
    if slot is not None:
        before = await shown(conn, keys, recipient, slot)
        if before == tuple(messages):
            return
        if before:
            await forget_slot(conn, keys, recipient, slot)
    for message in messages:
        await _add(conn, keys, recipient, _About(message, slot, ticket, entry, session), now)


async def _add(conn: AsyncConnection, keys: Keyring, recipient: Recipient, about: _About, now: datetime) -> None:
    chat, message = _chat(keys, recipient), _token(keys, "message", recipient, about.message)
    await _REPLACE.run(conn, of=chat, number=message)
    values = {
        "recipient": chat,
        "message": message,
        "slot": about.slot and _token(keys, "slot", recipient, about.slot),
        "ticket": about.ticket and _token(keys, "ticket", recipient, about.ticket),
        "day": now.astimezone(UTC).date(),
        "about": seal(keys.rest, "posts", "about", message, _ABOUT.dump_json(about)),
    }
    await _ADD.run(conn, **values)


async def shown(conn: AsyncConnection, keys: Keyring, recipient: Recipient, slot: str) -> tuple[str, ...]:
    """Return the channel's ids of the messages that show a slot, in order; empty where nothing shows it."""
    return tuple(_post(keys, row).message for row in await _SHOWN.all(conn, **_of_slot(keys, recipient, slot)))


async def about(conn: AsyncConnection, keys: Keyring, recipient: Recipient, message: str) -> Post | None:
    """Return what a message of ours is about, also one of before the group moved; None where it is nobody's."""
    row = await _ABOUT_IT.first(conn, of=_chat(keys, recipient), number=_token(keys, "message", recipient, message))
    return None if row is None else _post(keys, row)


async def of_ticket(conn: AsyncConnection, keys: Keyring, recipient: Recipient, ticket: TicketId) -> tuple[Post, ...]:
    """Return our messages about a ticket in one chat, oldest first."""
    query = select(posts).where(*_of_ticket(keys, recipient, ticket)).order_by(posts.c.number)
    return tuple(_post(keys, row) for row in await conn.execute(query))


async def forget_slot(conn: AsyncConnection, keys: Keyring, recipient: Recipient, slot: str) -> None:
    """Nothing shows the slot any more; a reply to what showed it still finds what it was about."""
    await _FORGET_SLOT.run(conn, **_of_slot(keys, recipient, slot))


async def forget_chat(conn: AsyncConnection, keys: Keyring, recipient: Recipient) -> None:
    """The chat has begun anew elsewhere: nothing there can be edited, but replies still find what they are about."""
    await conn.execute(update(posts).where(posts.c.recipient == _chat(keys, recipient), posts.c.live).values(live=False))


async def forget_ticket(conn: AsyncConnection, keys: Keyring, recipient: Recipient, ticket: TicketId) -> None:
    """Forget our messages about an erased ticket in one chat."""
    await conn.execute(delete(posts).where(*_of_ticket(keys, recipient, ticket)))


async def forget_resident(conn: AsyncConnection, keys: Keyring, resident: ResidentId) -> None:
    """Forget all our messages to an erased resident."""
    await conn.execute(delete(posts).where(posts.c.recipient == _chat(keys, ToResident(resident))))


async def forget(conn: AsyncConnection, before: date, limit: int) -> int:
    """Forget messages of days before that among the `limit` oldest, and return how many: they are numbered as the days go by."""
    oldest = select(posts.c.number, posts.c.day).order_by(posts.c.number).limit(limit).subquery()
    old = select(oldest.c.number).where(oldest.c.day < before)
    return (await conn.execute(delete(posts).where(posts.c.number.in_(old)))).rowcount


def _of_slot(keys: Keyring, recipient: Recipient, slot: str) -> dict[str, str]:
    return {"of": _chat(keys, recipient), "shows": _token(keys, "slot", recipient, slot)}


def _of_ticket(keys: Keyring, recipient: Recipient, ticket: TicketId) -> tuple[Any, ...]:
    return posts.c.recipient == _chat(keys, recipient), posts.c.ticket == _token(keys, "ticket", recipient, ticket)


def _post(keys: Keyring, row: Row[Any]) -> Post:
    about = _ABOUT.validate_json(open_sealed(keys.rest, "posts", "about", row.message, row.about))
    return Post(about.message, about.slot, about.ticket, about.entry, row.live, about.session)
