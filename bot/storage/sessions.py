"""Dialogue sessions: in clear when, where to and how many, sealed with a key of their own what is said of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, false, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import PROVINCE, ForumId, Language, MemberId, SessionId
from bot.model.sessions import Attendance, Office, Session
from bot.storage.errors import Stale
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import sessions

PAST: Final = 10
"""How many past sessions a list has, beside all that are to come."""


@dataclass(frozen=True, slots=True)
class _Body:
    topic: str
    planner: MemberId | None
    wall: datetime | None
    minutes: int
    place: str
    latitude: float | None
    longitude: float | None
    offices: tuple[Office, ...]
    office: str
    language: Language
    reason: str
    attendance: Attendance | None
    summary: str
    asking: str


_BODY = TypeAdapter(_Body)
_SEALED: Final = tuple(_Body.__dataclass_fields__)
_CLEAR: Final = ("forum", "state", "starts", "capacity", "audience", "sequence")


def owner_of(session: SessionId) -> str:
    """Return the name under which a session's data key is wrapped."""
    return f"session:{session}"


async def key_of(conn: AsyncConnection, keys: Keyring, session: SessionId) -> bytes | None:
    """Return the key that seals what belongs to a session, None where there is no such session."""
    wrapped = await conn.scalar(select(sessions.c.wrapped).where(sessions.c.id == session))
    return None if wrapped is None else keys.unwrap(wrapped, owner_of(session))


async def open_session(conn: AsyncConnection, keys: Keyring, session: Session) -> None:
    """Store a new session."""
    key = keys.new_data_key(owner_of(session.id))
    values = _clear(session) | {"id": session.id, "version": session.version, "wrapped": key.wrapped, "body": _seal(key.plain, session)}
    await conn.execute(insert(sessions).values(values))


async def load(conn: AsyncConnection, keys: Keyring, id: SessionId, *, lock: bool = False) -> Session | None:
    """Return a session, an unknown one as None.

    With `lock` other transactions that ask for the lock wait for the end of ours: who comes is decided by one after the other.
    """
    query = select(sessions).where(sessions.c.id == id)
    row = (await conn.execute(query.with_for_update() if lock else query)).first()
    return None if row is None else _session(keys, row)


async def move(conn: AsyncConnection, keys: Keyring, session: Session) -> None:
    """Store a session's changed state, if nobody changed it since `session.version` was read.

    Raises:
        Stale: somebody did.
    """
    key = await key_of(conn, keys, session.id)
    if key is None:
        raise Stale
    values = _clear(session) | {"version": session.version + 1, "body": _seal(key, session)}
    current = (sessions.c.id == session.id, sessions.c.version == session.version)
    if (await conn.execute(update(sessions).where(*current).values(values))).rowcount == 0:
        raise Stale


async def of_forum(conn: AsyncConnection, keys: Keyring, forum: ForumId, now: datetime) -> tuple[Session, ...]:
    """Return a forum's sessions, the province's being all: what is planned or to come by its time, then the last that are over."""
    return await _listed(conn, keys, sessions.c.forum == forum if forum != PROVINCE else ~false(), now)


async def public(
    conn: AsyncConnection, keys: Keyring, forums: Collection[ForumId], ids: Collection[SessionId], now: datetime
) -> tuple[Session, ...]:
    """Return the sessions of these forums, and these ones, in the order of `of_forum`; what is only planned is left out."""
    mine = or_(sessions.c.forum.in_(list(forums)), sessions.c.id.in_(list(ids)))
    return await _listed(conn, keys, mine & (sessions.c.state != "planned"), now)


async def _listed(conn: AsyncConnection, keys: Keyring, which: ColumnElement[bool], now: datetime) -> tuple[Session, ...]:
    ahead = sessions.c.state.in_(("planned", "announced")) & or_(sessions.c.starts.is_(None), sessions.c.starts >= now)
    coming = select(sessions).where(which, ahead).order_by(sessions.c.starts.is_(None), sessions.c.starts, sessions.c.id)
    over = select(sessions).where(which, ~ahead).order_by(sessions.c.starts.is_(None), sessions.c.starts.desc(), sessions.c.id).limit(PAST)
    rows = [*await conn.execute(coming), *await conn.execute(over)]
    return tuple(_session(keys, row) for row in rows)


async def all_ids(conn: AsyncConnection) -> Iterable[SessionId]:
    """Return the ids of all sessions."""
    return [SessionId(id) for id in await conn.scalars(select(sessions.c.id))]


def _clear(session: Session) -> dict[str, Any]:
    return {name: getattr(session, name) for name in _CLEAR}


def _seal(key: bytes, session: Session) -> bytes:
    body = _Body(**{name: getattr(session, name) for name in _SEALED})
    return seal(key, "sessions", "body", session.id, _BODY.dump_json(body))


def _session(keys: Keyring, row: Row[Any]) -> Session:
    key = keys.unwrap(row.wrapped, owner_of(row.id))
    body = _BODY.validate_json(open_sealed(key, "sessions", "body", row.id, row.body))
    return Session(
        id=SessionId(row.id),
        version=row.version,
        **{name: getattr(row, name) for name in _CLEAR},
        **{name: getattr(body, name) for name in _SEALED},
    )
