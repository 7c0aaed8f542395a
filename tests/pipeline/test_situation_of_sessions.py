"""What a turn may know of dialogue sessions, loaded from a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.model.calendar import Calendar
from bot.model.effects import (
    KeepDraft,
    OpenTicket,
    Priority,
    Send,
    SetAnswer,
    SetCalendar,
    SetFeedback,
    SetPromise,
    SetTimer,
)  # fmt: skip
from bot.model.events import TimerFired
from bot.model.ids import PROVINCE, DraftId, MemberId, PromiseId, ResidentId, TicketId
from bot.model.messages import Action, Message, ToForum
from bot.model.people import Draft
from bot.model.sessions import Feedback, Promise, Session, Tally
from bot.model.text import Words
from bot.model.tickets import Ticket
from bot.pipeline import news
from bot.pipeline.situation import load_news
from bot.storage import inbox, posts, timers
from bot.storage.database import Database
from tests.handlers.build import JALAWLA, KHANAQIN, MANDALI, ticket
from tests.pipeline.wire import CHATS, NOW, Village, announced, opens, sessions_in

SARA = ResidentId("residentsara")
GROUP = CHATS[KHANAQIN]


@pytest.fixture
async def village(sqlite_database: Database) -> Village:
    village = await Village(sqlite_database).founded()
    await village.settled("sara", KHANAQIN, MANDALI)
    await village.settled("azad")
    return village


def request(id: str, **changes: object) -> Ticket:
    return ticket(**{"id": TicketId(id), "reference": f"KHN-{id}", "kind": "dialogue", "category": "dialogue", **changes})


async def test_a_button_about_a_session_brings_the_session_and_all_that_belongs_to_it(village: Village) -> None:
    session = await opens(village, announced())
    asked = request("ticketaaaaaa", resident=SARA, session=session.id)
    promise = Promise(PromiseId("promiseaaaaa"), session.id, "health", "a doctor", date(2026, 12, 1))
    await village.does(
        OpenTicket(asked),
        SetAnswer(session.id, SARA, "maybe"),
        SetAnswer(session.id, ResidentId("residentazad"), "coming"),
        SetFeedback(session.id, SARA, "good", "thanks"),
        SetPromise(promise),
    )
    for seen in (
        await village.sees("sara", "sara", Action("rsvp", None, ("no",), session.id)),
        await village.sees(GROUP, "11", Action("plan", None, (), session.id)),
        await village.sees("sara", "sara", Action("reply", asked.id)),
    ):
        assert seen.session == session
        assert seen.tally == Tally(coming=1, maybe=1)
        assert seen.promises == (promise,)
        assert seen.feedback == (Feedback("good", "thanks"),)
        assert [each.id for each in seen.asked] == [asked.id]
        assert seen.answer == ("maybe" if seen.resident else None)
    assert (await village.sees("azad", "azad", Action("rsvp", None, ("no",), session.id))).answer == "coming"


async def test_nobody_loads_a_session_by_a_ticket_that_is_not_theirs(village: Village) -> None:
    """B45: a button of somebody else's ticket brings neither the ticket nor its session."""
    session = await opens(village, announced())
    await village.does(OpenTicket(request("ticketaaaaaa", resident=SARA, session=session.id)))
    seen = await village.sees("azad", "azad", Action("reply", TicketId("ticketaaaaaa")))
    assert (seen.ticket, seen.session, seen.asked) == (None, None, ())


async def test_a_reply_to_what_was_said_about_a_session_brings_it(village: Village) -> None:
    """What the outbox carries is what the post remembers."""
    session = await opens(village, announced())
    group = ToForum(KHANAQIN)
    await village.does(Send(group, Message(Words("Where?")), Priority.REPLY, slot=f"prompt:{session.id}", session=session.id))
    [row] = [row for row in await village.said() if row.recipient == group]
    keys = village.db.keys
    await village.db.transact(lambda conn: posts.record(conn, keys, group, ["77"], row.slot, row.ticket, row.entry, NOW, row.session))
    seen = await village.sees(GROUP, "11", "Town hall", reply_to="77")
    assert (seen.prompt, seen.session) == (f"prompt:{session.id}", session)


async def test_a_conversation_about_a_session_has_it(village: Village) -> None:
    session = await opens(village, announced())
    await village.does(KeepDraft(SARA, Draft(DraftId("draft"), "feedback", NOW, session=session.id)))
    assert (await village.sees("sara", "sara", "It was good")).session == session


async def test_a_timer_of_a_session_finds_it_in_a_lane_of_its_own(village: Village) -> None:
    session = await opens(village, announced())
    await village.does(SetTimer("session:24", "remind", NOW, session=session.id), SetTimer("session:2", "remind", NOW, session=session.id))
    keys, db = village.db.keys, village.db
    assert await db.transact(lambda conn: timers.move_due(conn, keys, NOW, 9)) == 2
    [lane] = await db.read(lambda conn: inbox.waiting_lanes(conn, NOW, 9))
    item = await db.transact(lambda conn: inbox.take(conn, keys, lane, NOW))
    assert item is not None
    told = news.read(item.raw)
    assert isinstance(told.event, TimerFired)
    loaded = await db.transact(lambda conn: load_news(conn, village.around, told, NOW))
    assert loaded is not None
    assert (loaded.event, loaded.situation.session) == (TimerFired("remind", told.event.key), session)


async def test_a_timer_stored_before_there_were_sessions_still_fires(village: Village) -> None:
    told = news.read(b'{"timer": "late", "key": "late:t", "resident": null, "ticket": null}')
    assert told == news.News(TimerFired("late", "late:t"))


async def test_the_forum_sees_requests_like_this_one(village: Village) -> None:
    """Open ones of the same forum, without the one it is about and those that are joined already."""
    session = await opens(village, announced())
    await village.does(
        OpenTicket(request("ticketaaaaaa")),
        OpenTicket(request("ticketbbbbbb", session=session.id)),
        OpenTicket(request("ticketcccccc")),
        OpenTicket(request("ticketdddddd", forum=JALAWLA)),
        OpenTicket(request("ticketeeeeee", state="closed")),
        OpenTicket(request("ticketffffff", kind="report")),
    )

    async def alike(action: Action) -> set[str]:
        return {each.id[-1] for each in (await village.sees(GROUP, "11", action)).alike}

    assert await alike(Action("schedule", TicketId("ticketaaaaaa"))) == {"b", "c"}
    assert await alike(Action("schedule", TicketId("ticketbbbbbb"))) == {"a", "c"}
    assert await alike(Action("plan", None, (), session.id)) == {"a", "c"}
    assert await alike(Action("take", TicketId("ticketffffff"))) == set()


async def test_lists_have_the_forums_own_sessions_and_the_provinces_all(village: Village) -> None:
    """B99: with the promises of all of them."""
    here, there = await opens(village, announced()), await opens(village, announced("sessionbbbbb", forum=MANDALI))
    promise = Promise(PromiseId("promiseaaaaa"), there.id, "health", "a doctor", date(2026, 12, 1))
    await village.does(SetPromise(promise))
    seen = await village.sees(GROUP, "11", "/sessions")
    assert (seen.sessions, seen.promises) == ((here,), ())
    seen = await village.sees(CHATS[PROVINCE], "91", Action("sessions", None, ("2",)))
    assert (seen.sessions, seen.promises) == ((here, there), (promise,))
    assert (await village.sees(GROUP, "11", "chatter")).sessions == ()


async def test_a_resident_sees_the_sessions_of_their_areas_requests_and_answers(village: Village) -> None:
    async def opened(id: str, **changes: object) -> Session:
        return await opens(village, announced(f"session{id}", **changes))

    area, answered, asked = await opened("area1"), await opened("answr", forum=JALAWLA), await opened("asked", forum=JALAWLA)
    await opened("other", forum=JALAWLA)
    await opened("plan1", state="planned")
    await village.does(SetAnswer(answered.id, SARA, "no"), OpenTicket(request("ticketaaaaaa", resident=SARA, session=asked.id)))
    for said in ("/sessions", "Sessions", Action("sessions")):
        seen = await village.sees("sara", "sara", said)
        assert {session.id for session in seen.sessions} == {area.id, answered.id, asked.id}
        assert seen.subscription == sessions_in(KHANAQIN, MANDALI)
    assert (await village.sees("azad", "azad", "/sessions")).sessions == ()
    assert (await village.sees("sara", "sara", "/status")).sessions == ()


async def test_the_newest_calendar_holds_everywhere_and_the_province_sees_the_last_ones(village: Village) -> None:
    configured = Calendar(weekend=frozenset({4}))
    village.around = replace(village.around, calendar=configured)
    assert (await village.sees("sara", "sara", "hello")).calendar == configured
    first = configured.changed(week_starts=6)
    second = first.changed(week_starts=0)
    head = MemberId("memberhead")
    await village.does(SetCalendar(first, head), SetCalendar(second, head))
    for chat, person in (("sara", "sara"), (GROUP, "11"), (CHATS[PROVINCE], "91")):
        assert (await village.sees(chat, person, "/calendar")).calendar == second
    assert (await village.sees(CHATS[PROVINCE], "91", "/calendar")).calendars == (second, first, configured)
    assert (await village.sees(GROUP, "11", "/calendar")).calendars == ()
