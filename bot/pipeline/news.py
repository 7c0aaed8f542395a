"""What the machine tells itself: due timers and what the sender learnt. It enters the inbox like a message, as JSON.

{"timer": kind, "key": key, "resident": id or null, "ticket": id or null, "session": id or null,
 "broadcast": id or null, "occurrence": id or null}                              from `bot.storage.timers.move_due`
{"delivery": "delivered", "entry": id, "ticket": id}
{"forum_unreachable": forum, "reason": reason}
{"forum_reachable": forum}
{"reachable": false, "resident": id}
{"group_moved": address, "forum": forum}
{"counted": {…}, "broadcast": id}
{"ended": true, "occurrence": id}
{"clock_doubted": seconds}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from pydantic import TypeAdapter

from bot.model.broadcasts import Counted
from bot.model.events import (
    AudienceCounted,
    BotBlocked,
    BotUnblocked,
    ClockDoubted,
    DeliveryChanged,
    ForumReachable,
    ForumUnreachable,
    GroupMoved,
    OccurrenceEnded,
    TimerFired,
)
from bot.model.ids import BroadcastId, EntryId, ForumId, OccurrenceId, ResidentId, SessionId, TicketId
from bot.storage import timers
from bot.storage.inbox import NewItem

SENDER = "sender"
SOURCES = frozenset({timers.SOURCE, SENDER})
"""Where an item of the inbox comes from if not from a channel."""

Event = (
    TimerFired
    | DeliveryChanged
    | ForumUnreachable
    | ForumReachable
    | BotBlocked
    | BotUnblocked
    | GroupMoved
    | AudienceCounted
    | OccurrenceEnded
    | ClockDoubted
)
_COUNTED = TypeAdapter(Counted)


@dataclass(frozen=True, slots=True)
class News:
    """An event inside the machine, and whose situation it is to find."""

    event: Event
    resident: ResidentId | None = None
    ticket: TicketId | None = None
    session: SessionId | None = None
    forum: ForumId | None = None
    broadcast: BroadcastId | None = None
    occurrence: OccurrenceId | None = None


def read(raw: bytes) -> News:
    """Read a stored item. Raises ValueError if it is none of ours."""
    try:
        told = json.loads(raw)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise ValueError("unknown news")
    return _news(told)


def _news(told: dict[str, Any]) -> News:
    resident = ResidentId(str(told["resident"])) if told.get("resident") else None
    ticket = TicketId(str(told["ticket"])) if told.get("ticket") else None
    session = SessionId(str(told["session"])) if told.get("session") else None
    broadcast = BroadcastId(str(told["broadcast"])) if told.get("broadcast") else None
    occurrence = OccurrenceId(str(told["occurrence"])) if told.get("occurrence") else None
    match told:
        case {"timer": str(kind), "key": str(key)}:
            return News(TimerFired(kind, key), resident, ticket, session, broadcast=broadcast, occurrence=occurrence)
        case {"counted": dict(counted)} if broadcast:
            return News(AudienceCounted(broadcast, _COUNTED.validate_python(counted, strict=False)), broadcast=broadcast)
        case {"ended": True} if occurrence:
            return News(OccurrenceEnded(occurrence), occurrence=occurrence)
        case {"clock_doubted": int(seconds)}:
            return News(ClockDoubted(seconds))
        case {"delivery": ("waiting" | "delivered" | "blocked" | "failed") as delivery, "entry": str(entry)} if ticket:
            return News(DeliveryChanged(EntryId(entry), ticket, delivery), ticket=ticket)
        case {"forum_unreachable": str(forum), "reason": str(reason)}:
            return News(ForumUnreachable(ForumId(forum), reason))
        case {"forum_reachable": str(forum)}:
            return News(ForumReachable(ForumId(forum)))
        case {"group_moved": str(address), "forum": str(forum)}:
            return News(GroupMoved(address), forum=ForumId(forum))
        case {"reachable": bool(reachable)} if resident:
            return News(BotUnblocked() if reachable else BotBlocked(), resident)
    raise ValueError("unknown news")


def item(lane: str, token: str, news: News, now: datetime) -> NewItem:
    """Return the news as an item for the inbox; `token` is its fresh id."""
    return NewItem(source=SENDER, source_key=token, lane=lane, raw=json.dumps(_told(news)).encode(), received=now)


def _told(news: News) -> dict[str, object]:
    match news.event:
        case DeliveryChanged(entry, ticket, delivery):
            return {"delivery": delivery, "entry": entry, "ticket": ticket}
        case ForumUnreachable(forum, reason):
            return {"forum_unreachable": forum, "reason": reason}
        case ForumReachable(forum):
            return {"forum_reachable": forum}
        case GroupMoved(address):
            return {"group_moved": address, "forum": news.forum}
        case BotBlocked():
            return {"reachable": False, "resident": news.resident}
        case BotUnblocked():
            return {"reachable": True, "resident": news.resident}
        case AudienceCounted(broadcast, counted):
            return {"counted": _COUNTED.dump_python(counted, mode="json"), "broadcast": broadcast}
        case OccurrenceEnded(occurrence):
            return {"ended": True, "occurrence": occurrence}
        case ClockDoubted(seconds):
            return {"clock_doubted": seconds}
        case TimerFired():
            raise ValueError("timers enter the inbox by themselves")
        case _:
            assert_never(news.event)
