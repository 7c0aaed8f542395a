"""Timers: rows that fall due and enter the inbox like messages."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import SetTimer
from bot.model.ids import BroadcastId, OccurrenceId, ResidentId, SessionId, TicketId
from bot.storage import inbox, lanes, occurrences, residents
from bot.storage.prepared import Prepared
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import timers
from bot.storage.upsert import upsert

SOURCE = "timer"


@dataclass(frozen=True, slots=True)
class _Subject:
    key: str
    resident: ResidentId | None
    ticket: TicketId | None
    session: SessionId | None = None
    broadcast: BroadcastId | None = None
    occurrence: OccurrenceId | None = None


_SUBJECT = TypeAdapter(_Subject)


def _token(keys: Keyring, key: str) -> str:
    return keys.lookup("timer", key)


async def put(conn: AsyncConnection, keys: Keyring, effect: SetTimer) -> None:
    """Store a timer in place of an earlier one with its key."""
    token = _token(keys, effect.key)
    subject = _Subject(effect.key, effect.resident, effect.ticket, effect.session, effect.broadcast, effect.occurrence)
    sealed = seal(keys.rest, "timers", "subject", token, _SUBJECT.dump_json(subject))
    values = {"kind": effect.kind, "due": effect.due, "subject": sealed}
    await upsert(conn, timers, {"key": token}, values)


async def drop(conn: AsyncConnection, keys: Keyring, key: str) -> None:
    """Do not wake up for this key any more."""
    await _DROP.run(conn, token=_token(keys, key))


_DROP = Prepared(delete(timers).where(timers.c.key == bindparam("token")))


async def bring_forward(conn: AsyncConnection, kind: str, now: datetime) -> None:
    """Let all timers of a kind fall due now: what they bring works out anew when it is due."""
    await conn.execute(update(timers).where(timers.c.kind == kind, timers.c.due > now).values(due=now))


async def next_due(conn: AsyncConnection) -> datetime | None:
    """Return when the next timer falls due (UTC), None where there is none."""
    first: datetime | None = await conn.scalar(select(func.min(timers.c.due, type_=timers.c.due.type)))
    return first


async def move_due(conn: AsyncConnection, keys: Keyring, now: datetime, limit: int, held: frozenset[str] = frozenset()) -> int:
    """Move up to `limit` due timers into the inbox, earliest first, and return how many; those of an erased resident are dropped.

    Kinds that are held stay.

    An item's raw is JSON: `timer` (the kind), `key`, `resident`, `ticket`, `session`, `broadcast`, `occurrence`. It goes into the lane of
    the resident's chat, of the ticket, of the session, or of the broadcast, also for one of its occurrences.
    """
    due = select(timers).where(timers.c.due <= now, timers.c.kind.not_in(held)).order_by(timers.c.due).limit(limit)
    rows = (await conn.execute(due.with_for_update(skip_locked=True))).all()
    if not rows:
        return 0
    items = [item for row in rows if (item := await _item(conn, keys, row, now)) is not None]
    await inbox.store(conn, keys, items)
    await conn.execute(delete(timers).where(timers.c.key.in_([row.key for row in rows])))
    return len(items)


async def set_aside_due(conn: AsyncConnection, keys: Keyring, now: datetime, spared: frozenset[str], why: str) -> int:
    """Move all due timers into the inbox to wait there for a human, but for the kinds that are spared, and return how many."""
    rows = (await conn.execute(select(timers).where(timers.c.due <= now, timers.c.kind.not_in(spared)))).all()
    items = [item for row in rows if (item := await _item(conn, keys, row, now)) is not None]
    await inbox.store(conn, keys, items)
    await conn.execute(delete(timers).where(timers.c.due <= now, timers.c.kind.not_in(spared)))
    for item in items:
        await inbox.set_aside(conn, keys, item, why)
    return len(items)


async def _item(conn: AsyncConnection, keys: Keyring, row: Row[Any], now: datetime) -> inbox.NewItem | None:
    subject = _SUBJECT.validate_json(open_sealed(keys.rest, "timers", "subject", row.key, row.subject))
    lane = await _lane(conn, keys, subject)
    if lane is None:
        return None
    told = {"timer": row.kind, **_SUBJECT.dump_python(subject)}
    return inbox.NewItem(SOURCE, secrets.token_hex(16), lane, json.dumps(told).encode(), now)


async def _lane(conn: AsyncConnection, keys: Keyring, subject: _Subject) -> str | None:
    if subject.resident is not None:
        address = await residents.address(conn, keys, subject.resident)
        return None if address is None else lanes.of_chat(keys, *address)
    if subject.ticket is not None:
        return lanes.of_ticket(keys, subject.ticket)
    if subject.session is not None:
        return lanes.of_session(keys, subject.session)
    if subject.broadcast is not None or subject.occurrence is not None:
        broadcast = subject.broadcast or await occurrences.broadcast_of(conn, subject.occurrence or OccurrenceId(""))
        return None if broadcast is None else lanes.of_broadcast(keys, broadcast)
    return lanes.of_timer(keys, subject.key)
