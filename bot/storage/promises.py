"""Promises made at a session: when they fall due in clear, who promised what sealed with the session's key."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import PromiseId, SessionId
from bot.model.sessions import Promise
from bot.storage import sessions
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import promises
from bot.storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class _Body:
    who: str
    what: str


_BODY = TypeAdapter(_Body)


async def put(conn: AsyncConnection, keys: Keyring, promise: Promise) -> None:
    """Store a new or changed promise."""
    key = await sessions.key_of(conn, keys, promise.session)
    if key is not None:
        body = seal(key, "promises", "body", promise.id, _BODY.dump_json(_Body(promise.who, promise.what)))
        values = {"session": promise.session, "due": promise.due, "state": promise.state, "body": body}
        await upsert(conn, promises, {"id": promise.id}, values)


async def of_session(conn: AsyncConnection, keys: Keyring, session: SessionId) -> tuple[Promise, ...]:
    """Return what was promised at a session, in the order in which it was written down."""
    return await of_sessions(conn, keys, (session,))


async def of_sessions(conn: AsyncConnection, keys: Keyring, wanted: tuple[SessionId, ...]) -> tuple[Promise, ...]:
    """Return what was promised at these sessions, by day and then in the order in which it was written down."""
    query = select(promises).where(promises.c.session.in_(wanted))
    rows = (await conn.execute(query.order_by(promises.c.number))).all() if wanted else []
    opened = {session: await sessions.key_of(conn, keys, SessionId(session)) for session in {row.session for row in rows}}
    found = []
    for row in rows:
        key = opened[row.session]
        if key is not None:
            body = _BODY.validate_json(open_sealed(key, "promises", "body", row.id, row.body))
            found.append(Promise(PromiseId(row.id), SessionId(row.session), body.who, body.what, row.due, row.state))
    return tuple(found)
