"""A session as a calendar file (RFC 5545): opened on a phone it makes an entry, and after a change it replaces the earlier one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.model.calendar import in_utc
from bot.model.messages import Attachment
from bot.model.sessions import Session
from bot.model.situation import Situation
from bot.model.text import N_, Piece, Words

NAME = "session.ics"
_OCTETS = 73
"""Of a line before it is folded: RFC 5545 allows 75."""
_INVISIBLE = str.maketrans("", "", "\u2066\u2067\u2068\u2069\u200e\u200f")


def calendar_file(session: Session, situation: Situation) -> Attachment:
    """Return the calendar file of a session whose start is set, in the language of who does something here.

    Raises:
        ValueError: the session has no start yet.
    """
    if session.wall is None:
        raise ValueError("a session without a start has no place in a calendar")
    start = session.starts or in_utc(session.wall)
    words: dict[str, Piece] = {
        "SUMMARY": N_("Dialogue session: {topic}", topic=Words(session.topic)),
        "DESCRIPTION": N_("Forum: {district}", district=situation.province.forum_names(session.forum)),
        "LOCATION": Words(session.place),
    }
    pin = session.latitude is not None and session.longitude is not None
    content = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Alwand//Dialogue sessions//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:session-{session.id}@alwand",
        f"SEQUENCE:{session.sequence}",
        f"DTSTAMP:{_utc(start - timedelta(days=366) + timedelta(hours=session.sequence))}",
        f"DTSTART:{_utc(start)}",
        f"DTEND:{_utc(start + timedelta(minutes=session.minutes))}",
        f"STATUS:{'CANCELLED' if session.state == 'cancelled' else 'CONFIRMED'}",
        *(f"{name}:{_text(piece, situation)}" for name, piece in words.items()),
        *([f"GEO:{session.latitude};{session.longitude}"] if pin else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return Attachment("document", NAME, made="".join(f"{_folded(line)}\r\n" for line in content))


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(piece: Piece, situation: Situation) -> str:
    """Return words as a TEXT value: no direction marks, which calendars show as boxes; separators escaped."""
    plain = situation.words(piece, situation.language()).translate(_INVISIBLE)
    for sign, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        plain = plain.replace(sign, escaped)
    return plain


def _folded(line: str) -> str:
    """Return a content line, folded between characters so that no part has more octets than allowed."""
    parts, part = [], ""
    for character in line:
        if len((part + character).encode()) > _OCTETS:
            parts.append(part)
            part = ""
        part += character
    return "\r\n ".join([*parts, part])
