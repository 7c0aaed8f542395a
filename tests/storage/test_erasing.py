"""What was erased, handled or said is in no byte of the SQLite file or its log; and until then only sealed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import Priority
from bot.storage import entries, inbox, outbox, posts, residents, tickets
from bot.storage.database import Database
from bot.storage.sqlite import path_of
from bot.storage.tables import inbox as inbox_table
from tests.storage.samples import NOW, SOMEBODY, TODAY, a_ticket, an_entry, claim, item, says

CANARY = b"canary-0123456789-canary"


@pytest.fixture
def db(sqlite_database: Database) -> Database:
    return sqlite_database


def on_disk(url: str) -> bytes:
    path = path_of(url)
    return b"".join(file.read_bytes() for file in sorted(Path(path.parent).glob(path.name + "*")))


async def checkpoint(db: Database) -> None:
    """Bring the log into the file and empty it, as closing does."""
    writer = db._writer
    assert writer is not None
    await writer._driver.far("PRAGMA wal_checkpoint(TRUNCATE)")


async def test_the_bytes_of_a_deleted_row_are_overwritten(db: Database, sqlite_url: str) -> None:
    """The ground that all erasing stands on: shown with a value that is not sealed, since a sealed one would prove nothing."""

    async def write(conn: AsyncConnection) -> None:
        row = {"source": "s", "source_key": "k", "lane": "l", "received": NOW, "not_before": NOW, "raw": CANARY * 500}
        await conn.execute(inbox_table.insert().values(row))

    await db.transact(write)
    await checkpoint(db)
    assert CANARY in on_disk(sqlite_url)
    await db.transact(lambda conn: conn.execute(inbox_table.delete()))
    await checkpoint(db)
    assert CANARY not in on_disk(sqlite_url)


async def test_no_word_is_ever_on_disk_in_clear(db: Database, sqlite_url: str) -> None:
    """B50, B51: database and log, while everything is open, and after it was handled, said and erased."""
    keys, text = db.keys, CANARY.decode()

    async def arrive(conn: AsyncConnection) -> None:
        await inbox.store(conn, keys, [item("1", raw=CANARY)])
        await residents.create(conn, keys, SOMEBODY.resident, "telegram", text, text, TODAY)
        await tickets.open_ticket(conn, keys, a_ticket(return_reason=text))
        await entries.add(conn, keys, an_entry(text=text))
        await posts.record(conn, keys, SOMEBODY, [text], text, None, None, NOW)
        await outbox.put(conn, keys, SOMEBODY, says(text), Priority.REPLY, text, None, None, NOW)

    async def leave(conn: AsyncConnection) -> None:
        taken = await inbox.take(conn, keys, "lane", NOW)
        assert taken is not None
        assert taken.raw == CANARY
        await inbox.done(conn, taken)
        await outbox.sent(conn, keys, row)
        await tickets.erase(conn, a_ticket().id)
        await residents.erase(conn, SOMEBODY.resident)
        await posts.forget_resident(conn, keys, SOMEBODY.resident)

    await db.transact(arrive)
    assert CANARY not in on_disk(sqlite_url)
    row = await claim(db, 1)
    await db.transact(leave)
    await checkpoint(db)
    assert CANARY not in on_disk(sqlite_url)


async def test_the_key_of_an_erased_person_is_gone_from_the_disk(db: Database, sqlite_url: str) -> None:
    """So that their words stay unreadable in every copy made afterwards, even with the key file."""
    keys = db.keys
    await db.transact(lambda conn: residents.create(conn, keys, SOMEBODY.resident, "telegram", "1", "1", TODAY))
    await db.transact(lambda conn: tickets.open_ticket(conn, keys, a_ticket()))

    async def wrapped(conn: AsyncConnection) -> list[bytes]:
        query = "SELECT wrapped FROM residents UNION ALL SELECT wrapped FROM tickets"
        return [value for (value,) in await conn.exec_driver_sql(query)]

    kept = await db.read(wrapped)
    await checkpoint(db)
    assert all(value in on_disk(sqlite_url) for value in kept)
    await db.transact(lambda conn: residents.erase(conn, SOMEBODY.resident))
    await db.transact(lambda conn: tickets.erase(conn, a_ticket().id))
    await checkpoint(db)
    assert not any(value in on_disk(sqlite_url) for value in kept)
