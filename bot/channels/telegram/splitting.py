"""Cut a text into messages that fit, losing nothing but the blanks at the cuts.

Telegram counts UTF-16 units. A cut falls on an empty line, else a line break, else a blank, else between two whole characters; never inside
an emoji or between a letter and its mark. An isolate (Unicode Standard Annex 9) that a cut runs through is closed before and opened again
after it, so that one message's direction does not leak and the next one keeps its own.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_OPENERS: Final = "\u2066\u2067\u2068"  # LRI RLI FSI
_CLOSER: Final = "\u2069"  # PDI
_JOINERS: Final = "\u200d\ufe0e\ufe0f"  # zero width joiner, variation selectors
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
_FLAGS: Final = range(0x1F1E6, 0x1F200)
_DEEPEST: Final = 16
"""Isolates inside each other that are kept balanced; our own texts have two."""


def units(text: str) -> int:
    """Return the length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, first: int, rest: int) -> list[str]:
    """Return the text in pieces of at most `first` and then `rest` units (both at least 64); at least one piece, which may be empty."""
    pieces: list[str] = []
    limit = first
    while units(text) > limit:
        cut = _cut(text, limit)
        piece, opened = text[:cut].rstrip(), _open_at(text[:cut])
        pieces.append(piece + _CLOSER * len(opened))
        text = opened + text[cut:].lstrip()
        limit = rest
    return [*pieces, text] if text.strip() or not pieces else pieces


def _cut(text: str, limit: int) -> int:
    """Return where to cut so that what stands before it, with its isolates closed, has at most `limit` units."""
    end = _reach(text, limit)
    # A break in the first third would leave a crumb; then a lesser break further on is the better place.
    for separator in ("\n\n", "\n", " "):
        found = text.rfind(separator, end // 3, end + len(separator))
        if found > 0 and text[:found].strip(_OPENERS + " \n"):
            return found + len(separator)
    while end > 1 and _belong_together(text[end - 1], text[end]):
        end -= 1
    return end if end > 1 else _reach(text, limit)


def _reach(text: str, limit: int) -> int:
    used = depth = 0
    for index, character in enumerate(text):
        if character in _OPENERS:
            depth = min(depth + 1, _DEEPEST)
        elif character == _CLOSER:
            depth = max(depth - 1, 0)
        elif character == "\n":
            depth = 0
        used += 2 if character > "\uffff" else 1
        if used + depth > limit:
            return index
    return len(text)


def _open_at(text: str) -> str:
    """Return the openers whose isolates are still open at the end of the text; a line break ends all."""
    opened = ""
    for character in text.rpartition("\n")[2]:
        if character in _OPENERS:
            opened += character if len(opened) < _DEEPEST else ""
        elif character == _CLOSER:
            opened = opened[:-1]
    return opened


def _belong_together(before: str, after: str) -> bool:
    return (
        unicodedata.category(after) in {"Mn", "Me", "Mc"}
        or after in _JOINERS
        or before == "\u200d"
        or ord(after) in _SKIN_TONES
        or (ord(before) in _FLAGS and ord(after) in _FLAGS)
    )
