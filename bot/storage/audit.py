"""The audit trail: who did what to which ticket, in ids and words from fixed sets."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import Audit
from bot.storage.prepared import Prepared
from bot.storage.tables import audit


async def write(conn: AsyncConnection, effect: Audit, now: datetime) -> None:
    """Write down that somebody did something: a member with the time, a resident with the day alone.

    To the second, a stolen trail would tell when each report was written, and which of them somebody deleted together.
    """
    at = now.astimezone(UTC)
    values = {
        "at": at if effect.member is not None else at.replace(hour=0, minute=0, second=0, microsecond=0),
        "action": effect.action,
        "ticket": effect.ticket,
        "forum": effect.forum,
        "member": effect.member,
        "detail": effect.detail,
    }
    await _WRITE.run(conn, **values)


_WRITE = Prepared(insert(audit))


async def forget(conn: AsyncConnection, before: datetime) -> int:
    """Forget what was done before then, and return how many lines that were."""
    return (await conn.execute(delete(audit).where(audit.c.at < before))).rowcount
