"""From an arrival to what its turn may know.

The channel's addresses, ids and names stop here: they are exchanged for our own random ids, and none of them enters a `Situation`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import SetResident
from bot.model.events import Arrival, BotBlocked, BotUnblocked, ForumReachable, ForumUnreachable, TimerFired
from bot.model.ids import ResidentId
from bot.model.messages import ToResident
from bot.model.people import Resident
from bot.model.situation import Situation
from bot.pipeline import broadcasts, news, office, sessions
from bot.pipeline.convening import ROUND
from bot.pipeline.groups import load_group
from bot.pipeline.news import News
from bot.pipeline.surroundings import Loaded, Surroundings, about, blank, thread_of, verified
from bot.storage import drafts, inbox, lanes, residents, subscribers, tickets


async def load(conn: AsyncConnection, around: Surroundings, arrival: Arrival, now: datetime) -> Loaded | None:
    """Load what the turn for an arrival may know; None where there is nothing to decide."""
    if arrival.place == "group":
        return await load_group(conn, around, arrival, now)
    resident = await find_resident(conn, around, arrival, now)
    if resident is None:
        return None
    here = ToResident(resident.id)
    event = verified(around.keys, here, arrival)
    situation = await _owned(conn, around, await blank(conn, around, now, arrival.at, "private"), resident)
    known = await about(conn, around, here, arrival, event)
    ticket = known.ticket if known.ticket is not None and known.ticket.resident == resident.id else None
    thread = await thread_of(conn, around, ticket)
    situation = replace(situation, actor="resident", prompt=known.slot, ticket=ticket, entries=thread)
    situation = await sessions.with_session(conn, around, situation, known.session)
    situation = await office.with_coordinator(conn, around, situation, arrival, event)
    if situation.forum is None:
        situation = await broadcasts.with_heard(conn, around, situation, event, resident.id)
        event = office.as_a_resident(event)
    return Loaded(await sessions.with_list(conn, around, situation, resident, event), event, here)


async def load_news(conn: AsyncConnection, around: Surroundings, told: News, now: datetime) -> Loaded | None:
    """Load what the turn for a timer or for news of the sender may know; None where whom it was about is gone."""
    situation = await blank(conn, around, now, now, "machine")
    if told.resident is not None:
        resident = await residents.load(conn, around.keys, told.resident)
        if resident is None:
            return None
        situation = await _owned(conn, around, situation, resident)
    if told.ticket is not None:
        ticket = await tickets.load(conn, around.keys, told.ticket)
        if ticket is None:
            return None
        situation = replace(situation, ticket=ticket, entries=await thread_of(conn, around, ticket))
    if told.forum is not None:
        held = await tickets.held_by(conn, around.keys, told.forum)
        situation = replace(situation, forum=told.forum, held=tuple(held))
    if isinstance(told.event, ForumUnreachable | ForumReachable):
        situation = replace(situation, held=tuple(await tickets.held_by(conn, around.keys, told.event.forum)))
    if isinstance(told.event, TimerFired) and told.event.kind == ROUND:
        return await sessions.load_round(conn, around, situation, told.event)
    if told.broadcast is not None or told.occurrence is not None:
        about = broadcasts.Named(told.broadcast, told.occurrence)
        situation = await broadcasts.with_broadcast(conn, around, situation, about)
        if situation.broadcast is None:
            return None
        situation = await broadcasts.with_doubts(conn, around, situation)
    return Loaded(await sessions.with_session(conn, around, situation, told.session), told.event)


async def find_resident(conn: AsyncConnection, around: Surroundings, arrival: Arrival, now: datetime) -> Resident | None:
    """Return who writes in this private chat; somebody new gets a row, unless they only tell us to stop or may be written to again."""
    person = arrival.person or arrival.chat
    resident = await residents.find(conn, around.keys, arrival.channel, person, today=now.date())
    if isinstance(arrival.event, BotBlocked | BotUnblocked):
        return resident
    if resident is None:
        fresh = ResidentId(around.chance.token())
        return await residents.create(conn, around.keys, fresh, arrival.channel, person, arrival.chat, now.date())
    if not resident.reachable:
        return await _welcome_back(conn, around, resident, arrival, now)
    return resident


async def _welcome_back(conn: AsyncConnection, around: Surroundings, resident: Resident, arrival: Arrival, now: datetime) -> Resident:
    """Who writes to us can be written to, also if the channel never said so; the forums hear of it in a turn of its own."""
    await residents.change(conn, around.keys, SetResident(resident.id, reachable=True))
    told = News(BotUnblocked(), resident=resident.id)
    lane = lanes.of_chat(around.keys, arrival.channel, arrival.chat)
    await inbox.store(conn, around.keys, [news.item(lane, around.chance.token(), told, now)])
    return replace(resident, reachable=True)


async def _owned(conn: AsyncConnection, around: Surroundings, situation: Situation, resident: Resident) -> Situation:
    draft = await drafts.load(conn, around.keys, resident.id)
    owned = await tickets.of_resident(conn, around.keys, resident.tickets)
    subscription = await subscribers.of_resident(conn, around.keys, resident.id)
    return replace(situation, resident=resident, draft=draft, tickets=tuple(owned), subscription=subscription)
