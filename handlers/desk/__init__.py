"""What a forum's members do with tickets in their group. One press, one decision; whoever presses is authorised again each time.

The tables here name what answers a button, a command and everything else in a group. `may` (handlers/may.py) decides who may,
`handlers/cards.py` and `handlers/thread.py` how a ticket looks; what goes to the reporter is composed in `telling` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.model.effects import Effect
from bot.model.events import (
    CommandGiven,
    DeliveryChanged,
    Event,
    ForumReachable,
    ForumUnreachable,
    GroupJoined,
    GroupLost,
    GroupMoved,
    LocationReceived,
    MediaReceived,
    MemberLeft,
    TextReceived,
    UnsupportedReceived,
)
from bot.model.messages import Action
from bot.model.situation import Situation
from handlers import deliveries, linking
from handlers.desk import answering, asking, closing, listing, showing, taking, transferring

DESK: Mapping[str, Callable[[Situation, Action], Iterable[Effect]]] = {
    "take": taking.take,
    "release": taking.release,
    "reply": answering.reply,
    "note": answering.note,
    "send": answering.send,
    "keep": answering.keep,
    "drop": answering.drop,
    "transfer": transferring.transfer,
    "to": transferring.to,
    "move": transferring.move,
    "return": transferring.send_back,
    "close": closing.close,
    "outcome": closing.outcome,
    "skip": closing.skip,
    "cancel": asking.cancel,
    "page": listing.page,
    "card": showing.card,
}

DESK_COMMANDS: Mapping[str, Callable[[Situation, CommandGiven], Iterable[Effect]]] = {
    "link": linking.link,
    "open": listing.open_reports,
    "help": listing.help_lines,
}

DESK_EVENTS: Mapping[type[Event], Callable[[Situation, Any], Iterable[Effect]]] = {
    TextReceived: showing.below_no_list(answering.words),
    MediaReceived: showing.below_no_list(answering.photo),
    LocationReceived: showing.below_no_list(answering.unsupported),
    UnsupportedReceived: showing.below_no_list(answering.unsupported),
    GroupJoined: linking.joined,
    GroupLost: linking.lost,
    GroupMoved: linking.moved,
    MemberLeft: taking.member_left,
}

DESK_TIMERS: Mapping[str, Callable[[Situation, Any], Iterable[Effect]]] = {"purge": closing.purge, "resume": deliveries.resume}

DESK_NEWS: Mapping[type[Event], Callable[[Situation, Any], Iterable[Effect]]] = {
    DeliveryChanged: deliveries.delivery_changed,
    ForumUnreachable: linking.forum_unreachable,
    ForumReachable: linking.forum_reachable,
}
