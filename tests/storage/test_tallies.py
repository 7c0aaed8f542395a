"""What became of an occurrence, as numbers, and that each voice counts once, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.broadcasts import VOICES_KEPT, Cell, Figures
from bot.model.ids import OccurrenceId, ResidentId
from bot.storage import broadcasts, copies, occurrences, tallies, voices
from bot.storage.database import Database
from bot.storage.tables import metadata
from tests.storage.samples import KHANAQIN, MANDALI, NOW, a_broadcast, a_content, an_occurrence, cells, count

SENT = an_occurrence()
OTHER = an_occurrence("occurrencbbb", wall=SENT.wall + timedelta(days=7))
SARA, AZAD = ResidentId("residentsara"), ResidentId("residentazad")


@pytest.fixture
async def db(database: Database) -> Database:
    async def work(conn: AsyncConnection) -> None:
        await broadcasts.open_broadcast(conn, database.keys, a_broadcast(), NOW)
        for occurrence in (SENT, OTHER):
            await occurrences.open_occurrence(conn, database.keys, occurrence, a_content())

    await database.transact(work)
    return database


async def adds(db: Database, counts: dict[tallies.Key, int], of: OccurrenceId = SENT.id) -> None:
    await db.transact(lambda conn: tallies.add(conn, of, counts))


async def figures(db: Database, options: int = 0, of: OccurrenceId = SENT.id) -> Figures:
    return await db.read(lambda conn: tallies.figures(conn, of, options))


async def test_numbers_add_up_by_district_and_language(db: Database) -> None:
    """B89: the exact numbers, of one occurrence alone."""
    await adds(db, {("listed", KHANAQIN, "ar"): 3, ("listed", MANDALI, "ckb"): 2})
    await adds(
        db, {("listed", KHANAQIN, "ar"): 4, ("delivered", KHANAQIN, "ar"): 5, ("blocked", MANDALI, "ckb"): 1, ("gone", MANDALI, "ckb"): 0}
    )
    await adds(db, {("refused", KHANAQIN, "ar"): 1, ("unsure", KHANAQIN, "ar"): 1, ("opted_out", "", ""): 2})
    await adds(db, {("listed", KHANAQIN, "ar"): 900}, OTHER.id)
    await adds(db, {})
    assert await figures(db) == Figures(
        listed=9,
        delivered=5,
        blocked=1,
        refused=1,
        unsure=1,
        opted_out=2,
        cells=(Cell(KHANAQIN, "ar", 7, 5), Cell(MANDALI, "ckb", 2, 0)),
    )
    assert await figures(db, of=OccurrenceId("unknown")) == Figures()


async def test_the_answers_to_a_quiz_stand_in_the_order_of_its_options(db: Database) -> None:
    await adds(db, {(tallies.option(2), "", ""): 5, (tallies.option(0), "", ""): 1})
    assert (await figures(db, options=4)).answers == (1, 0, 5, 0)
    assert (await figures(db)).cells == ()


async def test_many_who_count_at_once_lose_nothing(db: Database) -> None:
    keys = [("delivered", KHANAQIN, "ar"), ("delivered", MANDALI, "ckb"), ("listed", KHANAQIN, "ar")]
    await asyncio.gather(*(adds(db, dict.fromkeys(keys if n % 2 else reversed(keys), 1)) for n in range(20)))
    assert ((await figures(db)).delivered, (await figures(db)).listed) == (40, 20)


async def test_what_is_on_its_way_is_counted_while_it_is(db: Database) -> None:
    async def list_three(conn: AsyncConnection) -> list[int]:
        key = await occurrences.key_of(conn, db.keys, SENT.id)
        assert key is not None
        await copies.put(conn, db.keys, key, SENT.id, [copies.Meant(ResidentId(f"r{n}"), KHANAQIN, "ar") for n in range(3)])
        return [number for (number,) in await conn.execute(text("SELECT number FROM copies ORDER BY number"))]

    numbers = await db.transact(list_three)
    assert (await figures(db)).sending == 0
    await db.transact(lambda conn: copies.claim(conn, SENT.id, numbers[:2]))
    assert (await figures(db)).sending == 2
    await db.transact(lambda conn: copies.settle(conn, numbers[:1]))
    assert (await figures(db)).sending == 1


async def speaks(db: Database, who: ResidentId, of: OccurrenceId = SENT.id, what: str = voices.QUIZ) -> bool:
    return await db.transact(lambda conn: voices.raise_once(conn, db.keys, of, what, who))


async def test_a_voice_counts_once_for_each_occurrence_and_matter(db: Database) -> None:
    """B95: a second press, also one at the same moment, is none."""
    assert sorted(await asyncio.gather(*(speaks(db, SARA) for _ in range(5)))) == [False] * 4 + [True]
    assert await speaks(db, AZAD)
    assert await speaks(db, SARA, OTHER.id)
    assert await speaks(db, SARA, what=voices.OPT_OUT)
    assert await db.read(lambda conn: voices.raised(conn, db.keys, SENT.id, voices.QUIZ, SARA))
    assert not await db.read(lambda conn: voices.raised(conn, db.keys, OTHER.id, voices.QUIZ, AZAD))


async def test_voices_are_forgotten_some_time_after_the_end(db: Database) -> None:
    for of in (SENT.id, OTHER.id):
        await speaks(db, SARA, of)
    await db.transact(lambda conn: occurrences.move(conn, replace(SENT, state="done", ended=NOW)))
    assert await db.transact(lambda conn: voices.forget(conn, NOW)) == 0
    assert await db.transact(lambda conn: voices.forget(conn, NOW + VOICES_KEPT)) == 1
    assert not await speaks(db, SARA, OTHER.id), "what goes on is still remembered"


async def test_who_is_erased_leaves_their_vote_and_not_their_voice(db: Database) -> None:
    for who in (SARA, AZAD):
        await speaks(db, who)
        await speaks(db, who, OTHER.id, voices.OPT_OUT)
    await adds(db, {(tallies.option(1), "", ""): 2})
    await db.transact(lambda conn: voices.erase(conn, db.keys, SARA))
    assert await count(db, "voices") == 2
    assert (await figures(db, options=2)).answers == (0, 2)
    assert not await speaks(db, AZAD)


async def test_which_answer_was_whose_is_nowhere(db: Database) -> None:
    """B95: no column but the occurrence is common to voices and numbers, and voices lie in the order of their tokens, not of time."""
    assert {column.name for column in metadata.tables["voices"].columns} == {"token", "occurrence"}
    said = [(ResidentId(f"r{number}"), number % 3) for number in range(30)]
    for who, option in said:
        await speaks(db, who)
        await adds(db, {(tallies.option(option), "", ""): 1})
    stored = [(column, value) for table, column, _, value in await cells(db) if table == "voices"]
    assert not any(who in str(value) for who, _ in said for _, value in stored)
    counted = [value for table, column, _, value in await cells(db) if table == "tallies" and column == "count"]
    assert counted == [10, 10, 10]
    if db.dialect == "sqlite":

        async def as_stored(conn: AsyncConnection) -> list[str]:
            return [str(token) for (token,) in await conn.execute(text("SELECT token FROM voices NOT INDEXED"))]

        tokens = await db.read(as_stored)
        assert tokens == sorted(tokens)
