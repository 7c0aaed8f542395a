"""The time, for those who act. Those who decide are handed it."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the time of day and measures spans."""

    def now(self) -> datetime:
        """Return the time as an aware UTC datetime."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go backwards and belong to this process only."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the machine's time, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()


class OffsetClock(SystemClock):
    """The machine's clock, moved by the seconds a file holds.

    The file is read anew at each call, so whoever writes it moves the time of a running bot: the demo lets a day pass with it. A
    missing or half-written file moves nothing. Spans stay those of the machine.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def now(self) -> datetime:
        """Return the moved time, in UTC."""
        try:
            offset = float(self.file.read_text(encoding="ascii") or 0)
        except (OSError, ValueError):
            offset = 0.0
        return super().now() + timedelta(seconds=offset)


def clock(*, production: bool = True) -> Clock:
    """Return the clock to live by: the machine's or, outside production, one moved by the file that `ALWAND_CLOCK_FILE` names."""
    file = os.environ.get("ALWAND_CLOCK_FILE")
    return OffsetClock(Path(file)) if file and not production else SystemClock()
