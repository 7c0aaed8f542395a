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
    assert await database.read(suspects.heads) == {"lane": Suspect(taken.id, 1)}
    assert await database.transact(lambda conn: count(conn, now=SOON)) == 1
    assert await database.read(suspects.heads) == {"lane": Suspect(taken.id, 2)}
