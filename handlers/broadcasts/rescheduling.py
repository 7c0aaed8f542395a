"""The calendar has changed: approved broadcasts are worked out anew, and whose next dates it touches is told."""

from __future__ import annotations

from dataclasses import replace

from bot.model.broadcasts import Broadcast, home
from bot.model.calendar import Calendar
from bot.model.effects import Effect, Priority, Send, SetTimer
from bot.model.ids import PROVINCE
from bot.model.messages import Message, ToForum
from bot.model.schedule import happening
from bot.model.situation import Situation
from bot.model.text import N_, Joined, Piece, lines, paragraphs
from handlers.broadcasts.panel import panel
from handlers.broadcasts.progress import desk, named
from handlers.broadcasts.starting import due_key, pending
from handlers.broadcasts.when import SHOWN, date_line


def rescheduled(before: Calendar, changed: Situation) -> tuple[Piece | None, list[Effect]]:
    """Return what to say to the province of a calendar in place of another, and what follows from it.

    Each timer comes at once: it sets itself to what the new rules say.
    """
    told: list[Piece] = []
    effects: list[Effect] = []
    for broadcast in changed.broadcasts:
        if broadcast.state != "approved":
            continue
        effects.append(SetTimer(due_key(broadcast.id), "cast_due", changed.now, broadcast=broadcast.id))
        if dates := _touched(broadcast, before, changed):
            effects += _tell(broadcast, dates, changed)
            area = changed.province.forum_names(broadcast.forum)
            told.append(lines(Joined((area, named(broadcast, changed)), ": "), *dates))
    return (lines(N_("Dates of these broadcasts have changed:"), *told) if told else None), effects


def _touched(broadcast: Broadcast, before: Calendar, changed: Situation) -> list[Piece]:
    """Return the next dates that the new rules see otherwise, as they will happen now."""
    dates: list[Piece] = []
    for wall in pending(broadcast, changed, SHOWN):
        was, is_now = (happening(broadcast.schedule, calendar, wall) for calendar in (before, changed.calendar))
        if was != is_now and max(was.at, is_now.at) > changed.now:
            dates.append(date_line(is_now, changed))
    return dates


def _tell(broadcast: Broadcast, dates: list[Piece], changed: Situation) -> list[Effect]:
    shown = panel(broadcast, replace(changed, broadcast=broadcast))
    if home(broadcast) == ToForum(PROVINCE):
        return [shown]
    told = lines(N_("The province has changed the calendar. The next dates are now:"), *dates)
    message = Message(paragraphs(named(broadcast, changed), told))
    return [shown, Send(desk(broadcast, changed), message, Priority.CARD)]
