"""Inside the outbox: a row's sealed body, and which row of a recipient's queue is its head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import Priority
from bot.model.ids import EntryId, TicketId
from bot.model.outgoing import Outgoing
from bot.storage import days
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import outbox

OPEN = ("waiting", "sending")
UNSENT = ("waiting", "held")


@dataclass(frozen=True, slots=True)
class Body:
    """The sealed part of a row; `recipient` and `slot` in plain."""

    recipient: str
    slot: str | None
    outgoing: Outgoing
    ticket: TicketId | None
    entry: EntryId | None


_BODY = TypeAdapter(Body)


async def close_body(conn: AsyncConnection, keys: Keyring, address: str, created: datetime, body: Body) -> bytes:
    """Return the body sealed with the key of the day on which its row was made."""
    key = await days.key_for(conn, keys, "outbox", created)
    return seal(key, "outbox", "body", _row_name(address, created), _BODY.dump_json(body))


async def open_body(conn: AsyncConnection, keys: Keyring, row: Row[Any]) -> Body:
    """Return the body of a row."""
    key = await days.key_of(conn, keys, "outbox", row.created)
    return _BODY.validate_json(open_sealed(key, "outbox", "body", _row_name(row.recipient, row.created), row.body))


def _row_name(address: str, created: datetime) -> str:
    return f"{address}:{created.astimezone(UTC).isoformat()}"


async def displace(conn: AsyncConnection, address: str, priority: Priority) -> tuple[bool, datetime | None]:
    """Tell whether a new row of this priority is to be the head, and until when its recipient has to wait."""
    query = select(outbox.c.id, outbox.c.priority, outbox.c.held_until).where(outbox.c.recipient == address, outbox.c.head)
    head = (await conn.execute(query)).first()
    if head is None:
        return True, None
    if head.priority <= priority:
        return False, None
    # A row that is being sent stays the head: the sender may have claimed it since we looked.
    waiting = update(outbox).where(outbox.c.id == head.id, outbox.c.state == "waiting")
    freed = await conn.execute(waiting.values(head=False, held_until=None))
    return (True, head.held_until) if freed.rowcount else (False, None)


async def settle(conn: AsyncConnection, address: str, until: datetime | None = None) -> None:
    """Make the right row the recipient's head.

    What the former head had to wait for binds the new one too; `until` says it where the former head is gone.
    """
    query = select(outbox.c.id, outbox.c.state, outbox.c.held_until).where(outbox.c.recipient == address, outbox.c.head)
    former = (await conn.execute(query)).first()
    if former is None:
        await promote(conn, address, until)
    elif former.state != "sending" and await _next(conn, address) != former.id:
        await conn.execute(update(outbox).where(outbox.c.id == former.id).values(head=False, held_until=None))
        await promote(conn, address, former.held_until)


async def promote(conn: AsyncConnection, address: str, until: datetime | None = None) -> None:
    """Make the first open row the head of a queue that has none."""
    following = await _next(conn, address)
    if following is not None:
        await conn.execute(update(outbox).where(outbox.c.id == following).values(head=True, held_until=until))


async def _next(conn: AsyncConnection, address: str) -> int | None:
    query = select(outbox.c.id).where(outbox.c.recipient == address, outbox.c.state.in_(OPEN))
    first: int | None = await conn.scalar(query.order_by(outbox.c.priority, outbox.c.id).limit(1))
    return first
