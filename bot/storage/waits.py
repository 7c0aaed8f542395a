"""What waits for a moment, when the clock is set back: it waits no longer than it would have."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import copies, inbox, outbox, timers

_MOMENTS = (
    (inbox.c.id, inbox.c.not_before),
    (outbox.c.id, outbox.c.not_before),
    (outbox.c.id, outbox.c.held_until),
    (copies.c.number, copies.c.not_before),
)
_AT_ONCE = ("round", "seats", "resume", "cast_progress")
"""Kinds of timers that carry work on and mean no hour of the day."""


async def set_back(conn: AsyncConnection, before: datetime, now: datetime) -> int:
    """After the clock went back from `before` to `now`: what was due is due, what was to wait an hour more waits an hour; return how many.

    Timers keep their hour, but for those that only carry work on. The days under whose keys rows are sealed stay as they are.
    """
    moved = 0
    for row, moment in _MOMENTS:
        table = moment.table
        due = update(table).where(moment > now, moment <= before).values({moment.key: now})
        ahead = (await conn.execute(select(row, moment).where(moment > before))).all()
        moved += (await conn.execute(due)).rowcount + len(ahead)
        if ahead:
            later = update(table).where(row == bindparam("row")).values({moment.key: bindparam("moment", type_=moment.type)})
            await conn.execute(later, [{"row": number, "moment": waits - (before - now)} for number, waits in ahead])
    carried_on = update(timers).where(timers.c.kind.in_(_AT_ONCE), timers.c.due > now).values(due=now)
    return moved + (await conn.execute(carried_on)).rowcount
