"""The rules of time: weekends, holidays, Ramadan, announced shutdown windows, quiet hours. Everything that happens at an hour asks here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.model.text import Names

BAGHDAD = ZoneInfo("Asia/Baghdad")


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
        quiet_from, quiet_until: hours in which a notice is silent.
        version: 0 is the configuration's; each change in the province's group raises it.
    """

    weekend: frozenset[int] = frozenset({4, 5})
    week_starts: int = 5
    quiet_from: time = time(21, 0)
    quiet_until: time = time(8, 0)
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

    def clear(self, moment: datetime, *, earlier: bool) -> datetime:
        """Return the moment, or if the internet is off then, the last minute before the window (or the first after it)."""
        while (window := self._window(moment)) is not None:
            moment = window[0] - timedelta(minutes=5) if earlier else window[1] + timedelta(minutes=1)
        return moment

    def _window(self, moment: datetime) -> tuple[datetime, datetime] | None:
        wall = moment.astimezone(BAGHDAD)
        for shutdown in self.shutdowns:
            for day in (wall.date() - timedelta(days=1), wall.date()):
                if not shutdown.first <= day <= shutdown.last:
                    continue
                off = datetime.combine(day, shutdown.off, BAGHDAD)
                on = datetime.combine(day if shutdown.on > shutdown.off else day + timedelta(days=1), shutdown.on, BAGHDAD)
                if off <= moment < on:
                    return off, on
        return None

    def changed(self, **changes: object) -> Calendar:
        """Return the next version with other rules."""
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]  # the caller names fields


def in_utc(wall: datetime) -> datetime:
    """Return the UTC time at which clocks in Asia/Baghdad show `wall` (without a zone), by today's rule of the zone."""
    return wall.replace(tzinfo=BAGHDAD).astimezone(ZoneInfo("UTC"))
