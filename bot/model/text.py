"""Words that are not yet in a language.

A decision says *what* is told; the language is that of whoever will read it, so a text stays an English message id with its values until
it is committed for one recipient. `N_`, `C_` and `P_` are also the marks that the catalogue extraction looks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from bot.model.ids import Language


@dataclass(frozen=True, slots=True)
class Names:
    """A name in the three languages, from the configuration."""

    en: str
    ar: str
    ckb: str

    def in_language(self, language: Language) -> str:
        """Return the name in one language."""
        return {"en": self.en, "ar": self.ar, "ckb": self.ckb}[language]


@dataclass(frozen=True, slots=True)
class Words:
    """What a person wrote: shown as typed, inside isolates, with direction controls neutralised, never parsed as markup."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """One translatable sentence: an English message id with `{named}` values.

    With `plural` set, `n` chooses the form and is available as `{count}`.
    """

    msgid: str
    values: Mapping[str, Value] = field(default_factory=dict)
    context: str | None = None
    plural: str | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class InLanguage:
    """A piece that is shown in its own language, whoever reads it: the first screen greets in all three."""

    piece: Piece
    language: Language


@dataclass(frozen=True, slots=True)
class Joined:
    """Several pieces one after another; empty pieces are left out."""

    parts: tuple[Piece, ...]
    separator: str = "\n"


Value = str | int | date | datetime | time | Text | Names | Words | Joined | InLanguage
"""What can stand in a placeholder. `str` is inserted as given (codes, numbers), inside isolates."""
Piece = Text | Names | Words | Joined | InLanguage


def N_(msgid: str, /, **values: Value) -> Text:
    """Return a sentence to translate."""
    return Text(msgid, values)


def C_(context: str, msgid: str, /, **values: Value) -> Text:
    """Return a short label to translate, with the context that tells it from its homonyms."""
    return Text(msgid, values, context=context)


def P_(singular: str, plural: str, n: int, /, **values: Value) -> Text:
    """Return a counted sentence to translate; `n` is also its `{count}`."""
    return Text(singular, values, plural=plural, n=n)


def lines(*parts: Piece | None) -> Joined:
    """Join pieces with line breaks; `None` is left out."""
    return Joined(tuple(part for part in parts if part is not None))


def paragraphs(*parts: Piece | None) -> Joined:
    """Join pieces with an empty line between them; `None` is left out."""
    return Joined(tuple(part for part in parts if part is not None), separator="\n\n")
