"""What one conversation takes in, and how much: what it becomes has to fit into a group that takes twenty messages a minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.model.events import TextEdited
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


def corrected(draft: Draft, event: TextEdited) -> Draft:
    """Return the conversation with the message that was edited as it reads now."""
    kept = tuple(replace(piece, text=event.text) if piece.message == event.message else piece for piece in draft.kept)
    return replace(draft, kept=kept, answers={name: _corrected(stored, event) for name, stored in draft.answers.items()})


def _corrected(stored: Any, event: TextEdited) -> Any:
    if not isinstance(stored, dict) or "pieces" not in stored:
        return stored
    return {**stored, "pieces": [{**p, "text": event.text} if p.get("message") == event.message else p for p in stored["pieces"]]}
