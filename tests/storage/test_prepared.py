"""Statements that are built once: on SQLite, where they go past SQLAlchemy, they store and find what they do on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, Integer, LargeBinary, MetaData, Table, Text, bindparam, delete, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.columns import Utc, clear
from bot.storage.database import Database
from bot.storage.prepared import Prepared

THINGS = Table(
    "things",
    MetaData(),
    clear("id", Integer, primary_key=True),
    clear("name", Text, nullable=False),
    clear("live", Boolean, nullable=False, server_default=text("true")),
    clear("day", Date),
    clear("at", Utc),
    clear("body", LargeBinary),
    prefixes=["TEMPORARY"],
)
NOON = datetime(2026, 11, 1, 12, 0, 0, 5, tzinfo=UTC)
THING = {"id": 1, "name": "it's 50%?", "live": False, "day": date(2026, 11, 1), "at": NOON, "body": b"\x00\xff"}
BARE = {"id": 2, "name": "", "live": True, "day": None, "at": None, "body": None}

ADD = Prepared(insert(THINGS))
ADD_ONE = Prepared(insert(THINGS).returning(THINGS.c.id, THINGS.c.live))
ALL = Prepared(select(THINGS).order_by(THINGS.c.id))
NAMED = Prepared(select(THINGS.c.id).where(or_(THINGS.c.name.in_(("it's 50%?", "b")), THINGS.c.live), THINGS.c.id <= bindparam("most")))
COUNTED = Prepared(select(THINGS.c.at.label("moment"), (THINGS.c.id + 1).label("next")).where(THINGS.c.at == bindparam("at", type_=Utc)))
CHANGE = Prepared(update(THINGS).where(THINGS.c.id == bindparam("which")))
CLEAR = Prepared(update(THINGS).where(THINGS.c.id == bindparam("which")).values(live=False, day=None))
GONE = Prepared(delete(THINGS).where(THINGS.c.live).returning(THINGS.c.name))


async def on(db: Database, work: Any) -> Any:
    async def with_things(conn: AsyncConnection) -> Any:
        await conn.run_sync(THINGS.create)
        try:
            return await work(conn)
        finally:
            await conn.run_sync(THINGS.drop)

    return await db.transact(with_things)


async def test_what_is_stored_is_found_with_its_types(database: Database) -> None:
    async def work(conn: AsyncConnection) -> None:
        await ADD.each(conn, [THING, BARE])
        rows = await ALL.all(conn)
        assert [row._asdict() for row in rows] == [THING, BARE]
        assert rows[0].at.tzinfo is not None
        assert [row._asdict() for row in (await conn.execute(select(THINGS).order_by(THINGS.c.id))).all()] == [THING, BARE]

    await on(database, work)


async def test_what_a_statement_returns(database: Database) -> None:
    async def work(conn: AsyncConnection) -> None:
        assert await ADD_ONE.first(conn, id=1, name="a") == (1, True), "what the database fills in is known"
        assert await ADD_ONE.scalar(conn, **{**THING, "id": 2}) == 2
        assert await NAMED.all(conn, most=1) == [(1,)]
        assert await NAMED.all(conn, most=2) == [(1,), (2,)]
        assert (await COUNTED.first(conn, at=NOON.astimezone(timezone(timedelta(hours=3))))).next == 3
        assert await COUNTED.first(conn, at=NOON + timedelta(microseconds=1)) is None
        assert await COUNTED.scalar(conn, at=NOON + timedelta(days=1)) is None
        assert await CHANGE.run(conn, which=1, name="b", live=True) == 1
        assert await CHANGE.run(conn, which=3, name="b") == 0
        assert await CLEAR.run(conn, which=2) == 1
        assert [row.name for row in await GONE.all(conn)] == ["b"]

    await on(database, work)


@pytest.mark.parametrize("values", [{"which": 1, "nmae": "b"}, {"which": 1, "day": "no day"}])
async def test_what_does_not_fit_is_refused(sqlite_database: Database, values: dict[str, Any]) -> None:
    async def work(conn: AsyncConnection) -> None:
        await CHANGE.run(conn, **values)

    with pytest.raises(TypeError, match=r"nmae|Date"):
        await on(sqlite_database, work)
