"""Tickets and their threads."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model.ids import EntryId, TicketId
from bot.model.messages import Attachment
from bot.model.tickets import Content, Entry, Ticket
from bot.storage import entries, members, tickets
from bot.storage.database import Database
from bot.storage.errors import Stale
from tests.storage.samples import KHANAQIN, MANDALI, NOW, TAKER, TODAY, a_ticket, an_entry, count

ID = TicketId("ticketaaaaaa")


async def opened(db: Database, *several: Ticket) -> None:
    for ticket in several or (a_ticket(),):
        await db.transact(lambda conn, ticket=ticket: tickets.open_ticket(conn, db.keys, ticket))  # type: ignore[misc]


async def load(db: Database, id: TicketId = ID) -> Ticket | None:
    return await db.read(lambda conn: tickets.load(conn, db.keys, id))


async def move(db: Database, ticket: Ticket) -> None:
    await db.transact(lambda conn: tickets.move(conn, db.keys, ticket))


async def a_member(db: Database) -> None:
    await db.transact(lambda conn: members.remember(conn, db.keys, TAKER, KHANAQIN, "telegram", "7", "Azad"))


async def test_a_ticket_comes_back_as_it_was_opened(database: Database) -> None:
    await opened(database)
    assert await load(database) == a_ticket()
    assert await load(database, TicketId("unknown")) is None


async def test_a_moved_ticket_comes_back_with_its_taker_and_a_new_version(database: Database) -> None:
    await a_member(database)
    await opened(database)
    changed = a_ticket(
        state="closed",
        forum=MANDALI,
        came_from=KHANAQIN,
        taker=TAKER,
        outcome="resolved",
        hops=2,
        reachable=False,
        return_reason="not ours",
        urgent=True,
        content=Content("shorter"),
    )
    await move(database, changed)
    assert await load(database) == replace(changed, version=2, taker_name="Azad")


async def test_of_two_who_take_one_ticket_together_one_wins(database: Database) -> None:
    """B57: the second finds it changed, and decides again."""
    await opened(database)
    read = await load(database)
    assert read is not None
    results = await asyncio.gather(*(move(database, replace(read, state="taken", hops=n)) for n in range(8)), return_exceptions=True)
    assert [type(result) for result in results].count(Stale) == 7
    assert results.count(None) == 1
    after = await load(database)
    assert after is not None
    assert (after.version, after.state) == (2, "taken")


async def test_a_failed_turn_moves_nothing(database: Database) -> None:
    await opened(database)

    async def turn(conn: object) -> None:
        await tickets.move(conn, database.keys, a_ticket(state="taken"))  # type: ignore[arg-type]
        raise LookupError

    with pytest.raises(LookupError):
        await database.transact(turn)
    assert await load(database) == a_ticket()


async def test_a_residents_tickets_come_in_the_order_asked_for(database: Database) -> None:
    await opened(database, a_ticket("t1"), a_ticket("t2"), a_ticket("t3"))
    ids = [TicketId(id) for id in ("t3", "gone", "t1")]
    found = await database.read(lambda conn: tickets.of_resident(conn, database.keys, ids))
    assert [ticket.id for ticket in found] == ["t3", "t1"]
    assert await database.read(lambda conn: tickets.of_resident(conn, database.keys, [])) == ()


async def test_a_forum_holds_what_it_has_not_closed(database: Database) -> None:
    await opened(
        database,
        a_ticket("t1", opened=TODAY),
        a_ticket("t2", opened=TODAY - timedelta(days=1), state="taken"),
        a_ticket("t3", state="closed"),
        a_ticket("t4", forum=MANDALI),
    )
    held = await database.read(lambda conn: tickets.held_by(conn, database.keys, KHANAQIN))
    assert [ticket.id for ticket in held] == ["t2", "t1"]


async def test_an_erased_ticket_is_only_counted(database: Database) -> None:
    """Its reference, area, category and day stay; words, owner, thread and key are gone, and nothing brings them back."""
    await a_member(database)
    await opened(database, a_ticket(taker=TAKER, state="closed", outcome="resolved"))
    await database.transact(lambda conn: entries.add(conn, database.keys, an_entry()))
    before = await load(database)
    assert before is not None
    await database.transact(lambda conn: tickets.erase(conn, ID))
    assert await load(database) == a_ticket(
        state="erased", outcome="resolved", resident=None, content=Content(), reachable=False, version=2
    )
    for version in (1, 2):
        with pytest.raises(Stale):
            await move(database, replace(before, version=version))
    await database.transact(lambda conn: entries.add(conn, database.keys, an_entry("entrybbbbbbb")))
    await database.transact(lambda conn: entries.change(conn, database.keys, an_entry()))
    assert await count(database, "entries") == 0


async def thread(db: Database, limit: int = 10) -> tuple[Entry, ...]:
    return await db.read(lambda conn: entries.of_ticket(conn, db.keys, ID, limit))


async def test_a_thread_is_read_from_its_end_in_its_order(database: Database) -> None:
    await a_member(database)
    await opened(database)
    photo = Attachment("photo", "file", 3, False, 0)
    several = [
        an_entry("e1", kind="message", delivery=None, attachments=(photo,)),
        an_entry("e2", member=TAKER),
        an_entry("e3", kind="note", delivery=None, member=TAKER, at=NOW - timedelta(hours=1)),
    ]
    for entry in several:
        await database.transact(lambda conn, entry=entry: entries.add(conn, database.keys, entry))  # type: ignore[misc]
    assert await thread(database) == tuple(several)
    assert await thread(database, 2) == tuple(several[1:])
    assert await database.read(lambda conn: entries.load(conn, database.keys, EntryId("e2"))) == several[1]
    assert await database.read(lambda conn: entries.load(conn, database.keys, EntryId("none"))) is None


async def test_what_became_of_an_entry_is_kept(database: Database) -> None:
    """B59."""
    await opened(database)
    await database.transact(lambda conn: entries.add(conn, database.keys, an_entry()))
    changed = an_entry(kind="note", text="new words", delivery="blocked")
    await database.transact(lambda conn: entries.change(conn, database.keys, changed))
    assert await thread(database) == (changed,)
