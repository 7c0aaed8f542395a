"""What was tapped or written about a session, handed to what takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.model.effects import Effect
from bot.model.events import Event, LocationReceived, MediaReceived, TextReceived, UnsupportedReceived
from bot.model.sessions import SessionState
from bot.model.situation import Situation
from bot.model.text import N_
from handlers.desk.authority import refuse_aloud
from handlers.may import Refused
from handlers.sessions.aftermath import take_attendance, take_minutes, take_photo
from handlers.sessions.announcing import cancel, change
from handlers.sessions.asking import Field, field_of
from handlers.sessions.authority import ANY_STATE, OLD, Plan, planning, press, refuse, say
from handlers.sessions.filling import set_day, set_field, set_time, take_guest, take_new_place, take_pin, take_place, take_seats, take_topic
from handlers.sessions.joining import toggle
from handlers.sessions.promises import set_due, set_who, take_office, take_what

Heard = Callable[[Situation, Any], Iterable[Effect]]

PLANNED, ANNOUNCED, HELD = (frozenset[SessionState]({state}) for state in ("planned", "announced", "held"))
WORDS: Mapping[Field, tuple[frozenset[SessionState], Callable[[Plan, str], list[Effect]]]] = {
    "topic": (PLANNED, take_topic),
    "place": (PLANNED, take_place),
    "guest": (PLANNED, take_guest),
    "seats": (PLANNED | ANNOUNCED, take_seats),
    "newplace": (ANNOUNCED, take_new_place),
    "reason": (ANNOUNCED, change),
    "off": (ANNOUNCED, cancel),
    "came": (HELD, take_attendance),
    "minutes": (HELD, take_minutes),
    "office": (HELD, take_office),
    "what": (HELD, take_what),
}
"""What takes the reply to a prompt, and in which states a session must be for it."""


def _set(plan: Plan) -> list[Effect]:
    match plan.args:
        case ("day", token):
            return set_day(plan, token)
        case ("time", token):
            return set_time(plan, token)
        case ("asked", ticket) if plan.session.state == "planned":
            return toggle(plan, ticket)
        case ("who", office):
            return set_who(plan, office)
        case ("due", token):
            return set_due(plan, token)
        case (field, value):
            return set_field(plan, field, value)
        case _:
            return refuse(OLD)


def or_else(desk: Heard) -> Heard:
    """Return what hears a group: replies to a session's prompts are taken here, everything else goes to the desk."""

    def heard(situation: Situation, event: Event) -> Iterable[Effect]:
        field = field_of(situation.prompt)
        return desk(situation, event) if field is None else _reply(situation, field, event)

    return heard


def _reply(situation: Situation, field: Field, event: Event) -> list[Effect]:
    plan = planning(situation)
    if isinstance(plan, Refused):
        return refuse_aloud(situation, plan.text)
    states, take = WORDS[field]
    if plan.session.state not in states:
        return say(situation, plan.session, OLD)
    match event:
        case TextReceived(text):
            return take(plan, text)
        case LocationReceived() if field in ("place", "newplace"):
            return take_pin(plan, event, new=field == "newplace")
        case MediaReceived() if field == "minutes":
            return take_photo(plan, event)
        case MediaReceived() | LocationReceived() | UnsupportedReceived():
            return say(situation, plan.session, N_("Please write it as text, as a reply to the same message."))
        case _:
            return []


set_value = press(ANY_STATE, _set)
