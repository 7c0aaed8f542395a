"""What people look for on their screens, in their language: labels and sentences by what they say in English."""

from __future__ import annotations

import re

from bot.i18n import render
from bot.model.ids import Language
from bot.model.text import C_, N_

MARKS = re.compile("[\u200e\u200f\u2066-\u2069]")
"""Direction marks, which nobody sees."""
REFERENCE = re.compile(r"\b[A-Z]{3}-[2-9A-Z]{4}-[2-9A-Z]{4}\b")


def plain(text: str) -> str:
    """Return a text as the eye reads it."""
    return MARKS.sub("", text)


def label(english: str, language: Language) -> str:
    """Return what a button is called."""
    return plain(render(C_("button", english), language))


def said(english: str, language: Language) -> str:
    """Return a whole sentence without values."""
    return plain(render(N_(english), language))


def parts(english: str, language: Language, **values: str) -> str:
    """Return a sentence with values filled in."""
    return plain(render(N_(english, **values), language))
