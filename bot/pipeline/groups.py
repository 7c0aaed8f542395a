"""What a turn may know that something in a group caused: which forum it is, who acts, what about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.events import Arrival, ButtonPressed, CommandGiven, Event, GroupJoined, GroupLost, GroupMoved, MemberJoined, MemberLeft
from bot.model.ids import PROVINCE, ForumId, MemberId
from bot.model.messages import ToForum, card_slot
from bot.model.people import Actor, Member
from bot.model.situation import Situation
from bot.pipeline import broadcasts, sessions
from bot.pipeline.surroundings import Loaded, Surroundings, about, blank, thread_of, verified
from bot.storage import forums, members, posts, tickets


async def load_group(conn: AsyncConnection, around: Surroundings, arrival: Arrival, now: datetime) -> Loaded:
    """Load the situation in a group. A group that is no forum's is told from others by `forum` being None, and by nothing else."""
    situation = await blank(conn, around, now, arrival.at, "group")
    situation = replace(situation, code=await _code(conn, around, arrival, now))
    forum = await forums.of_chat(conn, arrival.channel, arrival.chat)
    if forum is None:
        return Loaded(await _with_held(conn, around, situation, arrival.event), verified(around.keys, None, arrival))
    here = ToForum(forum)
    event = verified(around.keys, here, arrival)
    actor, member = await _actor(conn, around, arrival, forum)
    known = await about(conn, around, here, arrival, event)
    thread = await thread_of(conn, around, known.ticket)
    situation = replace(situation, forum=forum, actor=actor, member=member, prompt=known.slot, ticket=known.ticket, entries=thread)
    if isinstance(event, ButtonPressed) and known.ticket is not None:
        situation = replace(situation, shown=bool(await posts.shown(conn, around.keys, here, card_slot(known.ticket.id))))
    situation = await sessions.with_session(conn, around, situation, known.session)
    if concerns_us(arrival):
        situation = await sessions.with_forum(conn, around, situation, forum)
        situation = await broadcasts.with_group(conn, around, situation, forum, arrival, event, known.slot)
    if isinstance(event, MemberLeft):
        situation, event = replace(situation, leaver=await _leaver(conn, around, arrival, forum, event.person)), MemberLeft("")
    elif isinstance(event, MemberJoined):
        await members.welcome_back(conn, around.keys, forum, arrival.channel, event.person)
        event = MemberJoined("")
    return Loaded(await _with_held(conn, around, situation, event), event, here)


async def _leaver(conn: AsyncConnection, around: Surroundings, arrival: Arrival, forum: ForumId, person: str) -> Member:
    """Return who left. Somebody who never acted gets a row without a name: an old button of theirs has to be known for what it is."""
    known = await members.find(conn, around.keys, forum, arrival.channel, person)
    if known is not None:
        return known.member
    return await members.remember(conn, around.keys, MemberId(around.chance.token()), forum, arrival.channel, person, "")


async def _code(conn: AsyncConnection, around: Surroundings, arrival: Arrival, now: datetime) -> ForumId | None:
    code = link_code(arrival.event)
    return await forums.peek_code(conn, around.keys, code, now) if code else None


def link_code(event: Event) -> str:
    """Return the code that was typed after `/link`; empty where there is none."""
    return event.argument.strip() if isinstance(event, CommandGiven) and event.name == "link" else ""


async def _actor(conn: AsyncConnection, around: Surroundings, arrival: Arrival, forum: ForumId) -> tuple[Actor, Member | None]:
    if arrival.speaker == "anonymous" or arrival.speaker == "channel":
        return arrival.speaker, None
    if arrival.speaker == "bot" or arrival.person is None:
        return "stranger", None
    known = await members.find(conn, around.keys, forum, arrival.channel, arrival.person)
    if isinstance(arrival.event, ButtonPressed) and known is not None and not known.active:
        return "former_member", known.member
    if concerns_us(arrival):
        fresh = MemberId(around.chance.token())
        member = await members.remember(conn, around.keys, fresh, forum, arrival.channel, arrival.person, arrival.name)
    elif known is not None:
        member = known.member
    else:
        return "member", None
    if member.role == "coordinator" or await _coordinates(conn, around, arrival):
        return "coordinator", replace(member, role="coordinator")
    return "member", member


def concerns_us(arrival: Arrival) -> bool:
    """Only who acts is remembered: of who merely chats in the group nothing is kept."""
    return arrival.reply_to is not None or isinstance(arrival.event, ButtonPressed | CommandGiven)


async def _coordinates(conn: AsyncConnection, around: Surroundings, arrival: Arrival) -> bool:
    known = await members.find(conn, around.keys, PROVINCE, arrival.channel, arrival.person or "")
    return known is not None and known.active


async def _with_held(conn: AsyncConnection, around: Surroundings, situation: Situation, event: Event) -> Situation:
    """Add the forum's open tickets where a decision goes through them all: a list, a group lost or found again, a member who left."""
    forum = situation.forum or situation.code
    asked = isinstance(event, ButtonPressed) and event.action is not None and event.action.ticket is None
    if forum is None or not (asked or isinstance(event, CommandGiven | GroupJoined | GroupLost | GroupMoved | MemberLeft)):
        return situation
    without_group = [each.id for each in around.province.districts if situation.forums.get(each.id) != "linked"]
    return replace(situation, held=await tickets.held_by(conn, around.keys, forum, without_group=without_group))
