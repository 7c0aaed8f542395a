"""Inside the outbox: a row's sealed body, and which row of a recipient's queue is its head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Integer, Row, and_, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import Priority
from bot.model.ids import EntryId, SessionId, TicketId
from bot.model.outgoing import Outgoing
from bot.storage import days
from bot.storage.prepared import Prepared
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
    session: SessionId | None = None


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


_HEADS = and_(outbox.c.head, outbox.c.state == "waiting")
_READY = case((outbox.c.held_until > outbox.c.not_before, outbox.c.held_until), else_=outbox.c.not_before)
_NOW = bindparam("now", type_=outbox.c.not_before.type)
_MAY_GO = and_(_HEADS, outbox.c.not_before <= _NOW, or_(outbox.c.held_until.is_(None), outbox.c.held_until <= _NOW))
DUE = Prepared(
    select(outbox.c.id, outbox.c.recipient, outbox.c.priority)
    .where(_MAY_GO)
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("limit", type_=Integer))
)
CARDS_DUE = Prepared(
    select(outbox.c.id, outbox.c.recipient, outbox.c.priority)
    .where(
        _MAY_GO,
        outbox.c.priority.in_((Priority.URGENT.value, Priority.CARD.value)),
        outbox.c.created <= bindparam("before", type_=outbox.c.created.type),
    )
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("limit", type_=Integer))
)
NEXT_DUE = Prepared(select(func.min(_READY, type_=_READY.type)).where(_HEADS, _NOW < _READY))
# The look that found a row may be older than the last try of it, which may have said that its recipient has to wait.
CLAIM = Prepared(
    update(outbox).where(outbox.c.id == bindparam("row"), _MAY_GO).values(state="sending", attempts=outbox.c.attempts + 1).returning(outbox)
)

_OF = outbox.c.recipient == bindparam("of")
_HEAD = Prepared(select(outbox.c.id, outbox.c.state, outbox.c.priority, outbox.c.held_until).where(_OF, outbox.c.head))
_FIRST = Prepared(select(outbox.c.id).where(_OF, outbox.c.state.in_(OPEN)).order_by(outbox.c.priority, outbox.c.id).limit(1))
_THIS = outbox.c.id == bindparam("row")
# A row that is being sent stays the head: the sender may have claimed it since we looked.
_DISPLACE = Prepared(update(outbox).where(_THIS, outbox.c.state == "waiting").values(head=False, held_until=None))
_DEMOTE = Prepared(update(outbox).where(_THIS).values(head=False, held_until=None))
_SLOW = outbox.c.priority.in_((Priority.NOTICE.value, Priority.LATE.value))
_HASTEN = Prepared(update(outbox).where(_OF, _SLOW).values(priority=Priority.REPLY.value))
_BELATED = Prepared(select(outbox.c.id).where(_OF, outbox.c.priority == Priority.LATE.value, outbox.c.state.in_(OPEN)).limit(1))
_PROMOTE = Prepared(update(outbox).where(_THIS).values(head=True, held_until=bindparam("until", type_=outbox.c.held_until.type)))


async def in_order(conn: AsyncConnection, address: str, priority: Priority) -> Priority:
    """Return how urgent a new row is among its recipient's others: a notice is no more so than the belated replies that it comes after."""
    if priority is Priority.NOTICE and await _BELATED.scalar(conn, of=address) is not None:
        return Priority.LATE
    return priority


async def displace(conn: AsyncConnection, address: str, priority: Priority) -> tuple[bool, datetime | None]:
    """Tell whether a new row of this priority is to be the head, and until when its recipient has to wait."""
    head = await _HEAD.first(conn, of=address)
    if head is None:
        return True, None
    if priority is Priority.REPLY and await hasten(conn, address):
        return False, None
    if head.priority <= priority:
        return False, None
    return (True, head.held_until) if await _DISPLACE.run(conn, row=head.id) else (False, None)


async def hasten(conn: AsyncConnection, address: str) -> bool:
    """Let belated replies to a recipient, and the notices among them, go before a new reply: a chat keeps its order.

    Tell whether there were any.
    """
    if await _BELATED.scalar(conn, of=address) is None:
        return False
    await _HASTEN.run(conn, of=address)
    await settle(conn, address)
    return True


async def settle(conn: AsyncConnection, address: str, until: datetime | None = None) -> None:
    """Make the right row the recipient's head.

    What the former head had to wait for binds the new one too; `until` says it where the former head is gone.
    """
    former = await _HEAD.first(conn, of=address)
    if former is None:
        await promote(conn, address, until)
    elif former.state != "sending" and await _next(conn, address) != former.id:
        await _DEMOTE.run(conn, row=former.id)
        await promote(conn, address, former.held_until)


async def promote(conn: AsyncConnection, address: str, until: datetime | None = None) -> None:
    """Make the first open row the head of a queue that has none."""
    following = await _next(conn, address)
    if following is not None:
        await _PROMOTE.run(conn, row=following, until=until)


async def _next(conn: AsyncConnection, address: str) -> int | None:
    first: int | None = await _FIRST.scalar(conn, of=address)
    return first
