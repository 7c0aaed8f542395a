"""Days and hours as people type them: `2026-12-01`, `1/12/2026`, `1.12.`, `٥/٦ – ٢٤/٦`, `05:30 – 08:00`; a day before its month."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time

_DAY = re.compile(
    r"(?<![0-9/])(?:(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})"
    r"|(?P<d>[0-9]{1,2})(?:/(?P<m>[0-9]{1,2})(?:/(?P<y>[0-9]{4}))?|-(?P<m2>[0-9]{1,2})-(?P<y2>[0-9]{4})"
    r"|\.(?P<m3>[0-9]{1,2})(?:\.(?P<y3>[0-9]{4})?)?))(?![0-9]|/[0-9])"
)
_HOUR = re.compile(r"(?<![0-9])([0-9]{1,2}):([0-9]{2})(?![0-9])")


def plain(text: str) -> str:
    """Return the text with digits and signs as computers write them; names in it stay as they are but for their width."""
    told = unicodedata.normalize("NFKC", text).translate({0x060D: "/", 0x2010: "-", 0x2011: "-", 0x2212: "-", 0x066B: "."})
    kept = (character for character in told if unicodedata.category(character) != "Cf")
    return "".join(str(unicodedata.decimal(character, character)) for character in kept)


def days(text: str, today: date) -> tuple[date, date] | None:
    """Return the first and the last day that a text names, the same twice where it is one; None where it names none, or cannot mean it.

    A day without a year is the next such day from today on.
    """
    found: list[date] = []
    for match in _DAY.finditer(plain(text)):
        day = _day(match, found[0] if found else today)
        if day is None:
            return None
        found.append(day)
    if not 1 <= len(found) <= 2 or found[0] > found[-1]:
        return None
    return found[0], found[-1]


def hours(text: str) -> tuple[time, time] | None:
    """Return the two hours that a text names, None where they are not two."""
    found = [(int(match[1]), int(match[2])) for match in _HOUR.finditer(plain(text))]
    if len(found) != 2 or any(hour > 23 or minute > 59 for hour, minute in found):
        return None
    return time(*found[0]), time(*found[1])


def has_hours(text: str) -> bool:
    """Whether a text names an hour at all."""
    return _HOUR.search(plain(text)) is not None


def _day(match: re.Match[str], after: date) -> date | None:
    year = match["year"] or match["y"] or match["y2"] or match["y3"]
    month, day = match["month"] or match["m"] or match["m2"] or match["m3"], match["day"] or match["d"]
    if year is not None:
        return _date(int(year), int(month), int(day))
    # A leap day comes once in eight years at the worst.
    coming = (_date(after.year + ahead, int(month), int(day)) for ahead in range(9))
    return next((candidate for candidate in coming if candidate is not None and candidate >= after), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
