"""Subscriptions: who wants to hear of which district's sessions; found by an HMAC of both, told from others by nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import ForumId, ResidentId
from bot.model.sessions import Person
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import subscriptions


def _token(keys: Keyring, forum: ForumId, resident: ResidentId) -> str:
    return keys.lookup("subscription", f"{forum}|{resident}")


async def subscribe(conn: AsyncConnection, keys: Keyring, resident: ResidentId, forum: ForumId) -> None:
    """Remember that a resident wants to hear of a district's sessions."""
    token = _token(keys, forum, resident)
    if await conn.scalar(select(subscriptions.c.number).where(subscriptions.c.lookup == token)) is None:
        sealed = seal(keys.rest, "subscriptions", "resident", token, resident.encode())
        await conn.execute(insert(subscriptions).values(forum=forum, lookup=token, resident=sealed))


async def unsubscribe(conn: AsyncConnection, keys: Keyring, resident: ResidentId, forum: ForumId) -> None:
    """Forget it."""
    await conn.execute(delete(subscriptions).where(subscriptions.c.lookup == _token(keys, forum, resident)))


async def of_resident(conn: AsyncConnection, keys: Keyring, resident: ResidentId, forums: Iterable[ForumId]) -> frozenset[ForumId]:
    """Return which of these districts a resident wants to hear of."""
    tokens = [_token(keys, forum, resident) for forum in forums]
    return frozenset(ForumId(id) for id in await conn.scalars(select(subscriptions.c.forum).where(subscriptions.c.lookup.in_(tokens))))


async def people(conn: AsyncConnection, keys: Keyring, forum: ForumId, after: int, limit: int) -> tuple[Person, ...]:
    """Return the next who want to hear of a district's sessions, by their number, which is their place."""
    query = select(subscriptions).where(subscriptions.c.forum == forum, subscriptions.c.number > after)
    rows = await conn.execute(query.order_by(subscriptions.c.number).limit(limit))
    return tuple(
        Person(ResidentId(open_sealed(keys.rest, "subscriptions", "resident", row.lookup, row.resident).decode()), row.number)
        for row in rows
    )


async def erase(conn: AsyncConnection, keys: Keyring, resident: ResidentId) -> None:
    """Forget all subscriptions of a resident, also those to districts that are no longer configured."""
    forums = await conn.scalars(select(subscriptions.c.forum).distinct())
    tokens = [_token(keys, ForumId(forum), resident) for forum in forums]
    await conn.execute(delete(subscriptions).where(subscriptions.c.lookup.in_(tokens)))
