"""Seats and the waiting list, whoever taps when: real turns side by side on real databases."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model.effects import EraseResident, SetAnswer, SetResident
from bot.model.ids import ResidentId, SessionId
from bot.model.messages import Action, ToResident
from bot.model.sessions import Session
from bot.storage import answers
from bot.storage.database import Database
from tests.pipeline.wire import Village, announced, opens

PEOPLE = tuple(f"p{number}" for number in range(8))
Tap = tuple[str, str]
TAPS = st.lists(
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["coming", "coming", "maybe", "no"])), min_size=1, max_size=12),
    min_size=1,
    max_size=5,
)


@pytest.fixture
async def village(database: Database) -> Village:
    village = await Village(database).founded()
    for name in PEOPLE:
        await village.settled(name)
    return village


def rsvp(session: SessionId, answer: str) -> Action:
    return Action("rsvp", None, (answer,), session)


async def gave(village: Village, session: SessionId, *wanted: str) -> list[str]:
    """Return who gave one of these answers, in the order of the waiting list."""
    people = await village.reads(lambda conn: answers.people(conn, village.db.keys, session, wanted, 0, 1000))  # type: ignore[arg-type]
    return [person.resident.removeprefix("resident") for person in people]


async def taps(village: Village, session: Session, batch: Sequence[Tap]) -> None:
    """Let these taps happen at once, and look at what is true after every such moment."""
    waited = await gave(village, session.id, "waiting")
    await village.arrives([(name, rsvp(session.id, answer)) for name, answer in batch])
    coming, waiting = await gave(village, session.id, "coming"), await gave(village, session.id, "waiting")

    assert session.capacity is not None
    assert len(coming) <= session.capacity, "more people than seats"
    assert not waiting or len(coming) == session.capacity, "somebody waits beside an empty seat"
    quiet = [name for name in waited if name not in dict(batch)]
    moved = [name for name in quiet if name in coming]
    assert quiet[: len(moved)] == moved, "somebody was overtaken"
    told = {row.recipient for row in await village.said() if "A seat has become free" in row.outgoing.text}
    assert {ToResident(ResidentId(f"resident{name}")) for name in moved} <= told, "somebody has a seat and does not know"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(capacity=st.integers(1, 4), batches=TAPS)
async def test_there_are_never_more_people_than_seats_and_nobody_waits_beside_an_empty_one(
    village: Village, capacity: int, batches: list[list[Tap]]
) -> None:
    """B96: whatever eight people tap in whatever order, many of them at once; who moves up is told, and nobody is overtaken."""
    session = await opens(village, announced(village.around.chance.token(), capacity=capacity))
    for batch in batches:
        await taps(village, session, batch)


async def test_eight_at_once_for_three_seats_and_all_give_them_back_at_once(village: Village) -> None:
    """B96: three seats, five in line; three leave at the same moment and the first three in line have them."""
    session = await opens(village, announced(capacity=3))
    await taps(village, session, [(name, "coming") for name in PEOPLE])
    first, line = await gave(village, session.id, "coming"), await gave(village, session.id, "waiting")
    assert (len(first), len(line)) == (3, 5)
    await taps(village, session, [(name, "no") for name in first])
    assert sorted(await gave(village, session.id, "coming")) == sorted(line[:3])


async def test_a_seat_that_an_erased_resident_leaves_goes_to_the_first_in_line(village: Village) -> None:
    """B96: without anybody tapping anything."""
    session = await opens(village, announced(capacity=1))
    for name in ("p0", "p1", "p2"):
        await taps(village, session, [(name, "coming")])
    await village.does(EraseResident(ResidentId("residentp0")))
    assert await gave(village, session.id, "coming") == []
    assert await village.wakes() == 1
    assert (await gave(village, session.id, "coming"), await gave(village, session.id, "waiting")) == (["p1"], ["p2"])
    assert [row.recipient for row in await village.said() if "A seat" in row.outgoing.text] == [ToResident(ResidentId("residentp1"))]


async def test_who_cannot_be_told_of_a_seat_keeps_the_place_and_is_passed_over(village: Village) -> None:
    """B96: somebody who blocked the bot would never know that they have a seat."""
    session = await opens(village, announced(capacity=1))
    for name in ("p0", "p1", "p2"):
        await taps(village, session, [(name, "coming")])
    await village.does(SetResident(ResidentId("residentp1"), reachable=False))
    await village.arrives([("p0", rsvp(session.id, "no"))])
    assert (await gave(village, session.id, "coming"), await gave(village, session.id, "waiting")) == (["p2"], ["p1"])


async def test_what_a_tap_may_know_of_the_waiting_list_is_what_it_may_need(village: Village) -> None:
    session = await opens(village, announced(capacity=2))
    for name in PEOPLE[:6]:
        await taps(village, session, [(name, "coming")])

    async def next_up(name: str) -> list[str]:
        seen = await village.sees(name, name, rsvp(session.id, "no"))
        assert (seen.tally.coming, seen.tally.maybe) == (2 - freed, freed)
        return [person.resident for person in seen.waiting]

    freed = 0
    assert await next_up("p0") == ["residentp2"], "the seat of who holds one"
    assert await next_up("p7") == [], "none is free"
    freed = 1
    await village.does(SetAnswer(session.id, ResidentId("residentp1"), "maybe"))
    assert await next_up("p2") == ["residentp3"], "never themselves"
