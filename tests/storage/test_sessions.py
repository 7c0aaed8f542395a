"""What is stored of dialogue sessions, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.calendar import Calendar, Holiday
from bot.model.effects import AdvanceRound, SetFeedback
from bot.model.ids import PROVINCE, PromiseId, ResidentId, RoundId, SessionId
from bot.model.sessions import Attendance, Feedback, Promise, Round, Session, Tally
from bot.model.subscriptions import Subscription
from bot.model.text import Names
from bot.storage import answers, calendars, feedback, promises, rounds, sessions, subscribers, tickets
from bot.storage.database import Database
from bot.storage.errors import Stale
from bot.storage.seal import Keyring
from tests.storage.samples import DAY, KHANAQIN, MANDALI, NOW, TAKER, TODAY, a_session, a_ticket, count

SARA, AZAD, LAYLA = ResidentId("residentsara"), ResidentId("residentazad"), ResidentId("residentlayl")
SESSION = a_session()


async def opened(db: Database, *wanted: Session) -> None:
    for session in wanted or (SESSION,):
        await db.transact(lambda conn, session=session: sessions.open_session(conn, db.keys, session))  # type: ignore[misc]


async def says(db: Database, resident: ResidentId, answer: object, session: SessionId = SESSION.id) -> None:
    await db.transact(lambda conn: answers.put(conn, db.keys, session, resident, answer))  # type: ignore[arg-type]


async def subscribes(conn: AsyncConnection, keys: Keyring, who: ResidentId) -> None:
    wants = Subscription(frozenset({MANDALI}), frozenset({"sessions"}))
    await subscribers.put(conn, keys, who, wants, language="ar", reachable=True, today=TODAY)


async def in_line(db: Database) -> list[ResidentId]:
    people = await db.read(lambda conn: answers.people(conn, db.keys, SESSION.id, ("waiting",), 0, 10))
    return [person.resident for person in people]


async def loaded(db: Database, id: SessionId = SESSION.id) -> Session | None:
    return await db.read(lambda conn: sessions.load(conn, db.keys, id))


async def test_a_session_comes_back_as_it_was(database: Database) -> None:
    full = replace(SESSION, latitude=34.35, longitude=45.39, attendance=Attendance(3, 4, 5), summary="…", asking="day", reason="rain")
    await opened(database, full, Session(SessionId("sessionempty"), MANDALI, "planned", "t"))
    assert await loaded(database) == full
    assert await loaded(database, SessionId("sessionempty")) == Session(SessionId("sessionempty"), MANDALI, "planned", "t")
    assert await loaded(database, SessionId("unknown")) is None


async def test_of_two_who_change_a_session_the_later_is_told(database: Database) -> None:
    """B57: the version that was read decides."""
    await opened(database)
    await database.transact(lambda conn: sessions.move(conn, database.keys, replace(SESSION, place="a", state="cancelled")))
    with pytest.raises(Stale):
        await database.transact(lambda conn: sessions.move(conn, database.keys, replace(SESSION, place="b")))
    with pytest.raises(Stale):
        await database.transact(lambda conn: sessions.move(conn, database.keys, a_session("unknownunkno")))
    assert await loaded(database) == replace(SESSION, place="a", state="cancelled", version=2)


async def test_answers_are_counted_and_can_be_changed_or_taken_back(database: Database) -> None:
    """B96."""
    await opened(database)
    for resident, answer in ((SARA, "coming"), (AZAD, "maybe"), (LAYLA, "waiting"), (SARA, "no"), (AZAD, None)):
        await says(database, resident, answer)
    assert await database.read(lambda conn: answers.tally(conn, SESSION.id)) == Tally(no=1, waiting=1)
    assert await database.read(lambda conn: answers.of_resident(conn, database.keys, SESSION.id, SARA)) == "no"
    assert await database.read(lambda conn: answers.of_resident(conn, database.keys, SESSION.id, AZAD)) is None
    assert await database.read(lambda conn: answers.answered(conn, database.keys, SARA)) == (SESSION.id,)
    assert await database.read(lambda conn: answers.given(conn, database.keys, SESSION.id, [SARA, AZAD])) == {SARA: "no"}


async def test_the_waiting_list_is_in_the_order_of_joining_it(database: Database) -> None:
    """B96: who waits keeps the place; who leaves and comes back is last; an earlier maybe gives no better place."""
    await opened(database)
    for resident, answer in ((LAYLA, "maybe"), (SARA, "waiting"), (AZAD, "waiting"), (LAYLA, "waiting"), (SARA, "waiting")):
        await says(database, resident, answer)
    assert await in_line(database) == [SARA, AZAD, LAYLA]
    await says(database, SARA, "no")
    await says(database, SARA, "waiting")
    assert await in_line(database) == [AZAD, LAYLA, SARA]


async def test_an_answer_to_a_session_that_is_not_there_is_none(database: Database) -> None:
    await says(database, SARA, "coming", SessionId("unknown"))
    assert await count(database, "answers") == 0


async def test_people_are_walked_in_chunks_by_their_place(database: Database) -> None:
    await opened(database)
    for number in range(5):
        await says(database, ResidentId(f"r{number}"), "coming" if number % 2 else "no")
    first = await database.read(lambda conn: answers.people(conn, database.keys, SESSION.id, ("coming", "no"), 0, 3))
    rest = await database.read(lambda conn: answers.people(conn, database.keys, SESSION.id, ("coming", "no"), first[-1].place, 3))
    assert [person.resident for person in (*first, *rest)] == ["r0", "r1", "r2", "r3", "r4"]
    assert [person.answer for person in (*first, *rest)] == ["no", "coming", "no", "coming", "no"]


async def test_feedback_takes_the_place_of_what_was_said_before(database: Database) -> None:
    await opened(database)
    for effect in (
        SetFeedback(SESSION.id, SARA, "bad", "too hot"),
        SetFeedback(SESSION.id, AZAD, "fair"),
        SetFeedback(SESSION.id, SARA, "good"),
        SetFeedback(SESSION.id, AZAD, "fair", "no answers"),
    ):
        await database.transact(lambda conn, effect=effect: feedback.put(conn, database.keys, effect))  # type: ignore[misc]
    said = await database.read(lambda conn: feedback.of_session(conn, database.keys, SESSION.id))
    assert said == (Feedback("good"), Feedback("fair", "no answers"))


async def test_a_promise_changes_its_day_and_state(database: Database) -> None:
    """B99."""
    await opened(database, SESSION, a_session("sessionbbbbb"))
    first = Promise(PromiseId("promiseaaaaa"), SESSION.id, "البلدية", "أنبوب جديد", date(2026, 4, 1))
    other = Promise(PromiseId("promisebbbbb"), SessionId("sessionbbbbb"), "health", "a doctor", date(2026, 3, 30))
    later = replace(first, due=date(2026, 5, 1), state="moved")
    for promise in (first, other, later):
        await database.transact(lambda conn, promise=promise: promises.put(conn, database.keys, promise))  # type: ignore[misc]
    assert await database.read(lambda conn: promises.of_sessions(conn, database.keys, (SESSION.id,))) == (later,)
    both = (SESSION.id, other.session)
    assert await database.read(lambda conn: promises.of_sessions(conn, database.keys, both)) == (later, other)
    assert await database.read(lambda conn: promises.of_sessions(conn, database.keys, ())) == ()


async def test_a_round_knows_how_far_it_has_come_and_ends(database: Database) -> None:
    await opened(database)
    round = Round(RoundId("roundaaaaaaa"), SESSION.id, "reminder", "coming", subject="24")
    assert await database.transact(lambda conn: rounds.start(conn, database.keys, round))
    assert not await database.transact(lambda conn: rounds.start(conn, database.keys, round)), "it has begun before"
    far = 1 << 49
    assert await database.transact(lambda conn: rounds.advance(conn, AdvanceRound(round.id, far, done=False))) == SESSION.id
    assert await database.read(lambda conn: rounds.load(conn, database.keys, round.id)) == replace(round, cursor=far)
    assert await database.transact(lambda conn: rounds.advance(conn, AdvanceRound(round.id, far, done=True))) is None
    assert await database.read(lambda conn: rounds.load(conn, database.keys, round.id)) is None
    assert await database.transact(lambda conn: rounds.advance(conn, AdvanceRound(round.id, 0, done=False))) is None
    assert not await database.transact(lambda conn: rounds.start(conn, database.keys, replace(round, session=SessionId("unknown"))))


async def test_a_list_has_what_is_to_come_by_its_time_and_then_the_last_ten(database: Database) -> None:
    def on(id: str, days: float, **changes: object) -> Session:
        return a_session(f"session{id:0>5}", starts=NOW + timedelta(days=days), **changes)

    past = [on(f"p{number}", -1 - number, state="held") for number in range(12)]
    undated = a_session("sessionnodat", state="planned", starts=None, wall=None)
    await opened(database, on("b", 5), on("a", 2), on("c", 3, state="cancelled"), on("m", 1, forum=MANDALI), undated, *past)
    listed = await database.read(lambda conn: sessions.of_forum(conn, database.keys, KHANAQIN, NOW))
    assert [session.id for session in listed] == [
        "session0000a", "session0000b", "sessionnodat", "session0000c", *(f"session{f'p{number}':0>5}" for number in range(9)),
    ]  # fmt: skip
    assert len(await database.read(lambda conn: sessions.of_forum(conn, database.keys, PROVINCE, NOW))) == 14
    public = await database.read(lambda conn: sessions.public(conn, database.keys, [MANDALI], [undated.id, past[11].id], NOW))
    assert [session.id for session in public] == ["session0000m", past[11].id], "what is only planned is nobody's business yet"


async def test_requests_are_joined_to_a_session_and_unlinked_when_erased(database: Database) -> None:
    keys = database.keys
    joined = a_ticket(kind="dialogue", session=SESSION.id)
    other = a_ticket("ticketbbbbbb", kind="dialogue", resident=None)
    report, closed = a_ticket("ticketcccccc"), a_ticket("ticketdddddd", kind="dialogue", state="closed")
    for ticket in (joined, other, report, closed):
        await database.transact(lambda conn, ticket=ticket: tickets.open_ticket(conn, keys, ticket))  # type: ignore[misc]
    assert {each.id for each in await database.read(lambda conn: tickets.alike(conn, keys, KHANAQIN, 9))} == {joined.id, other.id}
    assert await database.read(lambda conn: tickets.joined_to(conn, keys, SESSION.id)) == (joined,)
    await database.transact(lambda conn: tickets.erase(conn, joined.id))
    assert await database.read(lambda conn: tickets.joined_to(conn, keys, SESSION.id)) == ()


async def test_who_is_erased_leaves_only_numbers(database: Database) -> None:
    """The rating stays as a count; answer, words and subscriptions go, whatever session or district they belong to."""
    keys = database.keys
    await opened(database, SESSION, a_session("sessionbbbbb"))
    for session in (SESSION.id, SessionId("sessionbbbbb")):
        await says(database, SARA, "coming", session)
        await says(database, AZAD, "coming", session)
        words = SetFeedback(session, SARA, "bad", "words")
        await database.transact(lambda conn, words=words: feedback.put(conn, keys, words))  # type: ignore[misc]
    for resident in (SARA, AZAD):
        await database.transact(lambda conn, who=resident: subscribes(conn, keys, who))  # type: ignore[misc]

    freed = await database.transact(lambda conn: answers.erase(conn, keys, SARA))
    await database.transact(lambda conn: feedback.erase(conn, keys, SARA))
    await database.transact(lambda conn: subscribers.erase(conn, keys, SARA))

    assert set(freed) == {SESSION.id, "sessionbbbbb"}
    assert await database.read(lambda conn: answers.answered(conn, keys, SARA)) == ()
    assert len(await database.read(lambda conn: answers.answered(conn, keys, AZAD))) == 2
    assert await database.read(lambda conn: feedback.of_session(conn, keys, SESSION.id)) == (Feedback("bad"),)
    assert [each.resident for each in await database.read(lambda conn: subscribers.scan(conn, keys, 0, 9))] == [AZAD]


async def test_every_version_of_the_calendar_is_kept_and_none_is_written_twice(database: Database) -> None:
    assert await database.read(calendars.newest) is None
    eid = Holiday(date(2026, 3, 20), date(2026, 3, 22), Names("Eid", "عيد", "جەژن"))
    first = Calendar(holidays=(eid,)).changed(weekend=frozenset({4}))
    second = first.changed(holidays=())
    for calendar in (first, second):
        await database.transact(lambda conn, calendar=calendar: calendars.add(conn, calendar, TAKER, NOW))  # type: ignore[misc]
    with pytest.raises(Stale):
        await database.transact(lambda conn: calendars.add(conn, first.changed(), TAKER, NOW + DAY))
    assert await database.read(calendars.newest) == second
    assert await database.read(lambda conn: calendars.last(conn, 5)) == (second, first)
