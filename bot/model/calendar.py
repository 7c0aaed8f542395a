"""The rules of time: weekends, holidays, Ramadan, announced shutdowns, quiet hours, prayer. All that happens at an hour asks here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.model.text import Names

BAGHDAD = ZoneInfo("Asia/Baghdad")
_DAY = timedelta(days=1)
_TO_ARRIVE = timedelta(minutes=5)
_FRIDAY = 4

Hindrance = Literal["shutdown", "quiet", "friday", "fast"]
"""Why no broadcast leaves at a moment: the internet is off, people rest, they are at the Friday prayer, they break their fast."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off, first to last, both included."""

    first: date
    last: date
    names: Names


@dataclass(frozen=True, slots=True)
class Shutdown:
    """A window in which the internet is announced to be off, wall time of Asia/Baghdad: daily from `off` to `on`, first to last day."""

    first: date
    last: date
    off: time
    on: time


@dataclass(frozen=True, slots=True)
class Ramadan:
    """First and last day of the fast, and the hours in which no session is held then (around its breaking)."""

    first: date
    last: date
    busy_from: time = time(17, 0)
    busy_until: time = time(20, 0)


@dataclass(frozen=True, slots=True)
class Calendar:
    """One version of the rules.

    Attributes:
        weekend: weekdays off, 0 is Monday.
        week_starts: 5, Saturday.
        quiet_from, quiet_until: hours in which a notice is silent, and no broadcast is sent.
        friday_from, friday_until: hours around the Friday prayer, in which no broadcast is sent; the same twice for none.
        version: 0 is the configuration's; each change in the province's group raises it.
    """

    weekend: frozenset[int] = frozenset({4, 5})
    week_starts: int = 5
    quiet_from: time = time(21, 0)
    quiet_until: time = time(8, 0)
    friday_from: time = time(11, 0)
    friday_until: time = time(14, 0)
    holidays: tuple[Holiday, ...] = ()
    ramadan: tuple[Ramadan, ...] = ()
    shutdowns: tuple[Shutdown, ...] = ()
    version: int = 0

    def holiday(self, day: date) -> Names | None:
        """Return the name of the holiday that a day belongs to."""
        return next((holiday.names for holiday in self.holidays if holiday.first <= day <= holiday.last), None)

    def shut(self, moment: datetime) -> bool:
        """Whether the internet is announced to be off at a moment (aware)."""
        return self._window(moment) is not None

    def quiet(self, moment: datetime) -> bool:
        """Whether a notice should make no sound at a moment (aware)."""
        wall = moment.astimezone(BAGHDAD).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= wall < self.quiet_until
        return wall >= self.quiet_from or wall < self.quiet_until

    def hindrance(self, moment: datetime) -> Hindrance | None:
        """Return why no broadcast is sent at a moment (aware), None where nothing stands against it."""
        stop = self._stop(moment)
        return stop[0] if stop else None

    def sendable(self, moment: datetime) -> bool:
        """Whether broadcasts are sent at a moment (aware)."""
        return self._stop(moment) is None

    def next_sendable(self, moment: datetime) -> datetime:
        """Return the moment (aware), or the first after it at which broadcasts are sent."""
        while (stop := self._stop(moment)) is not None:
            moment = stop[1]
        return moment

    def _stop(self, moment: datetime) -> tuple[Hindrance, datetime] | None:
        """Return what stands against a broadcast at a moment, and when that is over."""
        wall = moment.astimezone(BAGHDAD)
        if (window := self._window(moment)) is not None:
            return "shutdown", window[1]
        if self.quiet(moment):
            return "quiet", _next_at(self.quiet_until, moment)
        if wall.weekday() == _FRIDAY and self.friday_from <= wall.time() < self.friday_until:
            return "friday", _next_at(self.friday_until, moment)
        for fast in self.ramadan:
            if fast.first <= wall.date() <= fast.last and fast.busy_from <= wall.time() < fast.busy_until:
                return "fast", _next_at(fast.busy_until, moment)
        return None

    def clear(self, moment: datetime, *, earlier: bool) -> datetime:
        """Return the moment (aware), or if the internet is off then, some minutes before the window, or the first minute after it.

        The minutes before are for what is sent then to arrive.
        """
        while (window := self._window(moment)) is not None:
            moment = window[0] - _TO_ARRIVE if earlier else window[1]
        return moment

    def waking(self, moment: datetime, *, earlier: bool) -> datetime:
        """Return the moment (aware), or the last before it or the first after it at which the internet is on and hours are not quiet."""
        while True:
            moved = self._loud(self.clear(moment, earlier=earlier), earlier=earlier)
            if moved == moment:
                return moment
            moment = moved

    def _loud(self, moment: datetime, *, earlier: bool) -> datetime:
        if not self.quiet(moment):
            return moment
        wall = moment.astimezone(BAGHDAD).replace(tzinfo=None)
        edge = self.quiet_from if earlier else self.quiet_until
        found = datetime.combine(wall.date(), edge)
        if earlier:
            return in_utc(found if found <= wall else found - _DAY) - timedelta(minutes=1)
        return in_utc(found if found > wall else found + _DAY)

    def _window(self, moment: datetime) -> tuple[datetime, datetime] | None:
        """Return the shutdown that a moment lies in, first and past-the-end moment in UTC."""
        today = moment.astimezone(BAGHDAD).date()
        for shutdown in self.shutdowns:
            for day in (today - _DAY, today):
                if not shutdown.first <= day <= shutdown.last:
                    continue
                off = in_utc(datetime.combine(day, shutdown.off))
                on = in_utc(datetime.combine(day if shutdown.on > shutdown.off else day + _DAY, shutdown.on))
                if off <= moment < on:
                    return off, on
        return None

    def changed(self, **changes: object) -> Calendar:
        """Return the next version with other rules."""
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]  # the caller names fields


def in_utc(wall: datetime) -> datetime:
    """Return the UTC time at which clocks in Asia/Baghdad show `wall` (without a zone), by today's rule of the zone."""
    return wall.replace(tzinfo=BAGHDAD).astimezone(UTC)


def on_the_wall(moment: datetime) -> datetime:
    """Return what clocks in Asia/Baghdad show at a moment (aware), without a zone."""
    return moment.astimezone(BAGHDAD).replace(tzinfo=None, fold=0)


def _next_at(hour: time, moment: datetime) -> datetime:
    """Return the first moment after one (aware) at which clocks show an hour, also where they are moved and show it twice."""
    today = moment.astimezone(BAGHDAD).date()
    shown = (datetime.combine(day, hour, BAGHDAD).replace(fold=fold) for day in (today, today + _DAY) for fold in (0, 1))
    return min(found for each in shown if (found := each.astimezone(UTC)) > moment)
