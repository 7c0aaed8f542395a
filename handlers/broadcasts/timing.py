"""Take what is tapped about the time of a broadcast, while it is a draft. `choosing` asks, `when` says what was chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import get_args

from bot.model.broadcasts import DAY_NAMES, WINDOWS, DayName, Ordinal, Schedule
from bot.model.effects import Effect, Toast
from bot.model.situation import EVERY_DAY
from bot.model.text import N_
from handlers.broadcasts.authority import Case, press, refuse
from handlers.broadcasts.choosing import Choosing, Page, choosing, with_step
from handlers.broadcasts.filling import changed, shown
from handlers.broadcasts.pending import opened
from handlers.broadcasts.when import wrong
from handlers.sessions.days import blocked_day, day_of, month_of, time_of

OLD = N_("This button is old. Please use the newest message about this broadcast.")
ONE_DAY = N_("Please choose at least one day.")

Taken = list[Effect]


def _choose(case: Case) -> Taken:
    broadcast = case.broadcast
    match case.args:
        case (name, value, revision) if revision == str(broadcast.revision) and broadcast.state == "draft":
            return _open(case) if name == "open" else _take(case, name, value)
        case _:
            return refuse(OLD)


def _open(case: Case) -> Taken:
    return _turned(case, Choosing("kind", case.broadcast.schedule))


def _take(case: Case, name: str, value: str) -> Taken:
    """Take a tap on the page that is open; on any other it is old."""
    step = choosing(case.broadcast)
    if step is None:
        return refuse(OLD)
    if name == "back":
        return shown(case, opened(case.broadcast))
    if name == "page" and step.page == "review":
        page = next((page for page in get_args(Page) if page == value and page in ("kind", "until")), None)
        return _turned(case, replace(step, page=page, month="")) if page else refuse(OLD)
    return _PAGES[step.page](case, step, value) if name == step.page else refuse(OLD)


def _turned(case: Case, step: Choosing) -> Taken:
    return shown(case, with_step(case.broadcast, step))


def _kind(case: Case, step: Choosing, value: str) -> Taken:
    kept = step.schedule
    if kept.kind != value:
        kept = Schedule(window=kept.window)
    match value:
        case "now":
            return _save(case, Schedule(window=kept.window))
        case "once":
            return _turned(case, Choosing("day", replace(kept, kind="once")))
        case "weekly":
            return _turned(case, Choosing("days", replace(kept, kind="weekly")))
        case "monthly":
            return _turned(case, Choosing("which", replace(kept, kind="monthly")))
        case _:
            return refuse(OLD)


def _day(case: Case, step: Choosing, value: str) -> Taken:
    if (month := month_of(value)) is not None:
        return _turned(case, replace(step, month=f"{month:%Y-%m}"))
    day = day_of(value)
    if day is None:
        return refuse(OLD)
    if no := blocked_day(day, case.situation):
        return refuse(no)
    name = case.situation.calendar.holiday(day)
    told: Taken = [Toast(N_("This day is a holiday: {holiday}.", holiday=name))] if name else []
    return [*told, *_turned(case, Choosing("time", replace(step.schedule, day=day)))]


def _days(case: Case, step: Choosing, value: str) -> Taken:
    if value == "next":
        return _turned(case, replace(step, page="time")) if step.schedule.days else refuse(ONE_DAY)
    chosen = {*step.schedule.days} ^ {day for day in DAY_NAMES if day == value}
    if chosen == {*step.schedule.days}:
        return refuse(OLD)
    return _turned(case, replace(step, schedule=replace(step.schedule, days=_in_order(chosen))))


def _in_order(days: set[DayName]) -> tuple[DayName, ...]:
    return tuple(day for day in DAY_NAMES if day in days)


def _which(case: Case, step: Choosing, value: str) -> Taken:
    which = next((which for which in get_args(Ordinal) if which == value), None)
    return _turned(case, Choosing("weekday", replace(step.schedule, which=which))) if which else refuse(OLD)


def _weekday(case: Case, step: Choosing, value: str) -> Taken:
    day = next((day for day in DAY_NAMES if day == value), None)
    return _turned(case, Choosing("time", replace(step.schedule, days=(day,)))) if day else refuse(OLD)


def _time(case: Case, step: Choosing, value: str) -> Taken:
    hour = time_of(value)
    if hour is None:
        return refuse(OLD)
    timed = replace(step.schedule, at=hour)
    no = wrong(timed, case.situation) if timed.kind == "once" else None
    return refuse(no) if no else _turned(case, Choosing("review", timed))


def _until(case: Case, step: Choosing, value: str) -> Taken:
    if (month := month_of(value)) is not None:
        return _turned(case, replace(step, month=f"{month:%Y-%m}"))
    day = day_of(value)
    if value != "none" and day is None:
        return refuse(OLD)
    if day is not None and (no := blocked_day(day, replace(case.situation, calendar=EVERY_DAY))):
        return refuse(no)
    return _turned(case, Choosing("review", replace(step.schedule, until=day)))


def _review(case: Case, step: Choosing, value: str) -> Taken:
    schedule = step.schedule
    if value == "save":
        no = wrong(schedule, case.situation)
        return refuse(no) if no else _save(case, schedule)
    if value == "holidays":
        return _turned(case, replace(step, schedule=replace(schedule, on_holidays=not schedule.on_holidays)))
    window = next((each for each in WINDOWS if str(each) == value), None)
    return _turned(case, replace(step, schedule=replace(schedule, window=window))) if window else refuse(OLD)


def _save(case: Case, schedule: Schedule) -> Taken:
    """Make the chosen time that of the broadcast: with another time it is another revision."""
    closed = replace(opened(case.broadcast), schedule=schedule)
    return shown(case, closed) if schedule == case.broadcast.schedule else changed(case, closed)


_PAGES: Mapping[Page, Callable[[Case, Choosing, str], Taken]] = {
    "kind": _kind,
    "day": _day,
    "days": _days,
    "which": _which,
    "weekday": _weekday,
    "time": _time,
    "until": _until,
    "review": _review,
}

choose = press("write", _choose)
