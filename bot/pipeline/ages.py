"""How long ago something was written, told by two clocks that need not show the same.

The channel says by its clock when it was written, we know by ours when it came. Most of what comes has only just been written: so the
smallest difference seen lately is that between the clocks, and whatever goes beyond it is age. A whole crowd in one batch tells nothing of
the clocks: it has been waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from bot.pipeline.timekeeping import TOLERANCE

FRESH_SECONDS: Final = 30.0
"""Whoever wrote no longer ago than this may be looking at the screen, and does not wait for those who wrote while nobody was here."""
LATELY_SECONDS: Final = 600.0
"""A difference is forgotten after once to twice this time: our clock may have been set since."""
CROWD: Final = 50
"""So many belated messages in one batch are a crowd, with more of it behind."""
_MOST: Final = TOLERANCE / timedelta(seconds=1)
"""Seconds by which a clock is believed to be off."""


class Ages:
    """Tells what is late; `monotonic` is a clock of spans, in seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._begun = monotonic()
        self._seen: tuple[float | None, float | None] = (None, None)

    def late(self, sent: Sequence[int | None], now: float) -> list[bool]:
        """Return of each of a batch whether it was written long before now; `sent` and `now` in Unix seconds, None where it is not told."""
        found = [now - each for each in sent if each is not None]
        if found and -_MOST <= min(found) <= _MOST and (len(sent) < CROWD or min(found) < self._skew):
            self._learn(min(found))
        return [each is not None and now - each - self._skew > FRESH_SECONDS for each in sent]

    @property
    def _skew(self) -> float:
        return min((each for each in self._seen if each is not None), default=0.0)

    def _learn(self, difference: float) -> None:
        before, latest = self._seen
        at = self._monotonic()
        if at - self._begun >= LATELY_SECONDS:
            before, latest, self._begun = latest, None, at
        self._seen = before, difference if latest is None else min(latest, difference)
