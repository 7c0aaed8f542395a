"""What a row of the outbox has to do with lists."""

from __future__ import annotations

from bot.model.effects import Priority
from bot.model.ids import TicketId
from bot.model.messages import Action, Recipient
from bot.model.outgoing import Outgoing
from bot.storage import lists, outbox
from bot.storage.database import Database
from bot.storage.lists import Crowd
from tests.storage.samples import GROUP, KHANAQIN, NOW, SECOND, SOMEBODY, claim, first, texts_in_order


async def put(
    db: Database, text: str, slot: str | None = None, *, line: bool = True, to: Recipient = GROUP, priority: Priority = Priority.CARD
) -> int:
    outgoing = Outgoing(text, "en", line=(f"line {text}", Action("card", TicketId("ticketaaaaaa"))) if line else None)
    return await db.transact(lambda conn: outbox.put(conn, db.keys, to, outgoing, priority, slot, None, None, NOW))


async def crowds(db: Database) -> list[Crowd]:
    return await db.read(lists.crowds)


async def fresh(db: Database) -> list[str]:
    rows = await db.read(lambda conn: lists.fresh(conn, db.keys, outbox.address_of(db.keys, GROUP), 10))
    return [row.outgoing.text for row in rows]


async def tell(db: Database, list_row: int) -> None:
    rows = await db.read(lambda conn: lists.fresh(conn, db.keys, outbox.address_of(db.keys, GROUP), 10))
    await db.transact(lambda conn: lists.told(conn, rows, list_row))


async def test_what_has_a_line_waits_for_a_list_the_urgent_first_and_nothing_else_does(database: Database) -> None:
    await put(database, "first")
    await put(database, "second")
    await put(database, "urgent", priority=Priority.URGENT)
    await put(database, "without a line", line=False)
    await put(database, "to somebody", to=SOMEBODY)
    assert await fresh(database) == ["urgent", "first", "second"]
    assert await crowds(database) == [Crowd(outbox.address_of(database.keys, GROUP), 3, 0, False, NOW)]


async def test_what_is_told_is_told_once_and_is_sent_without_a_sound(database: Database) -> None:
    await put(database, "card", "card:a")
    await tell(database, await put(database, "list", line=False, priority=Priority.REPLY))
    assert await crowds(database) == []
    await put(database, "fresh", "card:b")
    assert await crowds(database) == [Crowd(outbox.address_of(database.keys, GROUP), 1, 1, True, NOW)]
    await put(database, "card in a new state", "card:a")
    assert await fresh(database) == ["fresh"]
    row = await first(database)
    assert (row.outgoing.text, row.outgoing.silent) == ("list", False)
    await database.transact(lambda conn: outbox.sent(conn, database.keys, row))
    told = await first(database)
    assert (told.outgoing.text, told.outgoing.silent) == ("card in a new state", True)
    assert not (await crowds(database))[0].listing


async def test_a_card_that_has_lost_its_content_before_it_was_seen_is_in_no_list(database: Database) -> None:
    await put(database, "card", "card:a")
    await put(database, "moved to another forum", "card:a", line=False)
    assert await crowds(database) == []


async def test_what_is_on_its_way_or_held_waits_for_no_list(database: Database) -> None:
    await claim(database, await put(database, "on its way"))
    assert await crowds(database) == []
    await put(database, "held")
    await database.transact(lambda conn: outbox.hold_forum(conn, database.keys, KHANAQIN))
    assert await crowds(database) == []
    await database.transact(lambda conn: outbox.release_forum(conn, database.keys, KHANAQIN))
    assert await fresh(database) == ["on its way", "held"]


async def test_the_only_one_goes_first_and_keeps_what_its_group_has_to_wait_for(database: Database) -> None:
    waiting = await claim(database, await put(database, "refused", line=False))
    await database.transact(lambda conn: outbox.hold_recipient(conn, database.keys, waiting, NOW + SECOND))
    await put(database, "alone")
    address = outbox.address_of(database.keys, GROUP)
    (row,) = await database.read(lambda conn: lists.fresh(conn, database.keys, address, 10))
    await database.transact(lambda conn: lists.hurry(conn, address, row))
    assert await crowds(database) == []
    assert await texts_in_order(database) == []
    assert await texts_in_order(database, NOW + SECOND) == ["alone", "refused"]
