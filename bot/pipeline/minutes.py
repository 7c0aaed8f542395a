"""A group's last minute, kept on disk: a process that starts anew must not spend a minute's budget that is spent already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import ForumId
from bot.storage import settings
from bot.storage.seal import Keyring

_TIMES = TypeAdapter(tuple[datetime, ...])
_SECOND = timedelta(seconds=1)


async def keep(conn: AsyncConnection, keys: Keyring, forum: ForumId, ages: Sequence[float], now: datetime) -> None:
    """Keep how many seconds ago each send into a forum's group was."""
    await settings.put(conn, keys, _name(forum), _TIMES.dump_json(tuple(now - age * _SECOND for age in ages)).decode())


async def recall(conn: AsyncConnection, keys: Keyring, forum: ForumId, now: datetime) -> list[float]:
    """Return how many seconds ago each send was, oldest first; after a jump back of the clock, none later than now."""
    kept = await settings.get(conn, keys, _name(forum))
    return [max(0.0, (now - time) / _SECOND) for time in _TIMES.validate_json(kept)] if kept else []


def _name(forum: ForumId) -> str:
    return f"minute:{forum}"
