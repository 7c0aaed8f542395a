"""Many people who asked to be told, and broadcasts for them, written straight into the database."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import SystemClock
from bot.demo.server import StandIn
from bot.model.broadcasts import Audience, Broadcast, Figures, Occurrence
from bot.model.effects import Effect, MoveOccurrence, OpenBroadcast, OpenOccurrence
from bot.model.events import TextReceived
from bot.model.ids import BroadcastId, Language, MemberId, OccurrenceId, ResidentId
from bot.model.messages import Action, Button, Message
from bot.model.subscriptions import Subscription, Topic
from bot.model.text import N_, Words
from bot.pipeline import commit
from bot.pipeline.surroundings import Loaded, Surroundings, blank
from bot.storage import calendars, occurrences, residents, subscribers, tallies
from bot.storage.database import Database
from tests.pipeline.book import FORUM
from tests.pipeline.house import ANY_TIME, surroundings
from tests.town.people import PATIENCE

BROADCAST = BroadcastId("broadcastaaa")
OCCURRENCE = OccurrenceId("occurrenceaa")
TODAY = date(2026, 11, 22)
DUE = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DRUGS = Subscription(frozenset({FORUM}), frozenset({"drugs"}))


@dataclass(frozen=True)
class Somebody:
    """Somebody in the crowd: their number makes them, `chat` is where they are written to."""

    number: int
    chat: int
    language: Language = "en"
    subscription: Subscription = DRUGS
    reachable: bool = True
    seen: date = TODAY

    @property
    def id(self) -> ResidentId:
        return ResidentId(f"resident{self.number:06}")


async def settle(db: Database, people: Iterable[Somebody]) -> None:
    """Make people known, with what they asked to be told."""
    keys = db.keys

    async def work(conn: AsyncConnection) -> None:
        for each in people:
            await residents.create(conn, keys, each.id, "telegram", str(each.chat), str(each.chat), each.seen)
            await subscribers.put(conn, keys, each.id, each.subscription, language=each.language, reachable=each.reachable, today=each.seen)

    await db.transact(work)


def accounts(telegram: StandIn, count: int, first: int = 0) -> list[Somebody]:
    """Return as many people who have an account and have started the bot."""
    found = []
    for number in range(first, first + count):
        person = telegram.world.person(f"Resident {number}")
        person.has_started = True
        found.append(Somebody(number, person.id))
    return found


async def does(db: Database, *effects: Effect, around: Surroundings | None = None) -> None:
    """Write down effects as a turn inside the machine does."""
    now = SystemClock().now()
    around = around or surroundings(db.keys)

    async def work(conn: AsyncConnection) -> None:
        situation = await blank(conn, around, now, now, "machine")
        await commit.apply(conn, commit.Turn(around, Loaded(situation, TextReceived("")), None, now), effects)

    await db.transact(work)


def message(words: str = "Beware", occurrence: OccurrenceId = OCCURRENCE) -> Message:
    stop = Button(N_("Press me"), Action("optout", args=("drugs",), occurrence=occurrence))
    return Message(Words(words), ((stop,),))


def occurrence_of(broadcast: BroadcastId = BROADCAST, id: OccurrenceId = OCCURRENCE, due: datetime = DUE, **changes: Any) -> Occurrence:
    wall = due.replace(tzinfo=None)
    return replace(Occurrence(id, broadcast, FORUM, wall, due, "sending", 1, started=due), **changes)


def broadcast_of(id: BroadcastId = BROADCAST) -> Broadcast:
    return Broadcast(id, FORUM, MemberId("memberaaaaaa"), "somebody", state="approved", topic="drugs", approved=1)


async def begins(
    db: Database,
    *,
    audience: Audience | None = None,
    topic: Topic = "drugs",
    messages: Mapping[Language, Message] | None = None,
    id: OccurrenceId = OCCURRENCE,
    broadcast: BroadcastId = BROADCAST,
    **changes: Any,
) -> None:
    """Approve a broadcast and open its occurrence."""
    await does(db, OpenBroadcast(broadcast_of(broadcast)))
    await opens(db, occurrence_of(broadcast, id, **changes), audience=audience, topic=topic, messages=messages)


async def opens(
    db: Database,
    occurrence: Occurrence,
    *,
    audience: Audience | None = None,
    topic: Topic = "drugs",
    messages: Mapping[Language, Message] | None = None,
) -> None:
    """Open an occurrence of an approved broadcast."""
    said = messages or {"en": message(), "ar": message("انتبهوا"), "ckb": message("ئاگاداربن")}
    await does(db, OpenOccurrence(occurrence, audience or Audience(), topic, said))


async def hushes(db: Database, *, hush: bool) -> None:
    """Change the calendar so that all hours are quiet, or none."""
    before = await db.read(calendars.newest)
    rules = replace(ANY_TIME, quiet_until=time.max if hush else time(), version=before.version + 1 if before else 1)
    await db.transact(lambda conn: calendars.add(conn, rules, MemberId("memberaaaaaa"), SystemClock().now()))


async def becomes(db: Database, state: str, id: OccurrenceId = OCCURRENCE) -> None:
    """Pause an occurrence, cancel it, or let it go on."""
    current = await db.read(lambda conn: occurrences.load(conn, id))
    assert current is not None
    await does(db, MoveOccurrence(replace(current, state=state)))  # type: ignore[arg-type]


async def figures(db: Database, id: OccurrenceId = OCCURRENCE) -> Figures:
    return await db.read(lambda conn: tallies.figures(conn, id))


async def state(db: Database, id: OccurrenceId = OCCURRENCE) -> str:
    current = await db.read(lambda conn: occurrences.load(conn, id))
    assert current is not None
    return current.state


def got(telegram: StandIn, words: Sequence[str] = ("Beware", "انتبهوا", "ئاگاداربن")) -> Counter[int]:
    """Return how often Telegram took the broadcast for each chat."""
    calls = [call for call in telegram.world.calls if call.method == "sendMessage" and call.status == 200]
    return Counter(int(call.params["chat_id"]) for call in calls if any(each in call.params["text"] for each in words))


async def until(what: Callable[[], Awaitable[Any] | Any], seconds: float = PATIENCE) -> Any:
    """Wait until something is so, and return it."""
    async with asyncio.timeout(seconds):
        while True:
            found = what()
            found = await found if isinstance(found, Awaitable) else found
            if found:
                return found
            await asyncio.sleep(0.02)
