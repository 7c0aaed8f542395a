"""What is stored of broadcasts and of each time they are sent, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import MISSING, fields, replace
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.broadcasts import Audience, Broadcast, Counted, Occurrence, OccurrenceState, Question, Quiz, Schedule
from bot.model.ids import PROVINCE, BroadcastId, ForumId, MemberId, OccurrenceId, ResidentId
from bot.model.messages import Attachment
from bot.storage import broadcasts, copies, occurrences, tallies, voices
from bot.storage.database import Database
from bot.storage.errors import Stale
from tests.storage.samples import DAY, KHANAQIN, MANDALI, NOW, SECOND, SOMEBODY, a_broadcast, a_content, an_occurrence, count

CAST = a_broadcast()
SENT = an_occurrence()


async def opened(db: Database, *wanted: Broadcast) -> None:
    for number, broadcast in enumerate(wanted or (CAST,)):
        at = NOW + number * SECOND
        await db.transact(lambda conn, cast=broadcast, at=at: broadcasts.open_broadcast(conn, db.keys, cast, at))  # type: ignore[misc]


async def loaded(db: Database, id: BroadcastId = CAST.id) -> Broadcast | None:
    return await db.read(lambda conn: broadcasts.load(conn, db.keys, id))


async def is_sent(db: Database, *wanted: Occurrence) -> list[bool]:
    return [
        await db.transact(lambda conn, each=each: occurrences.open_occurrence(conn, db.keys, each, a_content()))  # type: ignore[misc]
        for each in wanted or (SENT,)
    ]


async def found(db: Database, id: OccurrenceId = SENT.id) -> Occurrence | None:
    return await db.read(lambda conn: occurrences.load(conn, id))


async def test_a_broadcast_comes_back_as_it_was_written(database: Database) -> None:
    quiz = Quiz({"ar": Question("سؤال", ("أ", "ب"), "لأن"), "ckb": Question("پرسیار", ("ا", "ب"))}, right=1)
    full = replace(
        CAST,
        attachment=Attachment("photo", "file-1", 9, False, 0),
        quiz=quiz,
        counted=Counted(3, 120, {"ar": 100, "ckb": 20}, {KHANAQIN: 120}, other_languages=7, quiet=2, blocked=1),
        previewed=3,
        approved=3,
        approver=MemberId("memberbbbbbb"),
        asking="text:ckb",
        revision=3,
        state="approved",
        author_name="Sara K.",
        desk=ResidentId("residentsara"),
        writers=frozenset({"a" * 64, "b" * 64}),
        since=datetime(2026, 3, 14, 12, 30),  # noqa: DTZ001 - what the clock on the wall shows
    )
    unset = [known.name for known in fields(full) if known.default is not MISSING and getattr(full, known.name) == known.default]
    assert unset == ["version"], "each field stands for itself below"
    bare = Broadcast(BroadcastId("broadcastbar"), MANDALI, MemberId("memberaaaaaa"), "")
    monthly = a_broadcast(
        "broadcastmon", schedule=Schedule("monthly", at=time(9), days=("fri",), which="last", on_holidays=True, window=24)
    )
    await opened(database, full, bare, monthly)
    for broadcast in (full, bare, monthly):
        assert await loaded(database, broadcast.id) == broadcast
    assert await loaded(database, BroadcastId("unknown")) is None


async def test_of_two_who_change_a_broadcast_the_later_is_told(database: Database) -> None:
    """B57, B87: who approves what somebody has just changed approves nothing."""
    await opened(database)
    changed = replace(CAST, texts={"ar": "غير ذلك"}, revision=2)
    await database.transact(lambda conn: broadcasts.move(conn, database.keys, changed, NOW))
    for late in (replace(CAST, state="approved", approved=1), a_broadcast("unknownunkno")):
        with pytest.raises(Stale):
            await database.transact(lambda conn, late=late: broadcasts.move(conn, database.keys, late, NOW))  # type: ignore[misc]
    assert await loaded(database) == replace(changed, version=2)


async def test_a_forum_has_its_own_and_the_province_all_newest_first(database: Database) -> None:
    await opened(database, *(a_broadcast(f"broadcast{n:03}", forum=MANDALI if n % 2 else KHANAQIN) for n in range(5)))
    moved = a_broadcast("broadcast000", state="submitted")
    await database.transact(lambda conn: broadcasts.move(conn, database.keys, moved, NOW + DAY))

    async def listed(forum: ForumId, limit: int = 20) -> list[str]:
        return [each.id[-1] for each in await database.read(lambda conn: broadcasts.of_forum(conn, database.keys, forum, limit))]

    assert await listed(KHANAQIN) == ["0", "4", "2"]
    assert await listed(PROVINCE) == ["0", "4", "3", "2", "1"]
    assert await listed(PROVINCE, 2) == ["0", "4"]


async def test_an_occurrence_comes_back_with_what_it_says(database: Database) -> None:
    await opened(database)
    assert await is_sent(database) == [True]
    assert await found(database) == SENT
    assert await database.read(lambda conn: occurrences.content(conn, database.keys, SENT.id)) == a_content()
    assert await found(database, OccurrenceId("unknown")) is None
    assert await database.read(lambda conn: occurrences.content(conn, database.keys, OccurrenceId("unknown"))) is None


async def test_there_is_one_occurrence_of_a_broadcast_and_due_time(database: Database) -> None:
    """F29: whoever fires twice, or as a second one, opens nothing; another time or another broadcast is another occurrence."""
    await opened(database, CAST, a_broadcast("broadcastbbb"))
    again = an_occurrence("occurrencbbb", state="held")
    assert await is_sent(database, SENT, again) == [True, False]
    assert await found(database, again.id) is None
    other_time = an_occurrence("occurrencccc", wall=SENT.wall + timedelta(days=7))
    other_cast = an_occurrence("occurrencddd", broadcast=BroadcastId("broadcastbbb"))
    gone = an_occurrence("occurrenceee", broadcast=BroadcastId("broadcastccc"))
    assert await is_sent(database, other_time, other_cast, gone) == [True, True, False]


async def test_of_many_who_open_it_at_once_one_does(database: Database) -> None:
    """F29: on PostgreSQL several processes, each in its own transaction."""
    await opened(database)
    mine = [an_occurrence(f"occurrenc{number:03}") for number in range(8)]
    assert sorted(await asyncio.gather(*(_one(database, each) for each in mine))) == [False] * 7 + [True]


async def _one(db: Database, occurrence: Occurrence) -> bool:
    return (await is_sent(db, occurrence))[0]


async def test_of_two_who_change_an_occurrence_the_later_is_told_and_the_fan_out_disturbs_neither(database: Database) -> None:
    """B89: a pause that was pressed while people were being found holds."""
    await opened(database)
    await is_sent(database)
    await database.transact(lambda conn: occurrences.advance(conn, SENT.id, 500, listed=True))
    await database.transact(lambda conn: occurrences.move(conn, replace(SENT, state="paused")))
    with pytest.raises(Stale):
        await database.transact(lambda conn: occurrences.move(conn, replace(SENT, state="cancelled", ended=NOW)))
    assert await found(database) == replace(SENT, state="paused", listed=True, version=2)
    assert await database.read(lambda conn: occurrences.cursor(conn, SENT.id)) == 500


async def test_the_last_ones_are_listed_newest_first(database: Database) -> None:
    await opened(database)
    mine = [an_occurrence(f"occurrenc{number:03}", wall=SENT.wall + number * DAY, due=SENT.due + number * DAY) for number in range(12)]
    await is_sent(database, *mine)
    assert await database.read(lambda conn: occurrences.last(conn, CAST.id, 10)) == tuple(reversed(mine[2:]))
    newest = await database.read(lambda conn: occurrences.latest(conn, [CAST.id, BroadcastId("unknown")]))
    assert newest == {CAST.id: mine[-1]}
    assert await database.read(lambda conn: occurrences.recent(conn, 3)) == tuple(reversed(mine[-3:]))


async def moves(db: Database, occurrence: Occurrence) -> None:
    await db.transact(lambda conn: occurrences.move(conn, occurrence))


STATES: tuple[OccurrenceState, ...] = ("sending", "paused", "held", "done", "cancelled", "skipped")


async def test_open_is_what_is_sent_or_paused_and_what_was_cancelled_on_the_way(database: Database) -> None:
    await opened(database)
    day = [
        an_occurrence(f"occurrenc{state[:3]}", state="sending", wall=SENT.wall + n * DAY, due=SENT.due + n * DAY)
        for n, state in enumerate(STATES)
    ]
    await is_sent(database, *day)
    for occurrence, state in zip(day, STATES, strict=True):
        await moves(database, replace(occurrence, state=state))
    fresh = an_occurrence("occurrencnew", state="skipped", wall=SENT.wall - DAY)
    never = an_occurrence("occurrencnev", state="held", wall=SENT.wall - 2 * DAY, started=None)
    await is_sent(database, fresh, never)
    await moves(database, replace(never, state="cancelled"))
    assert [each.state for each in await database.read(occurrences.open_ones)] == ["sending", "paused", "cancelled"]


async def test_the_end_is_told_by_one_alone(database: Database) -> None:
    await opened(database)
    await is_sent(database)
    tellers = [database.transact(lambda conn: occurrences.told(conn, SENT.id)) for _ in range(5)]
    assert sorted(await asyncio.gather(*tellers)) == [False] * 4 + [True]
    assert await database.read(occurrences.open_ones) == ()


async def test_the_name_of_the_file_that_was_sent_is_kept_until_the_channel_forgets_it(database: Database) -> None:
    await opened(database)
    await is_sent(database)
    keys = database.keys
    for name in (None, "photo:AgACAgQAAx", None):
        await database.transact(lambda conn, name=name: occurrences.set_uploaded(conn, keys, SENT.id, name))  # type: ignore[misc]
        assert await database.read(lambda conn: occurrences.uploaded(conn, keys, SENT.id)) == name


async def test_what_belongs_to_a_broadcast_goes_with_it(database: Database) -> None:
    keys = database.keys
    await opened(database, CAST, a_broadcast("broadcastbbb"))
    await is_sent(database, SENT, an_occurrence("occurrencbbb", broadcast=BroadcastId("broadcastbbb")))

    async def fill(conn: AsyncConnection) -> None:
        for id in (SENT.id, OccurrenceId("occurrencbbb")):
            key = await occurrences.key_of(conn, keys, id)
            assert key is not None
            await copies.put(conn, keys, key, id, [copies.Meant(SOMEBODY.resident, KHANAQIN, "ar")])
            await tallies.add(conn, id, {("listed", KHANAQIN, "ar"): 1})
            await voices.raise_once(conn, keys, id, voices.QUIZ, SOMEBODY.resident)

    await database.transact(fill)
    await database.transact(lambda conn: broadcasts.drop(conn, CAST.id))
    for table in ("broadcasts", "occurrences", "copies", "tallies", "voices"):
        assert await count(database, table) == 1, table


async def test_nothing_that_is_said_or_to_whom_is_readable_without_its_own_key(database: Database) -> None:
    """B51: the key file opens a broadcast only by the key that is stored with it."""
    await opened(database, CAST, a_broadcast("broadcastbbb", audience=Audience(circle="women")))

    async def bodies(conn: AsyncConnection) -> list[bytes]:
        rows = await conn.exec_driver_sql("SELECT wrapped, body FROM broadcasts")
        return [bytes(row.wrapped) + bytes(row.body) for row in rows]

    for body in await database.read(bodies):
        for telling in ("احذروا", "drugs", "women", "youth", CAST.author, CAST.author_person):
            assert telling.encode() not in body
