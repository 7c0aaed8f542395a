"""Who measures the pipeline while it works. What is told of turns and sends says nothing of anybody, and telling takes microseconds."""

from __future__ import annotations

from typing import Final, Protocol

from bot.model.effects import Priority
from bot.model.outgoing import Outcome


class Meter(Protocol):
    """Counts turns and sends, and how long they took."""

    def turned(self, outcome: str, seconds: float) -> None:
        """A turn has ended: done, failed (it is tried again) or parked (it needs a human)."""
        ...

    def sent(self, priority: Priority, outcome: Outcome, seconds: float) -> None:
        """The channel has answered a call."""
        ...


class Unmetered:
    """Nobody measures."""

    def turned(self, outcome: str, seconds: float) -> None:
        """Count nothing."""

    def sent(self, priority: Priority, outcome: Outcome, seconds: float) -> None:
        """Count nothing."""


UNMETERED: Final = Unmetered()
