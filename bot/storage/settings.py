"""Single values by name: the key check, the last heartbeat, when the channel was last heard."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.prepared import Prepared
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import settings
from bot.storage.upsert import upsert

KEY_CHECK = "key_check"
KEY_CHECK_TEXT = "alwand"
HEARTBEAT = "heartbeat"
RESTORING = "restoring"
"""From when the backup is that the database was made of; empty once what that means has been done."""
RESTORED = "restored"
"""When that was done: what falls due up to then may have happened in the time that is forgotten."""
HEARD = "heard"


_GET = Prepared(select(settings.c.value).where(settings.c.name == bindparam("name")))


async def get(conn: AsyncConnection, keys: Keyring, name: str) -> str | None:
    """Return a setting, or None where it was never put.

    Raises:
        SealBroken: it was put with another key.
    """
    value = await _GET.scalar(conn, name=name)
    return None if value is None else open_sealed(keys.rest, "settings", "value", name, value).decode()


async def put(conn: AsyncConnection, keys: Keyring, name: str, value: str) -> None:
    """Store a setting in place of its earlier value."""
    await upsert(conn, settings, {"name": name}, {"value": seal(keys.rest, "settings", "value", name, value.encode())})


async def moment(conn: AsyncConnection, keys: Keyring, name: str) -> datetime | None:
    """Return a setting that is a moment (UTC), None where it is empty or was never put."""
    value = await get(conn, keys, name)
    return datetime.fromisoformat(value) if value else None


async def heartbeat(conn: AsyncConnection, keys: Keyring) -> datetime | None:
    """Return when the bot was last known to be alive (UTC), None before its first life."""
    return await moment(conn, keys, HEARTBEAT)


async def beat(conn: AsyncConnection, keys: Keyring, now: datetime) -> None:
    """Remember that the bot is alive now."""
    await put(conn, keys, HEARTBEAT, now.astimezone(UTC).isoformat())


async def heard(conn: AsyncConnection, keys: Keyring) -> datetime | None:
    """Return when the channel had last been heard at the last heartbeat (UTC), None before its first answer to this process."""
    return await moment(conn, keys, HEARD)


async def hear(conn: AsyncConnection, keys: Keyring, at: datetime | None) -> None:
    """Remember when the channel was last heard; None: not yet in this life."""
    await put(conn, keys, HEARD, "" if at is None else at.astimezone(UTC).isoformat())
