"""How much one conversation takes in: what it becomes has to fit into a group that takes twenty messages a minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.model.people import Draft
from bot.model.text import N_

MESSAGES = 40
LETTERS = 12_000
"""With one more message of 4,096 letters a card of four or five messages."""
FULL = N_("That is a lot already. Please press “Done”; you can add more after you have sent it.")


def full(texts: Sequence[str]) -> bool:
    """Return whether messages with these words are as much as is taken."""
    return len(texts) >= MESSAGES or sum(map(len, texts)) >= LETTERS


def said_in(draft: Draft) -> list[str]:
    """Return the words of every message that a conversation holds; those of a file without a caption are empty."""
    return [*(piece.text for piece in draft.kept), *_told(draft)]


def _told(draft: Draft) -> Iterator[str]:
    for stored in draft.answers.values():
        if isinstance(stored, dict):
            yield from (piece["text"] for piece in stored.get("pieces", ()))
