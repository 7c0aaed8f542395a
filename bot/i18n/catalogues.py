"""The catalogues: read from their .po files once, kept in memory, looked up by message id, context and number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from gettext import c2py
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.pofile import read_po

from bot.model.ids import Language
from bot.model.text import Text

Forms = tuple[str, ...]
"""The translations of one message: one, or as many as the language has plural forms."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's sentences.

    Attributes:
        locale: names its months (`ar_IQ`, never plain `ar`, whose month names are not those of Iraq).
        sentences: by context (None without) and English id.
        plural: which form a count takes.
        leftwards: whether it is read from right to left.
    """

    locale: Locale
    sentences: Mapping[tuple[str | None, str], Forms]
    plural: Callable[[int], int]
    leftwards: bool

    def sentence(self, text: Text) -> str:
        """Return the sentence with its placeholders still in it; English where there is no translation."""
        forms = self.sentences.get((text.context, text.msgid), ())
        if text.plural is None or text.n is None:
            return next(iter(forms), "") or text.msgid
        index = self.plural(abs(text.n))
        found = forms[index] if index < len(forms) else ""
        return found or (text.msgid if text.n == 1 else text.plural)


def folder() -> Traversable:
    """Return where the catalogues are: inside the installed package, or beside it in a checkout."""
    packaged = files("bot") / "locales"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "locales"


@cache
def catalogue(language: Language) -> Catalogue:
    """Return the catalogue of a language, read at its first use.

    Raises:
        OSError: there is no such catalogue; the installation is broken.
        ValueError: the catalogue cannot be parsed.
    """
    return parse((folder() / language / "LC_MESSAGES" / "messages.po").read_bytes())


def parse(content: bytes) -> Catalogue:
    """Return the catalogue written in a .po file. Fuzzy entries do not count as translations."""
    read = read_po(BytesIO(content), abort_invalid=True)
    sentences: dict[tuple[str | None, str], Forms] = {}
    for message in read:
        if message.id and not message.fuzzy:
            singular = message.id if isinstance(message.id, str) else message.id[0]
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            sentences[message.context, singular] = forms
    if read.locale is None:
        raise ValueError("a catalogue's header must name its language")
    return Catalogue(read.locale, sentences, c2py(read.plural_expr), read.locale.text_direction == "rtl")
