"""What a turn may know of dialogue sessions: the one it is about, those on a list, and the next people of a round."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.events import ButtonPressed, CommandGiven, Event, TextReceived, TimerFired
from bot.model.ids import PROVINCE, ForumId, ResidentId, RoundId, SessionId, TicketId
from bot.model.people import Resident
from bot.model.sessions import CHUNK, Answer, Person, Reach, Round, Session, Tally
from bot.model.situation import Situation
from bot.model.tickets import Ticket
from bot.pipeline.surroundings import Loaded, Surroundings
from bot.storage import answers, calendars, feedback, promises, residents, rounds, sessions, subscribers, tickets
from bot.storage.subscribers import Looked

ALIKE: Final = 100
"""How many other requests a forum is offered to join."""
WAITING: Final = 200
"""How many can move up the waiting list in one turn of the forum."""
VERSIONS: Final = 10
"""How many versions of the calendar the province can look at."""
AFTER_ASKERS: Final = 1 << 48
"""In a round everybody who asked has a place below this, everybody else above."""
_GIVEN: Final[Mapping[Reach, tuple[Answer, ...]]] = {"answered": ("coming", "maybe", "waiting"), "coming": ("coming", "maybe")}


async def with_session(conn: AsyncConnection, around: Surroundings, situation: Situation, about: SessionId | None) -> Situation:
    """Add the session that a button, reply or timer names, or the one of the ticket or the open conversation, and what belongs to it.

    The session stays locked to the end of the turn, so that what was counted here is still true when the turn is stored.
    """
    ticket, draft, keys = situation.ticket, situation.draft, around.keys
    id = about or (ticket and ticket.session) or (draft and draft.session)
    session = await sessions.load(conn, keys, id, lock=True) if id else None
    if session is None:
        return situation
    resident = situation.resident
    tally = await answers.tally(conn, session.id)
    answer = await answers.of_resident(conn, keys, session.id, resident.id) if resident else None
    return replace(
        situation,
        session=session,
        tally=tally,
        answer=answer,
        waiting=await _waiting(conn, around, session.id, _seats(situation, session, tally, answer), resident.id if resident else None),
        asked=await tickets.joined_to(conn, keys, session.id),
        promises=await promises.of_sessions(conn, keys, (session.id,)),
        feedback=await feedback.of_session(conn, keys, session.id),
    )


def _seats(situation: Situation, session: Session, tally: Tally, answer: Answer | None) -> int:
    """Return how many people could move up in this turn."""
    if tally.waiting == 0:
        return 0
    if situation.place != "private" or session.capacity is None:
        return WAITING
    return max(0, session.capacity - tally.coming) + (1 if answer == "coming" else 0)


async def _waiting(
    conn: AsyncConnection, around: Surroundings, session: SessionId, seats: int, but: ResidentId | None
) -> tuple[Person, ...]:
    found: list[Person] = []
    last = 0
    while len(found) < seats:
        batch = await answers.people(conn, around.keys, session, ("waiting",), last, CHUNK)
        for person in batch:
            last = person.place
            known = await residents.load(conn, around.keys, person.resident) if person.resident != but else None
            if known is not None and known.reachable and len(found) < seats:
                found.append(person)
        if len(batch) < CHUNK:
            break
    return tuple(found)


async def with_forum(conn: AsyncConnection, around: Surroundings, situation: Situation, forum: ForumId) -> Situation:
    """Add what somebody who acts in a forum's group may choose from: requests to join, sessions, in the province also calendars."""
    ticket, session, keys = situation.ticket, situation.session, around.keys
    if ticket is not None and ticket.kind == "dialogue":
        situation = replace(situation, alike=await _alike(conn, around, ticket.forum, ticket.id, ticket.session))
    elif session is not None:
        situation = replace(situation, alike=await _alike(conn, around, session.forum, None, session.id))
    if (ticket is None and session is None) or (ticket is not None and ticket.kind == "dialogue"):
        listed = await sessions.of_forum(conn, keys, forum, situation.now)
        situation = await _with_promises(conn, around, replace(situation, sessions=listed))
    if forum == PROVINCE:
        situation = replace(situation, calendars=(*await calendars.last(conn, VERSIONS), around.calendar))
    return situation


async def _alike(
    conn: AsyncConnection, around: Surroundings, forum: ForumId, but: TicketId | None, joined: SessionId | None
) -> tuple[Ticket, ...]:
    found = await tickets.alike(conn, around.keys, forum, ALIKE)
    return tuple(each for each in found if each.id != but and (joined is None or each.session != joined))


async def with_list(conn: AsyncConnection, around: Surroundings, situation: Situation, resident: Resident, event: Event) -> Situation:
    """Add a resident's own sessions where they are asked for, or may be: by a typed label of the menu."""
    match event:
        case ButtonPressed(action):
            asked = action is not None and action.verb.startswith("sessions")
        case CommandGiven(name):
            asked = name == "sessions"
        case TextReceived():
            asked = situation.draft is None
        case _:
            asked = False
    if not asked:
        return situation
    own = {ticket.session for ticket in situation.tickets if ticket.session is not None}
    own.update(await answers.answered(conn, around.keys, resident.id))
    told = situation.subscription.districts if "sessions" in situation.subscription.topics else frozenset()
    listed = await sessions.public(conn, around.keys, told, own, situation.now)
    return await _with_promises(conn, around, replace(situation, sessions=listed))


async def _with_promises(conn: AsyncConnection, around: Surroundings, situation: Situation) -> Situation:
    if situation.session is not None:
        return situation
    ids = tuple(session.id for session in situation.sessions)
    return replace(situation, promises=await promises.of_sessions(conn, around.keys, ids))


async def load_round(conn: AsyncConnection, around: Surroundings, situation: Situation, event: TimerFired) -> Loaded | None:
    """Load what the turn for a round's next people may know; None where it is done."""
    keys = around.keys
    round = await rounds.load(conn, keys, RoundId(event.key.rpartition(":")[2]))
    session = await sessions.load(conn, keys, round.session) if round else None
    if round is None or session is None:
        return None
    situation = replace(
        situation,
        session=session,
        tally=await answers.tally(conn, session.id),
        promises=await promises.of_sessions(conn, keys, (session.id,)),
        round=round,
    )
    people, reached = await _next_people(conn, around, round, session)
    return Loaded(replace(situation, people=people, reached=reached), event)


async def _next_people(
    conn: AsyncConnection, around: Surroundings, round: Round, session: Session
) -> tuple[tuple[Person, ...], int | None]:
    """Return the next people of a round, and how far it has come with them; None where nobody comes after them.

    Whom a round is for among the subscribers is found by going through all of them, a bounded number in one turn: a chunk may be empty
    and yet not the last one.
    """
    askers = await _askers(conn, around, session) if round.reach != "coming" else ()
    found = [person for person in askers if person.place > round.cursor][:CHUNK]
    if len(found) == CHUNK:
        return tuple(found), found[-1].place
    known = {person.resident for person in askers}
    others = await _others(conn, around, round.reach, session, max(0, round.cursor - AFTER_ASKERS))
    new = [replace(person, place=AFTER_ASKERS + person.place) for person in others.people if person.resident not in known]
    room = CHUNK - len(found)
    if len(new) > room:
        return (*found, *new[:room]), new[room - 1].place
    return (*found, *new), AFTER_ASKERS + others.last if others.more else None


async def _askers(conn: AsyncConnection, around: Surroundings, session: Session) -> tuple[Person, ...]:
    """Return who asked for a session, can be reached and may be written to, each once.

    A place comes from the ticket alone: it stays the same when other requests are joined or taken away while the round goes on.
    """
    asked = await tickets.joined_to(conn, around.keys, session.id)
    places = {ticket.resident: _place_of(ticket.id) for ticket in asked if ticket.contact and ticket.reachable and ticket.resident}
    given = await answers.given(conn, around.keys, session.id, places)
    people = [Person(resident, place, given.get(resident)) for resident, place in places.items()]
    return tuple(sorted(people, key=lambda person: person.place))


def _place_of(ticket: TicketId) -> int:
    return 1 + int.from_bytes(hashlib.sha256(ticket.encode()).digest()[:5])


async def _others(conn: AsyncConnection, around: Surroundings, reach: Reach, session: Session, last: int) -> Looked:
    if reach == "invited":
        return await subscribers.people(conn, around.keys, session.forum, "sessions", last, CHUNK)
    people = await answers.people(conn, around.keys, session.id, _GIVEN[reach], last, CHUNK)
    return Looked(people, people[-1].place if people else last, len(people) == CHUNK)
