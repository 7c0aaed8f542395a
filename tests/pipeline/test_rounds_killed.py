"""Kill -9 while two hundred people are told one thing, in a real process that sends over HTTP."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import SystemClock
from bot.demo.server import StandIn
from bot.model.effects import SetAnswer, SetResident, StartRound
from bot.model.ids import ResidentId, RoundId
from bot.model.sessions import Round
from bot.storage import residents, rounds
from bot.storage.database import Database
from tests.databases import KEYS
from tests.pipeline.round_child import Life, begin, ended
from tests.pipeline.wire import Village, announced, opens

PEOPLE = 200
KILLS = ("in-turn:75", "after-commit:1", "before-send:40", "after-send:40")
"""In the middle of the second chunk, after the next one, and around a send."""
TODAY = date(2026, 11, 22)


async def prepared(db: Database, telegram: StandIn) -> None:
    """Two hundred people who will come, and a session that has changed."""
    village = await Village(db).founded()
    village.clock.time = SystemClock().now()
    session = announced(reason="rain", starts=village.clock.time + timedelta(days=3))
    await opens(village, session)
    people = [telegram.world.person(f"Resident {number}") for number in range(PEOPLE)]

    async def settle(conn: AsyncConnection) -> None:
        for number, person in enumerate(people):
            person.has_started = True
            id = ResidentId(f"resident{number:04}")
            await residents.create(conn, KEYS, id, "telegram", id, str(person.id), TODAY)
            await village.writes(conn, SetResident(id, language="en", consented=True), SetAnswer(session.id, id, "coming"))

    await db.transact(settle)
    await village.does(StartRound(Round(RoundId("roundaaaaaaa"), session.id, "changed", "answered")))


def told(telegram: StandIn) -> Counter[str]:
    """Return how often each chat was sent something that Telegram took."""
    calls = [call for call in telegram.world.calls if call.method == "sendMessage" and call.status == 200]
    return Counter(call.params["chat_id"] for call in calls if "has changed" in call.params["text"])


async def rest(url: str) -> list[object]:
    """Let the round run to its end, and return what was still to be said."""
    db = await Database.open(url, KEYS)
    village = Village(db)
    village.clock.time = SystemClock().now() + timedelta(minutes=1)
    while await db.read(lambda conn: rounds.load(conn, KEYS, RoundId("roundaaaaaaa"))) is not None:
        await village.wakes()
    said = await village.said()
    await db.close()
    return [*said]


async def test_each_of_two_hundred_is_told_whatever_is_killed_and_at_most_one_twice_a_kill(sqlite_url: str) -> None:
    """B97, F4, F5: nobody is left out, nobody is told three times, and each kill repeats one message at most."""
    db = await Database.open(sqlite_url, KEYS)
    async with StandIn.start(limits=False) as telegram:
        await prepared(db, telegram)
        await db.close()
        life = Life(sqlite_url, telegram.url, telegram.token)
        for point in KILLS:
            assert await ended(begin(replace(life, crash=point))) == -9
        last = begin(life)
        await telegram.world.until(lambda: len(told(telegram)) == PEOPLE, timeout=30)
        last.terminate()
        assert await ended(last) == 0
        counts = told(telegram)
    assert await rest(sqlite_url) == []
    assert max(counts.values()) <= 2
    assert sum(counts.values()) - PEOPLE <= len(KILLS)
