"""The calendar file: what another library reads in it, and what phones need (B98)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.ids import LANGUAGES, Language
from bot.model.people import Resident
from bot.model.sessions import Session
from handlers.ics import calendar_file
from tests.conversation.sessions import SESSION
from tests.handlers.build import RESIDENT, situation


def made(session: Session = SESSION, language: Language = "en") -> str:
    here = situation(forum=None, place="private", resident=Resident(RESIDENT.resident, language))
    file = calendar_file(session, here)
    assert (file.kind, file.file) == ("document", "session.ics")
    return file.made


def read(session: Session = SESSION, language: Language = "en") -> Any:
    """Return the one entry, as another library reads it."""
    [calendar] = vobject.readComponents(made(session, language))
    [entry] = calendar.vevent_list
    return entry


def test_another_library_reads_what_was_meant() -> None:
    """B98: the hour is in UTC, so that no phone has to know the zone of Iraq."""
    entry = read()
    assert entry.dtstart.value.astimezone(UTC) == datetime(2026, 12, 5, 13, 0, tzinfo=UTC)
    assert entry.dtend.value.astimezone(UTC) == datetime(2026, 12, 5, 14, 30, tzinfo=UTC)
    assert entry.summary.value == "Dialogue session: Water in Haji Zeitun"
    assert entry.location.value == "Youth Centre"
    assert entry.geo.value == "34.35;45.39"
    assert entry.status.value == "CONFIRMED"
    assert (entry.uid.value, entry.sequence.value) == ("session-sessionaaaaa@alwand", "0")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_in_the_readers_language(language: Language) -> None:
    """B98; without marks of direction, which calendars show as boxes."""
    summary = {"en": "Dialogue session", "ar": "جلسة حوار", "ckb": "دانیشتنی گفتوگۆ"}[language]
    entry = read(language=language)
    assert summary in entry.summary.value
    assert not set(made(language=language)) & set("\u2066\u2067\u2068\u2069\u200e\u200f")


def test_a_change_replaces_the_entry_and_a_cancelled_session_is_marked() -> None:
    """B98: the same UID with a higher SEQUENCE."""
    before, after = read(), read(replace(SESSION, sequence=2, place="Old Bridge Café"))
    assert before.uid.value == after.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.location.value == "Old Bridge Café"
    cancelled = read(replace(SESSION, sequence=3, state="cancelled", reason="The hall is flooded."))
    assert cancelled.status.value == "CANCELLED"
    assert "The hall is flooded." in cancelled.description.value


def test_lines_end_and_are_folded_as_phones_need_it() -> None:
    """B98: CRLF everywhere, at most 75 octets a line, never cut inside a letter."""
    text = made(replace(SESSION, topic="گفتوگۆ لەسەر ئاو " * 12), "ckb")
    raw = text.encode()
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    head = text.split("\r\n")[:4]
    assert head[0] == "BEGIN:VCALENDAR"
    assert {"VERSION:2.0", "METHOD:PUBLISH"} <= set(head)
    assert "\r\nDTSTART:20261205T130000Z\r\n" in text


letters = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]) | st.sampled_from(';,:\\"\n ')
words = st.text(letters, min_size=1, max_size=120).map(str.strip).filter(bool)  # typed words have no blank ends


@given(words, words)
@settings(max_examples=60, deadline=None)
def test_no_words_break_the_file(topic: str, place: str) -> None:
    """Semicolons, commas, backslashes, line breaks and what looks like another line of the file come out as they went in."""
    hostile = f"{topic}\nEND:VEVENT"
    entry = read(replace(SESSION, topic=hostile, place=place))
    assert entry.summary.value == f"Dialogue session: {hostile}"
    assert entry.location.value == place


def test_a_session_without_a_start_has_no_file() -> None:
    with pytest.raises(ValueError, match="without a start"):
        made(replace(SESSION, wall=None))


def test_nobody_is_named_in_the_file() -> None:
    """Privacy: no organiser, no attendees, no ids of people."""
    text = made()
    assert "ORGANIZER" not in text
    assert "ATTENDEE" not in text
    assert RESIDENT.resident not in text
