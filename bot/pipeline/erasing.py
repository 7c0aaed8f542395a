"""Erasing, and putting on the list what is erased: erased stays erased, also if an older copy of the database takes its place (F36)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import EraseResident, EraseTicket, SetResident, SetSubscription
from bot.model.ids import TicketId
from bot.pipeline.surroundings import Surroundings
from bot.storage import erasures, outbox, residents, subscribers, tickets
from bot.storage.seal import Keyring


async def note(
    conn: AsyncConnection, around: Surroundings, effect: EraseResident | EraseTicket | SetResident | SetSubscription, now: datetime
) -> None:
    """Put on the list what an effect takes away: a ticket, a resident who goes or has asked to, a wish to be told something."""
    match effect:
        case EraseTicket(ticket_id):
            await _note(conn, around, "ticket", ticket_id, now)
        case EraseResident(resident):
            await _note(conn, around, "resident", resident, now)
        case SetResident(resident, consented=False):
            await _note(conn, around, "resident", resident, now)
        case SetResident():
            pass
        case SetSubscription(resident, wanted):
            before = await subscribers.of_resident(conn, around.keys, resident)
            if before.districts - wanted.districts or before.topics - wanted.topics or before.circles - wanted.circles:
                await _note(conn, around, "subscription", resident, now)


async def _note(conn: AsyncConnection, around: Surroundings, what: erasures.What, id: str, now: datetime) -> None:
    await erasures.note(conn, around.keys, around.erasures, what, id, now.date())


async def erase_ticket(conn: AsyncConnection, keys: Keyring, ticket: TicketId) -> None:
    """Erase a ticket with all that was kept of it."""
    known = await tickets.load(conn, keys, ticket)
    if known is not None and known.resident is not None:
        await residents.drop_ticket(conn, keys, known.resident, ticket)
    await tickets.erase(conn, ticket)
    await outbox.discard_ticket(conn, keys, ticket)
