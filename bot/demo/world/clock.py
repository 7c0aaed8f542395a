"""The world's time: the machine's, plus what a test has moved it forward by."""

import time
from collections.abc import Callable


class WorldClock:
    """Unix seconds. `source` is asked each time, so a test may hand in a clock of its own."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since 1970 in this world."""
        return self._source() + self._ahead

    def stamp(self) -> int:
        """The whole seconds Telegram puts into `date` fields."""
        return int(self.now())

    def advance(self, seconds: float) -> None:
        """Move time forward; it never goes back, as Telegram's does not."""
        if seconds < 0:
            raise ValueError("the world's clock only moves forward")
        self._ahead += seconds
