"""Entries: a ticket's thread, sealed with the ticket's key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.events import Delivery
from bot.model.ids import EntryId, TicketId
from bot.model.messages import Attachment
from bot.model.tickets import Entry
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import entries, tickets
from bot.storage.tickets import owner_of


@dataclass(frozen=True, slots=True)
class _Body:
    text: str
    at: datetime
    attachments: tuple[Attachment, ...]
    delivery: Delivery | None


_BODY = TypeAdapter(_Body)
_QUERY = select(entries, tickets.c.wrapped).join(tickets, tickets.c.id == entries.c.ticket)


async def add(conn: AsyncConnection, keys: Keyring, entry: Entry) -> None:
    """Add to a ticket's thread; nothing is stored for an erased ticket."""
    key = await _key(conn, keys, entry.ticket)
    if key is not None:
        values = {"id": entry.id, "ticket": entry.ticket, "kind": entry.kind, "member": entry.member, "body": _seal(key, entry)}
        await conn.execute(insert(entries).values(values))


async def change(conn: AsyncConnection, keys: Keyring, entry: Entry) -> None:
    """Store an entry's changed kind, words or delivery; nothing happens for an erased ticket."""
    key = await _key(conn, keys, entry.ticket)
    if key is not None:
        values = {"kind": entry.kind, "member": entry.member, "body": _seal(key, entry)}
        await conn.execute(update(entries).where(entries.c.id == entry.id, entries.c.ticket == entry.ticket).values(values))


async def load(conn: AsyncConnection, keys: Keyring, id: EntryId) -> Entry | None:
    """Return one entry, None where it was erased."""
    row = (await conn.execute(_QUERY.where(entries.c.id == id))).first()
    return None if row is None else _entry(row, keys.unwrap(row.wrapped, owner_of(row.ticket)))


async def of_ticket(conn: AsyncConnection, keys: Keyring, ticket: TicketId, limit: int) -> tuple[Entry, ...]:
    """Return the last `limit` entries of a ticket's thread, oldest first."""
    rows = (await conn.execute(_QUERY.where(entries.c.ticket == ticket).order_by(entries.c.number.desc()).limit(limit))).all()
    if not rows:
        return ()
    key = keys.unwrap(rows[0].wrapped, owner_of(ticket))
    return tuple(_entry(row, key) for row in reversed(rows))


async def _key(conn: AsyncConnection, keys: Keyring, ticket: TicketId) -> bytes | None:
    wrapped = await conn.scalar(select(tickets.c.wrapped).where(tickets.c.id == ticket))
    return None if wrapped is None else keys.unwrap(wrapped, owner_of(ticket))


def _seal(key: bytes, entry: Entry) -> bytes:
    return seal(key, "entries", "body", entry.id, _BODY.dump_json(_Body(entry.text, entry.at, entry.attachments, entry.delivery)))


def _entry(row: Row[Any], key: bytes) -> Entry:
    body = _BODY.validate_json(open_sealed(key, "entries", "body", row.id, row.body))
    return Entry(
        id=EntryId(row.id),
        ticket=TicketId(row.ticket),
        kind=row.kind,
        text=body.text,
        at=body.at,
        attachments=body.attachments,
        member=row.member,
        delivery=body.delivery,
    )
