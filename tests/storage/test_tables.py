from __future__ import annotations

import pytest
from sqlalchemy import Column, Dialect, LargeBinary, MetaData, String, Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.broadcasts import Broadcast
from bot.model.calendar import Calendar
from bot.model.effects import Audit, Priority, SetFeedback, SetResident, SetTimer
from bot.model.ids import DraftId, EntryId, PromiseId, ResidentId, RoundId, TicketId
from bot.model.messages import card_slot
from bot.model.people import Draft, Piece
from bot.model.sessions import Promise, Round, Session
from bot.model.subscriptions import Subscription
from bot.model.tickets import Content
from bot.storage import (
    answers,
    audit,
    broadcasts,
    calendars,
    copies,
    drafts,
    entries,
    feedback,
    forums,
    inbox,
    lanes,
    members,
    occurrences,
    outbox,
    posts,
    promises,
    residents,
    rounds,
    sessions,
    settings,
    subscribers,
    tallies,
    tickets,
    timers,
    voices,
)
from bot.storage.columns import Utc, clear
from bot.storage.database import Database
from bot.storage.errors import SealBroken
from bot.storage.seal import Keyring, open_sealed
from bot.storage.tables import leases, metadata
from tests.storage.samples import (
    GROUP,
    KHANAQIN,
    MANDALI,
    NOW,
    SOMEBODY,
    TAKER,
    TODAY,
    a_broadcast,
    a_content,
    a_session,
    a_ticket,
    an_entry,
    an_occurrence,
    cells,
    item,
    says,
)

CANARY = "کەناری-canary-7734"


def unclassified(tables: MetaData) -> list[str]:
    """Return the columns of which nobody said whether they are clear, keyed or sealed, or that cannot be what was said."""
    return [
        str(column)
        for table in tables.sorted_tables
        for column in table.columns
        if column.info.get("protection") not in ("clear", "keyed", "sealed")
        or (column.info["protection"] == "sealed") != isinstance(column.type, LargeBinary)
    ]


def test_every_column_is_clear_keyed_or_sealed() -> None:
    assert unclassified(metadata) == []


def test_a_column_without_a_class_fails_this() -> None:
    tables = MetaData()
    Table("t", tables, clear("fine", String(3)), Column("forgotten", String(3)), clear("lie", LargeBinary))
    assert unclassified(tables) == ["t.forgotten", "t.lie"]


async def fill(db: Database) -> None:
    """Store one of everything, with the canary wherever words, names and addresses go, and two tickets of one resident."""
    keys = db.keys
    content = Content(CANARY, (), CANARY, CANARY)
    first, second = (a_ticket(id, content=content, return_reason=CANARY) for id in ("ticketaaaaaa", "ticketbbbbbb"))

    async def work(conn: AsyncConnection) -> None:
        await forums.ensure(conn, [KHANAQIN], {KHANAQIN: "-100"}, "telegram", NOW)
        await forums.new_code(conn, keys, KHANAQIN, CANARY, NOW)
        await members.remember(conn, keys, TAKER, KHANAQIN, "telegram", CANARY, CANARY)
        await residents.create(conn, keys, SOMEBODY.resident, "telegram", CANARY, CANARY, TODAY)
        await residents.change(conn, keys, SetResident(SOMEBODY.resident, language="ckb", refocus=True, focus=first.id))
        draft = Draft(DraftId("draft"), "report", NOW, answers={"story": CANARY}, kept=(Piece(CANARY),))
        await drafts.keep(conn, keys, SOMEBODY.resident, draft, NOW)
        for ticket in (first, second):
            await tickets.open_ticket(conn, keys, ticket)
            await residents.add_ticket(conn, keys, SOMEBODY.resident, ticket.id)
            entry = EntryId("entry" + ticket.id[-7:])
            await entries.add(conn, keys, an_entry(entry, ticket=ticket.id, text=CANARY, member=TAKER))
            await outbox.put(conn, keys, GROUP, says(CANARY), Priority.CARD, card_slot(ticket.id), ticket.id, None, NOW)
            await outbox.put(conn, keys, SOMEBODY, says(CANARY), Priority.REPLY, f"entry:{entry}", ticket.id, entry, NOW)
            await posts.record(conn, keys, GROUP, ["m" + ticket.id], card_slot(ticket.id), ticket.id, None, NOW)
            await posts.record(conn, keys, SOMEBODY, ["m" + ticket.id], f"entry:{entry}", ticket.id, entry, NOW)
            await timers.put(conn, keys, SetTimer(f"late:{ticket.id}", "late", NOW, ticket=ticket.id))
            await audit.write(conn, Audit("open", ticket.id, KHANAQIN), NOW)
        for id in ("sessionaaaaa", "sessionbbbbb"):
            await _fill_session(conn, keys, a_session(id, topic=CANARY, place=CANARY, office=CANARY, reason=CANARY, summary=CANARY))
        wants = Subscription(frozenset({KHANAQIN, MANDALI}), frozenset({"drugs", "sessions"}), frozenset({"women"}))
        await subscribers.put(conn, keys, SOMEBODY.resident, wants, language="ckb", reachable=True, today=TODAY)
        for id in ("broadcastaaa", "broadcastbbb"):
            await _fill_broadcast(conn, keys, a_broadcast(id, texts={"ar": CANARY}, author_person=CANARY))
        await calendars.add(conn, Calendar().changed(), TAKER, NOW)
        await timers.put(conn, keys, SetTimer(f"draft:{SOMEBODY.resident}", "draft", NOW, resident=SOMEBODY.resident))
        await settings.put(conn, keys, "heartbeat", CANARY)
        await conn.execute(insert(leases), {"name": "send", "holder": 7, "until": NOW})
        lane = lanes.of_chat(keys, "telegram", CANARY)
        await inbox.store(conn, keys, [item("1", lane, CANARY.encode()), item("2", lanes.of_ticket(keys, first.id), CANARY.encode())])
        taken = await inbox.take(conn, keys, lane, NOW)
        assert taken is not None
        await inbox.park(conn, keys, taken, CANARY)

    await db.transact(work)


async def _fill_session(conn: AsyncConnection, keys: Keyring, session: Session) -> None:
    await sessions.open_session(conn, keys, session)
    await answers.put(conn, keys, session.id, SOMEBODY.resident, "coming")
    await feedback.put(conn, keys, SetFeedback(session.id, SOMEBODY.resident, "bad", CANARY))
    await promises.put(conn, keys, Promise(PromiseId("promise" + session.id[-5:]), session.id, CANARY, CANARY, TODAY))
    await rounds.start(conn, keys, Round(RoundId("round" + session.id[-7:]), session.id, "promise", "answered", subject=CANARY))


async def _fill_broadcast(conn: AsyncConnection, keys: Keyring, broadcast: Broadcast) -> None:
    await broadcasts.open_broadcast(conn, keys, broadcast, NOW)
    occurrence = an_occurrence("occurrenc" + broadcast.id[-3:], broadcast=broadcast.id)
    assert await occurrences.open_occurrence(conn, keys, occurrence, a_content(CANARY))
    await occurrences.set_uploaded(conn, keys, occurrence.id, CANARY)
    key = await occurrences.key_of(conn, keys, occurrence.id)
    assert key is not None
    await copies.put(conn, keys, key, occurrence.id, [copies.Meant(SOMEBODY.resident, KHANAQIN, "ckb")])
    await tallies.add(conn, occurrence.id, {("listed", KHANAQIN, "ckb"): 1, ("option:1", "", ""): 1})
    assert await voices.raise_once(conn, keys, occurrence.id, voices.QUIZ, SOMEBODY.resident)


async def test_what_was_written_and_who_wrote_it_is_nowhere_in_clear(database: Database) -> None:
    """B50, B51, B58: names, addresses and words are in no cell of any table, in no encoding that a search would find."""
    await fill(database)
    everything = await cells(database)
    assert {table for table, *_ in everything} == set(metadata.tables)
    for _, _, protection, value in everything:
        shown = value if isinstance(value, bytes) else str(value).encode()
        assert CANARY.encode() not in shown
        assert CANARY.encode("utf-16-le") not in shown
        assert b"canary" not in shown
        assert (protection == "keyed") <= (isinstance(value, str) and len(value) == 64)


async def test_nothing_in_clear_links_a_ticket_to_a_resident_or_two_tickets_of_one(database: Database) -> None:
    """B47: whoever has the database without the key cannot tell whose a ticket is, nor that two are one person's."""
    await fill(database)
    readable = [(table, str(value)) for table, _, protection, value in await cells(database) if protection != "sealed"]

    def tables_with(value: str) -> set[str]:
        return {table for table, shown in readable if value in shown}

    assert tables_with(SOMEBODY.resident) == {"residents", "drafts"}
    assert tables_with("sessionaaaaa") == {"sessions", "answers", "feedback", "promises", "rounds"}
    assert tables_with("occurrencaaa") == {"occurrences", "copies", "tallies", "voices"}
    assert tables_with("ticketaaaaaa") == {"tickets", "entries", "audit"}
    tokens: dict[str, set[str]] = {}
    for table, value in readable:
        if len(value) == 64:
            tokens.setdefault(value, set()).add(table)
    assert all(len(tables) == 1 for tables in tokens.values()), "a token is the same in two tables"


@pytest.mark.parametrize("table", ["answers", "feedback", "copies", "voices"])
async def test_what_one_person_said_or_was_told_twice_looks_unrelated(database: Database, table: str) -> None:
    """B47, B95, B96: no value of the one row comes again in the other, but the answer itself, and what every new row begins with."""
    await fill(database)
    same = ("answer", "rating", "state", "attempts", "unsure", "not_before")
    columns = [column for column in metadata.tables[table].columns if column.name not in same]
    first, second = await database.read(lambda conn: _rows(conn, columns))
    assert not set(first) & set(second)


async def _rows(conn: AsyncConnection, columns: list[Column[object]]) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await conn.execute(select(*columns))]


async def test_a_sealed_value_that_was_moved_to_another_row_does_not_open(database: Database) -> None:
    """Somebody who may write the database cannot give one person's words to another."""
    await fill(database)

    async def swap(conn: AsyncConnection) -> None:
        table = metadata.tables["tickets"]
        other = (await conn.execute(select(table.c.wrapped, table.c.body).where(table.c.id == "ticketbbbbbb"))).one()
        await conn.execute(table.update().where(table.c.id == "ticketaaaaaa").values(wrapped=other.wrapped, body=other.body))

    await database.transact(swap)
    with pytest.raises(SealBroken):
        await database.read(lambda conn: tickets.load(conn, database.keys, TicketId("ticketaaaaaa")))


async def test_every_sealed_cell_refuses_the_key_at_rest_of_another_cell(database: Database) -> None:
    await fill(database)
    for table, column, protection, value in await cells(database):
        if protection == "sealed":
            assert isinstance(value, bytes)
            with pytest.raises(SealBroken):
                open_sealed(database.keys.rest, table, column, "another row", value)


@pytest.mark.parametrize("dialect", [sqlite.dialect, postgresql.dialect])
def test_a_time_without_a_zone_is_never_stored(dialect: type[Dialect]) -> None:
    with pytest.raises(ValueError, match="zone"):
        Utc().process_bind_param(NOW.replace(tzinfo=None), dialect())


async def test_a_time_comes_back_to_the_microsecond_and_in_utc(database: Database) -> None:
    await database.transact(lambda conn: timers.put(conn, database.keys, SetTimer("k", "late", NOW, resident=ResidentId("x"))))
    assert await database.read(timers.next_due) == NOW
