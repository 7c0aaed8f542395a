"""Dialogue sessions: what was asked for, what was arranged, who will come (as numbers), and what was promised there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from bot.model.ids import ForumId, Language, MemberId, PromiseId, ResidentId, RoundId, SessionId

Office = Literal["municipality", "police", "health", "education", "utilities", "other"]
OFFICES: tuple[Office, ...] = get_args(Office)
Audience = Literal["everyone", "women", "youth"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
Size = Literal["10", "30", "100", "more"]
"""About how many people: up to 10, 30, 100, or more."""
PartOfDay = Literal["morning", "afternoon", "evening", "any"]
Weekday = Literal[0, 1, 2, 3, 4, 5, 6]
"""0 is Monday, as `date.weekday()` counts."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a resident asks for.

    Attributes:
        topic: in their own words.
        offices: who should come; `office` names another one.
        days: weekdays that suit, empty for any.
    """

    topic: str
    offices: tuple[Office, ...] = ()
    office: str = ""
    audience: Audience = "everyone"
    size: Size = "30"
    days: tuple[int, ...] = ()
    part: PartOfDay = "any"


SessionState = Literal["planned", "announced", "held", "cancelled"]


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many came."""

    men: int
    women: int
    youth: int


@dataclass(frozen=True, slots=True)
class Session:
    """A dialogue session.

    Attributes:
        wall: when it starts, as the clock on the wall of Asia/Baghdad shows it (no zone): the promise made to people. None while unplanned.
        starts: the same in UTC, recomputed from `wall` when the zone's rule changes.
        minutes: how long it is planned to last.
        place: in words; with a pin if latitude and longitude are set.
        capacity: seats, None for as many as come.
        language: in which it is held.
        sequence: raised by each change that was announced (RFC 5545 SEQUENCE).
        planner: the member who arranges it.
        reason: why it was changed or cancelled, as told to people.
        summary: the minutes taken there, in words.
        asking: the field of the plan that is being asked for now (`day`, `time`, …), while it is planned or changed.
    """

    id: SessionId
    forum: ForumId
    state: SessionState
    topic: str
    planner: MemberId | None = None
    wall: datetime | None = None
    starts: datetime | None = None
    minutes: int = 90
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    capacity: int | None = None
    offices: tuple[Office, ...] = ()
    office: str = ""
    audience: Audience = "everyone"
    language: Language = "ar"
    sequence: int = 0
    reason: str = ""
    attendance: Attendance | None = None
    summary: str = ""
    asking: str = ""
    version: int = 1


Answer = Literal["coming", "maybe", "no", "waiting"]
Rating = Literal["good", "fair", "bad"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers as numbers: all that a forum ever sees of them."""

    coming: int = 0
    maybe: int = 0
    no: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody thought of it: nobody knows who."""

    rating: Rating
    words: str = ""


PromiseState = Literal["open", "kept", "moved", "broken"]


@dataclass(frozen=True, slots=True)
class Promise:
    """Who promised what by when, at a session; moved, it is open again with a later day.

    `who` is an office, by its key or in the forum's words, never a resident.
    """

    id: PromiseId
    session: SessionId
    who: str
    what: str
    due: date
    state: PromiseState = "open"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be told, as the machine hands them to a decision: `place` is where they stand in the round or on the waiting list."""

    resident: ResidentId
    place: int
    answer: Answer | None = None


CHUNK = 50
"""How many people of a round are told in one turn; fewer than that are its last."""
RoundKind = Literal["invitation", "changed", "cancelled", "reminder", "feedback", "promise"]
Reach = Literal["invited", "answered", "coming"]
"""Whom a round reaches: who asked and who subscribed; who asked and who answered coming, maybe or waiting; who said coming or maybe."""


@dataclass(frozen=True, slots=True)
class Round:
    """Telling many people one thing. `cursor`: the place of the last who was told. `subject`: a promise's id, or hours."""

    id: RoundId
    session: SessionId
    kind: RoundKind
    reach: Reach
    cursor: int = 0
    subject: str = ""
