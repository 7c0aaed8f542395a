"""Which lanes a process looks after, where several share the inbox.

Whose share a lane is follows from its name, so that the processes agree without asking, and do not all reach for the same. Whoever has
little of their own helps with what has been waiting: that its process is slow, or gone, holds up nobody for long. That two reach for one
lane does no harm: `inbox.take` gives it to one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.inbox import WAITING, WINDOW, waiting_lanes
from bot.storage.prepared import Prepared
from bot.storage.tables import inbox

DIGITS: Final = 4
"""A lane's name is an HMAC in hexadecimal digits; the last few of them deal the lanes out evenly."""
HELP_AFTER: Final = timedelta(seconds=1)
"""So long something waits for the process whose share it is before others take it."""


@dataclass(frozen=True, slots=True)
class Share:
    """The `nth` of so many, counted from 0."""

    nth: int
    of: int

    def has(self, lane: str) -> bool:
        """Whether a lane is of it."""
        return int(lane[-DIGITS:], 16) % self.of == self.nth


_OWN: Final = Prepared(
    select(inbox.c.lane, inbox.c.not_before)
    .where(WAITING, text(f"('x' || right(lane, {DIGITS}))::bit({4 * DIGITS})::int % :of = :nth"))
    .order_by(inbox.c.id)
    .limit(bindparam("limit"))
)


async def lanes_of(conn: AsyncConnection, now: datetime, limit: int, share: Share | None) -> list[str]:
    """Return up to `limit` lanes whose next item is due and for this process to handle."""
    if share is None or share.of == 1:
        return await waiting_lanes(conn, now, limit)
    lanes: dict[str, bool] = {}
    for lane, not_before in await _OWN.all(conn, limit=limit * WINDOW, of=share.of, nth=share.nth):
        lanes.setdefault(lane, not_before <= now)
    due = [lane for lane, is_due in lanes.items() if is_due][:limit]
    if len(due) <= limit // 2:
        late = [lane for lane in await waiting_lanes(conn, now - HELP_AFTER, limit * share.of) if lane not in lanes]
        due += random.sample(late, min(len(late), limit // 2))
    return due
