"""F35: PostgreSQL ends connections, dies, asks for a repeat, or has no connection left."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Literal

import pytest
from sqlalchemy import text

from tests.databases import GIVEN_URL
from tests.fire.faults import administer, backends_killed, connection, eventually, locked, others_are_served, server_stopped
from tests.fire.judge import judge
from tests.fire.kept import kept, settled
from tests.town.town import Town
from tests.town.words import plain

PEOPLE = 8
STOPS: tuple[Literal["fast"], Literal["immediate"]] = ("fast", "immediate")
OTHERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


async def talk(town: Town, strikes: asyncio.Future[None] | None = None) -> None:
    """Let several people report at once, and judge what came of it: everything once."""
    people = [town.resident("en", f"Resident{number}") for number in range(PEOPLE)]
    await asyncio.gather(*(person.arrives() for person in people))
    references = await asyncio.gather(*(person.reports(f"Report {number}.") for number, person in enumerate(people)))
    if strikes is not None:
        await strikes
    for reference in references:
        await town.forums["khanaqin"].card(reference)
    await settled(town)
    (await judge(town)).sound()
    assert len((await kept(town)).tickets) == PEOPLE


async def test_f35_connections_that_the_server_ends_cost_nobody_anything(postgresql_town: Town) -> None:
    """F35: all of them, again and again, in the middle of transactions; each is repeated whole."""
    town = postgresql_town

    async def strike() -> None:
        for _ in range(6):
            await asyncio.sleep(0.3)
            await backends_killed(town, "alwand%")

    await talk(town, asyncio.ensure_future(strike()))


async def test_f35_a_server_that_dies_and_recovers_is_waited_for(postgresql_town: Town) -> None:
    """F35: SIGKILL of one backend makes the server throw everybody out and recover, as an immediate stop and a start do."""
    if GIVEN_URL:
        pytest.skip("the server may be on another machine")
    town = postgresql_town

    async def strike() -> None:
        for _ in range(2):
            await asyncio.sleep(0.5)
            async with connection(town) as conn:
                pid = await conn.scalar(
                    text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() LIMIT 1")
                )
            if pid is not None:
                os.kill(int(pid), signal.SIGKILL)
            await back(town)

    await talk(town, asyncio.ensure_future(strike()))


async def test_f35_a_server_that_is_started_again_is_waited_for_by_itself(postgresql_town: Town) -> None:
    """F35: stopped in order and at once, in the middle of talks; what is written meanwhile is there when it is back."""
    town = postgresql_town

    async def strike() -> None:
        for how in STOPS:
            calls = town.world.counters.calls
            await town.until(lambda calls=calls: town.world.counters.calls >= calls + 20)  # type: ignore[misc]
            async with server_stopped(town, how):
                sara.says("Is anybody there?")
                await eventually(lambda: len(town.world.updates) > 0)

    sara = town.resident("en")
    await sara.arrives()
    await sara.goes_to_story()
    await talk(town, asyncio.ensure_future(strike()))
    await sara.taps("done")
    card = await town.forums["khanaqin"].card(await sara.finishes())
    assert plain(card.text).count("Is anybody there?") == len(STOPS)
    await settled(town)
    (await judge(town)).sound()


async def back(town: Town) -> None:
    """Wait until the server answers again."""
    async with asyncio.timeout(60):
        while True:
            try:
                await administer(town, "SELECT 1")
            except Exception:
                await asyncio.sleep(0.1)
            else:
                return


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_f35_a_transaction_that_lost_against_another_is_repeated_whole(postgresql_town: Town, state: str) -> None:
    """F35: every seventh insert into the outbox is refused so, as the server's own answer."""
    town = postgresql_town
    body = f"BEGIN IF nextval('refusals') % 7 = 0 THEN RAISE SQLSTATE '{state}'; END IF; RETURN NULL; END"
    await administer(
        town,
        "CREATE SEQUENCE refusals",
        f"CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        "CREATE TRIGGER lose AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION lose()",
    )
    await talk(town)


async def test_f35_an_empty_pool_is_waited_for(postgresql_town: Town) -> None:
    """F35: every connection waits for a table that somebody holds; then all goes on."""
    town = postgresql_town
    people = [town.resident("en", f"Resident{number}") for number in range(30)]
    async with locked(town):
        for person in people:
            person.says("/start")
        await asyncio.sleep(7)
    for person in people:
        await person.chooses_language()
        await person.agrees()
    await others_are_served(town)
