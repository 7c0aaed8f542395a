"""Telling many people one thing: each once, chunk by chunk, in their own language, while the world goes on changing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model.effects import EraseResident, MoveSession, MoveTicket, SetAnswer, SetSubscription, StartRound
from bot.model.ids import LANGUAGES, ResidentId, RoundId, TicketId
from bot.model.messages import ToResident
from bot.model.sessions import CHUNK, Answer, Reach, Round, RoundKind, Session
from bot.storage import rounds, sessions, subscribers, tickets
from bot.storage.database import Database
from bot.storage.subscribers import LOOKED_AT
from bot.storage.tables import subscribers as subscribers_table
from tests.handlers.build import KHANAQIN, MANDALI, ticket
from tests.pipeline.wire import NOW, Village, announced, opens, sessions_in


@pytest.fixture
async def village(database: Database) -> Village:
    return await Village(database).founded()


def the_round(session: Session, kind: RoundKind = "invitation", reach: Reach = "invited", id: str = "roundaaaaaaa") -> StartRound:
    return StartRound(Round(RoundId(id), session.id, kind, reach))


async def asks(village: Village, name: str, session: Session, id: str, **changes: object) -> None:
    """Let somebody have asked for the session."""
    about = ticket(
        id=id, reference=f"KHN-{id}", kind="dialogue", category="dialogue", resident=ResidentId(f"resident{name}"),
        session=session.id, **changes,
    )  # fmt: skip
    await village.db.transact(lambda conn: tickets.open_ticket(conn, village.db.keys, about))


async def goes_on(village: Village) -> list[str]:
    """Let the round run to its end, and return who was told, in their order; every turn tells a chunk at most."""
    told: list[str] = []
    for _ in range(20):
        if await village.wakes() == 0:
            return told
        said = await village.said()
        assert len(said) <= CHUNK
        told += _names(row.recipient for row in said)
    raise AssertionError("the round does not end")


def _names(recipients: Iterable[object]) -> list[str]:
    return [to.resident.removeprefix("resident") for to in recipients if isinstance(to, ToResident)]


async def test_everybody_who_asked_or_subscribed_is_told_once(village: Village) -> None:
    """B97: also who did both, who asked twice, and nobody of another district; who may not be written to is left alone."""
    session = await opens(village, announced())
    for number in range(110):
        await village.settled(f"s{number}", KHANAQIN)
    await village.settled("elsewhere", MANDALI)
    for name in ("asker", "shy", "nobody"):
        await village.settled(name)
    for id, name in (("ticketaaaaa1", "asker"), ("ticketaaaaa2", "s7"), ("ticketaaaaa3", "asker")):
        await asks(village, name, session, id)
    await asks(village, "shy", session, "ticketaaaaa4", contact=False)
    await asks(village, "gone", session, "ticketaaaaa5", reachable=False)
    await village.does(the_round(session))
    told = await goes_on(village)
    assert Counter(told) == Counter(["asker", *(f"s{number}" for number in range(110))])
    assert set(told[:2]) == {"asker", "s7"}, "who asked is told first"
    assert await village.reads(lambda conn: rounds.load(conn, village.db.keys, RoundId("roundaaaaaaa"))) is None


async def test_a_full_last_chunk_is_the_last(village: Village) -> None:
    session = await opens(village, announced())
    for number in range(2 * CHUNK):
        await village.settled(f"s{number}", KHANAQIN)
    await village.does(the_round(session))
    assert len(await goes_on(village)) == 2 * CHUNK


async def test_those_whom_a_round_is_not_for_do_not_end_it(village: Village) -> None:
    """B97: more subscribers of other districts than are looked at in one turn stand before the one whom it is for."""
    session = await opens(village, announced())
    keys = village.db.keys
    wants = {"language": "en", "reachable": True, "today": NOW.date()}
    rows = [subscribers.row_of(keys, ResidentId(f"e{n}"), sessions_in(MANDALI), **wants) for n in range(LOOKED_AT + 10)]  # type: ignore[arg-type]
    await village.db.transact(lambda conn: conn.execute(subscribers_table.insert(), rows))
    await village.settled("sara", KHANAQIN)
    await village.does(the_round(session))
    assert await village.wakes() == 1
    assert await village.said() == []
    assert await goes_on(village) == ["sara"]


async def test_a_round_that_nobody_is_there_for_ends(village: Village) -> None:
    session = await opens(village, announced())
    await village.does(the_round(session))
    assert await goes_on(village) == []
    assert await village.reads(lambda conn: rounds.load(conn, village.db.keys, RoundId("roundaaaaaaa"))) is None


@pytest.mark.parametrize(
    ("kind", "reach", "told"),
    [("changed", "answered", ["asker", "coming", "maybe", "waiting"]), ("reminder", "coming", ["coming", "maybe"])],
)
async def test_a_round_reaches_those_whom_it_concerns(village: Village, kind: RoundKind, reach: Reach, told: list[str]) -> None:
    session = await opens(village, announced(reason="rain"))
    given: tuple[Answer, ...] = ("coming", "maybe", "waiting", "no")
    for answer in given:
        await village.settled(answer, KHANAQIN)
        await village.does(SetAnswer(session.id, ResidentId(f"resident{answer}"), answer))
    await village.settled("asker")
    await asks(village, "asker", session, "ticketaaaaa1")
    await village.does(the_round(session, kind, reach))
    assert sorted(await goes_on(village)) == told


async def test_what_changes_while_a_round_goes_on_makes_nobody_miss_it_or_hear_it_twice(village: Village) -> None:
    """Requests joined and taken away, subscriptions added and ended, residents erased: the others stand where they stood."""
    session = await opens(village, announced())
    for number in range(60):
        await village.settled(f"a{number}")
        await asks(village, f"a{number}", session, f"ticketa{number:05}")
    for number in range(60):
        await village.settled(f"s{number}", KHANAQIN)
    await village.does(the_round(session))
    assert await village.wakes() == 1
    first = _names(row.recipient for row in await village.said())
    assert len(first) == CHUNK

    away = [name for name in first[:10] if name.startswith("a")]
    for name in away:
        id = TicketId(f"ticketa{int(name[1:]):05}")
        held = await village.reads(lambda conn, id=id: tickets.load(conn, village.db.keys, id))  # type: ignore[misc]
        await village.does(MoveTicket(replace(held, session=None)))
    await village.does(EraseResident(ResidentId("residents0")))
    await village.settled("late", KHANAQIN)
    told = [*first, *await goes_on(village)]
    expected = {*(f"a{number}" for number in range(60)), *(f"s{number}" for number in range(1, 60)), "late"}
    assert Counter(told) == Counter(expected)


async def test_an_invitation_to_what_is_cancelled_meanwhile_goes_to_nobody_else(village: Village) -> None:
    """B97: the first chunk was invited; the others hear nothing, and all who asked or answered hear of the end."""
    session = await opens(village, announced())
    for number in range(70):
        await village.settled(f"s{number}", KHANAQIN)
    await village.does(the_round(session))
    await village.wakes()
    invited = await village.said()
    await village.does(SetAnswer(session.id, ResidentId("residents3"), "coming"))
    loaded = await village.reads(lambda conn: sessions.load(conn, village.db.keys, session.id))
    await village.does(
        MoveSession(replace(loaded, state="cancelled", reason="rain")), the_round(session, "cancelled", "answered", "roundbbbbbbb")
    )
    assert len(invited) == CHUNK
    assert await goes_on(village) == ["s3"]


async def test_each_is_told_in_their_own_language(village: Village) -> None:
    session = await opens(village, announced())
    for language in LANGUAGES:
        await village.settled(language, KHANAQIN, language=language)
    await village.does(the_round(session))
    await village.wakes()
    said = {row.outgoing.language: row.outgoing.text for row in await village.said()}
    assert set(said) == {*LANGUAGES}
    assert len({*said.values()}) == 3


async def test_who_wants_no_more_is_not_told_again(village: Village) -> None:
    """B94: the stop button ends what is to come and touches no request."""
    session = await opens(village, announced())
    await village.settled("sara", KHANAQIN)
    await village.does(SetSubscription(ResidentId("residentsara"), sessions_in(KHANAQIN)), the_round(session))
    await village.wakes()
    [row] = await village.said()
    stop = next(label.action for row in row.outgoing.rows for label in row if label.action.verb == "stop")
    await village.arrives([("sara", stop)])
    assert len(await village.said()) == 1, "that it is so"
    village.clock.time = NOW + timedelta(days=1)
    await village.does(the_round(session, id="roundbbbbbbb"))
    assert await goes_on(village) == []
