"""Broadcasts: in clear whose they are and how far they have come, sealed with a key of their own what is said, to whom and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.broadcasts import Audience, Broadcast, Counted, Quiz, Schedule
from bot.model.ids import PROVINCE, BroadcastId, ForumId, Language, MemberId, ResidentId
from bot.model.messages import Attachment
from bot.model.subscriptions import Topic
from bot.storage.errors import Stale
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import broadcasts


@dataclass(frozen=True, slots=True)
class _Body:
    author: MemberId
    author_person: str
    topic: Topic | None
    texts: dict[Language, str]
    attachment: Attachment | None
    quiz: Quiz | None
    audience: Audience
    schedule: Schedule
    counted: Counted | None
    previewed: int
    approved: int
    approver: MemberId | None
    author_name: str
    writers: frozenset[str]
    since: datetime | None
    asking: str
    revision: int
    desk: ResidentId | None = None


_BODY = TypeAdapter(_Body)
_SEALED: Final = tuple(_Body.__dataclass_fields__)
_CLEAR: Final = ("forum", "state")


def owner_of(broadcast: BroadcastId) -> str:
    """Return the name under which a broadcast's data key is wrapped."""
    return f"broadcast:{broadcast}"


async def key_of(conn: AsyncConnection, keys: Keyring, broadcast: BroadcastId) -> bytes | None:
    """Return the key that seals what belongs to a broadcast, None where there is no such broadcast."""
    wrapped = await conn.scalar(select(broadcasts.c.wrapped).where(broadcasts.c.id == broadcast))
    return None if wrapped is None else keys.unwrap(wrapped, owner_of(broadcast))


async def open_broadcast(conn: AsyncConnection, keys: Keyring, broadcast: Broadcast, now: datetime) -> None:
    """Store a new broadcast."""
    key = keys.new_data_key(owner_of(broadcast.id))
    values = {"id": broadcast.id, "wrapped": key.wrapped, **_values(key.plain, broadcast, now), "version": broadcast.version}
    await conn.execute(insert(broadcasts).values(values))


async def load(conn: AsyncConnection, keys: Keyring, id: BroadcastId, *, lock: bool = False) -> Broadcast | None:
    """Return a broadcast, an unknown one as None.

    With `lock` other transactions that ask for the lock wait for the end of ours: when it is sent is decided by one after the other.
    """
    query = select(broadcasts).where(broadcasts.c.id == id)
    row = (await conn.execute(query.with_for_update() if lock else query)).first()
    return None if row is None else _broadcast(keys, row)


async def move(conn: AsyncConnection, keys: Keyring, broadcast: Broadcast, now: datetime) -> None:
    """Store a broadcast's changed state, if nobody changed it since `broadcast.version` was read.

    Raises:
        Stale: somebody did.
    """
    key = await key_of(conn, keys, broadcast.id)
    if key is None:
        raise Stale
    values = {**_values(key, broadcast, now), "version": broadcast.version + 1}
    current = (broadcasts.c.id == broadcast.id, broadcasts.c.version == broadcast.version)
    if (await conn.execute(update(broadcasts).where(*current).values(values))).rowcount == 0:
        raise Stale


async def drop(conn: AsyncConnection, id: BroadcastId) -> None:
    """Forget a broadcast with all that belongs to it."""
    await conn.execute(delete(broadcasts).where(broadcasts.c.id == id))


async def of_forum(conn: AsyncConnection, keys: Keyring, forum: ForumId, limit: int) -> tuple[Broadcast, ...]:
    """Return a forum's broadcasts, the province's being all: those that were changed last, newest first."""
    query = select(broadcasts).order_by(broadcasts.c.changed.desc(), broadcasts.c.id).limit(limit)
    rows = await conn.execute(query if forum == PROVINCE else query.where(broadcasts.c.forum == forum))
    return tuple(_broadcast(keys, row) for row in rows)


async def approved(conn: AsyncConnection, keys: Keyring, limit: int) -> tuple[Broadcast, ...]:
    """Return the broadcasts that have a time to come, of all forums, newest first."""
    query = select(broadcasts).where(broadcasts.c.state == "approved").order_by(broadcasts.c.changed.desc(), broadcasts.c.id)
    return tuple(_broadcast(keys, row) for row in await conn.execute(query.limit(limit)))


def _values(key: bytes, broadcast: Broadcast, now: datetime) -> dict[str, Any]:
    body = _Body(**{name: getattr(broadcast, name) for name in _SEALED})
    sealed = seal(key, "broadcasts", "body", broadcast.id, _BODY.dump_json(body))
    return {name: getattr(broadcast, name) for name in _CLEAR} | {"changed": now, "body": sealed}


def _broadcast(keys: Keyring, row: Row[Any]) -> Broadcast:
    key = keys.unwrap(row.wrapped, owner_of(row.id))
    body = _BODY.validate_json(open_sealed(key, "broadcasts", "body", row.id, row.body))
    return Broadcast(
        id=BroadcastId(row.id),
        version=row.version,
        **{name: getattr(row, name) for name in _CLEAR},
        **{name: getattr(body, name) for name in _SEALED},
    )
