"""A session as a calendar file (RFC 5545): opened on a phone it makes an entry, and after a change it replaces the earlier one."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from bot.model.calendar import in_utc
from bot.model.messages import Attachment
from bot.model.sessions import Session
from bot.model.situation import Situation
from bot.model.text import N_, Piece, Words, lines
from handlers.session_words import AUDIENCE_NAMES, LANGUAGE_NAMES

if TYPE_CHECKING:
    from icalendar import Event

NAME: Final = "session.ics"
_INVISIBLE = str.maketrans("", "", "\u2066\u2067\u2068\u2069\u200e\u200f")
"""Marks of direction, which calendars show as boxes."""


def calendar_file(session: Session, situation: Situation) -> Attachment:
    """Return the calendar file of a session whose start is set, in the language of who does something here.

    Times are in UTC, so that no phone has to know our zone. The same session has the same UID in every file; of two with one UID a phone
    keeps that with the higher SEQUENCE.

    Raises:
        ValueError: the session has no start yet.
    """
    from icalendar import Calendar  # large, and in no process that nobody asks for a calendar file

    calendar = Calendar()
    calendar.add("prodid", "-//Alwand//Dialogue sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_entry(session, situation))
    return Attachment("document", NAME, made=calendar.to_ical(sorted=False).decode())


def _entry(session: Session, situation: Situation) -> Event:
    if session.wall is None:
        raise ValueError("a session without a start has no place in a calendar")
    from icalendar import Event

    start = in_utc(session.wall)
    entry = Event()
    entry.add("uid", f"session-{session.id}@alwand")
    entry.add("dtstamp", situation.now.astimezone(UTC))
    entry.add("sequence", session.sequence)
    entry.add("dtstart", start)
    entry.add("dtend", start + timedelta(minutes=session.minutes))
    entry.add("status", "CANCELLED" if session.state == "cancelled" else "CONFIRMED")
    entry.add("summary", _plain(N_("Dialogue session: {topic}", topic=Words(session.topic)), situation))
    entry.add("description", _plain(_description(session, situation), situation))
    if session.place:
        entry.add("location", _plain(Words(session.place), situation))
    if session.latitude is not None and session.longitude is not None:
        entry.add("geo", (session.latitude, session.longitude))
    return entry


def _description(session: Session, situation: Situation) -> Piece:
    return lines(
        N_("Forum: {district}", district=situation.province.forum_names(session.forum)),
        N_("For: {audience}", audience=AUDIENCE_NAMES[session.audience]),
        N_("Language: {language}", language=LANGUAGE_NAMES[session.language]),
        N_("Reason: {reason}", reason=Words(session.reason)) if session.state == "cancelled" and session.reason else None,
    )


def _plain(piece: Piece, situation: Situation) -> str:
    return situation.words(piece, situation.language()).translate(_INVISIBLE)
