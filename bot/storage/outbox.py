"""What is to be said, until it is: one queue per recipient, the most urgent first, at most one being sent.

    put ──► waiting ──claim──► sending ──sent──► gone
               ▲                  ├──never──► dead (needs a human)
               └─ later, unsure, hold_recipient, recover

After a backup was restored, all that was unsent in it is dead too, for the reason RESTORED: it may have been said since.

While a recipient's forum is lost its rows are `held`. Of each recipient's open rows exactly one is the head: the one being sent, otherwise
the first by priority and age. Heads have an index of their own, so to find what may go next costs the same with ten rows waiting as with a
hundred thousand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy import Row as SqlRow
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import Priority
from bot.model.ids import PROVINCE, EntryId, ForumId, ResidentId, SessionId, TicketId
from bot.model.messages import Recipient, ToForum, ToResident, recipient_key, recipient_of
from bot.model.outgoing import Outgoing
from bot.storage.prepared import Prepared
from bot.storage.queues import (
    CARDS_DUE,
    CLAIM,
    DUE,
    NEXT_DUE,
    OPEN,
    UNSENT,
    Body,
    close_body,
    displace,
    hasten,
    in_order,
    open_body,
    promote,
    settle,
)
from bot.storage.seal import Keyring
from bot.storage.tables import forums, outbox, tickets
from bot.storage.upsert import hold

RESTORED: Final = "restored"
"""Why a row is dead that nobody refused."""


class Head(NamedTuple):
    """The row of a recipient that may go next; `recipient` is its `address_of`. A look brings hundreds, so they hold no more than that."""

    id: int
    recipient: str
    priority: Priority


@dataclass(frozen=True, slots=True)
class Row:
    """A row to send. `attempts` counts this one; `unsure`: an earlier one may have been delivered; `reason`: why it is dead."""

    id: int
    recipient: Recipient
    priority: Priority
    slot: str | None
    attempts: int
    unsure: bool
    created: datetime
    not_before: datetime
    outgoing: Outgoing
    ticket: TicketId | None
    entry: EntryId | None
    reason: str | None = None
    session: SessionId | None = None


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many rows wait, are being sent, are held for a lost forum, were refused; and the age in seconds of the oldest that waits."""

    waiting: int
    sending: int
    held: int
    dead: int
    oldest_seconds: float


def address_of(keys: Keyring, recipient: Recipient) -> str:
    """Return the token under which a recipient's rows stand."""
    return keys.lookup("recipient", recipient_key(recipient))


def _slot_of(keys: Keyring, recipient: Recipient, slot: str) -> str:
    return keys.lookup("slot", f"{recipient_key(recipient)}|{slot}")


_PUT = Prepared(insert(outbox).returning(outbox.c.id))


async def put(
    conn: AsyncConnection,
    keys: Keyring,
    recipient: Recipient,
    outgoing: Outgoing,
    priority: Priority,
    slot: str | None,
    ticket: TicketId | None,
    entry: EntryId | None,
    now: datetime,
    session: SessionId | None = None,
) -> int:
    """Queue something to say and return its row.

    An unsent row for the same slot takes the new words and the higher urgency, and keeps its place. What is for a forum whose group is
    lost is held.
    """
    address = address_of(keys, recipient)
    body = Body(recipient_key(recipient), slot, outgoing, ticket, entry, session)
    await hold(conn, address)
    priority = await in_order(conn, address, priority)
    token = None if slot is None else _slot_of(keys, recipient, slot)
    if token is not None:
        merged = await _merge(conn, keys, address, token, body, priority)
        if merged is not None:
            return merged
    held = isinstance(recipient, ToForum) and await _is_lost(conn, recipient.forum)
    is_head, until = (False, None) if held else await displace(conn, address, priority)
    values = {
        "recipient": address,
        "priority": int(priority),
        "slot": token,
        "state": "held" if held else "waiting",
        "head": is_head,
        "held_until": until,
        "created": now,
        "not_before": now,
        "line": "waits" if outgoing.line is not None and isinstance(recipient, ToForum) else None,
        "body": await close_body(conn, keys, address, now, body),
    }
    return int(await _PUT.scalar(conn, **values))


_SUPERSEDED = and_(outbox.c.state == "dead", outbox.c.reason == RESTORED)
_IN_SLOT = (outbox.c.recipient == bindparam("of"), outbox.c.slot == bindparam("slot"))
_OF_SLOT = Prepared(select(outbox).where(*_IN_SLOT, or_(outbox.c.state.in_(UNSENT), _SUPERSEDED)))
_CHANGE = Prepared(update(outbox).where(outbox.c.id == bindparam("row"), outbox.c.state.in_(UNSENT)))


async def _merge(conn: AsyncConnection, keys: Keyring, address: str, token: str, body: Body, priority: Priority) -> int | None:
    found = await _OF_SLOT.all(conn, of=address, slot=token)
    for old in found:
        if old.state == "dead":
            await discard(conn, old.id)
    row = next((each for each in found if each.state != "dead"), None)
    if row is None:
        return None
    urgency = min(row.priority, int(priority))
    sealed = await close_body(conn, keys, address, row.created, body)
    line = None if body.outgoing.line is None and row.line == "waits" else row.line
    if await _CHANGE.run(conn, row=row.id, body=sealed, priority=urgency, line=line) == 0:  # the sender claimed it since we looked
        return None
    if urgency != row.priority and not (priority is Priority.REPLY and await hasten(conn, address)):
        await settle(conn, address)
    return int(row.id)


_STATE = Prepared(select(forums.c.state).where(forums.c.id == bindparam("forum")))


async def _is_lost(conn: AsyncConnection, forum: ForumId) -> bool:
    return bool(await _STATE.scalar(conn, forum=forum) == "lost")


async def drop_slot(conn: AsyncConnection, keys: Keyring, recipient: Recipient, slot: str) -> bool:
    """Drop what is unsent for a slot; tell whether there was anything."""
    address = address_of(keys, recipient)
    await hold(conn, address)
    unsent = (outbox.c.recipient == address, outbox.c.slot == _slot_of(keys, recipient, slot), outbox.c.state.in_(UNSENT))
    dropped = (await conn.execute(delete(outbox).where(*unsent).returning(outbox.c.held_until))).all()
    await settle(conn, address, max((row.held_until for row in dropped if row.held_until), default=None))
    return bool(dropped)


async def heads(conn: AsyncConnection, now: datetime, limit: int) -> list[Head]:
    """Return what may go now, at most one row per recipient: the most urgent first, then the oldest."""
    rows = await DUE.all(conn, now=now, limit=limit)
    return [Head(id, recipient, Priority(priority)) for id, recipient, priority in rows]


async def card_heads(conn: AsyncConnection, now: datetime, before: datetime, limit: int) -> list[Head]:
    """Return as `heads` the cards that have waited since then: where replies fill a look, these would not be among them."""
    rows = await CARDS_DUE.all(conn, now=now, before=before, limit=limit)
    return [Head(id, recipient, Priority(priority)) for id, recipient, priority in rows]


async def next_due(conn: AsyncConnection, now: datetime) -> datetime | None:
    """Return when the first head that has to wait may go, None where none has to."""
    first: datetime | None = await NEXT_DUE.scalar(conn, now=now)
    return first


async def claim(conn: AsyncConnection, keys: Keyring, id: int, now: datetime) -> Row | None:
    """Mark a head as being sent and return it; None if it is no longer its recipient's next.

    The mark is on disk before the call to the channel: after a crash the row is known to be unsure.
    """
    row = await CLAIM.first(conn, row=id, now=now)
    return None if row is None else await row_of(conn, keys, row)


async def row_of(conn: AsyncConnection, keys: Keyring, row: SqlRow[Any]) -> Row:
    """Return a row with its body opened; of what a list has told, the sending makes no sound again."""
    body = await open_body(conn, keys, row)
    outgoing = replace(body.outgoing, silent=True) if row.line == "told" else body.outgoing
    return Row(
        id=row.id,
        recipient=recipient_of(body.recipient),
        priority=Priority(row.priority),
        slot=body.slot,
        attempts=row.attempts,
        unsure=row.unsure,
        created=row.created,
        not_before=row.not_before,
        outgoing=outgoing,
        ticket=body.ticket,
        entry=body.entry,
        reason=row.reason,
        session=body.session,
    )


_SENT = Prepared(delete(outbox).where(outbox.c.id == bindparam("row")).returning(outbox.c.head))


async def sent(conn: AsyncConnection, keys: Keyring, row: Row) -> None:
    """Remove what was said; the next in the recipient's queue is the head."""
    address = address_of(keys, row.recipient)
    await hold(conn, address)
    gone = await _SENT.first(conn, row=row.id)
    if gone is not None and gone.head:
        await promote(conn, address)


async def never(conn: AsyncConnection, keys: Keyring, row: Row, reason: str) -> None:
    """Put aside what will not be sent however often it is tried; `reason` is a word of a fixed set, the body stays sealed for a human."""
    dead = update(outbox).where(outbox.c.id == row.id).values(state="dead", head=False, reason=reason[:64])
    await _leave(conn, keys, row, dead)


async def later(conn: AsyncConnection, keys: Keyring, row: Row, not_before: datetime) -> None:
    """Try the row again then (UTC); its recipient's other rows wait behind it, unless they are more urgent."""
    await _wait(conn, keys, row, not_before=not_before)


async def unsure(conn: AsyncConnection, keys: Keyring, row: Row, not_before: datetime) -> None:
    """As `later`, and remember that it may have been delivered."""
    await _wait(conn, keys, row, not_before=not_before, unsure=True)


async def hold_recipient(conn: AsyncConnection, keys: Keyring, row: Row, until: datetime) -> None:
    """Let everything for the row's recipient wait until then (UTC), as the channel asked; what is put meanwhile waits too."""
    await _wait(conn, keys, row, held_until=until)


async def _wait(conn: AsyncConnection, keys: Keyring, row: Row, **values: object) -> None:
    state = case((outbox.c.state == "sending", "waiting"), else_=outbox.c.state)
    await _leave(conn, keys, row, update(outbox).where(outbox.c.id == row.id).values(state=state, **values))


async def _leave(conn: AsyncConnection, keys: Keyring, row: Row, statement: Any) -> None:
    address = address_of(keys, row.recipient)
    await hold(conn, address)
    await conn.execute(statement)
    await settle(conn, address)


async def is_sending(conn: AsyncConnection, keys: Keyring, recipient: Recipient) -> bool:
    """Whether something is on its way to a recipient."""
    under_way = (outbox.c.recipient == address_of(keys, recipient), outbox.c.head, outbox.c.state == "sending")
    return await conn.scalar(select(outbox.c.id).where(*under_way)) is not None


async def recover(conn: AsyncConnection) -> int:
    """At start: what was being sent when the bot stopped waits again, unsure. Return how many rows that were."""
    result = await conn.execute(update(outbox).where(outbox.c.head, outbox.c.state == "sending").values(state="waiting", unsure=True))
    return result.rowcount


async def set_aside(conn: AsyncConnection) -> int:
    """Let all that is unsent wait for a human, after a backup was restored; return how many rows that are."""
    unsent = update(outbox).where(outbox.c.state != "dead")
    return (await conn.execute(unsent.values(state="dead", head=False, held_until=None, reason=RESTORED))).rowcount


async def hold_forum(conn: AsyncConnection, keys: Keyring, forum: ForumId) -> int:
    """Hold everything that is meant for a lost forum, and return how many rows that are."""
    address = address_of(keys, ToForum(forum))
    await hold(conn, address)
    open_rows = update(outbox).where(outbox.c.recipient == address, outbox.c.state.in_(OPEN))
    return (await conn.execute(open_rows.values(state="held", head=False, held_until=None))).rowcount


async def release_forum(conn: AsyncConnection, keys: Keyring, forum: ForumId) -> int:
    """Let what was held for a forum go, in its order, and return how many rows that are."""
    address = address_of(keys, ToForum(forum))
    await hold(conn, address)
    held = update(outbox).where(outbox.c.recipient == address, outbox.c.state == "held")
    released = (await conn.execute(held.values(state="waiting"))).rowcount
    await settle(conn, address)
    return released


async def drop_resident(conn: AsyncConnection, keys: Keyring, resident: ResidentId) -> None:
    """Drop everything meant for a resident, sent or not, refused or not."""
    address = address_of(keys, ToResident(resident))
    await hold(conn, address)
    await conn.execute(delete(outbox).where(outbox.c.recipient == address))


async def dead(conn: AsyncConnection, keys: Keyring, limit: int) -> list[Row]:
    """Return what was refused and needs a human, oldest first."""
    rows = await conn.execute(select(outbox).where(outbox.c.state == "dead").order_by(outbox.c.id).limit(limit))
    return [await row_of(conn, keys, row) for row in rows]


async def revive(conn: AsyncConnection, keys: Keyring, row: int, now: datetime) -> Literal["queued", "unknown", "elsewhere"]:
    """Queue what was refused once more, behind what waits for the same recipient.

    `unknown`: there is no such row. `elsewhere`: it is of a ticket that its forum no longer holds, and must not be read there any more.
    """
    found = (await conn.execute(select(outbox).where(outbox.c.id == row, outbox.c.state == "dead"))).one_or_none()
    if found is None:
        return "unknown"
    dead_row = await row_of(conn, keys, found)
    if dead_row.outgoing.do == "show" and await _is_elsewhere(conn, dead_row):
        return "elsewhere"
    await discard(conn, row)
    parts = dead_row.recipient, dead_row.outgoing, dead_row.priority, dead_row.slot, dead_row.ticket, dead_row.entry
    await put(conn, keys, *parts, now, dead_row.session)
    return "queued"


async def _is_elsewhere(conn: AsyncConnection, row: Row) -> bool:
    if row.ticket is None or not isinstance(row.recipient, ToForum) or row.recipient.forum == PROVINCE:
        return False
    return await conn.scalar(select(tickets.c.forum).where(tickets.c.id == row.ticket)) != row.recipient.forum


async def discard(conn: AsyncConnection, row: int) -> bool:
    """Forget what was refused; False if there is no such row."""
    return (await conn.execute(delete(outbox).where(outbox.c.id == row, outbox.c.state == "dead"))).rowcount == 1


async def discard_ticket(conn: AsyncConnection, keys: Keyring, ticket: TicketId) -> None:
    """Forget what was refused of a ticket; each row is opened, since only its sealed body tells what it is about."""
    for row in await conn.execute(select(outbox).where(outbox.c.state == "dead")):
        if (await open_body(conn, keys, row)).ticket == ticket:
            await discard(conn, row.id)


async def backlog(conn: AsyncConnection, now: datetime) -> Backlog:
    """Return how much waits."""

    async def rows(*which: ColumnElement[bool]) -> int:
        return await conn.scalar(select(func.count()).select_from(outbox).where(*which)) or 0

    held, dead = await rows(outbox.c.state == "held"), await rows(outbox.c.state == "dead")
    sending = await rows(outbox.c.head, outbox.c.state == "sending")
    oldest = await conn.scalar(select(outbox.c.created).where(outbox.c.state == "waiting").order_by(outbox.c.id).limit(1))
    age = now - oldest if oldest else timedelta()
    return Backlog(
        waiting=await rows() - sending - held - dead,
        sending=sending,
        held=held,
        dead=dead,
        oldest_seconds=max(0.0, age.total_seconds()),
    )
