"""Copies of broadcasts: nobody has two, nothing is claimed of what was paused, and what was settled says nothing of anybody."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import BroadcastId, OccurrenceId, ResidentId
from bot.storage import broadcasts, copies, occurrences, tallies
from bot.storage.copies import Claim, Copy, Meant
from bot.storage.database import Database
from bot.storage.tables import copies as table
from bot.storage.tables import occurrences as occurrence_table
from tests.pipeline.crowd import BROADCAST, DUE, OCCURRENCE, becomes, begins, figures
from tests.storage.samples import KHANAQIN

ANOTHER = OccurrenceId("occurrencebb")


def meant(*numbers: int) -> list[Meant]:
    return [Meant(ResidentId(f"resident{number:06}"), KHANAQIN, "ckb") for number in numbers]


async def key(db: Database) -> bytes:
    found = await db.read(lambda conn: occurrences.key_of(conn, db.keys, OCCURRENCE))
    assert found is not None
    return found


async def put(db: Database, *numbers: int, occurrence: OccurrenceId = OCCURRENCE) -> list[ResidentId]:
    """Store copies, and return for whom there were none before."""
    seal = await key(db)
    new = await db.transact(lambda conn: copies.put(conn, db.keys, seal, occurrence, meant(*numbers)))
    return [each.resident for each in new]


async def heads(db: Database, now: Any = DUE, limit: int = 100) -> list[Copy]:
    seal = await key(db)
    return (await db.read(lambda conn: copies.heads(conn, seal, OCCURRENCE, now, limit)))[0]


async def claim(db: Database, numbers: list[int]) -> dict[int, Claim]:
    return await db.transact(lambda conn: copies.claim(conn, OCCURRENCE, numbers))


async def all_numbers(db: Database) -> list[int]:
    return [copy.number for copy in await heads(db)]


async def test_nobody_has_two_copies_however_often_they_are_found(database: Database) -> None:
    """B90, F28."""
    await begins(database)
    assert len(await put(database, 1, 2)) == 2
    assert await put(database, 2, 3, 1) == [ResidentId("resident000003")]
    assert [copy.resident for copy in await heads(database)] == [each.resident for each in meant(1, 2, 3)]


async def test_two_who_find_the_same_people_at_once_store_one_copy_each(database: Database) -> None:
    """F29."""
    await begins(database)
    found = await asyncio.gather(*(put(database, *range(200)) for _ in range(4)))
    assert sum(map(len, found)) == 200
    assert len(await heads(database, limit=1000)) == 200


async def test_of_what_was_paused_nothing_is_claimed_and_of_what_goes_on_each_once(database: Database) -> None:
    """B89."""
    await begins(database)
    await put(database, *range(10))
    numbers = await all_numbers(database)
    await becomes(database, "paused")
    assert await claim(database, numbers) == {}
    await becomes(database, "sending")
    claims = await asyncio.gather(*(claim(database, numbers) for _ in range(4)))
    assert sorted(number for claimed in claims for number in claimed) == numbers
    assert await heads(database) == []


async def test_whoever_pauses_waits_for_no_claim_that_comes_later(database: Database) -> None:
    """B89: on PostgreSQL both are under way at once, and none is claimed after the pause is stored."""
    await begins(database)
    await put(database, *range(300))
    numbers = await all_numbers(database)
    claimed_after: list[dict[int, Claim]] = []
    paused = asyncio.Event()

    async def pausing() -> None:
        await becomes(database, "paused")
        paused.set()

    async def claiming(number: int) -> None:
        before = paused.is_set()
        got = await claim(database, [number])
        if before:
            claimed_after.append(got)

    await asyncio.gather(*(claiming(number) for number in numbers[:40]), pausing(), *(claiming(number) for number in numbers[40:]))
    await paused.wait()
    assert await claim(database, numbers) == {}
    assert all(not got for got in claimed_after)


async def test_what_was_being_sent_in_a_crash_waits_again_in_doubt_and_goes_first(database: Database) -> None:
    """B90."""
    await begins(database)
    await put(database, 1, 2, 3)
    first, *_ = await all_numbers(database)
    assert await claim(database, [first]) == {first: Claim(1, False)}
    assert await database.transact(copies.recover) == 1
    assert (await all_numbers(database))[0] == first
    assert await claim(database, [first]) == {first: Claim(2, True)}


async def test_what_goes_back_unsent_was_not_tried(database: Database) -> None:
    await begins(database)
    await put(database, 1)
    numbers = await all_numbers(database)
    await claim(database, numbers)
    await database.transact(lambda conn: copies.release(conn, numbers))
    assert await claim(database, numbers) == {numbers[0]: Claim(1, False)}


async def test_what_has_to_wait_comes_when_it_is_due_and_remembers_its_doubt(database: Database) -> None:
    await begins(database)
    await put(database, 1, 2)
    first, second = await all_numbers(database)
    await claim(database, [first, second])
    until = DUE + timedelta(seconds=5)
    await database.transact(lambda conn: copies.later(conn, {first: (until, True), second: (until, False)}))
    assert await heads(database) == []
    assert [copy.number for copy in await heads(database, until)] == [first, second]
    assert await claim(database, [first, second]) == {first: Claim(2, True), second: Claim(2, False)}


async def test_a_settled_copy_leaves_its_token_and_nothing_else(database: Database) -> None:
    await begins(database)
    await put(database, 1)
    numbers = await all_numbers(database)
    await claim(database, numbers)
    await database.transact(lambda conn: copies.settle(conn, numbers))
    row = (await database.read(lambda conn: conn.execute(select(table)))).one()
    assert (row.state, row.body, row.not_before) == ("settled", None, None)
    assert await put(database, 1) == []


async def test_a_copy_that_does_not_open_is_told_apart_and_holds_up_no_other(database: Database) -> None:
    """F27."""
    await begins(database)
    await put(database, 1, 2)
    first, second = await all_numbers(database)
    await database.transact(lambda conn: conn.execute(update(table).where(table.c.number == first).values(body=b"damaged")))
    seal = await key(database)
    found, broken = await database.read(lambda conn: copies.heads(conn, seal, OCCURRENCE, DUE, 10))
    assert ([copy.number for copy in found], broken) == ([second], [first])


async def test_for_somebody_who_is_erased_no_copy_stays_and_none_is_counted(database: Database) -> None:
    await begins(database)
    await put(database, 1, 2)
    await database.transact(lambda conn: tallies.add(conn, OCCURRENCE, {("listed", KHANAQIN, "ckb"): 2}))
    await database.transact(lambda conn: copies.forget(conn, database.keys, ResidentId("resident000001")))
    assert [copy.resident for copy in await heads(database)] == [ResidentId("resident000002")]
    assert (await figures(database)).listed == 1
    bodies = await database.read(lambda conn: conn.scalars(select(table.c.body).where(table.c.state == "settled")))
    assert list(bodies) == [None]


async def test_a_copy_that_does_not_open_keeps_nobody_from_being_erased(database: Database) -> None:
    """F27."""
    await begins(database)
    await put(database, 1)
    await database.transact(lambda conn: conn.execute(table.update().values(body=b"damaged")))
    await database.transact(lambda conn: copies.forget(conn, database.keys, ResidentId("resident000001")))
    assert await database.read(copies.open_ones) == {}
    assert (await figures(database)).refused == 1


async def test_who_is_erased_while_theirs_is_on_its_way_counts_no_more(database: Database) -> None:
    """B89: else more would have it than it was for."""
    await begins(database)
    await put(database, 1, 2)
    numbers = await all_numbers(database)
    await claim(database, numbers)
    await database.transact(lambda conn: copies.forget(conn, database.keys, ResidentId("resident000001")))
    assert len(await database.transact(lambda conn: copies.conclude(conn, numbers))) == 1
    assert await database.transact(lambda conn: copies.conclude(conn, numbers)) == set(), "and nobody counts twice"


async def test_of_a_cancelled_occurrence_what_waits_is_dropped_bit_by_bit(database: Database) -> None:
    await begins(database)
    await put(database, *range(5))
    await claim(database, (await all_numbers(database))[:1])
    dropped = [await database.transact(lambda conn: copies.drop_waiting(conn, OCCURRENCE, 3)) for _ in range(3)]
    assert dropped == [3, 1, 0]
    assert await database.read(copies.open_ones) == {OCCURRENCE: (0, 1)}


async def test_after_the_end_the_tokens_go_and_those_of_others_stay(database: Database) -> None:
    await begins(database)
    await begins(database, id=ANOTHER, broadcast=BroadcastId("broadcastbbb"))
    for start in range(0, 20, 5):
        await put(database, *range(start, start + 5))
        await put(database, *range(start, start + 5), occurrence=ANOTHER)
    ended = update(occurrence_table).where(occurrence_table.c.id == OCCURRENCE).values(told=True)
    await database.transact(lambda conn: conn.execute(ended))
    place: int | None = 0
    rounds = 0
    while place is not None:
        place = await database.transact(lambda conn, place=place: copies.purge(conn, place, 8))  # type: ignore[misc]
        rounds += 1
    left = await database.read(lambda conn: conn.execute(select(table.c.occurrence, func.count()).group_by(table.c.occurrence)))
    assert left.all() == [(ANOTHER, 20)]
    assert rounds == 3


async def test_a_copy_in_the_database_names_nobody_and_no_district(database: Database) -> None:
    """B51: also not by its length."""
    await begins(database)
    seal = await key(database)
    people = [Meant(ResidentId("residentaaaa"), KHANAQIN, "ckb"), Meant(ResidentId("residentbbbb"), KHANAQIN, "en")]
    await database.transact(lambda conn: copies.put(conn, database.keys, seal, OCCURRENCE, people))
    rows = (await database.read(lambda conn: conn.execute(select(table)))).all()
    assert all(word not in bytes(row.body) for row in rows for word in (b"resident", b"khanaqin", b"ckb"))
    assert len({len(row.body) for row in rows}) == 1


async def test_what_is_open_is_found_without_a_look_at_what_is_settled(sqlite_database: Database) -> None:
    """FACTS 11: the polled queries use the index over open copies."""
    database = sqlite_database
    await begins(database)

    async def plan(conn: AsyncConnection, query: Any) -> str:
        compiled = query.compile(conn.sync_engine, compile_kwargs={"literal_binds": True})
        return str((await conn.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))).all())

    for query in (copies._COUNT, copies._HEADS.params(of=OCCURRENCE, now=DUE, limit=5)):
        assert "ix_copies_open" in await database.read(lambda conn, query=query: plan(conn, query))  # type: ignore[misc]


async def test_with_its_broadcast_everything_goes(database: Database) -> None:
    await begins(database)
    await put(database, 1, 2)
    await database.transact(lambda conn: broadcasts.drop(conn, BROADCAST))
    assert await database.read(lambda conn: conn.scalar(select(func.count()).select_from(table))) == 0


async def test_a_hundred_thousand_settled_copies_slow_no_look(sqlite_database: Database) -> None:
    """FACTS 11: what is settled is not in the way."""
    database = sqlite_database
    await begins(database)
    rows = [{"occurrence": OCCURRENCE, "lookup": f"{number:064}", "state": "settled"} for number in range(100_000)]
    await database.transact(lambda conn: conn.execute(insert(table), rows))
    await put(database, *range(50))
    began = asyncio.get_running_loop().time()
    for _ in range(20):
        await heads(database)
        await database.read(copies.open_ones)
    assert asyncio.get_running_loop().time() - began < 1.0
