"""Day keys: what passes through the inbox and the outbox is sealed with a key of its day, which is destroyed when the day is empty.

A key is made in a transaction of its own (`Database.transact` does it), so one that is kept at hand is certainly in the database.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, date, datetime
from typing import Literal

from sqlalchemy import Date, bindparam, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.errors import DayKeyMissing, SealBroken
from bot.storage.prepared import Prepared
from bot.storage.seal import Keyring
from bot.storage.tables import day_keys, inbox, outbox

Purpose = Literal["inbox", "outbox"]
AT_HAND = 8
"""How many unwrapped keys a connection keeps."""


async def key_for(conn: AsyncConnection, keys: Keyring, purpose: Purpose, moment: datetime) -> bytes:
    """Return the key to seal with at this moment.

    Raises:
        DayKeyMissing: the day has none yet.
    """
    day = moment.astimezone(UTC).date()
    key = await _find(conn, keys, purpose, day)
    if key is None:
        raise DayKeyMissing(purpose, day)
    return key


async def key_of(conn: AsyncConnection, keys: Keyring, purpose: Purpose, moment: datetime) -> bytes:
    """Return the key with which something was sealed at this moment.

    Raises:
        SealBroken: that day's key was destroyed.
    """
    key = await _find(conn, keys, purpose, moment.astimezone(UTC).date())
    if key is None:
        raise SealBroken("the key of that day is gone")
    return key


_WRAPPED = Prepared(select(day_keys.c.wrapped).where(day_keys.c.purpose == bindparam("purpose"), day_keys.c.day == bindparam("day")))


async def _find(conn: AsyncConnection, keys: Keyring, purpose: Purpose, day: date) -> bytes | None:
    at_hand = _at_hand(conn)
    if (purpose, day) in at_hand:
        at_hand.move_to_end((purpose, day))
        return at_hand[purpose, day]
    wrapped = await _WRAPPED.scalar(conn, purpose=purpose, day=day)
    if wrapped is None:
        return None
    key = at_hand[purpose, day] = keys.unwrap(wrapped, _owner(purpose, day))
    while len(at_hand) > AT_HAND:
        at_hand.popitem(last=False)
    return key


def _at_hand(conn: AsyncConnection) -> OrderedDict[tuple[str, date], bytes]:
    """Return the keys that this connection to this database used last."""
    kept: OrderedDict[tuple[str, date], bytes] = conn.sync_connection.info.setdefault("day keys", OrderedDict())  # type: ignore[union-attr]
    return kept


async def make(conn: AsyncConnection, keys: Keyring, purpose: str, day: date) -> None:
    """Make a day's key unless it has one."""
    insert = sqlite_insert if conn.dialect.name == "sqlite" else pg_insert
    wrapped = keys.new_data_key(_owner(purpose, day)).wrapped
    await conn.execute(insert(day_keys).values(purpose=purpose, day=day, wrapped=wrapped).on_conflict_do_nothing())


async def forget(conn: AsyncConnection, before: date) -> int:
    """Destroy the keys of earlier days from which nothing is left, and return how many.

    `before` is at least a day ago, so that nobody still seals with one of them.
    """
    at_hand = _at_hand(conn)
    for known in [known for known in at_hand if known[1] < before]:
        del at_hand[known]
    gone = 0
    for purpose, table, moment in (("inbox", inbox, inbox.c.received), ("outbox", outbox, outbox.c.created)):
        left = select(1).select_from(table).where(_day(conn, moment) == day_keys.c.day).exists()
        result = await conn.execute(delete(day_keys).where(day_keys.c.purpose == purpose, day_keys.c.day < before, ~left))
        gone += result.rowcount
    return gone


def _day(conn: AsyncConnection, moment: object) -> object:
    if conn.dialect.name == "sqlite":
        return func.date(moment)
    return cast(func.timezone("UTC", moment), Date)


def _owner(purpose: str, day: date) -> str:
    return f"day:{purpose}:{day.isoformat()}"
