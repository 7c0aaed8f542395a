"""After an absence thousands of messages wait at once. Who writes now is answered now; the others keep their order."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.clock import Reading, SystemClock
from bot.demo.world.people import Person
from bot.model.effects import Priority
from bot.model.ids import ResidentId
from bot.model.messages import Recipient, ToForum, ToResident
from bot.pipeline.ages import CROWD
from bot.pipeline.inbox import Dispatcher
from bot.storage import inbox
from bot.storage.database import Database
from tests.pipeline.book import FORUM
from tests.pipeline.house import House
from tests.storage.samples import item, put, texts_in_order

SARA = ToResident(ResidentId("sara"))
HOUR = timedelta(hours=1)


class Later(SystemClock):
    """The machine's clock, an hour ahead."""

    def read(self) -> Reading:
        reading = super().read()
        return Reading(reading.wall, reading.steady, reading.boot, HOUR)


def an_hour_passes(house: House) -> None:
    house.telegram.world.clock.advance(HOUR.total_seconds())
    house.clock = Later()


async def test_who_writes_now_is_answered_before_those_who_wrote_an_hour_ago(house: House) -> None:
    """B113, row 8: with nobody here for an hour, the first who comes then waits for none of those who came meanwhile."""
    belated = [house.resident(f"Resident {number}") for number in range(150)]
    for resident in belated:
        resident.writes("hello")
    an_hour_passes(house)
    sara = house.resident()

    def answered() -> int:
        return sum(1 for resident in belated if house.sent(resident))

    async with house.running():
        await house.telegram.world.until(lambda: answered() >= 10, 30)
        sara.writes("good evening")
        await sara.hears("good evening", timeout=30)
        assert answered() < 100
    house.without_limits()
    async with house.running():
        await house.telegram.world.until(lambda: answered() == len(belated), 30)


async def test_what_somebody_wrote_an_hour_ago_is_answered_before_what_they_write_now(house: House) -> None:
    sara: Person = house.resident()
    for words in ("one", "two", "three"):
        sara.writes(words)
    an_hour_passes(house)
    sara.writes("four")
    async with house.running():
        await sara.hears("four")
    assert house.sent(sara) == [f"echo {words}" for words in ("one", "two", "three", "four")]


@pytest.mark.parametrize("before", [[], [(ToResident(ResidentId("dara")), Priority.NOTICE)], [(ToForum(FORUM), Priority.CARD)]])
async def test_a_reply_takes_belated_ones_to_the_same_person_with_it(database: Database, before: list[tuple[Recipient, Priority]]) -> None:
    for to, priority in before:
        await put(database, to, "other", priority)
    for words, slot in (("one", None), ("two", "draft"), ("three", None)):
        await put(database, SARA, words, Priority.LATE, slot)
    await put(database, SARA, "four", Priority.REPLY)
    assert await texts_in_order(database) == ["one", "two", "three", "four", *["other" for _ in before]]


async def test_a_notice_does_not_overtake_belated_replies_to_the_same_person(database: Database) -> None:
    """Nobody reads that their report is being looked into before it was confirmed. Others' notices go first as ever."""
    for words, slot in (("one", None), ("two", "thread")):
        await put(database, SARA, words, Priority.LATE, slot)
    await put(database, SARA, "three", Priority.NOTICE)
    await put(database, ToResident(ResidentId("dara")), "Dara's", Priority.NOTICE)
    await put(database, SARA, "two anew", Priority.NOTICE, slot="thread")
    assert await texts_in_order(database) == ["Dara's", "one", "two anew", "three"]


async def test_a_notice_from_before_them_keeps_its_place_before_belated_replies(database: Database) -> None:
    await put(database, SARA, "one", Priority.NOTICE, slot="thread")
    await put(database, SARA, "two", Priority.LATE)
    await put(database, SARA, "one anew", Priority.NOTICE, slot="thread")
    await put(database, SARA, "three", Priority.NOTICE)
    await put(database, SARA, "four", Priority.REPLY)
    assert await texts_in_order(database) == ["one anew", "two", "three", "four"]


async def test_a_belated_reply_is_not_overtaken_where_a_reply_already_waits_before_it(database: Database) -> None:
    """As where what was said before an absence still waits, and somebody writes again behind what they wrote meanwhile."""
    for words, priority in (("one", Priority.REPLY), ("two", Priority.LATE), ("three", Priority.REPLY)):
        await put(database, SARA, words, priority)
    assert await texts_in_order(database) == ["one", "two", "three"]


async def test_a_reply_that_takes_the_place_of_a_belated_one_goes_in_its_turn(database: Database) -> None:
    for words in ("one", "two", "three"):
        await put(database, SARA, words, Priority.LATE, slot=words)
    await put(database, SARA, "two anew", Priority.REPLY, slot="two")
    assert await texts_in_order(database) == ["one", "two anew", "three"]


async def test_cards_go_before_belated_replies(database: Database) -> None:
    """Row 8: after an absence the forums know within a minute; who wrote long ago can wait that long."""
    await put(database, SARA, "reply", Priority.LATE)
    await put(database, ToForum(FORUM), "card", Priority.CARD)
    assert await texts_in_order(database) == ["card", "reply"]


async def test_belated_lanes_leave_room_for_fresh_ones_and_the_other_way_round(database: Database) -> None:
    """A third of the turns at once is kept for either, while there is any of it."""
    begun: list[str] = []
    enough = asyncio.Event()

    async def handle(lane: str) -> bool:
        begun.append(lane)
        await enough.wait()
        return False

    late, fresh = [f"late {n}" for n in range(20)], [f"fresh {n}" for n in range(20)]
    waiting = [item(f"{number}", lane) for number, lane in enumerate(late + fresh)]
    await database.transact(lambda conn: inbox.store(conn, database.keys, waiting))
    dispatcher = Dispatcher(database, SystemClock(), 12)
    life = asyncio.create_task(dispatcher.run(handle))
    async with asyncio.timeout(10):
        while len(begun) < 8:  # noqa: ASYNC110 - what is begun rings no bell
            await asyncio.sleep(0.01)
        assert begun == late[:8]
        dispatcher.wake(fresh[10:])
        while len(begun) < 12:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
        assert begun[8:] == fresh[10:14]
        enough.set()
        dispatcher.stop()
        await life


async def test_what_is_belated_waits_while_more_of_it_comes_in(database: Database) -> None:
    """Taking in goes before handling, so that who writes now is soon seen behind the backlog; but only for so long."""
    begun: list[str] = []

    async def handle(lane: str) -> bool:
        begun.append(lane)
        await database.transact(lambda conn: inbox.discard_lane(conn, lane))
        return False

    await database.transact(lambda conn: inbox.store(conn, database.keys, [item("1", "late"), item("2", "fresh")]))
    dispatcher = Dispatcher(database, SystemClock(), 12)
    dispatcher.wake(["fresh"], late=CROWD)
    life = asyncio.create_task(dispatcher.run(handle))
    async with asyncio.timeout(10):
        while "late" not in begun:  # noqa: ASYNC110 - what is begun rings no bell
            await asyncio.sleep(0.01)
        dispatcher.stop()
        await life
    assert begun[0] == "fresh"
