"""The rules of time: weekends, holidays, Ramadan, announced shutdown windows, quiet hours. Everything that happens at an hour asks here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.model.text import Names

BAGHDAD = ZoneInfo("Asia/Baghdad")
_DAY = timedelta(days=1)
_TO_ARRIVE = timedelta(minutes=5)


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
