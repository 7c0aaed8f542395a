"""When a broadcast is due, and what the rules of time make of it: what is shown beforehand is what happens.

A due time is an hour on the wall, and APScheduler's cron rules find it there, where no hour is missing and none comes twice: given a zone,
they name hours that a change of clocks leaves out, and can stand still in the one that it repeats. Only then is it put into the world, by
the zone's rule of today: an hour that is left out begins as soon as it is over, one that comes twice is meant the first time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Literal

from apscheduler.triggers.cron import CronTrigger

from bot.model.broadcasts import Schedule
from bot.model.calendar import Calendar, Hindrance, in_utc, on_the_wall

Skip = Literal["shutdown", "quiet", "friday", "fast", "holiday"]
"""Why a time is left out: what stands against it is not over within the window, or it is a holiday."""
_A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Due:
    """One time of a schedule, and what becomes of it.

    Attributes:
        wall: on the clocks of Asia/Baghdad, without a zone: what makes it this time and no other.
        at: UTC; when it begins. Of what is left out, when it would have.
        moved: why it begins later than `wall`.
        skipped: why it does not begin at all.
    """

    wall: datetime
    at: datetime
    moved: Hindrance | None = None
    skipped: Skip | None = None


def dues(schedule: Schedule, after: datetime, count: int) -> tuple[datetime, ...]:
    """Return the next times after one, all on the clocks of Asia/Baghdad, as the schedule says them; none for what is sent at once."""
    match schedule.kind:
        case "now":
            return ()
        case "once":
            moment = moment_of(schedule)
            return (moment,) if moment is not None and moment > after else ()
        case "weekly" | "monthly":
            return tuple(islice(_recurring(schedule, after), count))


def moment_of(schedule: Schedule) -> datetime | None:
    """Return the one time of what is sent once, None where it is not chosen to the end."""
    if schedule.kind != "once" or schedule.day is None or schedule.at is None:
        return None
    return datetime.combine(schedule.day, schedule.at)


def upcoming(schedule: Schedule, calendar: Calendar, now: datetime, count: int = 5) -> tuple[Due, ...]:
    """Return the next times after a moment (aware) as they will happen by the rules in force."""
    if schedule.kind == "now":
        return (happening(schedule, calendar, on_the_wall(now)),)
    return tuple(happening(schedule, calendar, wall) for wall in dues(schedule, on_the_wall(now), count))


def happening(schedule: Schedule, calendar: Calendar, wall: datetime) -> Due:
    """Return what becomes of a due time: it begins then, or as soon as the rules allow it within the window, or not at all.

    What is sent at once waits as long as it must. What recurs is left out on a holiday, unless it is wanted then, and where it would
    begin only when its next time has come.
    """
    due = in_utc(wall)
    at, hindrance = calendar.next_sendable(due), calendar.hindrance(due)
    if schedule.kind in ("weekly", "monthly"):
        if not schedule.on_holidays and any(calendar.holiday(on_the_wall(moment).date()) for moment in (due, at)):
            return Due(wall, due, skipped="holiday")
        if hindrance and any(at >= in_utc(following) for following in dues(schedule, wall, 1)):
            return Due(wall, due, skipped=hindrance)
    if hindrance and schedule.kind != "now" and at > due + timedelta(hours=schedule.window):
        return Due(wall, due, skipped=hindrance)
    return Due(wall, at, moved=hindrance)


def too_late_from(schedule: Schedule, calendar: Calendar, wall: datetime) -> datetime:
    """Return the moment (UTC) after which it is too late to begin without asking; what is sent at once is late only once it could go."""
    due = in_utc(wall)
    begins = calendar.next_sendable(due) if schedule.kind == "now" else due
    return begins + timedelta(hours=schedule.window)


def _recurring(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    if schedule.at is None or not schedule.days:
        return
    trigger = _trigger(schedule, schedule.at)
    previous = after
    while True:
        found = trigger.get_next_fire_time(None, previous.replace(tzinfo=UTC) + _A_MOMENT)
        if found is None or (schedule.until is not None and found.date() > schedule.until):
            return
        previous = found.replace(tzinfo=None)
        yield previous


def _trigger(schedule: Schedule, at: time) -> CronTrigger:
    """Return the rule; days by their names, since every kind of cron counts them differently. UTC stands for the wall, see above."""
    hour = {"hour": at.hour, "minute": at.minute, "second": 0, "timezone": UTC}
    if schedule.kind == "monthly":
        return CronTrigger(day=f"{schedule.which} {schedule.days[0]}", **hour)
    return CronTrigger(day_of_week=",".join(schedule.days), **hour)
