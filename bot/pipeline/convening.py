"""Dialogue sessions as effects change them: what is arranged, who comes, who is told, and by which rules of time."""

from __future__ import annotations

from datetime import datetime
from typing import Final, assert_never

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import (
    AdvanceRound,
    MoveSession,
    OpenSession,
    SetAnswer,
    SetCalendar,
    SetFeedback,
    SetPromise,
    SetTimer,
    StartRound,
)
from bot.model.ids import ResidentId, RoundId, SessionId
from bot.model.messages import round_key
from bot.storage import answers, calendars, copies, feedback, promises, rounds, sessions, subscribers, timers, voices
from bot.storage.seal import Keyring

ROUND: Final = "round"
"""The kind of timer that brings the next people of a round."""
SEATS: Final = "seats"
"""The kind of timer that comes when a seat became free by itself."""


async def arrange(conn: AsyncConnection, keys: Keyring, effect: OpenSession | MoveSession | SetPromise | SetAnswer | SetFeedback) -> None:
    """Write down what concerns one session.

    Raises:
        Stale: the session was changed since it was loaded.
    """
    match effect:
        case OpenSession(session):
            await sessions.open_session(conn, keys, session)
        case MoveSession(session):
            await sessions.move(conn, keys, session)
        case SetPromise(promise):
            await promises.put(conn, keys, promise)
        case SetAnswer(session_id, resident, answer):
            await answers.put(conn, keys, session_id, resident, answer)
        case SetFeedback():
            await feedback.put(conn, keys, effect)
        case _:
            assert_never(effect)


async def tell(conn: AsyncConnection, keys: Keyring, effect: StartRound | AdvanceRound | SetCalendar, now: datetime) -> None:
    """Write down how far people have been told of a session, and the calendar.

    Raises:
        Stale: the calendar was changed since it was loaded.
    """
    match effect:
        case StartRound(round):
            if await rounds.start(conn, keys, round):
                await _next(conn, keys, round.id, round.session, now)
        case AdvanceRound():
            session = await rounds.advance(conn, effect)
            if session is not None:
                await _next(conn, keys, effect.round, session, now)
        case SetCalendar(calendar, member):
            await calendars.add(conn, calendar, member, now)
        case _:
            assert_never(effect)


async def _next(conn: AsyncConnection, keys: Keyring, id: RoundId, session: SessionId, now: datetime) -> None:
    await timers.put(conn, keys, SetTimer(round_key(id), ROUND, now, session=session))


async def forget(conn: AsyncConnection, keys: Keyring, resident: ResidentId, now: datetime) -> None:
    """Forget what a resident wanted to hear and what they said to it; who waits for a seat that became free is looked for at once."""
    await copies.forget(conn, keys, resident)
    await voices.erase(conn, keys, resident)
    await subscribers.erase(conn, keys, resident)
    await feedback.erase(conn, keys, resident)
    for session in await answers.erase(conn, keys, resident):
        await timers.put(conn, keys, SetTimer(f"{SEATS}:{session}", SEATS, now, session=session))
