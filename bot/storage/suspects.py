"""What may have killed the process that handled it: the first waiting item of each lane, and how often that was begun and not ended.

A try that failed has not killed, and what was killed from outside has not failed: the two are counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.inbox import LIFE
from bot.storage.tables import inbox
from bot.storage.upsert import try_hold

_waiting = inbox.c.state == "waiting"


@dataclass(frozen=True, slots=True)
class Suspect:
    """An item that may have been in hand, and in how many lives it was."""

    id: int
    lives: int


async def heads(conn: AsyncConnection) -> dict[str, Suspect]:
    """Return the first waiting item of each lane: no other can have been in hand when a process died."""
    first = select(func.min(inbox.c.id)).where(_waiting).group_by(inbox.c.lane)
    rows = await conn.execute(select(inbox.c.lane, inbox.c.id, inbox.c.attempts).where(inbox.c.id.in_(first)))
    return {row.lane: Suspect(row.id, row.attempts // LIFE) for row in rows}


async def count(conn: AsyncConnection, lane: str, id: int, now: datetime) -> int | None:
    """Count a life in which an item is tried, before it is, and return how many there were before; None if it is not to be tried now."""
    if not await try_hold(conn, lane):
        return None
    this_one = (inbox.c.id == id) & _waiting & (inbox.c.not_before <= now)
    counted = update(inbox).where(this_one).values(attempts=inbox.c.attempts + LIFE).returning(inbox.c.attempts)
    counts = (await conn.execute(counted)).scalar_one_or_none()
    return None if counts is None else int(counts) // LIFE - 1
