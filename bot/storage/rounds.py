"""Rounds: how far it has come to tell many people one thing."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import AdvanceRound
from bot.model.ids import RoundId, SessionId
from bot.model.sessions import Round
from bot.storage import sessions
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import rounds
from bot.storage.upsert import insert_new

OPEN = rounds.c.state == "open"


async def start(conn: AsyncConnection, keys: Keyring, round: Round) -> bool:
    """Store a round; tell whether it is to begin: not where the session is unknown, nor where a round of this name has begun before."""
    key = await sessions.key_of(conn, keys, round.session)
    if key is None:
        return False
    values = {
        "id": round.id,
        "session": round.session,
        "kind": round.kind,
        "reach": round.reach,
        "cursor": round.cursor,
        "subject": seal(key, "rounds", "subject", round.id, round.subject.encode()),
    }
    new = insert_new(conn, rounds).values(values)
    return (await conn.execute(new)).rowcount > 0


async def load(conn: AsyncConnection, keys: Keyring, id: RoundId) -> Round | None:
    """Return a round that is under way, None where it is done or unknown."""
    row = (await conn.execute(select(rounds).where(rounds.c.id == id, OPEN))).first()
    key = await sessions.key_of(conn, keys, SessionId(row.session)) if row is not None else None
    if row is None or key is None:
        return None
    subject = open_sealed(key, "rounds", "subject", id, row.subject).decode()
    return Round(id, SessionId(row.session), row.kind, row.reach, row.cursor, subject)


async def advance(conn: AsyncConnection, effect: AdvanceRound) -> SessionId | None:
    """Remember how far a round has come; return its session if it goes on, None where it is done."""
    state = "done" if effect.done else "open"
    moved = update(rounds).where(rounds.c.id == effect.round, OPEN).values(cursor=effect.cursor, state=state)
    session: str | None = await conn.scalar(moved.returning(rounds.c.session))
    return SessionId(session) if session is not None and not effect.done else None
