"""Every seal in a database, opened with the bot's own functions: a row that does not open is lost, however whole the file is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

from sqlalchemy import Column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import (
    broadcasts,
    drafts,
    entries,
    inbox,
    members,
    occurrences,
    posts,
    queues,
    residents,
    settings,
    subscribers,
    tables,
    tickets,
    timers,
)
from bot.storage.errors import SealBroken
from bot.storage.seal import Keyring, open_sealed, opener

ALL: Final = 1_000_000

Opening = Callable[[AsyncConnection, Keyring, Any], Awaitable[object]]


async def broken(conn: AsyncConnection, keys: Keyring) -> AsyncIterator[str]:
    """Yield what does not open."""
    for table, (column, opening) in _OPENINGS.items():
        for name in (await conn.scalars(select(column))).all():
            try:
                await opening(conn, keys, name)
            except SealBroken as error:
                yield f"{table} {name}: {error}"


async def _resident(conn: AsyncConnection, keys: Keyring, name: Any) -> None:
    await residents.load(conn, keys, name)
    await residents.address(conn, keys, name)
    await drafts.load(conn, keys, name)


async def _ticket(conn: AsyncConnection, keys: Keyring, name: Any) -> None:
    await tickets.load(conn, keys, name)
    await entries.of_ticket(conn, keys, name, ALL)


async def _arrival(conn: AsyncConnection, keys: Keyring, name: Any) -> None:
    row = (await conn.execute(select(tables.inbox).where(tables.inbox.c.id == name))).one()
    await inbox._item(conn, keys, row)


async def _message(conn: AsyncConnection, keys: Keyring, name: Any) -> None:
    await queues.open_body(conn, keys, (await conn.execute(select(tables.outbox).where(tables.outbox.c.id == name))).one())


async def _copy(conn: AsyncConnection, keys: Keyring, name: Any) -> None:
    row = (await conn.execute(select(tables.copies).where(tables.copies.c.number == name))).one()
    key = await occurrences.key_of(conn, keys, row.occurrence)
    if row.body is not None:
        opener(key or bytes(32), "copies", "body")(row.lookup, row.body)


async def _timer(conn: AsyncConnection, keys: Keyring, name: Any) -> None:
    row = (await conn.execute(select(tables.timers).where(tables.timers.c.key == name))).one()
    timers._SUBJECT.validate_json(open_sealed(keys.rest, "timers", "subject", row.key, row.subject))


async def _post(conn: AsyncConnection, keys: Keyring, name: Any) -> None:
    posts._post(keys, (await conn.execute(select(tables.posts).where(tables.posts.c.number == name))).one())


async def _subscriber(conn: AsyncConnection, keys: Keyring, name: Any) -> None:
    await subscribers.scan(conn, keys, name - 1, 1)


_OPENINGS: Final[dict[str, tuple[Column[Any], Opening]]] = {
    "settings": (tables.settings.c.name, settings.get),
    "residents": (tables.residents.c.id, _resident),
    "tickets": (tables.tickets.c.id, _ticket),
    "members": (tables.members.c.id, members.load),
    "inbox": (tables.inbox.c.id, _arrival),
    "outbox": (tables.outbox.c.id, _message),
    "posts": (tables.posts.c.number, _post),
    "timers": (tables.timers.c.key, _timer),
    "broadcasts": (tables.broadcasts.c.id, broadcasts.load),
    "occurrences": (tables.occurrences.c.id, occurrences.content),
    "copies": (tables.copies.c.number, _copy),
    "subscribers": (tables.subscribers.c.number, _subscriber),
}
