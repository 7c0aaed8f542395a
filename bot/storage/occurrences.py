"""Occurrences: each time that a broadcast is sent, how far that has come, and what is said in it, sealed with the broadcast's key.

`state` belongs to the turns and is guarded by `version`; `cursor`, `listed`, `uploaded` and `told` belong to the fan-out, so that neither
has to wait for the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.broadcasts import Audience, Occurrence
from bot.model.ids import BroadcastId, ForumId, Language, OccurrenceId
from bot.model.outgoing import Outgoing
from bot.model.subscriptions import Topic
from bot.storage import broadcasts
from bot.storage.errors import Stale
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import occurrences
from bot.storage.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Content:
    """What an occurrence says to whom: the message that everybody gets who reads a language."""

    audience: Audience
    topic: Topic
    outgoing: Mapping[Language, Outgoing]


_CONTENT = TypeAdapter(Content)
_MOVED: Final = ("state", "revision", "started", "ended", "paid")
_SHOWN: Final = (*_MOVED, "due", "listed", "version")
_FIELDS: Final = [occurrences.c[name] for name in ("id", "broadcast", "forum", "wall", *_SHOWN)]


async def open_occurrence(conn: AsyncConnection, keys: Keyring, occurrence: Occurrence, content: Content) -> bool:
    """Store a new occurrence; tell whether it is new: not where its broadcast is gone, nor where it has one of this due time."""
    key = await broadcasts.key_of(conn, keys, occurrence.broadcast)
    if key is None:
        return False
    values = {name: getattr(occurrence, name) for name in ("id", "broadcast", "forum", *_SHOWN)} | {
        "wall": occurrence.wall.isoformat(timespec="seconds"),
        "told": occurrence.state == "skipped",
        "body": seal(key, "occurrences", "body", occurrence.id, _CONTENT.dump_json(content)),
    }
    return (await conn.execute(insert_new(conn, occurrences).values(values))).rowcount > 0


async def load(conn: AsyncConnection, id: OccurrenceId, *, lock: bool = False) -> Occurrence | None:
    """Return an occurrence, an unknown one as None; with `lock` nobody else changes it before the end of this transaction."""
    query = select(*_FIELDS).where(occurrences.c.id == id)
    row = (await conn.execute(query.with_for_update() if lock else query)).first()
    return None if row is None else _occurrence(row)


async def move(conn: AsyncConnection, occurrence: Occurrence) -> None:
    """Store an occurrence's changed state, if nobody changed it since `occurrence.version` was read. Of what was never sent no end is told.

    Raises:
        Stale: somebody did.
    """
    values: dict[str, Any] = {name: getattr(occurrence, name) for name in _MOVED} | {"version": occurrence.version + 1}
    if occurrence.state == "skipped" or (occurrence.state == "cancelled" and occurrence.started is None):
        values["told"] = True
    current = (occurrences.c.id == occurrence.id, occurrences.c.version == occurrence.version)
    if (await conn.execute(update(occurrences).where(*current).values(values))).rowcount == 0:
        raise Stale


async def pause_all(conn: AsyncConnection) -> int:
    """Pause what is being sent, after a backup was restored; return how many that were."""
    under_way = update(occurrences).where(occurrences.c.state == "sending")
    return (await conn.execute(under_way.values(state="paused", version=occurrences.c.version + 1))).rowcount


async def last(conn: AsyncConnection, broadcast: BroadcastId, limit: int) -> tuple[Occurrence, ...]:
    """Return a broadcast's last occurrences, newest due time first."""
    query = select(*_FIELDS).where(occurrences.c.broadcast == broadcast).order_by(occurrences.c.wall.desc()).limit(limit)
    return tuple(_occurrence(row) for row in await conn.execute(query))


async def latest(conn: AsyncConnection, ids: Iterable[BroadcastId]) -> Mapping[BroadcastId, Occurrence]:
    """Return the newest occurrence of each of these broadcasts that has any."""
    found = {id: await last(conn, id, 1) for id in ids}
    return {id: newest[0] for id, newest in found.items() if newest}


async def recent(conn: AsyncConnection, limit: int) -> tuple[Occurrence, ...]:
    """Return the last occurrences of all broadcasts, newest due time first."""
    query = select(*_FIELDS).order_by(occurrences.c.due.desc(), occurrences.c.id).limit(limit)
    return tuple(_occurrence(row) for row in await conn.execute(query))


async def open_ones(conn: AsyncConnection) -> tuple[Occurrence, ...]:
    """Return what is sent, paused, or cancelled while its last messages were on their way, until its end has been told; oldest first."""
    under_way = occurrences.c.state.in_(("sending", "paused", "cancelled"))
    query = select(*_FIELDS).where(~occurrences.c.told, under_way).order_by(occurrences.c.due, occurrences.c.id)
    return tuple(_occurrence(row) for row in await conn.execute(query))


async def broadcast_of(conn: AsyncConnection, id: OccurrenceId) -> BroadcastId | None:
    """Return the broadcast that an occurrence belongs to."""
    found: str | None = await conn.scalar(select(occurrences.c.broadcast).where(occurrences.c.id == id))
    return None if found is None else BroadcastId(found)


async def key_of(conn: AsyncConnection, keys: Keyring, id: OccurrenceId) -> bytes | None:
    """Return the key that seals what belongs to an occurrence, which is its broadcast's; None where it is gone."""
    broadcast = await broadcast_of(conn, id)
    return None if broadcast is None else await broadcasts.key_of(conn, keys, broadcast)


async def content(conn: AsyncConnection, keys: Keyring, id: OccurrenceId) -> Content | None:
    """Return what an occurrence says to whom, None where it is gone."""
    body = await conn.scalar(select(occurrences.c.body).where(occurrences.c.id == id))
    key = await key_of(conn, keys, id) if body is not None else None
    return None if key is None or body is None else _CONTENT.validate_json(open_sealed(key, "occurrences", "body", id, body))


async def uploaded(conn: AsyncConnection, keys: Keyring, id: OccurrenceId) -> str | None:
    """Return the channel's name of the file that was sent with this occurrence, None while none was."""
    sealed = await conn.scalar(select(occurrences.c.uploaded).where(occurrences.c.id == id))
    key = await key_of(conn, keys, id) if sealed is not None else None
    return None if key is None or sealed is None else open_sealed(key, "occurrences", "uploaded", id, sealed).decode()


async def set_uploaded(conn: AsyncConnection, keys: Keyring, id: OccurrenceId, name: str | None) -> None:
    """Remember the channel's name of the file that was sent; None forgets one that the channel no longer knows."""
    key = await key_of(conn, keys, id)
    if key is not None:
        sealed = None if name is None else seal(key, "occurrences", "uploaded", id, name.encode())
        await conn.execute(update(occurrences).where(occurrences.c.id == id).values(uploaded=sealed))


async def cursor(conn: AsyncConnection, id: OccurrenceId) -> int:
    """Return the number of the last subscriber that was looked at."""
    return await conn.scalar(select(occurrences.c.cursor).where(occurrences.c.id == id)) or 0


async def advance(conn: AsyncConnection, id: OccurrenceId, cursor: int, *, listed: bool) -> None:
    """Remember how far the people have been found, and whether that is all of them."""
    await conn.execute(update(occurrences).where(occurrences.c.id == id).values(cursor=cursor, listed=listed))


async def told(conn: AsyncConnection, id: OccurrenceId) -> bool:
    """Mark that the end of an occurrence is being told; only to one of those who ask it is said that it is theirs to tell."""
    marked = update(occurrences).where(occurrences.c.id == id, ~occurrences.c.told).values(told=True)
    return (await conn.execute(marked)).rowcount > 0


def _occurrence(row: Row[Any]) -> Occurrence:
    return Occurrence(
        id=OccurrenceId(row.id),
        broadcast=BroadcastId(row.broadcast),
        forum=ForumId(row.forum),
        wall=datetime.fromisoformat(row.wall),
        **{name: getattr(row, name) for name in _SHOWN},
    )
