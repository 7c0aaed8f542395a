"""What waits, read from real databases with real rows in them."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import SystemClock
from bot.health import standing
from bot.health.findings import findings
from bot.health.standing import Broadcasts, Standing
from bot.model.broadcasts import Counted
from bot.model.effects import Priority
from bot.model.ids import PROVINCE
from bot.pipeline.limits import Limits
from bot.pipeline.watch import Watch
from bot.storage import broadcasts, inbox, occurrences, outbox, tallies
from bot.storage.database import Database
from tests.databases import overheard
from tests.storage.samples import GROUP, KHANAQIN, MANDALI, NOW, SECOND, SOMEBODY, a_broadcast, a_content, an_occurrence, first, item, put

FORUMS = (KHANAQIN, MANDALI, PROVINCE)


async def look(db: Database) -> Standing:
    """Look an hour later."""
    return await db.read(lambda conn: standing.read(conn, db.keys, FORUMS, NOW + timedelta(hours=1)))


async def test_a_new_database_has_nothing_that_waits(database: Database) -> None:
    found = await look(database)
    assert (found.unhandled.waiting, found.unsent.waiting, found.broadcasts, found.doubted) == (0, 0, Broadcasts(0, 0, 0), 0)
    assert (found.forums, found.alive, found.heard) == (dict.fromkeys(FORUMS, 0), None, None)


@pytest.mark.parametrize(("held", "told"), [(None, "last heard 0 s ago"), (3, "last heard 0 s ago; 3 not brought to the webhook yet")])
async def test_what_telegram_cannot_bring_is_told(database: Database, held: int | None, told: str) -> None:
    """What the bot wrote down with its last sign of life, so that it is known also when it is dead."""
    watch = Watch(database, SystemClock(), Limits(), time.monotonic, lambda: held)
    await watch.beat()
    now = SystemClock().now()
    found = await database.read(lambda conn: standing.read(conn, database.keys, FORUMS, now))
    assert found.withheld == held
    [channel] = [finding for finding in findings(found, now, running=True, waiting_alarm=60) if finding.subject == "Telegram"]
    assert channel.words == told


async def test_what_waits_is_counted_for_whom_it_is_and_since_when(database: Database) -> None:
    """B113: what needs a human is not what waits."""
    await database.transact(lambda conn: inbox.store(conn, database.keys, [item("1"), item("2", received=NOW + SECOND)]))
    refused = await put(database, GROUP, "a card that is refused")
    row = await first(database)
    assert row.id == refused
    await database.transact(lambda conn: outbox.never(conn, database.keys, row, "refused"))
    await put(database, GROUP, "a card", now=NOW + SECOND)
    await put(database, GROUP, "another", now=NOW + SECOND)
    await put(database, SOMEBODY, "an answer", Priority.REPLY, now=NOW + 2 * SECOND)
    found = await look(database)
    assert (found.unhandled.waiting, found.unhandled.oldest_seconds) == (2, 3600)
    assert (found.unsent.waiting, found.unsent.oldest_seconds, found.unsent.dead) == (3, 3599, 1)
    assert found.forums == {KHANAQIN: 2, MANDALI: 0, PROVINCE: 0}


async def test_a_broadcast_under_way_tells_how_many_people_are_left(database: Database) -> None:
    """Until all have been found by what was counted before, and afterwards exactly; a paused one counts too."""
    sent, paused = an_occurrence(), replace(an_occurrence("occurrencbbb"), wall=an_occurrence().wall + timedelta(days=1), state="paused")
    over = replace(an_occurrence("occurrencccc"), wall=an_occurrence().wall + timedelta(days=2), state="done")

    async def work(conn: AsyncConnection) -> None:
        await broadcasts.open_broadcast(conn, database.keys, replace(a_broadcast(), counted=Counted(1, 400)), NOW)
        for occurrence in (sent, paused, over):
            await occurrences.open_occurrence(conn, database.keys, occurrence, a_content())
        await occurrences.advance(conn, paused.id, 9, listed=True)
        for id, listed, delivered in ((sent.id, 120, 100), (paused.id, 30, 10), (over.id, 50, 0)):
            counts: dict[tallies.Key, int] = {("listed", KHANAQIN, "ar"): listed, ("delivered", KHANAQIN, "ar"): delivered}
            await tallies.add(conn, id, counts)

    await database.transact(work)
    assert (await look(database)).broadcasts == Broadcasts(sending=1, paused=1, left=300 + 20)


async def test_a_look_asks_only_for_what_is_open(database: Database) -> None:
    """It costs the same with a hundred thousand tickets and residents: their tables are not touched."""
    asked = overheard(database)
    await look(database)
    tables = {table for statement in asked for table in re.findall(r"(?:FROM|JOIN)\s+(\w+)", statement)}
    assert tables == {"inbox", "outbox", "settings", "occurrences"}
