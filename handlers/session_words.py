"""What the parts of a dialogue session are called: offices, audiences, sizes, days. The same words for residents and for forums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from bot.model.ids import Language
from bot.model.sessions import Audience, Office, PartOfDay, Request, Session, Size, Weekday
from bot.model.text import C_, N_, Joined, Names, Piece, Text, Words, lines

OFFICE_NAMES: Mapping[Office, Text] = {
    "municipality": C_("office", "Municipality"),
    "police": C_("office", "Police"),
    "health": C_("office", "Health"),
    "education": C_("office", "Education"),
    "utilities": C_("office", "Electricity and water"),
    "other": C_("office", "Another office"),
}
AUDIENCE_NAMES: Mapping[Audience, Text] = {
    "everyone": C_("audience", "Everyone"),
    "women": C_("audience", "Women only"),
    "youth": C_("audience", "Young people"),
}
SIZE_NAMES: Mapping[Size, Text] = {
    "10": C_("size", "Up to 10 people"),
    "30": C_("size", "Up to 30 people"),
    "100": C_("size", "Up to 100 people"),
    "more": C_("size", "More than 100 people"),
}
PART_NAMES: Mapping[PartOfDay, Text] = {
    "morning": C_("part of day", "Morning"),
    "afternoon": C_("part of day", "Afternoon"),
    "evening": C_("part of day", "Evening"),
    "any": C_("part of day", "Any time"),
}
WEEKDAY_NAMES: Mapping[Weekday, Text] = {
    5: C_("weekday", "Saturday"),
    6: C_("weekday", "Sunday"),
    0: C_("weekday", "Monday"),
    1: C_("weekday", "Tuesday"),
    2: C_("weekday", "Wednesday"),
    3: C_("weekday", "Thursday"),
    4: C_("weekday", "Friday"),
}
"""In the order of an Iraqi week: it starts on Saturday."""
LANGUAGE_NAMES: Mapping[Language, Names] = {
    "ar": Names("Arabic", "العربية", "عەرەبی"),
    "ckb": Names("Kurdish", "الكردية", "کوردی"),
    "en": Names("English", "الإنجليزية", "ئینگلیزی"),
}
"""Languages as named in the reader's own."""


def offices_named(offices: Iterable[Office], other: str) -> Joined:
    """Return who should come, in a row; the other office by its own name where it was given. Empty if nobody was named."""
    return Joined(tuple(Words(other) if office == "other" and other else OFFICE_NAMES[office] for office in offices), " · ")


def promiser(who: str) -> Text | Words:
    """Return who promised something: a known office in the reader's language, another one as the forum wrote it."""
    known = next((name for office, name in OFFICE_NAMES.items() if office == who and office != "other"), None)
    return known or Words(who)


def suits(request: Request) -> Joined:
    """Return the days and the part of the day that suit."""
    days: tuple[Piece, ...] = tuple(name for day, name in WEEKDAY_NAMES.items() if day in request.days)
    return Joined((*(days or (C_("weekday", "Any day"),)), PART_NAMES[request.part]), " · ")


def day_named(day: date) -> Text:
    """Return a day as people speak of it: weekday, day, month and year."""
    weekday = next(name for number, name in WEEKDAY_NAMES.items() if number == day.weekday())
    return C_("weekday and date", "{weekday}, {date}", weekday=weekday, date=day)


def request_facts(request: Request) -> Joined:
    """Return what a request asks for, line by line: the part of the card that only a request has."""
    offices = offices_named(request.offices, request.office)
    return lines(
        N_("Topic: {topic}", topic=Words(request.topic)),
        N_("Who should attend: {institution}", institution=offices) if offices.parts else None,
        N_("For: {audience}", audience=AUDIENCE_NAMES[request.audience]),
        N_("About how many: {size}", size=SIZE_NAMES[request.size]),
        N_("When it suits: {when}", when=suits(request)),
    )


def session_facts(session: Session) -> Joined:
    """Return what a reader of an invitation wants to know beside topic, date, time and place."""
    offices = offices_named(session.offices, session.office)
    return lines(
        N_("Who should attend: {institution}", institution=offices) if offices.parts else None,
        N_("For: {audience}", audience=AUDIENCE_NAMES[session.audience]),
        N_("Language: {language}", language=LANGUAGE_NAMES[session.language]),
    )
