"""Kill -9 at every named point, in a real process: afterwards everything has happened, once, and nothing by halves."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.clock import SystemClock
from bot.demo.server import StandIn
from bot.pipeline.limits import Limits
from bot.storage import inbox, outbox, tickets
from bot.storage.database import Database
from bot.storage.seal import Keyring
from tests.pipeline.book import FORUM
from tests.pipeline.child import Life, begin, ended, stop
from tests.pipeline.house import House, linked

ONCE = ("after-fetch", "after-store", "after-ack", "in-turn:1", "in-turn:2", "in-turn:3", "after-commit", "before-send:1")
AT_MOST_TWICE = ("after-send:1", "before-send:2", "after-send:2")
"""Before the second call begins, the first may have come back and not been marked yet."""


@pytest.fixture
async def town(telegram: StandIn, sqlite_url: str, keys: Keyring) -> House:
    """Return a house whose database file is closed, for children to open."""
    member = telegram.world.person("Hiwa")
    forum, province = telegram.world.group("Khanaqin", member), telegram.world.group("Diyala", member)
    db = await Database.open(sqlite_url, keys)
    await linked(db, forum, province, SystemClock())
    await db.close()
    return House(telegram, db, forum, province, member)


@pytest.mark.parametrize("point", [*ONCE, *AT_MOST_TWICE])
async def test_a_kill_at_any_point_loses_nothing_and_doubles_at_most_one_message(
    town: House, sqlite_url: str, keys: Keyring, point: str
) -> None:
    """B1, B2, B3, B4, F1 to F6: one ticket, one card, one receipt; only a kill after the call may repeat one of the messages."""
    sara = town.resident()
    sara.writes("report no water")
    life = Life(sqlite_url, town.telegram.url, town.telegram.token, point, intake_only=point == "after-ack")
    assert await ended(begin(life)) == -9

    second = begin(replace(life, crash="", intake_only=False))
    receipt = await sara.hears("receipt", timeout=15)
    await town.forum.hears("no water", timeout=15)
    sara.writes("after")
    await sara.hears("echo after", timeout=15)
    assert await stop(second) == 0

    receipts = [text for text in town.sent(sara) if "receipt" in text]
    cards = town.sent(town.forum)
    assert len(receipts) + len(cards) <= (3 if point in AT_MOST_TWICE else 2)
    assert len({*receipts}) == 1, "a repeat says the same, with the same number"
    db = await Database.open(sqlite_url, keys)
    held = await db.read(lambda conn: tickets.held_by(conn, keys, FORUM))
    now = SystemClock().now()
    unhandled = await db.read(lambda conn: inbox.backlog(conn, now))
    unsent = await db.read(lambda conn: outbox.backlog(conn, now))
    await db.close()
    assert [ticket.reference in receipt.text for ticket in held] == [True]
    assert (unhandled.waiting, unhandled.parked, unsent.waiting, unsent.sending, unsent.dead) == (0, 0, 0, 0, 0)


async def test_told_to_stop_the_bot_finishes_what_it_began_and_ends_well(town: House, sqlite_url: str) -> None:
    """F33."""
    people = [town.resident(f"Resident {number}") for number in range(30)]
    for person in people:
        person.writes("report no water")
    life = Life(sqlite_url, town.telegram.url, town.telegram.token, limits=Limits(per_second=20))
    process = begin(life)
    await town.telegram.world.until(lambda: len(town.telegram.world.asked("sendMessage")) >= 3, timeout=15)
    before = asyncio.get_running_loop().time()
    assert await stop(process) == 0
    assert asyncio.get_running_loop().time() - before < 10

    process = begin(life)
    await town.telegram.world.until(lambda: all(town.sent(person) for person in people), timeout=30)
    assert await stop(process) == 0
    assert all(len(town.sent(person)) == 1 for person in people)
