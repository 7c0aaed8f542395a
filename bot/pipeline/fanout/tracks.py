"""Tracks: the slots that copies use, how many copies wait for them, and how many calls are open at once.

A crash leaves in doubt what was called and is not written down yet. So no more calls are open than the rate needs: on a quick network and
at the usual rate that is one, and a kill repeats one message at most; where an answer takes longer, as many as keep the rate.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.pipeline.fanout.sending import Errand, Sending
from bot.pipeline.slots import Slots

AHEAD_SECONDS: Final = 0.1
LEAST_AHEAD: Final = 2
MOST_AHEAD: Final = 100
SLACK: Final = 1.5
"""So many times as many calls may be open as the rate needs on average, since answers do not take equally long."""


@dataclass(slots=True)
class Track:
    """Slots that copies use.

    Attributes:
        rate: slots a second.
        most: how many calls may be open at once, however long they take.
        claiming: how many copies are being claimed; `queue`: those that are claimed.
        carrying: how many are being carried: wait for their slot, are called, are written down.
        seconds: how long the last ones took from their slot to being written down, on average.
    """

    slots: Slots
    rate: float
    most: int
    claiming: int = 0
    queue: deque[tuple[Sending, Errand]] = field(default_factory=deque)
    carrying: int = 0
    seconds: float = 0.0

    def room(self) -> int:
        """Return how many more to claim now: none before half of what was claimed is on its way, so that claims are worth their commit."""
        ahead = max(LEAST_AHEAD, min(MOST_AHEAD, int(self.rate * AHEAD_SECONDS)))
        claimed = self.claiming + len(self.queue)
        return 0 if claimed > ahead // 2 else ahead - claimed

    def free(self) -> bool:
        """Whether one more may be carried."""
        return self.carrying < min(self.most, 1 + int(self.rate * self.seconds * SLACK))

    def took(self, seconds: float) -> None:
        """Learn how long one took."""
        self.seconds += (seconds - self.seconds) / (8 if self.seconds else 1)

    def take_out(self, unwanted: Callable[[Sending, Errand], bool]) -> list[tuple[Sending, Errand]]:
        """Take claimed copies out of the queue."""
        out = [each for each in self.queue if unwanted(*each)]
        self.queue = deque(each for each in self.queue if not unwanted(*each))
        return out
