"""How the rules of time read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.model.calendar import Calendar, Holiday, Ramadan, Shutdown
from bot.model.text import C_, N_, Joined, Names, Piece, Text, lines, paragraphs
from handlers.session_words import WEEKDAY_NAMES

Entry = Holiday | Ramadan | Shutdown
_BULLET = Names("•", "•", "•")
SHOWN = 20
"""Of each kind the first so many that are not over."""

FEASTS: Mapping[str, Text] = {
    "fitr": C_("feast", "Eid al-Fitr"),
    "adha": C_("feast", "Eid al-Adha"),
    "hijri": C_("feast", "Islamic New Year"),
    "ashura": C_("feast", "Ashura"),
    "mawlid": C_("feast", "Birthday of the Prophet"),
    "ghadir": C_("feast", "Eid al-Ghadir"),
    "nowruz": C_("feast", "Nowruz"),
    "national": C_("feast", "National Day"),
}
"""Days off whose day is announced each year, or that are often added."""


def rules(calendar: Calendar, today: date) -> Joined:
    """Return the rules in words; what is over is left out."""
    weekend = Joined(tuple(name for day, name in WEEKDAY_NAMES.items() if day in calendar.weekend), " · ")
    first = next((name for day, name in WEEKDAY_NAMES.items() if day == calendar.week_starts), None)
    return paragraphs(
        lines(
            version_named(calendar),
            N_("Weekend: {days}", days=weekend) if calendar.weekend else None,
            N_("The week starts on: {day}", day=first) if first else None,
            N_("Quiet hours: {start} to {end}", start=calendar.quiet_from, end=calendar.quiet_until),
            N_("Friday prayer, no broadcasts: {start} to {end}", start=calendar.friday_from, end=calendar.friday_until)
            if calendar.friday_from < calendar.friday_until
            else None,
        ),
        _listed(N_("Holidays:"), ahead(calendar.holidays, today)),
        _listed(N_("Ramadan:"), ahead(calendar.ramadan, today)),
        _listed(N_("The internet is off:"), ahead(calendar.shutdowns, today)),
    )


def version_named(calendar: Calendar) -> Text:
    """Return what a version is called."""
    if calendar.version == 0:
        return N_("The calendar as the bot was set up with")
    return N_("The calendar, version {version}", version=calendar.version)


def named(entry: Entry) -> Text:
    """Return one entry in words."""
    days = span(entry.first, entry.last)
    match entry:
        case Holiday(names=names):
            return N_("{days}: {name}", days=days, name=names)
        case Ramadan(busy_from=start, busy_until=end):
            return N_("Ramadan, {days}: no sessions from {start} to {end}", days=days, start=start, end=end)
        case Shutdown(off=start, on=end):
            return N_("{days}: internet off daily from {start} to {end}", days=days, start=start, end=end)


def span(first: date, last: date) -> Text:
    """Return a day, or the first and the last of several."""
    return N_("{date}", date=first) if first == last else C_("days", "{first} to {last}", first=first, last=last)


def ahead(entries: Sequence[Entry], today: date) -> list[Entry]:
    """Return the entries that are not over, the earliest first."""
    return sorted((entry for entry in entries if entry.last >= today), key=lambda entry: entry.first)[:SHOWN]


def _listed(heading: Text, entries: Sequence[Entry]) -> Piece:
    items: list[Piece] = [Joined((_BULLET, named(entry)), " ") for entry in entries]
    return lines(heading, *(items or [C_("calendar", "none")]))
