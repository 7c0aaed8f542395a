"""Insert or update, in the words of either database, and the locks that only PostgreSQL needs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Insert, Table, bindparam, text
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.prepared import Prepared

TOGETHER: Final = 25
"""So many rows are put into one statement at most: each number of them is a statement of its own, which is kept."""


async def upsert(conn: AsyncConnection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert the row, or update the one that has this key."""
    await _upsert(conn.dialect.name, table, tuple(key), tuple(values)).run(conn, **key, **values)


@cache
def _upsert(dialect: str, table: Table, key: tuple[str, ...], changed: tuple[str, ...]) -> Prepared:
    if dialect == "sqlite":
        on_sqlite = sqlite_insert(table)
        return Prepared(on_sqlite.on_conflict_do_update(index_elements=key, set_={name: on_sqlite.excluded[name] for name in changed}))
    on_postgresql = pg_insert(table)
    return Prepared(on_postgresql.on_conflict_do_update(index_elements=key, set_={name: on_postgresql.excluded[name] for name in changed}))


def insert_new(conn: AsyncConnection, table: Table) -> Insert:
    """Return an insert that leaves out rows which are there already."""
    return _insert_new(conn.dialect.name, table)


def _insert_new(dialect: str, table: Table) -> Insert:
    if dialect == "sqlite":
        return sqlite_insert(table).on_conflict_do_nothing()
    return pg_insert(table).on_conflict_do_nothing()


async def put_new(conn: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
    """Insert rows but for those that are there already, and return the primary keys of what was inserted.

    SQLite takes many in one statement at half the cost of one each; on PostgreSQL SQLAlchemy puts them together.
    """
    if conn.dialect.name != "sqlite":
        return await _put_new(table).each(conn, rows)
    new: list[Any] = []
    for first in range(0, len(rows), TOGETHER):
        some = rows[first : first + TOGETHER]
        values = {f"{name}_{place}": value for place, row in enumerate(some) for name, value in row.items()}
        new += await _put_many(table, tuple(some[0]), len(some)).all(conn, **values)
    return new


@cache
def _put_new(table: Table) -> Prepared:
    return Prepared(_insert_new("postgresql", table).returning(*table.primary_key))


@cache
def _put_many(table: Table, names: tuple[str, ...], count: int) -> Prepared:
    rows = [{name: bindparam(f"{name}_{place}", type_=table.c[name].type) for name in names} for place in range(count)]
    return Prepared(sqlite_insert(table).values(rows).on_conflict_do_nothing().returning(*table.primary_key))


def lock_number(token: str) -> int:
    """Return the advisory lock number of a token: 63 bits of its hash."""
    return int.from_bytes(hashlib.sha256(token.encode()).digest()[:8]) >> 1


async def hold(conn: AsyncConnection, token: str) -> None:
    """On PostgreSQL, wait until no other transaction holds this token, and hold it to the end of ours. SQLite has one writer anyway."""
    if conn.dialect.name == "postgresql":
        await conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock_number(token)})


async def try_hold(conn: AsyncConnection, token: str) -> bool:
    """As `hold`, without waiting: tell whether we hold it."""
    if conn.dialect.name != "postgresql":
        return True
    return bool(await conn.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": lock_number(token)}))
