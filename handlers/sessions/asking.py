"""Words that a member is asked for: a prompt whose slot says which field of which session the reply fills, as at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from bot.model.effects import Effect, Priority, Send
from bot.model.messages import Message, ToForum, plan_slot
from bot.model.sessions import Session
from bot.model.situation import Situation
from bot.model.text import N_, Text

Field = Literal["topic", "place", "newplace", "seats", "reason", "off", "came", "minutes", "office", "what", "guest"]

QUESTIONS: Mapping[Field, Text] = {
    "topic": N_("What is the session about? Write it as a reply to this message."),
    "place": N_("Where is it? Write the place as a reply to this message, or reply with a location."),
    "newplace": N_("Where is it now? Write the place as a reply to this message, or reply with a location."),
    "seats": N_("How many people can come? Write a number as a reply to this message."),
    "reason": N_("Why does it change? Write the reason as a reply to this message. Everybody who asked or answered will read it."),
    "off": N_("Why is it cancelled? Write the reason as a reply to this message. Everybody who asked or answered will read it."),
    "came": N_("How many came? Write three numbers as a reply to this message: men, women, young people. For example: 12 9 5"),
    "minutes": N_(
        "What was said and agreed? Write it as a reply to this message, or reply with a photo. Please write no names of residents."
    ),
    "office": N_("Which office promised something? Write its name as a reply to this message."),
    "guest": N_("Which other office should attend? Write its name as a reply to this message."),
    "what": N_("What was promised? Write it as a reply to this message."),
}


def ask_for(session: Session, situation: Situation, field: Field) -> list[Effect]:
    """Ask the group for words, as a reply to the message that asks."""
    if situation.forum is None:
        return []
    slot = field_slot(session, field, situation.chance.token())
    message = Message(QUESTIONS[field], expects_reply=True, answers=plan_slot(session.id))
    return [Send(ToForum(situation.forum), message, Priority.REPLY, slot=slot, session=session.id)]


def field_slot(session: Session, field: Field, token: str) -> str:
    """Return the slot of a prompt."""
    return f"field:{field}:{session.id}:{token}"


def field_of(slot: str | None) -> Field | None:
    """Return which field a reply to this slot fills, or None if the slot is no prompt of a session."""
    head, _, rest = (slot or "").partition(":")
    name = rest.partition(":")[0]
    return next((field for field in get_args(Field) if field == name), None) if head == "field" else None
