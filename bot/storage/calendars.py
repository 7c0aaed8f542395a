"""Calendars: every version of the rules of time. They are the same for everybody, so they are kept as JSON that can be read."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.calendar import Calendar
from bot.model.ids import MemberId
from bot.storage.errors import Stale
from bot.storage.prepared import Prepared
from bot.storage.tables import calendars
from bot.storage.upsert import insert_new

_CALENDAR = TypeAdapter(Calendar)


@lru_cache(maxsize=64)
def _read(body: str) -> Calendar:
    return _CALENDAR.validate_json(body)


_NEWEST = Prepared(select(calendars.c.body).order_by(calendars.c.version.desc()).limit(1))


async def newest(conn: AsyncConnection) -> Calendar | None:
    """Return the version in force, None where only the configuration speaks."""
    body = await _NEWEST.scalar(conn)
    return None if body is None else _read(body)


async def last(conn: AsyncConnection, limit: int) -> tuple[Calendar, ...]:
    """Return the last versions, newest first."""
    bodies = await conn.scalars(select(calendars.c.body).order_by(calendars.c.version.desc()).limit(limit))
    return tuple(_read(body) for body in bodies)


async def add(conn: AsyncConnection, calendar: Calendar, member: MemberId, now: datetime) -> None:
    """Store a new version.

    Raises:
        Stale: somebody else has stored that version since the calendar was read.
    """
    values = {"version": calendar.version, "changed": now, "member": member, "body": _CALENDAR.dump_json(calendar).decode()}
    if (await conn.execute(insert_new(conn, calendars).values(values))).rowcount == 0:
        raise Stale
