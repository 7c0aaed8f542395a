"""Fill in the plan: open a step, take what was tapped or written, and show the plan again.

Every step is stored with the session's version, so of two members who press at once one is told to look again by what the other chose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import get_args

from bot.model.calendar import in_utc
from bot.model.effects import Effect, MoveSession, Priority, SetTimer, Toast
from bot.model.events import LocationReceived
from bot.model.folding import digits
from bot.model.ids import LANGUAGES
from bot.model.sessions import AUDIENCES, OFFICES, Session
from bot.model.text import N_, P_, Text
from handlers.sessions.asking import ask_for
from handlers.sessions.authority import OLD, Plan, press, refuse, say
from handlers.sessions.days import blocked_day, blocked_time, day_of, month_of, time_of
from handlers.sessions.pending import Pending, Step, as_changed, holding, opened, pending
from handlers.sessions.plan import is_complete, plan_message

LONGEST = 200
"""Characters of a topic or a place: an invitation stays one message."""
MOST_SEATS = 10_000
TOO_LONG = N_("Please write at most {limit} characters, as a reply to the same message.", limit=LONGEST)
NUMBER_PLEASE = N_("Please write a number from 1 to {most}, as a reply to the same message.", most=MOST_SEATS)


def moved(plan: Plan, session: Session) -> list[Effect]:
    """Store the session as it is now and show it."""
    shown = plan_message(session, replace(plan.situation, session=session))
    return [MoveSession(session), replace(shown, priority=Priority.REPLY)]


def _plan(plan: Plan) -> list[Effect]:
    session = plan.session
    match plan.args:
        case ("topic",) if session.state == "planned":
            return ask_for(session, plan.situation, "topic")
        case ("seats",) if session.state in ("planned", "announced"):
            return ask_for(session, plan.situation, "seats")
        case ("place",) if session.state == "planned":
            return ask_for(session, plan.situation, "place")
        case ("place",) if session.state == "announced":
            return ask_for(session, plan.situation, "newplace")
        case ("reason",) if session.state == "announced":
            return ask_for(session, plan.situation, "reason") if as_changed(session) != session else refuse(NOTHING_CHANGED)
        case ("came" | "minutes" as field,) if session.state == "held":
            return ask_for(session, plan.situation, field)
        case ("who_promised",) if session.state == "held":
            return moved(plan, holding(session, Pending(step="who")))
        case ("who",) if session.state == "held":
            return ask_for(session, plan.situation, "office")
        case ("show",):
            return moved(plan, holding(session, Pending()))
        case (step,):
            return _opens(plan, step)
        case _:
            return refuse(OLD)


NOTHING_CHANGED = N_("Nothing has been changed yet.")
_STEPS: Mapping[str, frozenset[str]] = {
    "planned": frozenset({"asked", "day", "time", "capacity", "audience", "language", "offices", "preview"}),
    "announced": frozenset({"change", "day", "time", "capacity"}),
    "held": frozenset({"promises"}),
}


def _opens(plan: Plan, wanted: str) -> list[Effect]:
    session = plan.session
    step = next((step for step in get_args(Step) if step == wanted and step in _STEPS.get(session.state, ())), None)
    if step is None or (step == "preview" and not is_complete(session)):
        return refuse(OLD)
    if step == "time" and as_changed(session).wall is None:
        step = "day"
    return moved(plan, opened(session, step=step, month=""))


def set_field(plan: Plan, field: str, value: str) -> list[Effect]:
    """Take a field's value that is one of few."""
    if field == "capacity" and plan.session.state == "announced":
        number = digits(value)
        return refuse(OLD) if number is None else _other_seats(plan, number or None, refuse)
    changes = _changes(plan.session, field, value) if plan.session.state == "planned" else {}
    if not changes:
        return refuse(OLD)
    changed = replace(plan.session, **changes)  # type: ignore[arg-type]  # fields by name
    unnamed = field == "offices" and value == "other" and "other" in changed.offices
    return [*moved(plan, changed), *(ask_for(changed, plan.situation, "guest") if unnamed else [])]


def set_day(plan: Plan, token: str) -> list[Effect]:
    """Take the day, or turn to another month."""
    session, situation = plan.session, plan.situation
    if session.state not in ("planned", "announced"):
        return refuse(OLD)
    if (month := month_of(token)) is not None:
        return moved(plan, opened(session, step="day", month=f"{month:%Y-%m}"))
    day = day_of(token)
    if day is None:
        return refuse(OLD)
    if no := blocked_day(day, situation):
        return refuse(no)
    known = as_changed(session).wall
    hour = known.time() if known is not None else time.min
    fits = hour != time.min and blocked_time(day, hour, session.minutes, situation) is None
    chosen = _starting(session, day, hour if fits else time.min, "" if fits else "time")
    name = situation.calendar.holiday(day)
    told: list[Effect] = [Toast(N_("This day is a holiday: {holiday}.", holiday=name))] if name else []
    return [*told, *moved(plan, chosen)]


def set_time(plan: Plan, token: str) -> list[Effect]:
    """Take the hour."""
    session, known, hour = plan.session, as_changed(plan.session).wall, time_of(token)
    if session.state not in ("planned", "announced") or known is None or hour is None:
        return refuse(OLD)
    if no := blocked_time(known.date(), hour, session.minutes, plan.situation):
        return refuse(no)
    return moved(plan, _starting(session, known.date(), hour, ""))


def _starting(session: Session, day: date, hour: time, step: Step) -> Session:
    """Return the session with another start: at once while it is planned, as an open change once it was announced.

    A day without an hour stands at midnight, when no session begins; it has no start in UTC yet.
    """
    wall = datetime.combine(day, hour)
    if session.state == "announced":
        return opened(session, step=step or "change", month="", wall=wall.isoformat())
    starts = in_utc(wall) if hour != time.min else None
    return opened(replace(session, wall=wall, starts=starts), step=step, month="")


def _changes(session: Session, field: str, value: str) -> dict[str, object]:
    match field:
        case "audience" if value in AUDIENCES:
            return {"audience": value, "asking": ""}
        case "language" if value in LANGUAGES:
            return {"language": value, "asking": ""}
        case "capacity" if (number := digits(value)) is not None and number <= MOST_SEATS:
            return {"capacity": number or None, "asking": ""}
        case "offices" if value in OFFICES:
            chosen = {*session.offices} ^ {value}
            named = session.office if "other" in chosen else ""
            return {"offices": tuple(office for office in OFFICES if office in chosen), "office": named}
        case _:
            return {}


def take_topic(plan: Plan, words: str) -> list[Effect]:
    """Take the topic that was written."""
    return _short(plan, words) or moved(plan, replace(plan.session, topic=words.strip()))


def take_guest(plan: Plan, words: str) -> list[Effect]:
    """Take the name of an office that is not on the list."""
    offices = tuple(office for office in OFFICES if office in (*plan.session.offices, "other"))
    return _short(plan, words) or moved(plan, replace(plan.session, offices=offices, office=words.strip()))


def take_place(plan: Plan, words: str) -> list[Effect]:
    """Take the place in words; a pin that was sent before belongs to it."""
    return _short(plan, words) or moved(plan, replace(plan.session, place=words.strip()))


def take_new_place(plan: Plan, words: str) -> list[Effect]:
    """Take another place for an announced session; the old pin does not belong to it."""
    return _short(plan, words) or moved(plan, opened(plan.session, step="change", place=words.strip()))


def take_pin(plan: Plan, pin: LocationReceived, *, new: bool) -> list[Effect]:
    """Take a point on the map, with the name of the place if it came with one."""
    session, name = plan.session, pin.title.strip()[:LONGEST]
    if new:
        known = pending(session).place or session.place
        return moved(plan, opened(session, step="change", place=name or known, latitude=pin.latitude, longitude=pin.longitude))
    pinned = replace(session, place=session.place or name, latitude=pin.latitude, longitude=pin.longitude)
    more = [] if pinned.place else say(plan.situation, session, N_("Thank you. Please also write the place in words."))
    return [*moved(plan, pinned), *more]


def take_seats(plan: Plan, words: str) -> list[Effect]:
    """Take how many can come, in digits of any script."""
    number = digits(words)
    if number is None or not 1 <= number <= MOST_SEATS:
        return say(plan.situation, plan.session, NUMBER_PLEASE)
    if plan.session.state == "announced":
        return _other_seats(plan, number, lambda no: say(plan.situation, plan.session, no))
    return moved(plan, replace(plan.session, capacity=number, asking=""))


def _other_seats(plan: Plan, seats: int | None, refused: Callable[[Text], list[Effect]]) -> list[Effect]:
    """Set how many can come to an announced session: never fewer than have said so; who waits moves up at once."""
    session, situation = plan.session, plan.situation
    if seats is not None and not situation.tally.coming <= seats <= MOST_SEATS:
        told = P_(
            "{count} person has said that they will come. Please choose at least as many seats.",
            "{count} people have said that they will come. Please choose at least as many seats.",
            situation.tally.coming,
        )
        return refused(told)
    moving = [SetTimer(f"seats:{session.id}", "seats", situation.now, session=session.id)] if situation.tally.waiting else []
    return [*moved(plan, replace(session, capacity=seats, asking="")), *moving, plan.audit("seats")]


def _short(plan: Plan, words: str) -> list[Effect]:
    return [] if 0 < len(words.strip()) <= LONGEST else say(plan.situation, plan.session, TOO_LONG)


plan_step = press(frozenset({"planned", "announced", "held"}), _plan)
