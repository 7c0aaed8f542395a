"""What becomes of an item that cannot be handled: it is kept for a human, its sender gets a kind word, the province hears of it.

The trace may quote what a person wrote, so it is sealed with the item and told nowhere else. Its first line names the kind of error alone,
for who looks through what is parked.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import Priority, Send
from bot.model.events import Arrival
from bot.model.ids import PROVINCE
from bot.model.messages import Message, Recipient, ToForum, ToResident
from bot.model.text import N_, P_
from bot.pipeline.envelope import disclose
from bot.pipeline.groups import concerns_us
from bot.pipeline.news import SOURCES
from bot.pipeline.saying import Saying
from bot.pipeline.situation import find_resident
from bot.pipeline.surroundings import Surroundings
from bot.storage import forums, inbox, residents
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.inbox import Item

log = structlog.get_logger()

KIND_WORD = N_("Sorry, we could not read this message. Please write it in another way.")
COMMAND = "alwand parked list"


class Unreadable(Exception):
    """The channel cannot make anything of an update, and never will."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An item, what was read of it, and what it failed of."""

    item: Item
    arrival: Arrival | None
    error: Exception


async def park(db: Database, around: Surroundings, failure: Failure, now: datetime) -> None:
    """Put the item aside. Should the kind word itself be impossible, it is put aside without one."""
    trace = "\n".join((type(failure.error).__name__, *traceback.format_exception(failure.error)))

    async def aside(conn: AsyncConnection) -> bool:
        return await inbox.park(conn, around.keys, failure.item, trace)

    async def with_a_word(conn: AsyncConnection) -> None:
        if await aside(conn):
            await _tell(conn, around, failure, now)

    try:
        await db.transact(with_a_word)
    except StorageUnavailable:
        raise
    except Exception as error:
        log.error("alarm", about="parked", item=failure.item.id, meaning="nobody could be told", exc_info=error)
        await db.transact(aside)


async def _tell(conn: AsyncConnection, around: Surroundings, failure: Failure, now: datetime) -> None:
    saying = Saying(conn, around, now, failure.arrival)
    sender = await _sender(conn, around, failure, now)
    if sender is not None:
        await saying.send(Send(sender, Message(KIND_WORD), Priority.REPLY))
    waiting = (await inbox.backlog(conn, now)).parked
    words = P_("A message needs a human: {command}", "{count} messages need a human: {command}", waiting, command=COMMAND)
    await saying.send(Send(ToForum(PROVINCE), Message(words), Priority.NOTICE, slot=f"parked:{now:%Y-%m-%d}"))


async def _sender(conn: AsyncConnection, around: Surroundings, failure: Failure, now: datetime) -> Recipient | None:
    """Return who is waiting for an answer; nobody for the machine's own news, and for chatter in a group."""
    item, arrival = failure.item, failure.arrival
    if item.source in SOURCES:
        return None
    if arrival is None:
        address, _ = disclose(item.raw)
        known = await residents.find(conn, around.keys, item.source, address)
        return ToResident(known.id) if known else None
    if arrival.place == "private":
        resident = await find_resident(conn, around, arrival, now)
        return ToResident(resident.id) if resident else None
    forum = await forums.of_chat(conn, arrival.channel, arrival.chat)
    return ToForum(forum) if forum is not None and concerns_us(arrival) else None
