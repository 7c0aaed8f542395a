"""What an invitation to a dialogue session says, and the buttons under it: the same for residents and for the forum's preview."""

from __future__ import annotations

from bot.model.messages import Action, Button, Message
from bot.model.sessions import Answer, Session
from bot.model.situation import Situation
from bot.model.text import C_, N_, Joined, Piece, Words, lines, paragraphs
from handlers.session_words import day_named, session_facts


def invitation(session: Session, situation: Situation) -> Message:
    """Return the invitation to an announced session, as every resident reads it and as the forum sees it before it goes out."""
    body = paragraphs(N_("You are invited to a dialogue session."), particulars(session, situation), N_("Will you come?"))
    stop = Button(C_("button", "Stop messages"), Action("stop", None, (session.forum,)))
    return Message(body, (*answer_rows(session), (stop,)))


def particulars(session: Session, situation: Situation) -> Joined:
    """Return all that somebody needs to know in order to come."""
    return lines(
        N_("Topic: {topic}", topic=Words(session.topic)),
        *when_and_where(session),
        N_("Forum: {district}", district=situation.province.forum_names(session.forum)),
        session_facts(session),
        N_("Seats: {seats}", seats=session.capacity) if session.capacity is not None else None,
    )


def when_and_where(session: Session) -> tuple[Piece, ...]:
    """Return date, time and place, line by line."""
    wall = session.wall
    dated = (N_("Date: {date}", date=day_named(wall.date())), N_("Time: {time}", time=wall.time())) if wall else ()
    return (*dated, N_("Place: {place}", place=Words(session.place)))


def answer_rows(session: Session, *, but: Answer | None = None) -> tuple[tuple[Button, ...], ...]:
    """Return the buttons of an invitation: the answers, without the one given already, and the map where there is a pin."""
    coming = Button(C_("button", "I will come"), Action("rsvp", None, ("coming",), session.id))
    maybe = Button(C_("button", "Maybe"), Action("rsvp", None, ("maybe",), session.id))
    no = Button(C_("button", "I will not come"), Action("rsvp", None, ("no",), session.id))
    firm = () if but in ("coming", "waiting") else (coming,)
    open_ = tuple(button for button, answer in ((maybe, "maybe"), (no, "no")) if answer != but)
    return tuple(row for row in (firm, open_, map_row(session)) if row)


def map_row(session: Session) -> tuple[Button, ...]:
    """Return the button that shows the place on a map, if the forum has set a pin."""
    pinned = session.latitude is not None and session.longitude is not None
    return (Button(C_("button", "📍 Map"), Action("map", None, (), session.id)),) if pinned else ()


def file_button(session: Session) -> Button:
    """Return the button that brings the calendar file, in the language of whoever presses it."""
    return Button(C_("button", "Put it in my calendar"), Action("file", None, (), session.id))
