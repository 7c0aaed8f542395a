"""Typed text that means a button: a digit in any of three scripts, or the label itself in any of the languages."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model.folding import digits as typed_number
from bot.model.folding import fold
from bot.model.ids import LANGUAGES
from bot.model.situation import Situation
from bot.model.text import Names, Text


def chosen(situation: Situation, typed: str, labels: Sequence[Text | Names], *, digits: bool = True) -> int | None:
    """Return the index of the label that was typed, by its number (1 is the first) or by its words; None if it is neither."""
    if len(typed) > 80:
        return None
    number = typed_number(typed) if digits else None
    if number is not None:
        return number - 1 if 1 <= number <= len(labels) else None
    folded = fold(typed)
    if not folded:
        return None
    for index, label in enumerate(labels):
        if any(fold(situation.words(label, language)) == folded for language in LANGUAGES):
            return index
    return None
