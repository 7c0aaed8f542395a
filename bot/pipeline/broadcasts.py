"""What a turn may know of broadcasts: the one it is about, its sending, those on a list, and who stands behind a member that tests one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.broadcasts import Broadcast, Figures, Occurrence
from bot.model.events import Arrival, ButtonPressed, CommandGiven, Event
from bot.model.ids import PROVINCE, BroadcastId, ForumId, OccurrenceId, ResidentId
from bot.model.situation import NO_FIGURES, Situation
from bot.pipeline import timekeeping
from bot.pipeline.surroundings import Surroundings
from bot.storage import broadcasts, members, occurrences, residents, settings, tallies, voices

LAST: Final = 10
"""How many sendings of one broadcast a decision sees."""
LISTED: Final = 20
"""How many broadcasts a list has."""
RESCHEDULED: Final = 200
"""How many approved broadcasts a change of the calendar works out anew."""
COMMANDS: Final = frozenset({"broadcast", "broadcasts"})
TESTING: Final = frozenset({"cast", "cast_ok"})
"""The buttons below a broadcast that can send it to oneself."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a button, timer, reply or news names."""

    broadcast: BroadcastId | None = None
    occurrence: OccurrenceId | None = None


NOTHING: Final = Named()


def named(event: Event, slot: str | None) -> Named:
    """Return what a button names, or the message of ours that was answered (`cast:…`, `approve:…`, `progress:…`)."""
    if isinstance(event, ButtonPressed) and event.action is not None:
        return Named(event.action.broadcast, event.action.occurrence)
    kind, _, rest = (slot or "").partition(":")
    id = rest.partition(":")[0]
    if kind in ("cast", "approve") and id:
        return Named(BroadcastId(id))
    if kind == "progress" and id:
        return Named(occurrence=OccurrenceId(id))
    return NOTHING


async def with_broadcast(conn: AsyncConnection, around: Surroundings, situation: Situation, about: Named) -> Situation:
    """Add the broadcast that is named, or whose occurrence is, with all that has become of it.

    It stays locked to the end of the turn, so that nobody else sends it meanwhile. A forum's group knows only of its own, the province's
    of all.
    """
    if about == NOTHING:
        return situation
    id = about.broadcast or await occurrences.broadcast_of(conn, about.occurrence or OccurrenceId(""))
    broadcast = await broadcasts.load(conn, around.keys, id, lock=True) if id else None
    if broadcast is None or situation.forum not in (None, PROVINCE, broadcast.forum):
        return situation
    occurrence = await occurrences.load(conn, about.occurrence, lock=True) if about.occurrence else None
    return replace(
        situation,
        broadcast=await at_home(conn, around, broadcast),
        occurrence=occurrence,
        figures=await _figures(conn, broadcast, occurrence),
        occurrences=await occurrences.last(conn, broadcast.id, LAST),
    )


async def at_home(conn: AsyncConnection, around: Surroundings, broadcast: Broadcast) -> Broadcast:
    """Return a broadcast that was written in private in the province's group, where its author cannot be told of it any more.

    They are no coordinator now, have deleted what we know of them, or have blocked the bot.
    """
    if broadcast.desk is None:
        return broadcast
    author = await residents.load(conn, around.keys, broadcast.desk)
    there = author is not None and author.reachable
    return broadcast if there and await members.active(conn, PROVINCE, broadcast.author_person) else replace(broadcast, desk=None)


async def with_doubts(conn: AsyncConnection, around: Surroundings, situation: Situation) -> Situation:
    """Add why a time may not be what it seems: the clock jumped, or a part of the past is forgotten."""
    doubted = await timekeeping.doubted(conn, around.keys)
    return replace(situation, doubted=doubted, restored=await settings.moment(conn, around.keys, settings.RESTORED))


async def with_heard(conn: AsyncConnection, around: Surroundings, situation: Situation, event: Event, resident: ResidentId) -> Situation:
    """Add, in private, the occurrence whose button was pressed, and whether this resident has answered its quiz. Nothing is locked."""
    about = named(event, None)
    occurrence = await occurrences.load(conn, about.occurrence) if about.occurrence else None
    broadcast = await broadcasts.load(conn, around.keys, occurrence.broadcast) if occurrence else None
    if occurrence is None or broadcast is None:
        return situation
    voted = await voices.raised(conn, around.keys, occurrence.id, voices.QUIZ, resident)
    return replace(situation, broadcast=broadcast, occurrence=occurrence, voted=voted)


async def with_group(
    conn: AsyncConnection,
    around: Surroundings,
    situation: Situation,
    forum: ForumId,
    arrival: Arrival,
    event: Event,
    slot: str | None,
) -> Situation:
    """Add what somebody who acts for a forum may know: the broadcast it is about, the list they ask for, and themselves."""
    situation = await with_broadcast(conn, around, situation, named(event, slot))
    if _asks_for_list(event):
        situation = await _with_list(conn, around, situation, forum)
    if forum == PROVINCE and _changes_calendar(event, slot):
        approved = await broadcasts.approved(conn, around.keys, RESCHEDULED)
        situation = replace(situation, broadcasts=tuple([await at_home(conn, around, each) for each in approved]))
    situation = await with_doubts(conn, around, situation)
    return replace(situation, myself=await _myself(conn, around, situation, arrival, event))


def _asks_for_list(event: Event) -> bool:
    match event:
        case CommandGiven(name):
            return name in COMMANDS
        case ButtonPressed(action):
            return action is not None and action.verb == "casts"
        case _:
            return False


def _changes_calendar(event: Event, slot: str | None) -> bool:
    """Whether the rules of time may change with this, and with them the dates of broadcasts: a button of the calendar, a reply to it."""
    pressed = isinstance(event, ButtonPressed) and event.action is not None and event.action.verb == "rules"
    return pressed or (slot or "").startswith("rules:")


async def _with_list(conn: AsyncConnection, around: Surroundings, situation: Situation, forum: ForumId) -> Situation:
    found = await broadcasts.of_forum(conn, around.keys, forum, LISTED)
    listed = tuple([await at_home(conn, around, each) for each in found])
    newest = await occurrences.latest(conn, [each.id for each in listed])
    latest = {each.id: (newest[each.id], await _figures(conn, each, newest[each.id])) for each in listed if each.id in newest}
    return replace(situation, broadcasts=listed, latest=latest)


async def _figures(conn: AsyncConnection, broadcast: Broadcast, occurrence: Occurrence | None) -> Figures:
    if occurrence is None:
        return NO_FIGURES
    offered = max((len(question.options) for question in broadcast.quiz.texts.values()), default=0) if broadcast.quiz else 0
    return await tallies.figures(conn, occurrence.id, offered)


async def _myself(conn: AsyncConnection, around: Surroundings, situation: Situation, arrival: Arrival, event: Event) -> ResidentId | None:
    """Return who a member is in private, only where they press what can send them a test: elsewhere nobody need know that they are one."""
    testing = isinstance(event, ButtonPressed) and event.action is not None and event.action.verb in TESTING
    if not testing or situation.member is None or arrival.person is None:
        return None
    resident = await residents.find(conn, around.keys, arrival.channel, arrival.person)
    return resident.id if resident is not None and resident.reachable else None
