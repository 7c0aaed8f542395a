"""A dialogue session in Khanaqin, and the people around it, for the dialogues about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.model.calendar import in_utc
from bot.model.effects import SetAnswer
from bot.model.ids import ForumId, PromiseId, ResidentId, SessionId
from bot.model.messages import Action
from bot.model.sessions import Person, Promise, Session, Tally
from tests.conversation.phone import Phone

KHANAQIN = ForumId("khanaqin")
TOPIC = "Water in Haji Zeitun"
WALL = datetime(2026, 12, 5, 16, 0)  # noqa: DTZ001 - what the clock on the wall shows has no zone
SESSION = Session(
    SessionId("sessionaaaaa"),
    KHANAQIN,
    "announced",
    TOPIC,
    wall=WALL,
    starts=in_utc(WALL),
    place="Youth Centre",
    latitude=34.35,
    longitude=45.39,
    capacity=2,
    offices=("utilities",),
    audience="everyone",
    language="ckb",
)
PROMISE = Promise(PromiseId("promiseaaaaa"), SESSION.id, "Water office", "A new pump", date(2026, 12, 20))


def person(number: int) -> Person:
    """Return somebody else, on the waiting list."""
    return Person(ResidentId(f"somebody{number:04}"), number, "waiting")


def invited(phone: Phone, **changes: object) -> Phone:
    """Let the phone know of the session, with so many changes."""
    phone.session = replace(SESSION, **changes)  # type: ignore[arg-type]  # a test names fields
    phone.sessions = (phone.session,)
    return phone


def answers(phone: Phone, answer: str) -> Phone:
    """Press an answer of an invitation."""
    return phone.presses(Action("rsvp", None, (answer,), SESSION.id))


def given(phone: Phone) -> list[tuple[str, str | None]]:
    """Return who got which answer in the last act."""
    return [(effect.resident, effect.answer) for effect in phone.effects if isinstance(effect, SetAnswer)]


def crowd(coming: int = 0, waiting: int = 0) -> Tally:
    """Return so many answers."""
    return Tally(coming=coming, waiting=waiting)


def hours_before(hours: float) -> datetime:
    """Return the moment so many hours before the session starts, UTC."""
    assert SESSION.starts is not None
    return SESSION.starts - timedelta(hours=hours)
