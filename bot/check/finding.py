"""What an examination finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["fine", "mind", "wrong"]
SIGNS: dict[Level, str] = {"fine": "✔", "mind": "!", "wrong": "✖"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined.

    Attributes:
        level: `mind` is worth a look but keeps nobody from running the bot.
        subject: what was examined, as an operator calls it.
        words: what was found.
        remedy: what to do about it; empty if it is fine.
    """

    level: Level
    subject: str
    words: str
    remedy: str = ""

    def told(self) -> str:
        """Return it as it is printed: a sign and the finding, and on a second line the remedy."""
        return f"{SIGNS[self.level]} {self.subject}: {self.words}" + (f"\n    → {self.remedy}" if self.remedy else "")


def fine(subject: str, words: str) -> Finding:
    """Return that something is as it should be."""
    return Finding("fine", subject, words)


def mind(subject: str, words: str, remedy: str) -> Finding:
    """Return that something is worth a look."""
    return Finding("mind", subject, words, remedy)


def wrong(subject: str, words: str, remedy: str) -> Finding:
    """Return that something has to be mended."""
    return Finding("wrong", subject, words, remedy)
