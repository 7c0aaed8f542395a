"""People who have been here or asked to be told, and broadcasts that are due, written into a bot's database before it starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config import load
from bot.model.broadcasts import Audience, Broadcast
from bot.model.calendar import on_the_wall
from bot.model.effects import SetTimer
from bot.model.ids import PROVINCE, BroadcastId, ForumId, MemberId, ResidentId, TicketId
from bot.model.subscriptions import Subscription
from bot.model.tickets import Content, Ticket
from bot.storage import broadcasts, residents, subscribers, tables, tickets, timers
from bot.storage.database import Database
from bot.storage.seal import Keyring
from handlers.broadcasts.starting import due_key

WORDS = "السلام عليكم، محاضرة عن مخاطر المخدرات يوم الاثنين بالمركز، والدعوة عامة للجميع، بانتظاركم"
KHANAQIN = ForumId("khanaqin")
WISH = Subscription(frozenset({KHANAQIN}), frozenset({"drugs"}))
CHUNK = 5_000


@asynccontextmanager
async def opened(config: Path, environment: dict[str, str] | None = None) -> AsyncIterator[Database]:
    """Open the database of a bot that is not running, and make its tables if it never was."""
    known = load(config)
    url = (environment or {}).get("ALWAND_STORAGE__URL", known.storage.url)
    db = await Database.open(url, Keyring.parse(known.key()))
    try:
        yield db
    finally:
        await db.close()


async def subscribe(db: Database, chats: Iterable[int], *, known: int | None = None) -> None:
    """Let people ask for messages about drugs. `known`: so many can be written to, all unless given."""
    today = datetime.now(UTC).date()
    numbered = enumerate(chats)

    def row(chat: int) -> dict[str, Any]:
        return subscribers.row_of(db.keys, _name(chat), WISH, language="ar", reachable=True, today=today)

    while chunk := list(islice(numbered, CHUNK)):

        async def work(conn: AsyncConnection, chunk: list[tuple[int, int]] = chunk) -> None:
            await conn.execute(insert(tables.subscribers), [row(chat) for _, chat in chunk])
            for number, chat in chunk:
                if known is None or number < known:
                    await residents.create(conn, db.keys, _name(chat), "telegram", str(chat), str(chat), today)

        await db.transact(work)
        await asyncio.sleep(0)


async def settle(db: Database, chats: Iterable[int]) -> None:
    """Let people have been here, and each have reported something, most of which is closed by now."""
    today = datetime.now(UTC).date()
    numbered = iter(chats)
    while chunk := list(islice(numbered, CHUNK)):

        async def work(conn: AsyncConnection, chunk: list[int] = chunk) -> None:
            for chat in chunk:
                await residents.create(conn, db.keys, _name(chat), "telegram", str(chat), str(chat), today)
                await tickets.open_ticket(conn, db.keys, _reported(chat, today))

        await db.transact(work)
        await asyncio.sleep(0)


def _reported(chat: int, day: date) -> Ticket:
    return Ticket(
        TicketId(f"ticket{chat}"),
        f"KHN-{chat}",
        "report",
        _name(chat),
        KHANAQIN,
        KHANAQIN,
        "drugs",
        urgent=False,
        sensitive=False,
        contact=True,
        state="new" if chat % 50 == 0 else "closed",
        opened=day,
        content=Content(WORDS, language="ar"),
        outcome=None if chat % 50 == 0 else "resolved",
    )


def _name(chat: int) -> ResidentId:
    return ResidentId(f"resident{chat}")


async def approve(db: Database, count: int = 1, *, spread: float = 0.0) -> None:
    """Write so many approved broadcasts to everybody, due one after the other from now on, within so many seconds."""
    now = datetime.now(UTC)
    dues = [now + timedelta(seconds=spread * number / count) for number in range(count)]

    async def work(conn: AsyncConnection) -> None:
        for number, due in enumerate(dues):
            campaign = _campaign(number, due)
            await broadcasts.open_broadcast(conn, db.keys, campaign, now)
            await timers.put(conn, db.keys, SetTimer(due_key(campaign.id), "cast_due", due, broadcast=campaign.id))

    await db.transact(work)


def _campaign(number: int, due: datetime) -> Broadcast:
    return Broadcast(
        BroadcastId(f"campaign{number:04}"),
        PROVINCE,
        MemberId("authorauthor"),
        "author",
        state="approved",
        topic="drugs",
        texts={"ar": f"{WORDS} {number}"},
        audience=Audience(languages=frozenset({"ar"})),
        approved=1,
        since=on_the_wall(due).replace(microsecond=0),
    )
