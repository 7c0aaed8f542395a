from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import days, inbox
from bot.storage.database import Database
from bot.storage.errors import SealBroken
from bot.storage.inbox import Item, NewItem
from bot.storage.tables import inbox as table
from tests.storage.samples import DAY, NOW, SECOND, cells, count, item


async def store(db: Database, *items: NewItem) -> int:
    return await db.transact(lambda conn: inbox.store(conn, db.keys, items))


async def take(db: Database, lane: str = "lane", now: datetime = NOW) -> Item | None:
    return await db.transact(lambda conn: inbox.take(conn, db.keys, lane, now))


async def handle(db: Database, lane: str = "lane", now: datetime = NOW) -> bytes | None:
    async def turn(conn: AsyncConnection) -> bytes | None:
        taken = await inbox.take(conn, db.keys, lane, now)
        if taken is None:
            return None
        await inbox.done(conn, taken)
        return taken.raw

    return await db.transact(turn)


async def lanes(db: Database, limit: int = 10, now: datetime = NOW) -> list[str]:
    return await db.read(lambda conn: inbox.waiting_lanes(conn, now, limit))


async def test_an_update_that_comes_twice_is_stored_once(database: Database) -> None:
    """F2, F25: a repeat in the same batch, in a later one, and after it was handled changes nothing."""
    assert await store(database, item("1"), item("1"), item("2")) == 2
    assert await store(database, item("2"), item("3")) == 1
    assert await handle(database) == b"{}"
    assert await store(database, item("1")) == 0
    assert await count(database, "inbox") == 2


async def test_repeats_anywhere_in_a_batch_are_left_out_and_nothing_else(database: Database) -> None:
    """F25: a batch of any size, with those at its ends and in between known."""
    for size, known in ((1, {0}), (25, {0, 24}), (26, {25}), (60, {3, 24, 25, 49, 59}), (100, set(range(0, 100, 7)))):
        batch = [item(f"{size}-{n}", lane=f"{size}-{n}") for n in range(size)]
        await store(database, *(batch[n] for n in sorted(known)))
        assert await store(database, *batch) == size - len(known)
        assert await lanes(database, limit=1000) == [batch[n].lane for n in (*sorted(known), *(n for n in range(size) if n not in known))]
        for each in batch:
            await handle(database, each.lane)


async def test_the_same_key_of_another_source_is_no_repeat(database: Database) -> None:
    assert await store(database, item("1"), replace(item("1"), source="timer")) == 2


async def test_storing_nothing_is_allowed(database: Database) -> None:
    assert await store(database) == 0


async def test_a_lane_is_handled_in_the_order_of_arrival(database: Database) -> None:
    await store(database, *(item(str(n), raw=b"%d" % n) for n in range(5)))
    assert [await handle(database) for _ in range(6)] == [b"0", b"1", b"2", b"3", b"4", None]


async def test_an_item_that_has_to_wait_holds_what_is_behind_it(database: Database) -> None:
    """F26: the order within a lane is never broken, and other lanes go on."""
    await store(database, item("1"), item("2"), item("3", lane="other"))
    taken = await take(database)
    assert taken is not None
    await database.transact(lambda conn: inbox.retry(conn, taken, NOW + SECOND))
    assert await take(database) is None
    assert await lanes(database) == ["other"]
    again = await take(database, now=NOW + SECOND)
    assert again is not None
    assert (again.source_key, again.attempts) == ("1", 1)


async def test_a_parked_item_keeps_its_raw_and_trace_and_the_lane_goes_on(database: Database) -> None:
    """F26: nothing of a poisoned update is lost, and what is behind it is handled."""
    await store(database, item("1", raw=b"poison"), item("2"))
    taken = await take(database)
    assert taken is not None
    await database.transact(lambda conn: inbox.park(conn, database.keys, taken, "Traceback: bad"))
    following = await take(database)
    assert following is not None
    assert following.source_key == "2"
    (parked,) = await database.read(lambda conn: inbox.parked(conn, database.keys, 5))
    assert (parked.item.raw, parked.trace, parked.item.attempts) == (b"poison", "Traceback: bad", 1)


async def test_the_lanes_that_wait_longest_come_first(database: Database) -> None:
    await store(database, *(item(str(n), lane=lane) for n, lane in enumerate(["c", "a", "c", "b", "a"])))
    assert await lanes(database) == ["c", "a", "b"]
    assert await lanes(database, limit=2) == ["c", "a"]


async def test_one_crowded_lane_does_not_hide_the_others(database: Database) -> None:
    """Aim 12: five hundred updates of one chat in front of three other chats."""
    await store(database, *(item(str(n), lane="crowd") for n in range(500)))
    await store(database, *(item(lane, lane=lane) for lane in ("later-1", "later-2", "later-3")))
    assert set(await lanes(database, limit=10)) == {"crowd", "later-1", "later-2", "later-3"}


async def test_a_lane_that_is_being_handled_is_not_taken_twice(postgresql_database: Database) -> None:
    """Two processes on one PostgreSQL: the second one finds nothing to do in that lane, and does not wait."""
    db = postgresql_database
    await store(db, item("1"), item("2"))
    taken, go_on = asyncio.Event(), asyncio.Event()

    async def slow_turn(conn: AsyncConnection) -> None:
        found = await inbox.take(conn, db.keys, "lane", NOW)
        assert found is not None
        taken.set()
        await go_on.wait()
        await inbox.done(conn, found)

    slow = asyncio.create_task(db.transact(slow_turn))
    await taken.wait()
    assert await take(db) is None
    go_on.set()
    await slow
    following = await take(db)
    assert following is not None
    assert following.source_key == "2"


async def test_the_backlog_counts_what_waits_and_how_long(database: Database) -> None:
    await store(database, item("1", received=NOW - 90 * SECOND), item("2"), item("3", lane="other"))
    taken = await take(database, "other")
    assert taken is not None
    await database.transact(lambda conn: inbox.park(conn, database.keys, taken, ""))
    assert await database.read(lambda conn: inbox.backlog(conn, NOW)) == inbox.Backlog(2, 90.0, 1)
    await handle(database)
    await handle(database)
    assert await database.read(lambda conn: inbox.backlog(conn, NOW)) == inbox.Backlog(0, 0.0, 1)


async def test_a_handled_item_leaves_only_its_key(database: Database) -> None:
    """Neither who wrote nor at what minute can be read from a database whose updates were handled."""
    await store(database, item("17", lane="aa" * 32))
    await handle(database, "aa" * 32)
    left = {(table, column): value for table, column, _, value in await cells(database) if table in ("inbox", "arrivals")}
    assert left == {("arrivals", "source"): "telegram", ("arrivals", "source_key"): "17", ("arrivals", "day"): NOW.date()}


async def test_old_keys_are_forgotten_but_not_those_of_open_items(database: Database) -> None:
    await store(database, item("old"), item("open", lane="stuck"), item("new", received=NOW + 3 * DAY))
    await handle(database)
    assert await database.transact(lambda conn: inbox.forget(conn, NOW + 2 * DAY, 5)) == 1
    assert await database.read(lambda conn: inbox.known(conn, "telegram", ["old", "open", "new"])) == {"open", "new"}


async def test_old_keys_are_forgotten_in_portions(database: Database) -> None:
    await store(database, *(item(str(number), lane="done" if number % 2 else "stuck") for number in range(10)))
    for _ in range(5):
        await handle(database, lane="done")
    later = NOW + 2 * DAY
    assert [await database.transact(lambda conn: inbox.forget(conn, later, 3)) for _ in range(3)] == [3, 2, 0]
    assert await database.read(lambda conn: inbox.known(conn, "telegram", map(str, range(10)))) == {"0", "2", "4", "6", "8"}


async def test_the_backlog_is_not_gone_through_again_for_each_key_that_is_forgotten(sqlite_database: Database) -> None:
    """FACTS 11: what SQLite does is counted, a thousand steps at a time; for a day's backlog it would be millions for each second."""
    database, known, waiting = sqlite_database, 1000, 1000
    await store(database, *(item(str(number), lane="done" if number < known else "stuck") for number in range(known + waiting)))
    await database.transact(lambda conn: conn.execute(delete(table).where(table.c.lane == "done")))
    steps: list[None] = []

    async def work(conn: AsyncConnection) -> int:
        driver = (await conn.get_raw_connection()).driver_connection._conn  # type: ignore[union-attr]
        driver.set_progress_handler(lambda: steps.append(None), 1000)
        try:
            return await inbox.forget(conn, NOW + 2 * DAY, known)
        finally:
            driver.set_progress_handler(None, 0)

    assert await database.transact(work) == known
    assert len(steps) * 1000 < 100 * (known + waiting)


async def test_the_key_of_an_empty_day_is_destroyed(database: Database) -> None:
    """What was sealed on that day opens for nobody any more, in no copy made afterwards."""
    await store(database, item("1"))
    kept = await take(database)
    assert kept is not None
    later = NOW.date() + 3 * DAY
    assert await database.transact(lambda conn: days.forget(conn, later)) == 0
    await handle(database)
    assert await database.transact(lambda conn: days.forget(conn, later)) == 1
    with pytest.raises(SealBroken):
        await database.read(lambda conn: days.key_of(conn, database.keys, "inbox", NOW))


async def test_a_large_batch_is_stored_at_once(database: Database) -> None:
    assert await store(database, *(item(str(n), lane=str(n % 700)) for n in range(5000))) == 5000
    assert await lanes(database, limit=3) == ["0", "1", "2"]
