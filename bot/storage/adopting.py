"""What an upgrade can only do with the key: sealed rows of an older release are opened and stored as those of today.

It runs in the transaction of the upgrade, behind its last step, so that a crash leaves the older database.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import inspect, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import ForumId, Language, ResidentId
from bot.model.subscriptions import Subscription
from bot.storage import residents, subscribers
from bot.storage.seal import Keyring, opener
from bot.storage.tables import residents as residents_table

UNKNOWN_LANGUAGE: Final[Language] = "ar"
"""Of somebody who never chose one: most people here read it, and it becomes their own as soon as they choose."""


async def adopt(conn: AsyncConnection, keys: Keyring) -> None:
    """Take over who wanted to hear of which district's sessions, and drop the table that knew it."""
    if "subscriptions" not in await conn.run_sync(lambda connection: inspect(connection).get_table_names()):
        return
    wanted: dict[ResidentId, set[ForumId]] = {}
    open_one = opener(keys.rest, "subscriptions", "resident")
    rows = await conn.execute(text("SELECT forum, lookup, resident FROM subscriptions ORDER BY number"))
    for forum, lookup, resident in rows.all():
        wanted.setdefault(ResidentId(open_one(lookup, resident).decode()), set()).add(ForumId(forum))
    for resident, districts in wanted.items():
        await _subscribe(conn, keys, resident, frozenset(districts))
    await conn.execute(text("DROP TABLE subscriptions"))


async def _subscribe(conn: AsyncConnection, keys: Keyring, id: ResidentId, districts: frozenset[ForumId]) -> None:
    resident = await residents.load(conn, keys, id)
    seen = await conn.scalar(select(residents_table.c.seen).where(residents_table.c.id == id))
    if resident is not None and seen is not None:
        subscription = Subscription(districts, frozenset({"sessions"}))
        language = resident.language or UNKNOWN_LANGUAGE
        await subscribers.put(conn, keys, id, subscription, language=language, reachable=resident.reachable, today=seen)
