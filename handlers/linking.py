"""Which group is which forum's: linked by a code, lost, found again, moved, or none of ours.

The bot speaks only in the groups of forums. In any other it says one sentence; it stays only as long as a forum still waits for its group.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.model.effects import Audit, Effect, LinkForum, LoseForum, MoveForum, Priority, SayHere, SayHereAndLeave, Send
from bot.model.events import CommandGiven, ForumReachable, ForumUnreachable, GroupJoined, GroupLost, GroupMoved
from bot.model.ids import PROVINCE, ForumId
from bot.model.messages import Message, ToForum
from bot.model.situation import ForumState, Situation
from bot.model.text import N_, P_, Names, lines, paragraphs
from handlers.cards import clear_desk, desk_of, place_cards
from handlers.desk.listing import how_it_works


def link(situation: Situation, _: CommandGiven) -> Iterable[Effect]:
    """Link this group with the code that was typed; whoever has a code may."""
    wanted = situation.code
    if wanted is None:
        return _wrong_code(situation)
    if situation.forum is not None and situation.forum != wanted:
        names = situation.province.forum_names(situation.forum)
        told = N_("This group already belongs to the forum of {district}.", district=names)
        return [Send(ToForum(situation.forum), Message(told), Priority.REPLY)]
    linked = N_("This group now belongs to the forum of {district}. New reports will come here.", district=_names(situation, wanted))
    welcome = Message(paragraphs(linked, how_it_works(wanted)))
    return [
        LinkForum(wanted),
        Send(ToForum(wanted), welcome, Priority.REPLY),
        *_catch_up(situation, wanted),
        Audit("link", forum=wanted, member=situation.member.id if situation.member else None),
    ]


def joined(situation: Situation, _: GroupJoined) -> Iterable[Effect]:
    """The bot is in a group: its own again, or a strange one."""
    forum = situation.forum
    if forum is None:
        return _strange(situation)
    return _again(situation, forum) if situation.forums.get(forum) != "linked" else []


def forum_reachable(situation: Situation, event: ForumReachable) -> Iterable[Effect]:
    """A lost group was tried and takes messages again; if somebody has linked another one meanwhile, that holds."""
    return _again(situation, event.forum) if situation.forums.get(event.forum) == "lost" else []


def _again(situation: Situation, forum: ForumId) -> list[Effect]:
    told = N_("The bot can write here again. These are the open reports of the forum of {district}.", district=_names(situation, forum))
    return [
        LinkForum(forum),
        Send(ToForum(forum), Message(told), Priority.REPLY),
        *_catch_up(situation, forum),
        Audit("link", forum=forum, detail="again"),
    ]


def lost(situation: Situation, _: GroupLost) -> Iterable[Effect]:
    """The bot was removed from a group, or may not write there any more."""
    return _lose(situation, situation.forum, "removed") if situation.forum is not None else []


def forum_unreachable(situation: Situation, event: ForumUnreachable) -> Iterable[Effect]:
    """The sender could not write to a forum's group."""
    return _lose(situation, event.forum, "unreachable")


def moved(situation: Situation, event: GroupMoved) -> Iterable[Effect]:
    """The group has a new address: the messages there cannot be edited or pressed any more, so open tickets are shown afresh."""
    forum = situation.forum
    if forum is None:
        return
    yield MoveForum(forum, event.address)
    yield Audit("move_group", forum=forum)
    for ticket in situation.held:
        yield from place_cards(ticket, situation)


def _lose(situation: Situation, forum: ForumId, why: str) -> Iterable[Effect]:
    if situation.forums.get(forum) == "lost":
        return
    yield LoseForum(forum)
    yield Audit("lose", forum=forum, detail=why)
    if forum == PROVINCE:
        return
    told = lines(
        N_("The group of the forum of {district} cannot be reached.", district=_names(situation, forum)),
        N_("Please ask its members to add the bot again. Until then its reports come here."),
        P_("{count} open report follows:", "{count} open reports follow:", len(situation.held)) if situation.held else None,
    )
    yield Send(ToForum(PROVINCE), Message(told), Priority.URGENT)
    afterwards = _with_state(situation, forum, "lost")
    for ticket in situation.held:
        if not ticket.sensitive:
            yield from place_cards(ticket, afterwards)


def _catch_up(situation: Situation, forum: ForumId) -> list[Effect]:
    """Show a group that can be reached the open tickets of its forum, and take them back from the province if it stood in for it."""
    stood_in = forum != PROVINCE and situation.forums.get(forum) != "linked"
    afterwards = _with_state(situation, forum, "linked")
    effects: list[Effect] = []
    for ticket in situation.held:
        effects += place_cards(ticket, afterwards)
        if stood_in and desk_of(ticket, afterwards) != PROVINCE:
            told = N_(
                "Report {reference} is with the forum of {district} again.", reference=ticket.reference, district=_names(situation, forum)
            )
            effects += clear_desk(ticket, (), PROVINCE, told)
    return effects


def _with_state(situation: Situation, forum: ForumId, state: ForumState) -> Situation:
    return replace(situation, forums={**situation.forums, forum: state})


def _names(situation: Situation, forum: ForumId) -> Names:
    return situation.province.forum_names(forum)


def _wrong_code(situation: Situation) -> list[Effect]:
    told = N_("This code is wrong or too old. A coordinator can make a new one. Then write: /link CODE")
    if situation.forum is not None:
        return [Send(ToForum(situation.forum), Message(told), Priority.REPLY)]
    return [SayHere(told)] if _some_forum_waits(situation) else _strange(situation)


def _strange(situation: Situation) -> list[Effect]:
    if _some_forum_waits(situation):
        return [SayHere(N_("This bot works only in the groups of the forums. To make this group a forum's, write here: /link CODE"))]
    return [SayHereAndLeave(N_("This bot works only in the groups of the Community Policing Forums of Diyala."))]


def _some_forum_waits(situation: Situation) -> bool:
    forums = [*(district.id for district in situation.province.districts), PROVINCE]
    return any(situation.forums.get(forum) != "linked" for forum in forums)
