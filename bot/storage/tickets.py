"""Tickets: in clear what a forum's statistics need, sealed with a key of their own what was said and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import PROVINCE, ForumId, ResidentId, SessionId, TicketId
from bot.model.tickets import Content, Ticket
from bot.storage.errors import Stale
from bot.storage.members import name_of
from bot.storage.prepared import Prepared
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import entries, members, tickets


@dataclass(frozen=True, slots=True)
class _Body:
    owner: ResidentId | None
    reachable: bool
    content: Content
    return_reason: str


_BODY = TypeAdapter(_Body)
_CLEAR = (
    *("reference", "kind", "home", "forum", "category", "urgent", "sensitive"),
    *("contact", "state", "outcome", "taker", "came_from", "hops", "opened", "session"),
)
_GONE = _Body(owner=None, reachable=False, content=Content(), return_reason="")
_OPEN = Prepared(insert(tickets))
_QUERY = select(tickets, members.c.name.label("taker_name")).join(members, members.c.id == tickets.c.taker, isouter=True)
_BY_ID = Prepared(_QUERY.where(tickets.c.id == bindparam("ticket")))
_CURRENT = (tickets.c.id == bindparam("ticket"), tickets.c.version == bindparam("known"), tickets.c.state != "erased")
_KEY = Prepared(select(tickets.c.wrapped).where(*_CURRENT))
_MOVE = Prepared(update(tickets).where(*_CURRENT))


def owner_of(ticket: TicketId) -> str:
    """Return the name under which a ticket's data key is wrapped."""
    return f"ticket:{ticket}"


async def open_ticket(conn: AsyncConnection, keys: Keyring, ticket: Ticket) -> None:
    """Store a new ticket; `residents.add_ticket` makes it the resident's own."""
    key = keys.new_data_key(owner_of(ticket.id))
    values = _clear(ticket) | {"id": ticket.id, "version": ticket.version, "wrapped": key.wrapped, "body": _seal(key.plain, ticket)}
    await _OPEN.run(conn, **values)


async def load(conn: AsyncConnection, keys: Keyring, id: TicketId) -> Ticket | None:
    """Return a ticket, an erased one without its content, an unknown one as None."""
    row = await _BY_ID.first(conn, ticket=id)
    return None if row is None else _ticket(keys, row)


async def named(conn: AsyncConnection, reference: str) -> TicketId | None:
    """Return the ticket with this public number, None where there is none."""
    found = await conn.scalar(select(tickets.c.id).where(tickets.c.reference == reference))
    return TicketId(found) if found is not None else None


async def move(conn: AsyncConnection, keys: Keyring, ticket: Ticket) -> None:
    """Store a ticket's changed state, if nobody changed it since `ticket.version` was read.

    Raises:
        Stale: somebody did, or it was erased.
    """
    current = {"ticket": ticket.id, "known": ticket.version}
    wrapped = await _KEY.scalar(conn, **current)
    if wrapped is None:
        raise Stale
    body = _seal(keys.unwrap(wrapped, owner_of(ticket.id)), ticket)
    values = _clear(ticket) | {"version": ticket.version + 1, "body": body}
    if await _MOVE.run(conn, **current, **values) == 0:
        raise Stale


async def of_resident(conn: AsyncConnection, keys: Keyring, ids: Iterable[TicketId]) -> tuple[Ticket, ...]:
    """Return the tickets of a resident, in the order of the ids in the resident's profile."""
    wanted: Sequence[TicketId] = list(ids)
    if not wanted:
        return ()
    found = {row.id: row for row in await conn.execute(_QUERY.where(tickets.c.id.in_(wanted)))}
    return tuple(_ticket(keys, found[id]) for id in wanted if id in found)


async def held_by(conn: AsyncConnection, keys: Keyring, forum: ForumId, *, without_group: Iterable[ForumId] = ()) -> tuple[Ticket, ...]:
    """Return the tickets that a forum has not closed, those of the oldest day first.

    The province also has the sensitive ones, and those of the forums `without_group`.
    """
    theirs = tickets.c.forum == forum
    if forum == PROVINCE:
        theirs = or_(theirs, tickets.c.sensitive, tickets.c.forum.in_(list(without_group)))
    open_ones = _QUERY.where(theirs, tickets.c.state.in_(("new", "taken"))).order_by(tickets.c.opened, tickets.c.id)
    return tuple(_ticket(keys, row) for row in await conn.execute(open_ones))


async def alike(conn: AsyncConnection, keys: Keyring, forum: ForumId, limit: int) -> tuple[Ticket, ...]:
    """Return a forum's open requests for a dialogue session, those of the newest day first."""
    open_ones = _QUERY.where(tickets.c.forum == forum, tickets.c.kind == "dialogue", tickets.c.state.in_(("new", "taken")))
    rows = await conn.execute(open_ones.order_by(tickets.c.opened.desc(), tickets.c.id).limit(limit))
    return tuple(_ticket(keys, row) for row in rows)


async def joined_to(conn: AsyncConnection, keys: Keyring, session: SessionId) -> tuple[Ticket, ...]:
    """Return the requests that were joined to a session, open or closed, those of the oldest day first."""
    rows = await conn.execute(_QUERY.where(tickets.c.session == session).order_by(tickets.c.opened, tickets.c.id))
    return tuple(_ticket(keys, row) for row in rows)


async def erase(conn: AsyncConnection, id: TicketId) -> None:
    """Destroy a ticket's key, content, owner and thread; what stays is what is counted: reference, area, category, day, outcome."""
    gone = {"state": "erased", "wrapped": None, "body": None, "taker": None, "session": None, "version": tickets.c.version + 1}
    await conn.execute(update(tickets).where(tickets.c.id == id).values(gone))
    await conn.execute(delete(entries).where(entries.c.ticket == id))


def _clear(ticket: Ticket) -> dict[str, Any]:
    return {name: getattr(ticket, name) for name in _CLEAR}


def _seal(key: bytes, ticket: Ticket) -> bytes:
    body = _Body(ticket.resident, ticket.reachable, ticket.content, ticket.return_reason)
    return seal(key, "tickets", "body", ticket.id, _BODY.dump_json(body))


def _ticket(keys: Keyring, row: Row[Any]) -> Ticket:
    body = _GONE
    if row.wrapped is not None:
        key = keys.unwrap(row.wrapped, owner_of(row.id))
        body = _BODY.validate_json(open_sealed(key, "tickets", "body", row.id, row.body))
    return Ticket(
        id=TicketId(row.id),
        version=row.version,
        resident=body.owner,
        reachable=body.reachable,
        content=body.content,
        return_reason=body.return_reason,
        taker_name=name_of(keys, row.taker, row.taker_name) if row.taker else "",
        **{name: getattr(row, name) for name in _CLEAR},
    )
