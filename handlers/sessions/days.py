"""Days and hours to choose from: an inline calendar of one month, and a grid of half hours. Both ask the rules of time.

What cannot be chosen stands there with a cross, and says why when it is pressed.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.model.calendar import BAGHDAD, Calendar, in_utc
from bot.model.messages import Button
from bot.model.sessions import Weekday
from bot.model.situation import Situation
from bot.model.text import C_, N_, Names, Text

Rows = tuple[tuple[Button, ...], ...]
Press = Callable[[Text | Names, str], Button]
"""Makes a button of a label and what it stands for: `20261205`, `1430`, `m202612`."""

FIRST, LAST = time(8, 0), time(20, 0)
FARTHEST = timedelta(days=366)

MONTHS: tuple[Text, ...] = (
    C_("month", "January {year}"),
    C_("month", "February {year}"),
    C_("month", "March {year}"),
    C_("month", "April {year}"),
    C_("month", "May {year}"),
    C_("month", "June {year}"),
    C_("month", "July {year}"),
    C_("month", "August {year}"),
    C_("month", "September {year}"),
    C_("month", "October {year}"),
    C_("month", "November {year}"),
    C_("month", "December {year}"),
)
SHORT_DAYS: dict[Weekday, Text] = {
    0: C_("short weekday", "Mo"),
    1: C_("short weekday", "Tu"),
    2: C_("short weekday", "We"),
    3: C_("short weekday", "Th"),
    4: C_("short weekday", "Fr"),
    5: C_("short weekday", "Sa"),
    6: C_("short weekday", "Su"),
}
LEGEND = N_("★ holiday · ° weekend · ✖ cannot be chosen")
PAST_DAY = N_("This day is over.")
TOO_FAR = N_("Please choose a day within a year.")
SHUT_DAY = N_("The internet is announced to be off on this day.")
PAST_TIME = N_("This time is over.")
FASTING = N_("In Ramadan people break their fast at this time.")
SHUT_TIME = N_("The internet is announced to be off at this time.")


def today(situation: Situation) -> date:
    """Return the day in Asia/Baghdad."""
    return situation.now.astimezone(BAGHDAD).date()


def month_of(token: str) -> date | None:
    """Return the first day of the month that a button like `m202612` turns to."""
    return day_of(f"{token[1:]}01") if token.startswith("m") else None


def day_of(token: str) -> date | None:
    """Return the day that a button like `20261205` stands for."""
    try:
        return datetime.strptime(token, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def time_of(token: str) -> time | None:
    """Return the hour that a button like `1430` stands for, if it is one of the grid."""
    return next((moment for moment in half_hours() if f"{moment:%H%M}" == token), None)


def half_hours() -> Iterator[time]:
    """Return the hours at which a session can begin."""
    moment = datetime.combine(date.min, FIRST)
    while moment.time() <= LAST:
        yield moment.time()
        moment += timedelta(minutes=30)


def blocked_day(day: date, situation: Situation) -> Text | None:
    """Return why a day cannot be chosen, None if it can: it is over, far away, or wholly inside a shutdown."""
    if day < today(situation):
        return PAST_DAY
    if day > today(situation) + FARTHEST:
        return TOO_FAR
    if all(_off(situation.calendar, day, moment) for moment in half_hours()):
        return SHUT_DAY
    return None


def blocked_time(day: date, moment: time, minutes: int, situation: Situation) -> Text | None:
    """Return why a session of this length cannot begin then, None if it can."""
    start = datetime.combine(day, moment)
    if in_utc(start) <= situation.now:
        return PAST_TIME
    end = start + timedelta(minutes=minutes)
    for fast in situation.calendar.ramadan:
        busy_from, busy_until = datetime.combine(day, fast.busy_from), datetime.combine(day, fast.busy_until)
        if fast.first <= day <= fast.last and start < busy_until and end > busy_from:
            return FASTING
    return SHUT_TIME if _off(situation.calendar, day, moment) else None


def month_rows(month: date, situation: Situation, press: Press, *, from_today: bool = True) -> Rows:
    """Return one month: its name, the weekdays in the order of the calendar's week, the days in their weeks, and turning."""
    week = months.Calendar(situation.calendar.week_starts).monthdatescalendar(month.year, month.month)
    nothing = f"m{month:%Y%m}"
    title = replace(MONTHS[month.month - 1], values={"year": str(month.year)})
    earlier, later = month - timedelta(days=1), month + timedelta(days=31)
    turning: tuple[Button, ...] = (press(C_("button", "Earlier"), f"m{earlier:%Y%m}"), press(C_("button", "Later"), f"m{later:%Y%m}"))
    if earlier < today(situation).replace(day=1):
        turning = turning[1:]
    heads = tuple(press(SHORT_DAYS[_weekday(day)], nothing) for day in week[0])
    days = tuple(tuple(_day(day, month, situation, press, nothing, from_today) for day in row) for row in week)
    return ((press(title, nothing),), heads, *days, turning)


def time_rows(day: date, minutes: int, situation: Situation, press: Press) -> Rows:
    """Return the half hours, four a row."""
    buttons = []
    for moment in half_hours():
        cross = "✖" if blocked_time(day, moment, minutes, situation) else ""
        buttons.append(press(plain(f"{cross}{moment:%H:%M}"), f"{moment:%H%M}"))
    return tuple(tuple(buttons[start : start + 4]) for start in range(0, len(buttons), 4))


def plain(label: str) -> Names:
    """Return a label that reads the same in every language."""
    return Names(label, label, label)


def _day(day: date, month: date, situation: Situation, press: Press, nothing: str, blocks: bool) -> Button:
    if day.month != month.month:
        return press(plain("·"), nothing)
    blocked = blocked_day(day, situation) is not None if blocks else day < today(situation)
    if blocked:
        return press(plain(f"✖{day.day}"), f"{day:%Y%m%d}")
    mark = "★" if situation.calendar.holiday(day) else "°" if day.weekday() in situation.calendar.weekend else ""
    return press(plain(f"{mark}{day.day}"), f"{day:%Y%m%d}")


def _off(calendar: Calendar, day: date, moment: time) -> bool:
    return calendar.shut(datetime.combine(day, moment, BAGHDAD))


def _weekday(day: date) -> Weekday:
    return next(weekday for weekday in SHORT_DAYS if weekday == day.weekday())
