"""A small book of handlers for the pipeline's tests: pure, as the real ones, and each word does one thing.

A resident's `report ...` or `urgent ...` opens a ticket with a card and a receipt, `many N` says N things at once, `boom` raises, `hang`
never ends, anything else is echoed. In a forum's group a reply to something about a ticket is answered to its resident.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.model.effects import (
    AddEntry,
    Effect,
    EraseResident,
    LinkForum,
    LoseForum,
    MoveForum,
    MoveTicket,
    OpenTicket,
    Priority,
    SayHere,
    SayHereAndLeave,
    Send,
    SetEntry,
    SetResident,
    Toast,
)
from bot.model.events import (
    BotBlocked,
    BotUnblocked,
    ButtonPressed,
    CommandGiven,
    DeliveryChanged,
    Event,
    ForumUnreachable,
    GroupJoined,
    GroupLost,
    GroupMoved,
    TextReceived,
    TimerFired,
)
from bot.model.ids import PROVINCE, EntryId, ForumId, ResidentId, TicketId
from bot.model.messages import Action, Button, Line, Message, Recipient, ToForum, ToResident, card_slot
from bot.model.situation import Situation
from bot.model.text import N_, Words
from bot.model.tickets import Content, Entry, Ticket

FORUM = ForumId("khanaqin")
"""Where every report of these tests goes."""


def decide(situation: Situation, event: Event) -> Iterator[Effect]:
    """Decide as the book above says."""
    match event:
        case CommandGiven("start") | BotUnblocked() if situation.resident:
            yield SetResident(situation.resident.id, language="en", reachable=True)
        case BotBlocked() if situation.resident:
            yield SetResident(situation.resident.id, reachable=False)
        case TextReceived(text) if situation.resident:
            yield from _resident(situation, text, situation.resident.id)
        case ButtonPressed(action):
            yield from _pressed(situation, action)
        case DeliveryChanged(entry, ticket, delivery):
            found = next(each for each in situation.entries if each.id == entry)
            yield SetEntry(replace(found, delivery=delivery))
            yield _say(ToForum(FORUM), f"answer {delivery}", slot=f"entry:{entry}", ticket=ticket)
        case TimerFired(kind) if situation.resident:
            yield _say(ToResident(situation.resident.id), f"timer {kind}")
        case _:
            yield from _group(situation, event)


def _resident(situation: Situation, text: str, resident: ResidentId) -> Iterator[Effect]:
    me = ToResident(resident)
    word, _, rest = text.partition(" ")
    match word:
        case "boom":
            raise RuntimeError(text)
        case "hang":
            while True:
                pass
        case "many":
            for number in range(int(rest)):
                yield _say(me, f"{number}", priority=Priority.NOTICE)
        case "button":
            button = Button(N_("Press me"), Action("press", args=("1",)))
            yield Send(me, Message(N_("Here is a button"), ((button,),)), Priority.REPLY)
        case "forum":
            for number in range(int(rest)):
                yield _say(ToForum(FORUM), f"to the forum {number}", priority=Priority.CARD)
        case "edit":
            for number in range(int(rest)):
                yield _say(ToForum(FORUM), f"state {number}", slot="card", priority=Priority.CARD)
        case "erase":
            yield EraseResident(resident)
            yield _say(me, "all is gone")
        case "report" | "urgent":
            yield from _report(situation, rest, resident, Priority.URGENT if word == "urgent" else Priority.CARD)
        case _:
            yield _say(me, f"echo {text}")


def _report(situation: Situation, story: str, resident: ResidentId, priority: Priority) -> Iterator[Effect]:
    ticket = Ticket(
        id=TicketId(situation.chance.token()),
        reference=f"KHN-{situation.chance.reference()}",
        kind="report",
        resident=resident,
        home=FORUM,
        forum=FORUM,
        category="other",
        urgent=False,
        sensitive=False,
        contact=True,
        state="new",
        opened=situation.now.date(),
        content=Content(story),
    )
    yield OpenTicket(ticket)
    button = Button(N_("Take"), Action("take", ticket.id))
    line = Line(N_("line {story}", story=Words(story)), Action("card", ticket.id))
    card = Message(N_("card {story}", story=Words(story)), ((button,),), protect=True, line=line)
    yield Send(ToForum(FORUM), card, priority, card_slot(ticket.id), ticket.id)
    yield _say(ToResident(resident), f"receipt {ticket.reference}", ticket=ticket.id)


def _pressed(situation: Situation, action: Action | None) -> Iterator[Effect]:
    if action is None:
        yield Toast(N_("not yours"), alert=True)
    elif action.verb == "take" and situation.ticket and situation.member:
        if situation.ticket.taker is not None:
            yield Toast(N_("taken by {name}", name=Words(situation.ticket.taker_name)))
            return
        yield MoveTicket(replace(situation.ticket, state="taken", taker=situation.member.id))
        yield _say(
            ToForum(FORUM), f"card taken by {situation.member.name}", slot=card_slot(situation.ticket.id), ticket=situation.ticket.id
        )
        yield Toast(N_("yours now"))
    elif situation.resident:
        yield _say(ToResident(situation.resident.id), "pressed")


def _group(situation: Situation, event: Event) -> Iterator[Effect]:
    match event:
        case CommandGiven("link") if situation.code:
            yield LinkForum(situation.code)
            yield _say(ToForum(situation.code), "linked")
        case CommandGiven("link"):
            yield SayHere(N_("wrong code"))
        case GroupJoined() if situation.forum is None:
            yield SayHereAndLeave(N_("this is no place for me"))
        case GroupLost() if situation.forum:
            yield from _lost(situation, situation.forum)
        case ForumUnreachable(forum):
            yield from _lost(situation, forum)
        case GroupMoved(address) if situation.forum:
            yield MoveForum(situation.forum, address)
        case TextReceived(text) if situation.ticket and situation.ticket.resident:
            entry = Entry(EntryId(situation.chance.token()), situation.ticket.id, "answer", text, situation.now, delivery="waiting")
            yield AddEntry(entry)
            to = ToResident(situation.ticket.resident)
            yield Send(to, Message(Words(f"answer: {text}")), Priority.REPLY, ticket=situation.ticket.id, entry=entry.id)
            yield _say(ToForum(FORUM), "answer waiting", slot=f"entry:{entry.id}", ticket=situation.ticket.id)
        case TextReceived("boom") if situation.forum:
            raise RuntimeError


def _lost(situation: Situation, forum: ForumId) -> Iterator[Effect]:
    yield LoseForum(forum)
    yield _say(ToForum(PROVINCE), f"lost {forum}, {len(situation.held)} open")


def _say(
    to: Recipient, words: str, *, priority: Priority = Priority.REPLY, slot: str | None = None, ticket: TicketId | None = None
) -> Send:
    return Send(to, Message(Words(words)), priority, slot, ticket)
