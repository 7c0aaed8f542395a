from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import Priority
from bot.model.ids import EntryId, ResidentId, TicketId
from bot.model.messages import Action, Attachment, ToChat, ToResident
from bot.model.outgoing import Label, Outgoing
from bot.storage import forums, outbox, tickets
from bot.storage.database import Database
from bot.storage.sqlite import near
from bot.storage.tables import outbox as table
from tests.storage.samples import GROUP, KHANAQIN, MANDALI, NOW, SECOND, SOMEBODY, a_ticket, claim, count, first, put, says, texts_in_order


async def heads(db: Database, limit: int = 10, now: object = NOW) -> list[str]:
    found = await db.read(lambda conn: outbox.heads(conn, NOW if now is NOW else now, limit))  # type: ignore[arg-type]
    names = {outbox.address_of(db.keys, recipient): name for recipient, name in ((GROUP, "group"), (SOMEBODY, "somebody"))}
    return [names.get(head.recipient, "other") for head in found]


async def test_a_row_comes_back_as_it_was_put(database: Database) -> None:
    outgoing = Outgoing(
        "ئاو نییە",
        "ckb",
        rows=((Label("وەرگرە", Action("take", TicketId("ticketaaaaaa"), ("x",))),),),
        attachment=Attachment("voice", "file", 10, False, 3),
        protect=True,
        answers="card:ticketaaaaaa",
        call=("911", "Police"),
    )
    ticket, entry = TicketId("ticketaaaaaa"), EntryId("entryaaaaaaa")
    id = await database.transact(lambda conn: outbox.put(conn, database.keys, GROUP, outgoing, Priority.CARD, "s", ticket, entry, NOW))
    row = await claim(database, id)
    assert row == outbox.Row(id, GROUP, Priority.CARD, "s", 1, False, NOW, NOW, outgoing, ticket, entry)


async def test_a_chat_that_is_nobodys_can_be_spoken_to(database: Database) -> None:
    stranger = ToChat("telegram", "-100:1")
    row = await claim(database, await put(database, stranger, "bye"))
    assert row.recipient == stranger


async def test_the_urgent_goes_first_then_the_older(database: Database) -> None:
    for text, priority in (
        ("card", Priority.CARD),
        ("news", Priority.BROADCAST),
        ("reply", Priority.REPLY),
        ("second card", Priority.CARD),
    ):
        await put(database, SOMEBODY, text, priority)
    assert await texts_in_order(database) == ["reply", "card", "second card", "news"]


async def test_heads_are_one_per_recipient_in_the_order_of_urgency(database: Database) -> None:
    await put(database, GROUP, "card", Priority.CARD)
    await put(database, GROUP, "card 2", Priority.CARD)
    await put(database, SOMEBODY, "news", Priority.BROADCAST)
    await put(database, ToResident(ResidentId("residentbbbb")), "reply", Priority.REPLY)
    assert await heads(database) == ["other", "group", "somebody"]
    assert await heads(database, limit=1) == ["other"]


async def test_a_recipient_being_sent_to_has_no_other_head(database: Database) -> None:
    """At most one unmarked send per chat, whatever comes meanwhile."""
    await put(database, SOMEBODY, "first")
    row = await first(database)
    await put(database, SOMEBODY, "urgent", Priority.REPLY)
    assert await heads(database) == []
    await database.transact(lambda conn: outbox.sent(conn, database.keys, row))
    assert await texts_in_order(database) == ["urgent"]
    assert await count(database, "outbox") == 0


async def test_a_row_is_claimed_once_and_only_as_the_head(database: Database) -> None:
    head, behind = await put(database, SOMEBODY, "1"), await put(database, SOMEBODY, "2")
    assert await database.transact(lambda conn: outbox.claim(conn, database.keys, behind, NOW)) is None
    await claim(database, head)
    assert await database.transact(lambda conn: outbox.claim(conn, database.keys, head, NOW)) is None
    assert await database.transact(lambda conn: outbox.claim(conn, database.keys, 12345, NOW)) is None


async def test_of_several_unsent_states_of_a_card_the_last_one_wins(database: Database) -> None:
    """B79: one row, in its old place, with the newest words and the highest urgency."""
    card = await put(database, GROUP, "new", Priority.CARD, "card:1")
    await put(database, GROUP, "another", Priority.CARD)
    assert await put(database, GROUP, "taken", Priority.NOTICE, "card:1") == card
    assert await put(database, SOMEBODY, "elsewhere", Priority.CARD, "card:1") != card
    assert await texts_in_order(database) == ["taken", "another", "elsewhere"]


async def test_a_merged_row_that_became_urgent_goes_first(database: Database) -> None:
    await put(database, GROUP, "one", Priority.CARD)
    await put(database, GROUP, "two", Priority.CARD, "slot")
    await put(database, GROUP, "two, urgently", Priority.URGENT, "slot")
    assert await texts_in_order(database) == ["two, urgently", "one"]


async def test_a_state_that_is_just_being_sent_is_followed_not_changed(database: Database) -> None:
    await put(database, GROUP, "new", Priority.CARD, "card:1")
    row = await first(database)
    await put(database, GROUP, "taken", Priority.CARD, "card:1")
    await database.transact(lambda conn: outbox.sent(conn, database.keys, row))
    assert await texts_in_order(database) == ["taken"]


async def test_an_unsent_slot_can_be_dropped(database: Database) -> None:
    await put(database, GROUP, "card", Priority.CARD, "card:1")
    await put(database, GROUP, "next", Priority.CARD)
    assert await database.transact(lambda conn: outbox.drop_slot(conn, database.keys, GROUP, "card:1"))
    assert not await database.transact(lambda conn: outbox.drop_slot(conn, database.keys, GROUP, "card:1"))
    assert await texts_in_order(database) == ["next"]


async def test_what_is_to_be_tried_later_keeps_its_place(database: Database) -> None:
    await put(database, SOMEBODY, "1")
    await put(database, SOMEBODY, "2")
    row = await first(database)
    await database.transact(lambda conn: outbox.later(conn, database.keys, row, NOW + SECOND))
    assert await heads(database) == []
    assert await database.read(lambda conn: outbox.next_due(conn, NOW)) == NOW + SECOND
    assert await texts_in_order(database, NOW + SECOND) == ["1", "2"]


async def test_a_reply_passes_what_waits_for_a_second_try(database: Database) -> None:
    await put(database, SOMEBODY, "news", Priority.BROADCAST)
    row = await first(database)
    await database.transact(lambda conn: outbox.later(conn, database.keys, row, NOW + SECOND))
    await put(database, SOMEBODY, "reply", Priority.REPLY)
    assert await texts_in_order(database) == ["reply"]
    assert await texts_in_order(database, NOW + SECOND) == ["news"]


async def test_a_chat_told_to_wait_waits_with_all_it_has(database: Database, keys: object) -> None:
    """B77, F17: the wait is in the rows, binds what is put meanwhile however urgent, and no other chat."""
    await put(database, GROUP, "card", Priority.CARD)
    await put(database, SOMEBODY, "reply", Priority.BROADCAST)
    row = await claim(database, 1)
    await database.transact(lambda conn: outbox.hold_recipient(conn, database.keys, row, NOW + 60 * SECOND))
    await put(database, GROUP, "urgent", Priority.URGENT)
    await put(database, GROUP, "more urgent", Priority.REPLY, "slot")
    assert await heads(database) == ["somebody"]
    assert await database.read(lambda conn: outbox.next_due(conn, NOW)) == NOW + 60 * SECOND
    await database.transact(lambda conn: outbox.drop_slot(conn, database.keys, GROUP, "slot"))
    assert await heads(database, now=NOW + 59 * SECOND) == ["somebody"]
    assert (await texts_in_order(database, NOW + 60 * SECOND))[:2] == ["urgent", "card"]


async def test_whoever_saw_a_row_before_its_chat_was_told_to_wait_does_not_get_it(database: Database) -> None:
    """B77, F17: the sender looks while it sends."""
    await put(database, SOMEBODY, "reply")
    (seen,) = await database.read(lambda conn: outbox.heads(conn, NOW, 10))
    row = await claim(database, seen.id)
    await database.transact(lambda conn: outbox.hold_recipient(conn, database.keys, row, NOW + 60 * SECOND))
    assert await database.transact(lambda conn: outbox.claim(conn, database.keys, seen.id, NOW)) is None
    assert await database.transact(lambda conn: outbox.claim(conn, database.keys, seen.id, NOW + 60 * SECOND)) is not None


async def test_after_a_crash_what_was_being_sent_is_unsure(database: Database) -> None:
    """F6: it is sent once more, and known to be perhaps a repeat."""
    await put(database, SOMEBODY, "1")
    await put(database, SOMEBODY, "2")
    await first(database)
    assert await database.transact(outbox.recover) == 1
    row = await first(database)
    assert (row.outgoing.text, row.unsure, row.attempts) == ("1", True, 2)


async def test_an_unsure_row_is_remembered_as_such(database: Database) -> None:
    await put(database, SOMEBODY, "1")
    row = await first(database)
    assert not row.unsure
    await database.transact(lambda conn: outbox.unsure(conn, database.keys, row, NOW))
    assert (await first(database)).unsure


async def test_what_is_refused_waits_for_a_human_and_the_queue_goes_on(database: Database) -> None:
    """F18, F27."""
    await put(database, SOMEBODY, "poison")
    await put(database, SOMEBODY, "fine")
    row = await first(database)
    await database.transact(lambda conn: outbox.never(conn, database.keys, row, "refused"))
    assert await texts_in_order(database) == ["fine"]
    (dead,) = await database.read(lambda conn: outbox.dead(conn, database.keys, 5))
    assert (dead.outgoing.text, dead.reason) == ("poison", "refused")


async def test_a_lost_forum_holds_its_rows_until_it_is_linked_again(database: Database) -> None:
    """F20, B74: nothing is dropped, and what comes meanwhile waits behind it."""

    async def lose(conn: AsyncConnection) -> int:
        await forums.lose(conn, KHANAQIN, NOW)
        return await outbox.hold_forum(conn, database.keys, KHANAQIN)

    async def link(conn: AsyncConnection) -> int:
        await forums.link(conn, KHANAQIN, "telegram", "-1", NOW)
        return await outbox.release_forum(conn, database.keys, KHANAQIN)

    await database.transact(lambda conn: forums.ensure(conn, [KHANAQIN], {KHANAQIN: "-1"}, "telegram", NOW))
    for text in ("1", "2", "3"):
        await put(database, GROUP, text)
    row = await first(database)
    assert await database.transact(lose) == 3
    await put(database, GROUP, "4", Priority.CARD, "card:4")
    await put(database, GROUP, "4, later", Priority.CARD, "card:4")
    await database.transact(lambda conn: outbox.sent(conn, database.keys, row))
    assert await heads(database) == []
    assert (await database.read(lambda conn: outbox.backlog(conn, NOW))).held == 3
    assert await database.transact(link) == 3
    assert await texts_in_order(database) == ["2", "3", "4, later"]


async def test_an_outcome_for_a_held_row_does_not_set_it_free(database: Database) -> None:
    await put(database, GROUP, "1")
    row = await first(database)
    await database.transact(lambda conn: outbox.hold_forum(conn, database.keys, KHANAQIN))
    await database.transact(lambda conn: outbox.unsure(conn, database.keys, row, NOW))
    assert await heads(database) == []
    await database.transact(lambda conn: outbox.release_forum(conn, database.keys, KHANAQIN))
    assert (await first(database)).unsure


async def test_an_erased_resident_is_told_nothing_more(database: Database) -> None:
    await put(database, SOMEBODY, "1")
    await put(database, SOMEBODY, "2")
    await put(database, GROUP, "card")
    row = await claim(database, 1)
    await database.transact(lambda conn: outbox.drop_resident(conn, database.keys, SOMEBODY.resident))
    await database.transact(lambda conn: outbox.sent(conn, database.keys, row))
    assert await texts_in_order(database) == ["card"]


async def test_the_outcome_of_a_dropped_row_never_touches_a_newer_one(database: Database) -> None:
    """Row numbers are not used twice."""
    await put(database, SOMEBODY, "1")
    row = await first(database)
    await database.transact(lambda conn: outbox.drop_resident(conn, database.keys, SOMEBODY.resident))
    await put(database, SOMEBODY, "2")
    await database.transact(lambda conn: outbox.sent(conn, database.keys, row))
    assert await texts_in_order(database) == ["2"]


async def test_the_backlog_counts_every_state(database: Database) -> None:
    await put(database, GROUP, "old", now=NOW - 30 * SECOND)
    await put(database, SOMEBODY, "sending", Priority.REPLY)
    await first(database)
    assert await database.read(lambda conn: outbox.backlog(conn, NOW)) == outbox.Backlog(1, 1, 0, 0, 30.0)


async def test_writers_to_one_queue_side_by_side_leave_it_one_head(postgresql_database: Database) -> None:
    """Forty turns and a sender at once on PostgreSQL: everything is said, and never two at a time."""
    db = postgresql_database
    said: list[str] = []

    async def writer(n: int) -> None:
        for step in range(4):
            await put(db, GROUP, f"{n}.{step}", Priority(1 + (n + step) % 3), f"card:{n % 7}" if step == 2 else None)

    async def sender() -> None:
        while not all(task.done() for task in writers) or await count(db, "outbox"):
            found = await db.read(lambda conn: outbox.heads(conn, NOW, 5))
            assert len(found) <= 1
            for head in found:
                row = await db.transact(lambda conn, id=head.id: outbox.claim(conn, db.keys, id, NOW))  # type: ignore[misc]
                if row is not None:
                    said.append(row.outgoing.text)
                    await db.transact(lambda conn, row=row: outbox.sent(conn, db.keys, row))  # type: ignore[misc]

    writers = [asyncio.create_task(writer(n)) for n in range(10)]
    await asyncio.wait_for(asyncio.gather(sender(), *writers), 30)
    plain = {f"{n}.{step}" for n in range(10) for step in (0, 1, 3)}
    assert plain <= set(said)
    assert len(said) == len(set(said))


async def test_finding_what_may_go_costs_the_same_however_much_waits(sqlite_database: Database) -> None:
    """Aim 11: one chat that was told to wait, with ten rows and with ten thousand, beside others; counted in steps of SQLite's machine."""
    db = sqlite_database

    async def flood(conn: AsyncConnection, rows: int) -> None:
        row = {"recipient": outbox.address_of(db.keys, GROUP), "priority": 2, "created": NOW, "not_before": NOW, "body": b""}
        await conn.execute(insert(table), [row] * rows)

    async def steps(conn: AsyncConnection) -> int:
        counted = 0

        def count() -> None:
            nonlocal counted
            counted += 1

        raw = (await near(conn))._conn
        raw.set_progress_handler(count, 10)
        assert len(await outbox.heads(conn, NOW, 10)) == 1
        await outbox.next_due(conn, NOW)
        await outbox.put(conn, db.keys, GROUP, says("one more"), Priority.CARD, "card:1", None, None, NOW)
        await outbox.put(conn, db.keys, SOMEBODY, says("one more"), Priority.REPLY, None, None, None, NOW)
        raw.set_progress_handler(None, 0)
        return counted

    await put(db, GROUP, "card")
    row = await first(db)
    await db.transact(lambda conn: outbox.hold_recipient(conn, db.keys, row, NOW + SECOND))
    await put(db, SOMEBODY, "reply", Priority.REPLY)
    await db.transact(lambda conn: flood(conn, 10))
    few = await db.transact(steps)
    await db.transact(lambda conn: flood(conn, 10_000))
    assert await db.transact(steps) <= few * 2


async def test_what_is_put_in_a_failed_turn_is_never_said(database: Database) -> None:
    async def turn(conn: AsyncConnection) -> None:
        await outbox.put(conn, database.keys, SOMEBODY, says("never"), Priority.REPLY, None, None, None, NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await database.transact(turn)
    assert await texts_in_order(database) == []


async def test_a_refused_card_is_not_sent_again_to_a_forum_that_gave_the_report_away(database: Database) -> None:
    """B63: the first group does not read what has gone on to another, also not by the operator's hand."""
    held = a_ticket()
    await database.transact(lambda conn: tickets.open_ticket(conn, database.keys, held))
    row = await database.transact(
        lambda conn: outbox.put(conn, database.keys, GROUP, says("card"), Priority.CARD, "card:x", held.id, None, NOW)
    )
    claimed = await claim(database, row)
    await database.transact(lambda conn: outbox.never(conn, database.keys, claimed, "refused"))
    await database.transact(lambda conn: tickets.move(conn, database.keys, replace(held, forum=MANDALI)))
    assert await database.transact(lambda conn: outbox.revive(conn, database.keys, row, NOW)) == "elsewhere"
    assert await heads(database) == []
    await database.transact(lambda conn: tickets.move(conn, database.keys, replace(held, version=2)))
    assert await database.transact(lambda conn: outbox.revive(conn, database.keys, row, NOW)) == "queued"
    assert await heads(database) == ["group"]
