"""Answers to invitations: numbers in clear, who gave them only with the key.

An answer is found by an HMAC of session and resident together, so that nothing links one person's answers to two sessions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import ResidentId, SessionId
from bot.model.sessions import Answer, Person, Tally
from bot.storage import sessions
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import answers

_AT_ONCE: Final = 500
"""Tokens in one query; a database takes only so many parameters."""


def token_of(keys: Keyring, session: SessionId, resident: ResidentId) -> str:
    """Return the token under which a resident's answer to a session stands."""
    return keys.lookup("answer", f"{session}|{resident}")


async def put(conn: AsyncConnection, keys: Keyring, session: SessionId, resident: ResidentId, answer: Answer | None) -> None:
    """Remember an answer in place of an earlier one; None takes it back.

    Who joins the waiting list gets a new number, behind all who have one; who is on it keeps theirs.
    """
    token = token_of(keys, session, resident)
    mine = answers.c.lookup == token
    before = await conn.scalar(select(answers.c.answer).where(mine))
    if before == answer:
        return
    if before is not None and answer is not None and answer != "waiting":
        await conn.execute(update(answers).where(mine).values(answer=answer))
        return
    await conn.execute(delete(answers).where(mine))
    key = await sessions.key_of(conn, keys, session)
    if answer is not None and key is not None:
        sealed = seal(key, "answers", "resident", token, resident.encode())
        await conn.execute(insert(answers).values(session=session, lookup=token, answer=answer, resident=sealed))


async def of_resident(conn: AsyncConnection, keys: Keyring, session: SessionId, resident: ResidentId) -> Answer | None:
    """Return what a resident has answered to a session."""
    found: Answer | None = await conn.scalar(select(answers.c.answer).where(answers.c.lookup == token_of(keys, session, resident)))
    return found


async def tally(conn: AsyncConnection, session: SessionId) -> Tally:
    """Return a session's answers as numbers."""
    counted = select(answers.c.answer, func.count().label("number")).where(answers.c.session == session).group_by(answers.c.answer)
    return Tally(**{row.answer: row.number for row in await conn.execute(counted)})


async def people(
    conn: AsyncConnection, keys: Keyring, session: SessionId, given: Iterable[Answer], after: int, limit: int
) -> tuple[Person, ...]:
    """Return the next who gave one of these answers, by their number, which is their place."""
    query = select(answers).where(answers.c.session == session, answers.c.answer.in_(list(given)), answers.c.number > after)
    rows = (await conn.execute(query.order_by(answers.c.number).limit(limit))).all()
    key = await sessions.key_of(conn, keys, session) if rows else None
    return tuple(_person(key, row) for row in rows) if key is not None else ()


async def given(conn: AsyncConnection, keys: Keyring, session: SessionId, residents: Collection[ResidentId]) -> Mapping[ResidentId, Answer]:
    """Return what these residents have answered to a session."""
    whose = {token_of(keys, session, resident): resident for resident in residents}
    found: dict[ResidentId, Answer] = {}
    for batch in _batches(list(whose)):
        rows = await conn.execute(select(answers.c.lookup, answers.c.answer).where(answers.c.lookup.in_(batch)))
        found.update({whose[row.lookup]: row.answer for row in rows})
    return found


async def answered(conn: AsyncConnection, keys: Keyring, resident: ResidentId) -> tuple[SessionId, ...]:
    """Return the sessions to which a resident has answered. Costs an HMAC for each session there is."""
    tokens = await _tokens(conn, keys, resident)
    found: list[SessionId] = []
    for batch in _batches(tokens):
        found.extend(await conn.scalars(select(answers.c.session).where(answers.c.lookup.in_(batch))))
    return tuple(found)


async def erase(conn: AsyncConnection, keys: Keyring, resident: ResidentId) -> tuple[SessionId, ...]:
    """Forget all answers of a resident, and return the sessions in which that freed a seat."""
    tokens = await _tokens(conn, keys, resident)
    freed: list[SessionId] = []
    for batch in _batches(tokens):
        gone = await conn.execute(delete(answers).where(answers.c.lookup.in_(batch)).returning(answers.c.session, answers.c.answer))
        freed.extend(SessionId(row.session) for row in gone if row.answer == "coming")
    return tuple(freed)


async def _tokens(conn: AsyncConnection, keys: Keyring, resident: ResidentId) -> list[str]:
    return [token_of(keys, session, resident) for session in await sessions.all_ids(conn)]


def _batches(tokens: Sequence[str]) -> Iterator[Sequence[str]]:
    return (tokens[start : start + _AT_ONCE] for start in range(0, len(tokens), _AT_ONCE))


def _person(key: bytes, row: Row[Any]) -> Person:
    resident = open_sealed(key, "answers", "resident", row.lookup, row.resident).decode()
    return Person(ResidentId(resident), row.number, row.answer)
