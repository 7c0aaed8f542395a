"""From a piece of text to words in one language."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.i18n.catalogues import catalogue
from bot.i18n.isolates import aligned, isolated, neutral
from bot.model.ids import Language
from bot.model.text import C_, InLanguage, Joined, Names, Piece, Text, Value, Words

_BAGHDAD = ZoneInfo("Asia/Baghdad")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_COMMAND = re.compile(r"(?<!\S)/[a-z]+(?: [A-Z]+)?")
"""A command inside a sentence, with what follows it (`/link CODE`): from right to left its slash would land at the wrong end."""
_CORRECTED_MONTHS: dict[tuple[Language, int], str] = {("ckb", 12): "کانوونی یەکەم"}
"""CLDR spells the same word with two و in January and with one in December."""


def render(piece: Piece, language: Language) -> str:
    """Return a piece as plain text for a reader of one language.

    Every value that is filled in is isolated line by line, direction controls in it are removed, and braces in it mean nothing. Numbers
    have Western digits; days read `22 November 2026`, times `17:05`, both in Asia/Baghdad for a `datetime`. A sentence without a
    translation appears in English.

    Raises:
        KeyError: the sentence has a placeholder that got no value.
        ValueError: a `datetime` without a zone.
    """
    return aligned(_piece(piece, language))


def _piece(piece: Piece, language: Language) -> str:
    match piece:
        case Text():
            return _sentence(piece, language)
        case Names():
            return neutral(piece.in_language(language))
        case Words(words):
            return isolated(neutral(words))
        case InLanguage(own, its_language):
            return _piece(own, its_language)
        case Joined(parts, separator):
            return separator.join(filter(None, (_piece(part, language) for part in parts)))
        case _:
            assert_never(piece)


def _sentence(text: Text, language: Language) -> str:
    values = text.values if text.n is None else {"count": text.n, **text.values}
    spoken = catalogue(language)
    sentence = spoken.sentence(text)
    if spoken.leftwards:
        sentence = _COMMAND.sub(lambda command: isolated(command[0]), sentence)
    return _PLACEHOLDER.sub(lambda found: isolated(_value(values[found[1]], language)), sentence)


def _value(value: Value, language: Language) -> str:
    match value:
        case str():
            return neutral(value)
        case int():
            return str(value)
        case datetime():
            return aligned(_moment(value, language))
        case date():
            return f"{value.day} {_month(value, language)} {value.year}"
        case time():
            return f"{value:%H:%M}"
        case Words(words):
            return neutral(words)
        case Text() | Names() | Joined() | InLanguage():
            return aligned(_piece(value, language))
        case _:
            assert_never(value)


def _moment(value: datetime, language: Language) -> str:
    if value.tzinfo is None:
        raise ValueError("a datetime to be shown needs a zone")
    there = value.astimezone(_BAGHDAD)
    return _piece(C_("day and hour", "{date}, {time}", date=there.date(), time=there.time()), language)


def _month(value: date, language: Language) -> str:
    corrected = _CORRECTED_MONTHS.get((language, value.month))
    return corrected or str(catalogue(language).locale.months["format"]["wide"][value.month])
