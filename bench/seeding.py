"""People who have been here or asked to be told, and broadcasts that are due, written into a bot's database before it starts."""

from __future__ import annotations

import asyncio
import os
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
from bot.model.ids import PROVINCE, BroadcastId, ForumId, Language, MemberId, ResidentId
from bot.model.subscriptions import Subscription
from bot.storage import broadcasts, residents, subscribers, tables, timers
from bot.storage.database import Database
from bot.storage.prepared import Prepared
from bot.storage.seal import Keyring
from handlers.broadcasts.starting import due_key

WORDS = "السلام عليكم، محاضرة عن مخاطر المخدرات يوم الاثنين بالمركز، والدعوة عامة للجميع، بانتظاركم"
KHANAQIN = ForumId("khanaqin")
WISH = Subscription(frozenset({KHANAQIN}), frozenset({"drugs"}))
CHUNK = 5_000
DAY = date(2026, 1, 1)
SEALED = os.urandom(512)
RESIDENTS = Prepared(insert(tables.residents))
SUBSCRIBERS = Prepared(insert(tables.subscribers))
TICKETS = Prepared(insert(tables.tickets))


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


async def subscribe(db: Database, chats: Iterable[int], *, known: int | None = None, language: Language = "ar") -> None:
    """Let people ask for messages about drugs. `known`: so many can be written to, all unless given."""
    today = datetime.now(UTC).date()
    numbered = enumerate(chats)
    await db.transact(_with_room)

    def row(chat: int) -> dict[str, Any]:
        return subscribers.row_of(db.keys, _name(chat), WISH, language=language, reachable=True, today=today)

    while chunk := list(islice(numbered, CHUNK)):

        async def work(conn: AsyncConnection, chunk: list[tuple[int, int]] = chunk) -> None:
            await SUBSCRIBERS.each(conn, [row(chat) for _, chat in chunk])
            for number, chat in chunk:
                if known is None or number < known:
                    await residents.create(conn, db.keys, _name(chat), "telegram", str(chat), str(chat), today)

        await db.transact(work)
        await asyncio.sleep(0)


async def settle(db: Database, people: Iterable[int]) -> None:
    """Let people have been here, each with a report that is closed by now as a rule: rows as long as real ones, which nobody opens."""
    numbered = iter(people)
    await db.transact(_with_room)
    while chunk := list(islice(numbered, CHUNK)):

        async def work(conn: AsyncConnection, chunk: list[int] = chunk) -> None:
            await RESIDENTS.each(conn, [_resident(number) for number in chunk])
            await TICKETS.each(conn, [_ticket(number) for number in chunk])

        await db.transact(work)
        await asyncio.sleep(0)


async def _with_room(conn: AsyncConnection) -> None:
    """Let the pages into which so many random keys go stay in memory."""
    if conn.dialect.name == "sqlite":
        await conn.exec_driver_sql("PRAGMA cache_size = -1000000")


def _resident(number: int) -> dict[str, Any]:
    return {
        "id": f"resident{number}",
        "lookup": os.urandom(32).hex(),
        "wrapped": SEALED[:61],
        "address": SEALED[:60],
        "profile": SEALED[:180],
        "seen": DAY,
    }


def _ticket(number: int) -> dict[str, Any]:
    still_open = number % 50 == 0
    return {
        "id": f"ticket{number}",
        "reference": f"KHN-{number}",
        "kind": "report",
        "home": KHANAQIN,
        "forum": KHANAQIN,
        "category": "drugs",
        "urgent": False,
        "sensitive": False,
        "contact": True,
        "state": "new" if still_open else "closed",
        "outcome": None if still_open else "resolved",
        "opened": DAY,
        "wrapped": SEALED[:61],
        "body": SEALED[:420],
    }


def _name(chat: int) -> ResidentId:
    return ResidentId(f"resident{chat}")


async def approve(db: Database, count: int = 1, *, spread: float = 0.0, first: int = 0, language: Language = "ar") -> None:
    """Write so many approved broadcasts to all who read a language, due one after the other from now on, within so many seconds.

    They are numbered from `first` on.
    """
    now = datetime.now(UTC)
    dues = [now + timedelta(seconds=spread * number / count) for number in range(count)]

    async def work(conn: AsyncConnection) -> None:
        for number, due in enumerate(dues):
            campaign = _campaign(first + number, due, language)
            await broadcasts.open_broadcast(conn, db.keys, campaign, now)
            await timers.put(conn, db.keys, SetTimer(due_key(campaign.id), "cast_due", due, broadcast=campaign.id))

    await db.transact(work)


def _campaign(number: int, due: datetime, language: Language) -> Broadcast:
    return Broadcast(
        BroadcastId(f"campaign{number:04}"),
        PROVINCE,
        MemberId("authorauthor"),
        "author",
        state="approved",
        topic="drugs",
        texts={language: f"{WORDS} {number}"},
        audience=Audience(languages=frozenset({language})),
        approved=1,
        since=on_the_wall(due).replace(microsecond=0),
    )
