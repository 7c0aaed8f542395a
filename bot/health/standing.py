"""How much waits, as the database tells it. What this costs follows what waits, never how many tickets or residents there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.broadcasts import Occurrence
from bot.model.ids import ForumId
from bot.model.messages import ToForum
from bot.pipeline import timekeeping
from bot.pipeline.watch import WITHHELD
from bot.storage import broadcasts, inbox, occurrences, outbox, settings, tallies
from bot.storage.inbox import Backlog as Unhandled
from bot.storage.outbox import Backlog as Unsent
from bot.storage.seal import Keyring
from bot.storage.tables import outbox as rows


@dataclass(frozen=True, slots=True)
class Broadcasts:
    """How many broadcasts are being sent and how many are paused, and for how many people both are still to be sent."""

    sending: int
    paused: int
    left: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What waits at one moment.

    Attributes:
        unhandled, unsent: what has come in and what is to go out.
        forums: how many messages are not yet in each forum's group.
        broadcasts: what of them is under way.
        doubted: seconds by which the machine's clock is doubted, 0 where it is believed.
        alive, heard: when the bot last wrote down that it lives, and when it then had last heard from the channel; None before the first
            time.
        withheld: how much the channel then held for us; None where it does not tell.
    """

    unhandled: Unhandled
    unsent: Unsent
    forums: Mapping[ForumId, int]
    broadcasts: Broadcasts
    doubted: int
    alive: datetime | None
    heard: datetime | None
    withheld: int | None = None


async def read(conn: AsyncConnection, keys: Keyring, forums: Collection[ForumId], now: datetime) -> Standing:
    """Return what waits now."""
    return Standing(
        unhandled=await inbox.backlog(conn, now),
        unsent=await outbox.backlog(conn, now),
        forums=await _unsent_to(conn, keys, forums),
        broadcasts=await _broadcasts(conn, keys),
        doubted=await timekeeping.doubted(conn, keys),
        alive=await settings.heartbeat(conn, keys),
        heard=await settings.heard(conn, keys),
        withheld=await _withheld(conn, keys),
    )


async def _withheld(conn: AsyncConnection, keys: Keyring) -> int | None:
    told = await settings.get(conn, keys, WITHHELD)
    return int(told) if told else None


async def _unsent_to(conn: AsyncConnection, keys: Keyring, forums: Collection[ForumId]) -> Mapping[ForumId, int]:
    named = {outbox.address_of(keys, ToForum(forum)): forum for forum in forums}
    wait = select(rows.c.recipient, func.count()).where(rows.c.recipient.in_(named), rows.c.state != "dead").group_by(rows.c.recipient)
    found = {named[recipient]: count for recipient, count in await conn.execute(wait)}
    return {forum: found.get(forum, 0) for forum in forums}


async def _broadcasts(conn: AsyncConnection, keys: Keyring) -> Broadcasts:
    under_way = [occurrence for occurrence in await occurrences.open_ones(conn) if occurrence.state != "cancelled"]
    sending = sum(occurrence.state == "sending" for occurrence in under_way)
    left = [await _left(conn, keys, occurrence) for occurrence in under_way]
    return Broadcasts(sending, len(under_way) - sending, sum(left))


async def _left(conn: AsyncConnection, keys: Keyring, occurrence: Occurrence) -> int:
    """Return for how many people it is still to be sent; until all have been found, by what was counted before."""
    figures = await tallies.figures(conn, occurrence.id)
    people = figures.listed
    if not occurrence.listed:
        broadcast = await broadcasts.load(conn, keys, occurrence.broadcast)
        counted = broadcast.counted.people if broadcast is not None and broadcast.counted is not None else 0
        people = max(people, counted)
    return max(0, people - figures.settled)
