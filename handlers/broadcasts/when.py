"""When a broadcast is sent, in words: what was chosen, and the next dates as the rules of time will have them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.model.broadcasts import DAY_NAMES, Broadcast, DayName, Ordinal, Schedule
from bot.model.calendar import in_utc, on_the_wall
from bot.model.schedule import Due, Skip, happening, moment_of, upcoming
from bot.model.situation import Situation
from bot.model.text import C_, N_, P_, Joined, Piece, Text, lines
from handlers.session_words import WEEKDAY_NAMES, day_named

SHOWN = 5
"""So many dates are shown before a time is saved."""

KINDS: Mapping[str, Text] = {
    "now": C_("when", "At once, after the approval"),
    "once": C_("when", "At a day and an hour"),
    "weekly": C_("when", "Every week"),
    "monthly": C_("when", "Every month"),
}
ORDINALS: Mapping[Ordinal, Text] = {
    "1st": C_("of the month", "first"),
    "2nd": C_("of the month", "second"),
    "3rd": C_("of the month", "third"),
    "4th": C_("of the month", "fourth"),
    "last": C_("of the month", "last"),
}
REASONS: Mapping[Skip, Text] = {
    "quiet": N_("quiet hours"),
    "shutdown": N_("the internet is off"),
    "friday": N_("Friday prayer"),
    "fast": N_("people break their fast"),
    "holiday": N_("it is a holiday"),
}


def when_text(broadcast: Broadcast, situation: Situation) -> Piece:
    """Return when a broadcast is sent, with its next dates as they will happen."""
    return schedule_text(broadcast.schedule, situation)


def schedule_text(schedule: Schedule, situation: Situation) -> Piece:
    """Return a time in words: what was chosen, then the next dates, those that are moved or left out with the reason."""
    dates = upcoming(schedule, situation.calendar, situation.now, SHOWN)
    several = schedule.kind in ("weekly", "monthly")
    return lines(
        N_("Time: {when}", when=_chosen(schedule)),
        N_("Last day: {date}", date=schedule.until) if several and schedule.until else None,
        _holidays(schedule) if several else None,
        _window(schedule),
        N_("The next dates:") if several and dates else None,
        *(date_line(each, situation) for each in dates if several or each.moved or each.skipped),
    )


def date_line(due: Due, situation: Situation) -> Text:
    """Return one date as it will happen."""
    when = in_utc(due.wall)
    day, hour = day_named(due.wall.date()), due.wall.time()
    if due.skipped:
        return N_("• {day}, {time} – left out: {reason}", day=day, time=hour, reason=reason(due, situation))
    if due.moved:
        new = on_the_wall(due.at)
        same = new.date() == on_the_wall(when).date()
        to: Text = N_("{time}", time=new.time()) if same else C_("moment", "{day}, {time}", day=day_named(new.date()), time=new.time())
        return N_("• {day}, {time} – moved to {moment}: {reason}", day=day, time=hour, moment=to, reason=reason(due, situation))
    return N_("• {day}, {time}", day=day, time=hour)


def reason(due: Due, situation: Situation) -> Text:
    """Return why a date is moved or left out."""
    why = due.skipped or due.moved
    if why is None:
        raise AssertionError("only what is moved or left out has a reason")
    name = situation.calendar.holiday(due.wall.date()) if why == "holiday" else None
    return N_("holiday: {name}", name=name) if name else REASONS[why]


def missing(broadcast: Broadcast, situation: Situation) -> Text | None:
    """Return why a broadcast cannot be sent at its time, None where it can."""
    return wrong(broadcast.schedule, situation)


def wrong(schedule: Schedule, situation: Situation) -> Text | None:
    """Return what is wrong with a time, None where it can be kept."""
    match schedule.kind:
        case "now":
            return None
        case "once":
            return _wrong_once(schedule, situation)
        case _:
            return _wrong_recurring(schedule, situation)


def _wrong_once(schedule: Schedule, situation: Situation) -> Text | None:
    wall = moment_of(schedule)
    if wall is None:
        return N_("Please choose the time.")
    if in_utc(wall) <= situation.now:
        return N_("This time is over. Please choose another one.")
    due = happening(schedule, situation.calendar, wall)
    if due.skipped is None:
        return None
    return P_(
        "At this time nothing is sent: {reason}. It is not over within {count} hour.",
        "At this time nothing is sent: {reason}. It is not over within {count} hours.",
        schedule.window,
        reason=reason(due, situation),
    )


def _wrong_recurring(schedule: Schedule, situation: Situation) -> Text | None:
    if not schedule.days or schedule.at is None:
        return N_("Please choose the time.")
    dates = upcoming(schedule, situation.calendar, situation.now, SHOWN)
    if not dates:
        return N_("There is no date before the last day.")
    if all(each.skipped for each in dates):
        return N_("All of the next dates would be left out. Please choose another time.")
    return None


def _chosen(schedule: Schedule) -> Text:
    at = schedule.at if schedule.at is not None else _NOT_YET
    match schedule.kind:
        case "now":
            return KINDS["now"]
        case "once":
            day = day_named(schedule.day) if schedule.day else _NOT_YET
            return C_("moment", "{day}, {time}", day=day, time=at)
        case "weekly":
            days = _named(schedule.days)
            return N_("every week, {days}, {time}", days=days if days.parts else _NOT_YET, time=at)
        case "monthly":
            return N_(
                "every month, on the {which} {day}, {time}",
                which=ORDINALS[schedule.which],
                day=_named(schedule.days) if schedule.days else _NOT_YET,
                time=at,
            )


_NOT_YET = C_("plan", "not chosen yet")


def _named(days: tuple[DayName, ...]) -> Joined:
    chosen = {DAY_NAMES.index(day) for day in days}
    return Joined(tuple(name for number, name in WEEKDAY_NAMES.items() if number in chosen), " · ")


def _holidays(schedule: Schedule) -> Text:
    return N_("Also on holidays") if schedule.on_holidays else N_("Not on holidays")


def _window(schedule: Schedule) -> Text:
    return P_(
        "If it could not begin for {count} hour, you are asked first.",
        "If it could not begin for {count} hours, you are asked first.",
        schedule.window,
    )
