"""The inbox, shared by several processes."""

from __future__ import annotations

from datetime import timedelta

from bot.storage import inbox
from bot.storage.database import Database
from bot.storage.shares import HELP_AFTER, Share, lanes_of
from tests.storage.samples import NOW, item

LANES = [f"{number:064x}" for number in range(12)]
EVERY = [Share(nth, 3) for nth in range(3)]


async def due(db: Database, share: Share | None, after: timedelta = timedelta(), limit: int = 20) -> list[str]:
    """Return the lanes that a process looks after so long after everything arrived."""
    return await db.read(lambda conn: lanes_of(conn, NOW + after, limit, share))


async def filled(db: Database) -> None:
    """Let something wait in every lane."""
    await db.transact(lambda conn: inbox.store(conn, db.keys, [item(lane, lane) for lane in LANES]))


async def test_each_lane_is_one_processs_share(postgresql_database: Database) -> None:
    await filled(postgresql_database)
    found = [await due(postgresql_database, share) for share in EVERY]
    assert sorted(lane for lanes in found for lane in lanes) == LANES
    assert all(share.has(lane) for share, lanes in zip(EVERY, found, strict=True) for lane in lanes)
    assert await due(postgresql_database, None) == LANES


async def test_whoever_has_little_to_do_takes_what_has_waited_too_long_for_another(postgresql_database: Database) -> None:
    """Nobody waits for a process that hangs."""
    await filled(postgresql_database)
    assert sorted(await due(postgresql_database, EVERY[0], HELP_AFTER)) == LANES
    assert all(map(EVERY[0].has, await due(postgresql_database, EVERY[0], HELP_AFTER, limit=4)))


async def test_who_comes_too_late_with_a_failed_try_changes_nothing(database: Database) -> None:
    """Between a turn that failed and the counting of that, another process may have taken the item."""
    await filled(database)
    taken = await database.transact(lambda conn: inbox.take(conn, database.keys, LANES[0], NOW))
    assert taken is not None
    await database.transact(lambda conn: inbox.retry(conn, taken, NOW))
    await database.transact(lambda conn: inbox.retry(conn, taken, NOW + timedelta(hours=1)))
    assert not await database.transact(lambda conn: inbox.park(conn, database.keys, taken, ""))
    again = await database.transact(lambda conn: inbox.take(conn, database.keys, LANES[0], NOW))
    assert again is not None
    assert again.attempts == 1
    assert await database.transact(lambda conn: inbox.park(conn, database.keys, again, ""))
