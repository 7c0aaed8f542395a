"""Telling many people one thing, chunk by chunk: what each kind of round says to one person.

Every chunk is one transaction that also advances the round, and each message has the round's slot, so that nobody is told twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from bot.model.effects import AdvanceRound, Effect, Priority, Send
from bot.model.events import TimerFired
from bot.model.messages import Action, Button, Message, ToResident, round_slot
from bot.model.sessions import Person, Promise, Round, Session
from bot.model.situation import Situation
from bot.model.text import C_, N_, P_, Piece, Words, lines, paragraphs
from handlers.feedback import rating_question
from handlers.inviting import answer_rows, file_button, invitation, when_and_where
from handlers.session_words import day_named, promiser


def go_on(situation: Situation, _: TimerFired) -> Iterator[Effect]:
    """Tell the next people, and remember how far we came. What no longer holds is told to nobody else."""
    round_, session = situation.round, situation.session
    if round_ is None or session is None:
        return
    holds = _holds(round_, session, situation)
    people = situation.people if holds else ()
    quiet = situation.calendar.quiet(situation.now)
    for person in people:
        message = replace(_message(round_, session, situation, person), silent=quiet)
        yield Send(ToResident(person.resident), message, Priority.NOTICE, slot=round_slot(round_.id))
    if holds and situation.reached is not None:
        yield AdvanceRound(round_.id, situation.reached, done=False)
    else:
        yield AdvanceRound(round_.id, people[-1].place if people else round_.cursor, done=True)


def _holds(round_: Round, session: Session, situation: Situation) -> bool:
    """Whether what the round tells is still so: a session may be cancelled, or begin, while many are being told of it."""
    begun = session.starts is not None and session.starts <= situation.now
    match round_.kind:
        case "invitation" | "changed" | "reminder":
            return session.state == "announced" and not begun
        case "cancelled":
            return session.state == "cancelled"
        case "feedback":
            return session.state != "cancelled"
        case "promise":
            return _promise(round_, situation) is not None
        case _:
            assert_never(round_.kind)


def _message(round_: Round, session: Session, situation: Situation, person: Person) -> Message:
    match round_.kind:
        case "invitation":
            return invitation(session, situation)
        case "changed":
            rows = (*answer_rows(session, but=person.answer), (file_button(session),))
            return Message(paragraphs(_changed(session), _reason(session)), rows)
        case "cancelled":
            rows = ((file_button(session),),) if person.answer is not None and session.wall is not None else ()
            return Message(paragraphs(_cancelled(session), _reason(session)), rows)
        case "reminder":
            return Message(_reminder(session, situation), answer_rows(session, but=person.answer))
        case "feedback":
            return rating_question(session)
        case "promise":
            rows = ((Button(C_("button", "All promises of this session"), Action("session", None, (), session.id)),),)
            return Message(_of_promise(session, _promise(round_, situation)), rows)
        case _:
            assert_never(round_.kind)


def _changed(session: Session) -> Piece:
    if session.wall is None:
        return N_("The session “{topic}” has changed.", topic=Words(session.topic))
    return N_(
        "The session “{topic}” has changed.\nNew date: {date}\nTime: {time}\nPlace: {place}",
        topic=Words(session.topic),
        date=day_named(session.wall.date()),
        time=session.wall.time(),
        place=Words(session.place),
    )


def _cancelled(session: Session) -> Piece:
    if session.wall is None:
        return N_("The session “{topic}” is cancelled.", topic=Words(session.topic))
    return N_(
        "The session “{topic}” on {date} is cancelled. We are sorry. We will tell you the new date.",
        topic=Words(session.topic),
        date=session.wall.date(),
    )


def _reason(session: Session) -> Piece | None:
    return N_("Reason: {reason}", reason=Words(session.reason)) if session.reason else None


def _reminder(session: Session, situation: Situation) -> Piece:
    """The hours are those that are really left: a reminder moved out of a shutdown window comes earlier than it is called."""
    left = session.starts - situation.now if session.starts is not None else timedelta(hours=1)
    hours = max(1, round(left / timedelta(hours=1)))
    reminder = P_(
        "Reminder: the session “{topic}” starts in {count} hour. Place: {place}.",
        "Reminder: the session “{topic}” starts in {count} hours. Place: {place}.",
        hours,
        topic=Words(session.topic),
        place=Words(session.place),
    )
    return lines(reminder, *when_and_where(session)[:-1])


def _promise(round_: Round, situation: Situation) -> Promise | None:
    return next((promise for promise in situation.promises if promise.id == round_.subject), None)


def _of_promise(session: Session, promise: Promise | None) -> Piece:
    if promise is None:
        return N_("The session “{topic}” has changed.", topic=Words(session.topic))
    values = {"topic": Words(session.topic), "institution": promiser(promise.who), "promise": Words(promise.what)}
    match promise.state:
        case "kept":
            return N_("You said – we did. After the session “{topic}”, {institution} kept this promise:\n{promise}", **values)
        case "broken":
            return N_("A promise of the session “{topic}” was not kept. {institution} had promised:\n{promise}", **values)
        case "moved" | "open":
            return N_(
                "A promise of the session “{topic}” has a new day. {institution} has promised:\n{promise}\nNew date: {date}",
                **values,
                date=day_named(promise.due),
            )
        case _:
            assert_never(promise.state)
