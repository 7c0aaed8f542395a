"""The settings of the calendar: weekend, holidays, Ramadan, announced shutdowns of the internet, quiet hours, prayer."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Annotated, Literal, Self, get_args

from pydantic import BeforeValidator, Field, model_validator

from bot.config import faults
from bot.config.faults import Fault
from bot.config.places import Named
from bot.config.section import Section
from bot.model import calendar as model

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
NUMBERS: dict[Weekday, int] = {weekday: number for number, weekday in enumerate(get_args(Weekday))}
"""As `date.weekday()` counts them."""
QUIET_AT_MOST = timedelta(hours=16)


def _hour(value: object) -> object:
    """Refuse what pydantic would read as seconds or as a time of another zone."""
    if isinstance(value, time) and value.tzinfo is None:
        return value
    plain = isinstance(value, str) and re.fullmatch(r"[0-9]{2}:[0-9]{2}(:00)?", value)
    return faults.unless(plain, value, 'should be the hour as clocks in Iraq show it, such as "21:00"')


Hour = Annotated[time, BeforeValidator(_hour)]


class Days(Section):
    """From a first to a last day, both included."""

    first: date = Field(description="The first day.")
    last: date = Field(description="The last day; the first again for one day.")

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        return faults.unless(self.first <= self.last, self, "ends before it begins: last should be first, or later")


class Holiday(Days):
    """Days off."""

    names: Named = Field(description="Its name.")

    def holiday(self) -> model.Holiday:
        """Return it as the rest of the bot uses it."""
        return model.Holiday(self.first, self.last, self.names.names())


class Ramadan(Days):
    """The month of fasting."""

    busy_from: Hour = Field(time(17, 0), description="From when on people break their fast: no session is held.")
    busy_until: Hour = Field(time(20, 0), description="Until when.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return faults.unless(self.busy_from < self.busy_until, self, "is busy until before it is busy from: busy_until should be later")

    def ramadan(self) -> model.Ramadan:
        """Return it as the rest of the bot uses it."""
        return model.Ramadan(self.first, self.last, self.busy_from, self.busy_until)


class Shutdown(Days):
    """Days on which the internet is announced to be off, daily at the same hours."""

    off: Hour = Field(description="When it goes off.")
    on: Hour = Field(description="When it is back: on the next day, if that is not later than off.")

    def shutdown(self) -> model.Shutdown:
        """Return it as the rest of the bot uses it."""
        return model.Shutdown(self.first, self.last, self.off, self.on)


class CalendarRules(Section):
    """The rules of time, until the province's group changes them with /calendar."""

    weekend: tuple[Weekday, ...] = Field(("friday", "saturday"), description="Days off of each week.")
    week_starts: Weekday = Field("saturday", description="The first day of a week, as calendars show it.")
    quiet_from: Hour = Field(time(21, 0), description="From when on what nobody waits for makes no sound, and no broadcast is sent.")
    quiet_until: Hour = Field(time(8, 0), description="Until when.")
    friday_from: Hour = Field(time(11, 0), description="From when on no broadcast is sent on Fridays, for the prayer.")
    friday_until: Hour = Field(time(14, 0), description="Until when; the same as friday_from to send then too.")
    holiday: tuple[Holiday, ...] = Field((), description="Days off.")
    ramadan: tuple[Ramadan, ...] = Field((), description="The months of fasting.")
    shutdown: tuple[Shutdown, ...] = Field((), description="When the internet is announced to be off.")

    @model_validator(mode="after")
    def _wakes(self) -> Self:
        minutes = [moment.hour * 60 + moment.minute for moment in (self.quiet_from, self.quiet_until)]
        if timedelta(minutes=(minutes[1] - minutes[0]) % 1440) > QUIET_AT_MOST:
            faults.refuse([Fault(("calendar", "quiet_until"), "leaves too little of the day: at most 16 hours can be quiet")])
        return self

    @model_validator(mode="after")
    def _prays_forwards(self) -> Self:
        if self.friday_from > self.friday_until:
            faults.refuse([Fault(("calendar", "friday_until"), "ends before it begins: friday_until should be friday_from, or later")])
        return self

    def calendar(self) -> model.Calendar:
        """Return it as the rest of the bot uses it."""
        return model.Calendar(
            weekend=frozenset(NUMBERS[weekday] for weekday in self.weekend),
            week_starts=NUMBERS[self.week_starts],
            quiet_from=self.quiet_from,
            quiet_until=self.quiet_until,
            friday_from=self.friday_from,
            friday_until=self.friday_until,
            holidays=tuple(each.holiday() for each in self.holiday),
            ramadan=tuple(each.ramadan() for each in self.ramadan),
            shutdowns=tuple(each.shutdown() for each in self.shutdown),
        )
