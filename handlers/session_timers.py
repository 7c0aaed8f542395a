"""When something about a session falls due: two reminders, the question how it was, and each promise on its day.

A reminder is worked out anew when it comes, from the hour on the wall that people were promised: a session that was moved, a calendar
that was changed and a country that moved its clocks all lead to the right hour, and nobody is reminded of what has begun.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final

from bot.model.calendar import Calendar, in_utc
from bot.model.effects import DropTimer, Effect, MoveSession, SetTimer, StartRound
from bot.model.events import TimerFired
from bot.model.ids import RoundId
from bot.model.sessions import Promise, Round, Session
from bot.model.situation import Situation

HOURS: Final = (24, 2)
"""How long before the start people are reminded."""
NEARLY: Final = timedelta(hours=3)
"""With less than this left the first reminder is not sent any more: the second says it."""
LEAST: Final = timedelta(hours=1)
"""A reminder that had to be moved still leaves this long to come."""
PROMISES_AT: Final = time(10, 0)
OVER: Final = "over"


def timers(session: Session, situation: Situation) -> list[SetTimer]:
    """Return all that falls due for an announced session: the reminders that still lie ahead, and the question how it was.

    A reminder that would fall into a shutdown comes before it; one that would fall into quiet hours comes before or after them, whatever
    is nearer. Only where that is over already may it come after a shutdown, or softly in the night. None is ever in the past.
    """
    if session.wall is None:
        return []
    start = in_utc(session.wall)
    moments = ((hours, _reminded_at(start, hours, situation.calendar, situation.now)) for hours in HOURS)
    reminders = [SetTimer(_key(session, hours), "remind", moment, session=session.id) for hours, moment in moments if moment]
    end = situation.calendar.clear(start + timedelta(minutes=session.minutes), earlier=False)
    return [*reminders, SetTimer(_key(session, OVER), "over", end, session=session.id)]


def drop_timers(session: Session) -> list[DropTimer]:
    """Return what takes all of that back, for a session that is cancelled or about to be moved; promises keep their timers."""
    return [DropTimer(_key(session, name)) for name in (*HOURS, OVER)]


def promise_timer(promise: Promise) -> SetTimer:
    """Return what asks on the day on which a promise falls due, in the morning, what became of it."""
    return SetTimer(promise_key(promise), "promise", in_utc(datetime.combine(promise.due, PROMISES_AT)), session=promise.session)


def promise_key(promise: Promise) -> str:
    """Return the key of a promise's timer."""
    return f"promise:{promise.id}"


def remind(situation: Situation, event: TimerFired) -> Iterator[Effect]:
    """Remind those who may come, if the session still begins when this timer thought; otherwise set the timers anew."""
    session = situation.session
    hours = next((hours for hours in HOURS if session is not None and event.key == _key(session, hours)), None)
    if session is None or session.wall is None or session.state != "announced" or hours is None:
        return
    start = in_utc(session.wall)
    if session.starts != start:
        yield MoveSession(replace(session, starts=start))
        yield from timers(session, situation)
    if start <= situation.now:
        return
    if situation.now < _wished(start, hours, situation.calendar)[0]:
        yield from timers(session, situation)
    elif not _too_late(start, hours, situation):
        # The same reminder of the same hour has the same name, so that it is sent once however often its timer is set.
        told = RoundId(f"{session.id}-{hours}-{session.sequence}")
        yield StartRound(Round(told, session.id, "reminder", "coming", subject=str(hours)))


def _too_late(start: datetime, hours: int, situation: Situation) -> bool:
    """Whether a first reminder comes so late that the second has its time too."""
    first, second = HOURS
    if hours != first:
        return False
    return start - situation.now < NEARLY or _wished(start, second, situation.calendar)[0] <= situation.now


def _reminded_at(start: datetime, hours: int, calendar: Calendar, now: datetime) -> datetime | None:
    """Return when to remind, None where there is no good moment left."""
    if start - timedelta(hours=hours) <= now:
        return None
    return next((moment for moment in _wished(start, hours, calendar) if moment > now), None)


def _wished(start: datetime, hours: int, calendar: Calendar) -> tuple[datetime, ...]:
    """Return the moments at which people may be reminded, the best first; none of them lies in a shutdown, one at least is given."""
    due = start - timedelta(hours=hours)
    before, after = calendar.waking(due, earlier=True), calendar.waking(due, earlier=False)
    shut = calendar.shut(due)
    nearer_after = not shut and after - due < due - before
    late_enough = [after] if after <= start - LEAST else []
    best = [*late_enough, before] if nearer_after else [before, *late_enough]
    return (*best, due) if not shut else tuple(best)


def _key(session: Session, name: int | str) -> str:
    return f"session:{session.id}:{name}"
