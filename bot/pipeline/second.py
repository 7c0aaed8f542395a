"""A channel's last second: how many messages it may have counted in it, as far as can be known from here.

The channel counts a message at some moment between the beginning of its call and its end: when it has come there. The way back takes its
time too, and the quickest call of late tells how long both ways take at least. So of a call that ended, this is known: the channel counted
it no later than when it ended, less the quickest call, by a clock that is as late as the way there is long. And of what begins now: it is
counted now at the earliest, by the same clock. What is open may still be counted at any time. Reckoned like this, however unevenly a
network carries, no second holds more than it may, and an even network costs nothing of the rate.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

SECOND: Final = 1.01
"""A channel's second as it is reckoned here: its clock need not go exactly like ours."""
UNHEARD: Final = 2.0
"""A call that is open for so many seconds counts as if it ended now: one that hangs costs a place for so long, and no longer."""
CALLS: Final = 512
"""The quickest call of so many is the quickest of late: some 18 seconds of a broadcast."""
FEW: Final = 32
"""Until so many have ended both ways are taken to cost nothing."""


@dataclass(eq=False, slots=True)
class Slot:
    """One call's moment; `left` is when it began, later than it was given where the event loop was busy."""

    left: float


class Second:
    """Remembers what may be counted in a channel's last second, `most` messages. Times are seconds of a monotonic clock."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: dict[Slot, None] = {}
        self._counted: deque[float] = deque(maxlen=most)
        self._took: deque[float] = deque(maxlen=CALLS)

    def free_at(self, now: float) -> float:
        """Return when one more may be counted, `now` if at once; unless a call ends before."""
        while self._open and (oldest := next(iter(self._open))).left <= now - UNHEARD:
            self._count(oldest, now)
        places = self._most - len(self._open)
        if places <= 0:
            return max(now, next(iter(self._open)).left + UNHEARD)
        return max(now, self._counted[-places] + SECOND) if len(self._counted) >= places else now

    def begin(self, now: float) -> Slot:
        """A call begins now, or a little later: then its slot is to be told."""
        slot = Slot(now)
        self._open[slot] = None
        return slot

    def end(self, slot: Slot, now: float, count: int = 1) -> None:
        """A call has ended now, whatever became of it; it was so many messages."""
        self._took.append(now - slot.left)
        if slot in self._open:
            self._count(slot, now - (min(self._took) if len(self._took) >= FEW else 0.0), count)

    def _count(self, slot: Slot, at: float, count: int = 1) -> None:
        del self._open[slot]
        self._counted.extend([at] * max(1, count))
