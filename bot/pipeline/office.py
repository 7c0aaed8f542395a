"""What a turn may know of a coordinator who writes broadcasts in private, and who therefore acts for the province there.

Whether somebody is one is asked with every button, command and answer of a broadcast; for everything else they are a resident like all
others, and nothing that a decision sees ties the two together. Who is no coordinator is never told that there is anything to see.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.events import (
    Arrival,
    ButtonPressed,
    CommandGiven,
    Event,
    LocationReceived,
    MediaReceived,
    TextReceived,
    UnsupportedReceived,
)
from bot.model.ids import PROVINCE
from bot.model.situation import Situation
from bot.pipeline import broadcasts
from bot.pipeline.surroundings import Surroundings
from bot.storage import members

VERBS: Final = frozenset({"cast", "cast_when", "cast_go", "casts"})
"""The buttons of broadcasts that are ever shown in private; those of the approval are not among them."""
SHOWN: Final = ("cast:", "progress:")
"""Slots of messages about broadcasts that are shown in private: a reply to one is nothing that a resident says."""


async def with_coordinator(conn: AsyncConnection, around: Surroundings, situation: Situation, arrival: Arrival, event: Event) -> Situation:
    """Add, in private, the member who deals with a broadcast, and what they may know as in the province's group.

    Somebody who was a coordinator once is known for that where they press or answer what was shown to them then: they are told so. Their
    commands are those of any resident.
    """
    if arrival.person is None or not (isinstance(event, CommandGiven) or _about_a_broadcast(situation, arrival, event)):
        return situation
    if isinstance(event, CommandGiven) and event.name not in broadcasts.COMMANDS:
        return situation
    known = await members.find(conn, around.keys, PROVINCE, arrival.channel, arrival.person)
    if known is None or (isinstance(event, CommandGiven) and not known.active):
        return situation
    if not known.active:
        return replace(situation, forum=PROVINCE, actor="former_member", member=known.member)
    situation = replace(situation, forum=PROVINCE, actor="coordinator", member=known.member)
    return await broadcasts.with_group(conn, around, situation, PROVINCE, arrival, event, _slot(situation, arrival))


def _about_a_broadcast(situation: Situation, arrival: Arrival, event: Event) -> bool:
    match event:
        case ButtonPressed(action):
            return action is not None and action.verb in VERBS
        case TextReceived() | MediaReceived() | LocationReceived() | UnsupportedReceived():
            return (_slot(situation, arrival) or "").startswith(SHOWN)
        case _:
            return False


def _slot(situation: Situation, arrival: Arrival) -> str | None:
    """Return the slot of the message that is answered: by a reply, or by the next words after it."""
    asked = situation.resident.asked if situation.resident is not None else None
    return asked.slot if asked is not None and arrival.reply_to is None else situation.prompt


def as_a_resident(event: Event) -> Event:
    """Return an event as it counts for a resident, from whom no document is taken."""
    if isinstance(event, MediaReceived) and event.attachment.kind == "document":
        return UnsupportedReceived("document")
    return event
