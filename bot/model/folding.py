"""What people type, brought to one spelling for comparing: never for showing or storing.

Arabic, Persian and Kurdish keyboards write the same letter with different code points, hamza and vowel marks come and go, and digits
come in three sets.
"""

from __future__ import annotations

import re
import unicodedata

_ONE_SPELLING = str.maketrans(
    {
        **dict.fromkeys("ىیېێۍ", "ي"),
        **dict.fromkeys("کڪګ", "ك"),
        **dict.fromkeys("ەةھہۂۃ", "ه"),
        **dict.fromkeys("ٱٲٳٵ", "ا"),
        **dict.fromkeys("ۆۇۋ", "و"),
        "ڕ": "ر",
        "ڵ": "ل",
        "ı": "i",
        **dict.fromkeys("ءـ'’‘ʼʿʾ`"),
    }
)
_NUMBER = re.compile(r"[0-9]{1,9}")


def fold(text: str) -> str:
    """Return the text with everything gone that two people may type differently.

    Case, width, marks above and below letters, hamza, tatweel, joiners and direction controls, sets of digits, runs of blanks, signs at
    both ends. Kurdish letters that an Arabic keyboard lacks (ۆ ێ ڕ ڵ) fold into those that it has.
    """
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = (_digit(character) for character in apart if not _is_mark(character))
    return _trimmed(" ".join("".join(kept).translate(_ONE_SPELLING).split()))


def digits(text: str) -> int | None:
    """Return the number that was typed, in digits of any script (`3`, `٣.`, `(۳)`), or None when it is anything else."""
    folded = fold(text)
    return int(folded) if _NUMBER.fullmatch(folded) else None


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Me", "Cf"}


def _digit(character: str) -> str:
    return str(unicodedata.decimal(character, character))


def _trimmed(text: str) -> str:
    start, end = 0, len(text)
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return text[start:end]
