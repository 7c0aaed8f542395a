"""What may have killed the process: each try is counted before it is made."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bot.storage import inbox, suspects
from bot.storage.database import Database
from bot.storage.suspects import Suspect
from tests.storage.samples import NOW, item

SOON = NOW + timedelta(minutes=1)


async def test_what_waits_for_its_next_try_is_not_counted_as_tried(database: Database) -> None:
    """F26: somebody writes again meanwhile, so their lane is looked at, and their first words must not use up a try by that."""
    keys = database.keys
    await database.transact(lambda conn: inbox.store(conn, keys, [item("1")]))
    taken = await database.transact(lambda conn: inbox.take(conn, keys, "lane", NOW))
    assert taken is not None
    await database.transact(lambda conn: inbox.retry(conn, taken, SOON))
    count = partial(suspects.count, lane="lane", id=taken.id)
    assert await database.transact(lambda conn: count(conn, now=NOW)) is None
    assert await database.read(suspects.heads) == {"lane": Suspect(taken.id, 0)}
    assert await database.transact(lambda conn: count(conn, now=SOON)) == 0
    assert await database.read(suspects.heads) == {"lane": Suspect(taken.id, 1)}


async def test_lives_and_failed_tries_are_counted_apart(database: Database) -> None:
    """F26: a bot that was killed from outside again and again has not failed at what it had in hand; what failed has killed nobody."""
    keys = database.keys
    await database.transact(lambda conn: inbox.store(conn, keys, [item("1")]))
    (suspect,) = (await database.read(suspects.heads)).values()
    count = partial(suspects.count, lane="lane", id=suspect.id, now=NOW)
    assert [await database.transact(count) for _ in range(3)] == [0, 1, 2]
    taken = await database.transact(lambda conn: inbox.take(conn, keys, "lane", NOW))
    assert taken is not None
    assert (taken.attempts, taken.lives) == (0, 3)
    await database.transact(lambda conn: inbox.retry(conn, taken, NOW))
    again = await database.transact(lambda conn: inbox.take(conn, keys, "lane", NOW))
    assert again is not None
    assert (again.attempts, again.lives) == (1, 0)


async def test_a_failed_try_is_not_counted_where_another_process_has_begun_one_since(database: Database) -> None:
    keys = database.keys
    await database.transact(lambda conn: inbox.store(conn, keys, [item("1")]))
    taken = await database.transact(lambda conn: inbox.take(conn, keys, "lane", NOW))
    assert taken is not None
    assert await database.transact(lambda conn: suspects.count(conn, "lane", taken.id, NOW)) == 0
    await database.transact(lambda conn: inbox.retry(conn, taken, SOON))
    again = await database.transact(lambda conn: inbox.take(conn, keys, "lane", NOW))
    assert again is not None
    assert (again.attempts, again.lives) == (0, 1)
