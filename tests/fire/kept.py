"""What the bot has on disk, read with its own key by somebody else: which tickets, whose, which drafts, and what is still to be done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.demo.world import NeverHappened
from bot.model.ids import PROVINCE, ResidentId, TicketId
from bot.storage import drafts, inbox, outbox, residents, tables, tickets
from bot.storage.database import Database, ReadOnly
from bot.storage.seal import Keyring
from tests.town.town import Town

SETTLED = 120.0
"""Seconds in which everything that waits has to be done on a busy machine."""


@dataclass(frozen=True, slots=True)
class KeptTicket:
    """A ticket: the forum whose group has its card, all that may know of it, the chat of whoever sent it (None once erased)."""

    reference: str
    state: str
    desk: str
    forums: frozenset[str]
    owner: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """All of it. `tickets` by reference; `drafts` names the open question of each chat with an unfinished conversation.

    `unhandled` and `unsent` are still to be done; `parked` and `dead` wait for a human.
    """

    tickets: Mapping[str, KeptTicket]
    drafts: Mapping[int, str]
    unhandled: int
    parked: int
    unsent: int
    dead: int


def url_of(town: Town) -> str:
    """Return the URL of a town's database."""
    return town.environment.get("ALWAND_STORAGE__URL", f"sqlite+aiosqlite:///{town.folder / 'alwand.db'}")


@asynccontextmanager
async def opened(town: Town) -> AsyncIterator[ReadOnly]:
    """Look into a town's database, whether its bot runs or not; nothing is changed."""
    db = await Database.look(url_of(town), Keyring.parse((town.folder / "alwand.key").read_text(encoding="ascii")))
    try:
        yield db
    finally:
        await db.close()


async def kept(town: Town) -> Kept:
    """Read everything, at one moment."""
    async with opened(town) as db:
        return await db.read(lambda conn: _kept(conn, db.keys))


async def settled(town: Town) -> None:
    """Wait until nothing waits: not at Telegram, not in the inbox, not in the outbox."""
    waiting: tuple[int, ...] = ()
    async with opened(town) as db:
        try:
            async with asyncio.timeout(SETTLED):
                while any(waiting := (len(town.world.updates), *await db.read(_waiting))):  # noqa: ASYNC110 - a database rings no bell
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise NeverHappened(f"still waiting after {SETTLED} s, at Telegram, in the inbox, in the outbox: {waiting}") from None


async def _waiting(conn: AsyncConnection) -> tuple[int, int]:
    now = datetime.now(UTC)
    sends = await outbox.backlog(conn, now)
    return (await inbox.backlog(conn, now)).waiting, sends.waiting + sends.sending


async def _kept(conn: AsyncConnection, keys: Keyring) -> Kept:
    now = datetime.now(UTC)
    received, sends = await inbox.backlog(conn, now), await outbox.backlog(conn, now)
    people = [ResidentId(id) for id in await conn.scalars(select(tables.residents.c.id))]
    chats = {id: await _chat(conn, keys, id) for id in people}
    ids = [TicketId(id) for id in await conn.scalars(select(tables.tickets.c.id))]
    unfinished = [ResidentId(id) for id in await conn.scalars(select(tables.drafts.c.resident))]
    return Kept(
        tickets={ticket.reference: ticket for ticket in [await _ticket(conn, keys, id, chats) for id in ids]},
        drafts={chats[id]: await _question(conn, keys, id) for id in unfinished},
        unhandled=received.waiting,
        parked=received.parked,
        unsent=sends.waiting + sends.sending + sends.held,
        dead=sends.dead,
    )


async def _chat(conn: AsyncConnection, keys: Keyring, resident: ResidentId) -> int:
    address = await residents.address(conn, keys, resident)
    assert address is not None
    return int(address[1])


async def _ticket(conn: AsyncConnection, keys: Keyring, id: TicketId, chats: Mapping[ResidentId, int]) -> KeptTicket:
    ticket = await tickets.load(conn, keys, id)
    assert ticket is not None
    owner = chats.get(ticket.resident) if ticket.resident is not None else None
    desk = PROVINCE if ticket.sensitive else ticket.forum
    forums = frozenset(filter(None, (PROVINCE, ticket.home, ticket.forum, ticket.came_from)))
    return KeptTicket(ticket.reference, ticket.state, desk, forums, owner)


async def _question(conn: AsyncConnection, keys: Keyring, resident: ResidentId) -> str:
    draft = await drafts.load(conn, keys, resident)
    assert draft is not None
    return draft.pending or ""
