"""Things to store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.broadcasts import Audience, Broadcast, Occurrence, Schedule
from bot.model.effects import Priority
from bot.model.ids import BroadcastId, EntryId, ForumId, MemberId, OccurrenceId, ResidentId, SessionId, TicketId
from bot.model.messages import Attachment, Recipient, ToForum, ToResident
from bot.model.outgoing import Outgoing
from bot.model.sessions import Session
from bot.model.tickets import Content as Words
from bot.model.tickets import Entry, Ticket
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.inbox import NewItem
from bot.storage.occurrences import Content
from bot.storage.tables import metadata

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
TODAY = date(2026, 3, 14)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)

KHANAQIN = ForumId("khanaqin")
MANDALI = ForumId("mandali")
GROUP = ToForum(KHANAQIN)
SOMEBODY = ToResident(ResidentId("residentaaaa"))
TAKER = MemberId("memberaaaaaa")


def item(key: str, lane: str = "lane", raw: bytes = b"{}", received: datetime = NOW) -> NewItem:
    return NewItem("telegram", key, lane, raw, received)


def says(text: str) -> Outgoing:
    return Outgoing(text, "ckb")


def a_ticket(id: str = "ticketaaaaaa", **changes: Any) -> Ticket:
    ticket = Ticket(
        id=TicketId(id),
        reference=f"KHN-{id[-6:]}",
        kind="report",
        resident=ResidentId("residentaaaa"),
        home=KHANAQIN,
        forum=KHANAQIN,
        category="water",
        urgent=False,
        sensitive=False,
        contact=True,
        state="new",
        opened=TODAY,
        content=Words("لا يوجد ماء", (Attachment("photo", "file-1", 9, False, 0),), "حي النصر", "أمس"),
    )
    return replace(ticket, **changes)


def a_session(id: str = "sessionaaaaa", **changes: Any) -> Session:
    session = Session(
        id=SessionId(id),
        forum=KHANAQIN,
        state="announced",
        topic="الماء في حي النصر",
        planner=TAKER,
        wall=datetime(2026, 3, 20, 16, 30),  # noqa: DTZ001 - what the clock on the wall shows
        starts=datetime(2026, 3, 20, 13, 30, tzinfo=UTC),
        place="قاعة البلدية",
        capacity=2,
        offices=("municipality", "other"),
        office="دائرة الماء",
    )
    return replace(session, **changes)


def an_entry(id: str = "entryaaaaaaa", **changes: Any) -> Entry:
    entry = Entry(EntryId(id), TicketId("ticketaaaaaa"), "answer", "نحن في الطريق", NOW, delivery="waiting")
    return replace(entry, **changes)


def a_broadcast(id: str = "broadcastaaa", **changes: Any) -> Broadcast:
    broadcast = Broadcast(
        id=BroadcastId(id),
        forum=KHANAQIN,
        author=TAKER,
        author_person="a" * 64,
        topic="drugs",
        texts={"ar": "احذروا", "ckb": "وریا بن"},
        audience=Audience(frozenset({KHANAQIN}), frozenset({"ar", "ckb"}), "youth", channels=True),
        schedule=Schedule("weekly", at=time(16, 30), days=("mon", "thu"), until=date(2026, 9, 1)),
    )
    return replace(broadcast, **changes)


def an_occurrence(id: str = "occurrencaaa", **changes: Any) -> Occurrence:
    occurrence = Occurrence(
        id=OccurrenceId(id),
        broadcast=BroadcastId("broadcastaaa"),
        forum=KHANAQIN,
        wall=datetime(2026, 3, 14, 12, 30),  # noqa: DTZ001 - what the clock on the wall shows
        due=datetime(2026, 3, 14, 9, 30, tzinfo=UTC),
        state="sending",
        revision=1,
        started=NOW,
    )
    return replace(occurrence, **changes)


def a_content(text: str = "احذروا") -> Content:
    return Content(Audience(circle="women"), "drugs", {"ar": Outgoing(text, "ar"), "ckb": Outgoing(text, "ckb", protect=True)})


async def put(
    db: Database,
    recipient: Recipient,
    text: str,
    priority: Priority = Priority.CARD,
    slot: str | None = None,
    now: datetime = NOW,
) -> int:
    return await db.transact(lambda conn: outbox.put(conn, db.keys, recipient, says(text), priority, slot, None, None, now))


async def texts_in_order(db: Database, now: datetime = NOW) -> list[str]:
    """Send all that may go, one after the other, and return the words."""
    said = []
    while heads := await db.read(lambda conn: outbox.heads(conn, now, 1)):
        row = await claim(db, heads[0].id, now)
        said.append(row.outgoing.text)
        await db.transact(lambda conn, row=row: outbox.sent(conn, db.keys, row))  # type: ignore[misc]
    return said


async def claim(db: Database, id: int, now: datetime = NOW) -> outbox.Row:
    row = await db.transact(lambda conn: outbox.claim(conn, db.keys, id, now))
    assert row is not None
    return row


async def first(db: Database, now: datetime = NOW) -> outbox.Row:
    """Claim what may go first."""
    (head,) = await db.read(lambda conn: outbox.heads(conn, now, 1))
    return await claim(db, head.id, now)


async def count(db: Database, table: str) -> int:
    async def counted(conn: AsyncConnection) -> int:
        return int(await conn.scalar(select(func.count()).select_from(metadata.tables[table])) or 0)

    return await db.read(counted)


async def cells(db: Database) -> list[tuple[str, str, str, object]]:
    """Return everything that is stored: table, column, protection, value."""

    async def all_of(conn: AsyncConnection) -> list[tuple[str, str, str, object]]:
        return [
            (table.name, column.name, column.info["protection"], value)
            for table in metadata.sorted_tables
            for row in await conn.execute(select(table))
            for column, value in zip(table.columns, row, strict=True)
            if value is not None
        ]

    return await db.read(all_of)
