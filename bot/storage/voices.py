"""Voices: that somebody has answered a quiz or stopped the messages, once, without who it was and without what was answered.

A token is an HMAC of occurrence, matter and resident, in a table that is kept in the order of the tokens. It is forgotten some time after
the occurrence has ended; from then on nothing more is counted of it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import OccurrenceId, ResidentId
from bot.storage.seal import Keyring
from bot.storage.tables import occurrences, voices
from bot.storage.upsert import insert_new

QUIZ = "quiz"
OPT_OUT = "opted_out"
MATTERS = (QUIZ, OPT_OUT)


def _token(keys: Keyring, occurrence: OccurrenceId, what: str, resident: ResidentId) -> str:
    return keys.lookup("voice", f"{occurrence}|{what}|{resident}")


async def raise_once(conn: AsyncConnection, keys: Keyring, occurrence: OccurrenceId, what: str, resident: ResidentId) -> bool:
    """Remember that somebody has spoken; tell whether it was the first time. The occurrence has to be there."""
    voice = insert_new(conn, voices).values(token=_token(keys, occurrence, what, resident), occurrence=occurrence)
    return (await conn.execute(voice)).rowcount > 0


async def raised(conn: AsyncConnection, keys: Keyring, occurrence: OccurrenceId, what: str, resident: ResidentId) -> bool:
    """Tell whether somebody has spoken."""
    token = _token(keys, occurrence, what, resident)
    return await conn.scalar(select(voices.c.token).where(voices.c.token == token)) is not None


async def forget(conn: AsyncConnection, before: datetime) -> int:
    """Forget who has spoken to occurrences that ended before then, and return how many that were."""
    ended = select(occurrences.c.id).where(occurrences.c.ended < before)
    return (await conn.execute(delete(voices).where(voices.c.occurrence.in_(ended)))).rowcount


async def erase(conn: AsyncConnection, keys: Keyring, resident: ResidentId) -> None:
    """Forget a resident's voices; they stay counted."""
    spoken = await conn.scalars(select(voices.c.occurrence).distinct())
    for occurrence in list(spoken):
        tokens = [_token(keys, OccurrenceId(occurrence), what, resident) for what in MATTERS]
        await conn.execute(delete(voices).where(voices.c.token.in_(tokens)))
