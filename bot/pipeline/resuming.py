"""Going on from a backup (F36): what the database does not know of its own last hours must be neither undone nor done twice.

Its past ends with the backup. After that people had things erased, were told things, and were reminded. So before anything else happens:

- what is on the list of erasures is erased here too;
- what was unsent or unhandled in the backup, and what has fallen due since, waits for a human (`alwand parked`), but for what deletes or
  only looks;
- what was being sent to many is paused, and what was to be sent to many since then will be asked about (`Situation.restored`);
- codes that link a group are void;
- forums are told from when to when something may be lost.

The same list mends a crash between a line on it and the commit that it belongs to: what the database still has is asked to be erased in
the ordinary way, so that cards are taken back. That also happens where somebody put an older copy in place by hand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import Audit, Priority, Send, SetResident, SetTimer
from bot.model.ids import PROVINCE, ResidentId, TicketId
from bot.model.messages import Message, ToForum
from bot.model.text import N_
from bot.pipeline.erasing import erase_ticket
from bot.pipeline.news import SOURCES
from bot.pipeline.saying import Saying
from bot.pipeline.surroundings import Surroundings
from bot.storage import audit, erasures, forums, inbox, occurrences, outbox, residents, settings, subscribers, tables, timers
from bot.storage.database import Database
from bot.storage.erasures import Erased
from bot.storage.upsert import hold

SPARED: Final = frozenset({"erase_ticket", "forget", "purge", "draft", "cast_due", "cast_progress"})
"""Kinds of timers that go on: they delete, or look for themselves whether something is still to be done."""
WHY: Final = "restored: it may have been done after the backup was made"


@dataclass(frozen=True, slots=True)
class Resumed:
    """What became of a backup that was restored.

    Attributes:
        made: when the backup was made.
        tickets, residents: how many were erased again.
        unsent, due: how many messages and reminders wait for a human.
        paused: how many broadcasts were being sent.
    """

    made: datetime
    tickets: int
    residents: int
    unsent: int
    due: int
    paused: int


@dataclass(frozen=True, slots=True)
class Found:
    """What the database has of that which is on the list."""

    tickets: Sequence[TicketId]
    residents: Sequence[ResidentId]
    subscribers: Sequence[ResidentId]


async def resume(db: Database, around: Surroundings, lines: Sequence[Erased], now: datetime) -> Resumed | None:
    """Erase what the list says and the database still has and, after a restore, do all that this means; return what was done then.

    `lines` is the whole list; those that the database contains are left out here.

    Raises:
        StorageUnavailable: nothing of it was done.
    """
    return await db.transact(lambda conn: _resume(conn, around, lines, now))


async def _resume(conn: AsyncConnection, around: Surroundings, lines: Sequence[Erased], now: datetime) -> Resumed | None:
    keys = around.keys
    await hold(conn, erasures.NAME)  # another process may start too, or be erasing
    made = await settings.moment(conn, keys, settings.RESTORING)
    contained = await erasures.number(conn, keys)
    tokens = {line.token for line in lines if line.number > contained}
    found = await _find(conn, around, tokens) if tokens else Found((), (), ())
    for resident in found.subscribers:
        await subscribers.erase(conn, keys, resident)
    if made is None:
        await _ask(conn, around, found, now)
    else:
        await _erase(conn, around, found, now)
    if tokens:
        await erasures.reach(conn, keys, max(line.number for line in lines))
    return None if made is None else await _leave_the_past(conn, around, found, made, now)


async def _find(conn: AsyncConnection, around: Surroundings, tokens: set[str]) -> Found:
    keys = around.keys
    people = [ResidentId(id) for id in await conn.scalars(select(tables.residents.c.id))]
    gone = [id for id in people if erasures.token_of(keys, "resident", id) in tokens]
    stopped = [id for id in people if erasures.token_of(keys, "subscription", id) in tokens]
    ids = await conn.scalars(select(tables.tickets.c.id).where(tables.tickets.c.state != "erased"))
    told = {TicketId(id) for id in ids if erasures.token_of(keys, "ticket", id) in tokens}
    for id in gone:  # who goes takes all reports with them
        resident = await residents.load(conn, keys, id)
        told |= set(resident.tickets) if resident is not None else set()
    return Found(sorted(told), gone, stopped)


async def _erase(conn: AsyncConnection, around: Surroundings, found: Found, now: datetime) -> None:
    """Erase at once: their cards were taken back in the time that is forgotten."""
    for ticket in found.tickets:
        await erase_ticket(conn, around.keys, ticket)
        await audit.write(conn, Audit("erase", ticket, detail="restored"), now)
    saying = Saying(conn, around, now)
    for resident in found.residents:
        await saying.erase(resident)


async def _ask(conn: AsyncConnection, around: Surroundings, found: Found, now: datetime) -> None:
    """Let it be erased in turns of its own, as if it had been asked for now."""
    for ticket in found.tickets:
        await timers.put(conn, around.keys, SetTimer(f"purge:{ticket}", "erase_ticket", now, ticket=ticket))
    for resident in found.residents:
        await residents.change(conn, around.keys, SetResident(resident, consented=False))
        await timers.put(conn, around.keys, SetTimer(f"forget:{resident}", "forget", now, resident=resident))


async def _leave_the_past(conn: AsyncConnection, around: Surroundings, found: Found, made: datetime, now: datetime) -> Resumed:
    keys = around.keys
    unsent = await outbox.set_aside(conn)
    due = await _set_aside_due(conn, around, now)
    paused = await occurrences.pause_all(conn)
    await forums.void_codes(conn)
    await settings.put(conn, keys, settings.RESTORING, "")
    await settings.put(conn, keys, settings.RESTORED, now.isoformat())
    await settings.beat(conn, keys, now)
    await audit.write(conn, Audit("restore"), now)
    await _announce(conn, around, made, now)
    return Resumed(made, len(found.tickets), len(found.residents), unsent, due, paused)


async def _set_aside_due(conn: AsyncConnection, around: Surroundings, now: datetime) -> int:
    """Let reminders that are due wait for a human, also those that had already entered the inbox; and what people wrote or pressed.

    What had arrived and not been handled was handled a moment after the backup: to do it again would say everything a second time.
    """
    keys = around.keys
    entered = [item for item in await inbox.waiting_of(conn, keys, timers.SOURCE) if json.loads(item.raw)["timer"] not in SPARED]
    entered += await inbox.waiting_but(conn, keys, SOURCES)
    for item in entered:
        await inbox.set_aside(conn, keys, item, WHY)
    return len(entered) + await timers.set_aside_due(conn, keys, now, SPARED, WHY)


async def _announce(conn: AsyncConnection, around: Surroundings, made: datetime, now: datetime) -> None:
    words = N_(
        "The bot was restored from a copy. What was written and done from {start} to {end} may be lost, also reports that you still see "
        "here. Please look at the messages of that time.",
        start=made,
        end=now,
    )
    saying = Saying(conn, around, now)
    for forum, state in (await forums.states(conn)).items():
        if state == "linked" or forum == PROVINCE:
            await saying.send(Send(ToForum(forum), Message(words), Priority.NOTICE))
