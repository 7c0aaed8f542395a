"""Answers to the invitation to a dialogue session: coming, maybe, no, and the waiting list for the seats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import assert_never

from bot.engine.conversing import resident_of, say
from bot.model.effects import Effect, Priority, Send, SetAnswer
from bot.model.events import TimerFired
from bot.model.messages import Action, Button, Message, ToResident
from bot.model.sessions import Answer, Person, Session, Tally
from bot.model.situation import Situation
from bot.model.text import C_, N_, Piece, Words, lines, paragraphs
from handlers.ics import calendar_file
from handlers.inviting import answer_rows, file_button, particulars, when_and_where
from handlers.sessions.plan import plan_message


def rsvp(situation: Situation, action: Action) -> Iterable[Effect]:
    """Take an answer, in place of an earlier one, until the session starts."""
    session = situation.session
    wanted = next((answer for answer in WANTED if action.args == (answer,)), None)
    if session is None or wanted is None or (closed := _closed(session, situation)) is not None:
        told = closed if session is not None and wanted is not None else GONE
        yield say(situation, Message(told or GONE, ((Button(C_("button", "Sessions"), Action("sessions")),),)))
        return
    answer = _granted(session, situation, wanted)
    tally = situation.tally
    if answer != situation.answer:
        yield SetAnswer(session.id, resident_of(situation).id, answer)
        tally = recounted(tally, situation.answer, answer)
    yield _thanks(session, situation, answer)
    yield from move_up(session, replace(situation, tally=tally, answer=answer, waiting=_others(situation)))


WANTED: tuple[Answer, ...] = ("coming", "maybe", "no")
GONE = N_("This session is no longer there.")


def move_up(session: Session, situation: Situation) -> Iterator[Effect]:
    """Give free seats to the first on the waiting list and tell them, then show the forum the numbers.

    `situation.tally` and `.waiting` are as the turn has left them; also for the forum that has raised the number of seats.
    """
    tally = situation.tally
    free = len(situation.waiting) if session.capacity is None else max(0, session.capacity - tally.coming)
    for person in situation.waiting[:free]:
        yield SetAnswer(session.id, person.resident, "coming")
        yield _moved_up(session, situation, person)
        tally = recounted(tally, "waiting", "coming")
    yield plan_message(session, replace(situation, tally=tally))


def seats_freed(situation: Situation, _: TimerFired) -> Iterator[Effect]:
    """Give on what somebody has left who deleted all their data."""
    session = situation.session
    if session is not None and _closed(session, situation) is None:
        yield from move_up(session, situation)


def recounted(tally: Tally, before: Answer | None, after: Answer) -> Tally:
    """Return the numbers after somebody has changed their answer."""
    counts = {answer: getattr(tally, answer) for answer in ("coming", "maybe", "no", "waiting")}
    if before is not None:
        counts[before] = max(0, counts[before] - 1)
    counts[after] += 1
    return Tally(**counts)


def show_map(situation: Situation) -> Iterator[Effect]:
    """Show the place on a map."""
    session = situation.session
    if session is None or session.state == "planned" or session.latitude is None or session.longitude is None:
        yield say(situation, Message(GONE))
        return
    place = N_("Place: {place}", place=Words(session.place))
    yield say(situation, Message(place, pin=(session.latitude, session.longitude)))


def file(situation: Situation) -> Iterator[Effect]:
    """Bring the calendar file of a session; opened again after a change, it replaces the earlier entry."""
    session = situation.session
    if session is None or session.state == "planned" or session.wall is None:
        yield say(situation, Message(GONE))
        return
    told = N_("Open this file to put the session into the calendar of your phone.")
    yield say(situation, Message(told, attachment=calendar_file(session, situation)))


def _closed(session: Session, situation: Situation) -> Piece | None:
    """Return why no answer is taken any more, if so."""
    topic = Words(session.topic)
    if session.state == "cancelled":
        return N_("The session “{topic}” is cancelled.", topic=topic)
    if session.state == "held" or (session.starts is not None and session.starts <= situation.now):
        return N_("The session “{topic}” has already begun or is over.", topic=topic)
    return GONE if session.state == "planned" else None


def _granted(session: Session, situation: Situation, wanted: Answer) -> Answer:
    """Return the answer that can be given: who wants to come waits where no seat is free beyond those for who waits already."""
    if wanted != "coming" or situation.answer == "coming" or session.capacity is None:
        return wanted
    return "coming" if session.capacity - situation.tally.coming > len(_others(situation)) else "waiting"


def _others(situation: Situation) -> tuple[Person, ...]:
    """Return who else waits and can be told."""
    own = situation.resident.id if situation.resident else None
    return tuple(person for person in situation.waiting if person.resident != own)


def _thanks(session: Session, situation: Situation, answer: Answer) -> Send:
    """Confirm an answer; to whoever may come, with the calendar file."""
    rows = answer_rows(session, but=answer)
    match answer:
        case "coming":
            told = lines(N_("Thank you. We look forward to seeing you."), _changeable())
        case "maybe":
            told = lines(N_("Thank you. We will remind you before the session."), _changeable())
        case "no":
            told = lines(N_("Thank you for telling us. We hope to see you another time."), _changeable())
            return say(situation, Message(told, rows))
        case "waiting":
            told = lines(
                N_("All seats are taken. You are on the waiting list: when a seat becomes free, it is yours and we tell you at once."),
                _changeable(),
            )
            return say(situation, Message(told, rows))
        case _:
            assert_never(answer)
    file = calendar_file(session, situation)
    return say(situation, Message(paragraphs(told, particulars(session, situation)), rows, attachment=file))


def _changeable() -> Piece:
    return N_("The forum sees only numbers, not who you are. You can change your answer until the session begins.")


def _moved_up(session: Session, situation: Situation, person: Person) -> Send:
    told = paragraphs(
        N_("A seat has become free: you now have a place at the session “{topic}”.", topic=Words(session.topic)),
        lines(*when_and_where(session)),
        N_("If you cannot come, please tell us, so that the next person gets the seat."),
    )
    rows = (*answer_rows(session, but="coming"), (file_button(session),))
    message = Message(told, rows, silent=situation.calendar.quiet(situation.now))
    return Send(ToResident(person.resident), message, Priority.NOTICE)
