"""Single values by name: the key check, the last heartbeat."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import settings
from bot.storage.upsert import upsert

KEY_CHECK = "key_check"
KEY_CHECK_TEXT = "alwand"
HEARTBEAT = "heartbeat"


async def get(conn: AsyncConnection, keys: Keyring, name: str) -> str | None:
    """Return a setting, or None where it was never put.

    Raises:
        SealBroken: it was put with another key.
    """
    value = await conn.scalar(select(settings.c.value).where(settings.c.name == name))
    return None if value is None else open_sealed(keys.rest, "settings", "value", name, value).decode()


async def put(conn: AsyncConnection, keys: Keyring, name: str, value: str) -> None:
    """Store a setting in place of its earlier value."""
    await upsert(conn, settings, {"name": name}, {"value": seal(keys.rest, "settings", "value", name, value.encode())})


async def heartbeat(conn: AsyncConnection, keys: Keyring) -> datetime | None:
    """Return when the bot was last known to be alive (UTC), None before its first life."""
    value = await get(conn, keys, HEARTBEAT)
    return None if value is None else datetime.fromisoformat(value)


async def beat(conn: AsyncConnection, keys: Keyring, now: datetime) -> None:
    """Remember that the bot is alive now."""
    await put(conn, keys, HEARTBEAT, now.astimezone(UTC).isoformat())
