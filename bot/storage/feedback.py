"""What people thought of a session: ratings to count, words sealed with the session's key, and nothing that says whose they are."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import SetFeedback
from bot.model.ids import ResidentId, SessionId
from bot.model.sessions import Feedback
from bot.storage import sessions
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import feedback
from bot.storage.upsert import upsert


def _token(keys: Keyring, session: SessionId, resident: ResidentId) -> str:
    return keys.lookup("feedback", f"{session}|{resident}")


def _row(session: SessionId, number: int) -> str:
    return f"{session}:{number}"


async def put(conn: AsyncConnection, keys: Keyring, effect: SetFeedback) -> None:
    """Remember what somebody thought, in place of what they said before."""
    key = await sessions.key_of(conn, keys, effect.session)
    if key is None:
        return
    token = _token(keys, effect.session, effect.resident)
    await upsert(conn, feedback, {"lookup": token}, {"session": effect.session, "rating": effect.rating, "words": None})
    if effect.words:
        number = await conn.scalar(select(feedback.c.number).where(feedback.c.lookup == token))
        sealed = seal(key, "feedback", "words", _row(effect.session, number or 0), effect.words.encode(errors="replace"))
        await conn.execute(update(feedback).where(feedback.c.lookup == token).values(words=sealed))


async def of_session(conn: AsyncConnection, keys: Keyring, session: SessionId) -> tuple[Feedback, ...]:
    """Return what people thought of a session, in the order in which they first said so."""
    rows = (await conn.execute(select(feedback).where(feedback.c.session == session).order_by(feedback.c.number))).all()
    key = await sessions.key_of(conn, keys, session) if rows else None
    if key is None:
        return ()
    return tuple(
        Feedback(row.rating, open_sealed(key, "feedback", "words", _row(session, row.number), row.words).decode() if row.words else "")
        for row in rows
    )


async def erase(conn: AsyncConnection, keys: Keyring, resident: ResidentId) -> None:
    """Forget what a resident wrote, and that the ratings were theirs; those stay as counts."""
    for session in await sessions.all_ids(conn):
        theirs = feedback.c.lookup == _token(keys, session, resident)
        await conn.execute(update(feedback).where(theirs).values(lookup=None, words=None))
