"""The time, for those who act. Those who decide are handed it."""

import ctypes
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final, Protocol

BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_UNSYNCHRONISED: Final = 0x0040
_ERROR: Final = 5


class Clock(Protocol):
    """Tells the time of day and measures spans."""

    def now(self) -> datetime:
        """Return the time as an aware UTC datetime."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go backwards and belong to this process only."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What the machine's clocks show at one moment.

    Attributes:
        wall: the time of day, UTC.
        steady: seconds since the machine was started, also those it slept; nothing that is done to `wall` touches them.
        boot: names that start; `steady` of two readings can be compared only where it is the same. Empty where the machine has no name
            for it, which is like no other.
        moved: by how much the time of day was moved on purpose, for the demo; it is not in `wall`.
    """

    wall: datetime
    steady: float
    boot: str
    moved: timedelta = timedelta()


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the machine's time, in UTC."""
        reading = self.read()
        return reading.wall + reading.moved

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    def read(self) -> Reading:
        """Read all clocks at once."""
        return Reading(datetime.now(UTC), steady(), _boot())

    def confirmed(self) -> bool:
        """Whether the kernel says that a time service keeps the time of day; whoever sets it by hand makes it say no."""
        return _kept_by_ntp()


class OffsetClock(SystemClock):
    """The machine's clock, moved by the seconds a file holds.

    The file is read anew at each call, so whoever writes it moves the time of a running bot: the demo lets a day pass with it. A
    missing or half-written file moves nothing. Spans stay those of the machine. With `doubtful` the move looks as if the machine's own
    clock had jumped, and nobody knew why.
    """

    def __init__(self, file: Path, *, doubtful: bool = False) -> None:
        self.file = file
        self.doubtful = doubtful

    def read(self) -> Reading:
        """Read all clocks, with the move."""
        true = super().read()
        try:
            moved = timedelta(seconds=float(self.file.read_text(encoding="ascii") or 0))
        except (OSError, ValueError):
            moved = timedelta()
        if self.doubtful:
            return Reading(true.wall + moved, true.steady, true.boot)
        return Reading(true.wall, true.steady, true.boot, moved)

    def confirmed(self) -> bool:
        """No time service knows of a time that a file makes up."""
        return super().confirmed() and not self.doubtful


def clock(*, production: bool = True) -> SystemClock:
    """Return the clock to live by: the machine's or, outside production, one moved by the file that `ALWAND_CLOCK_FILE` names.

    `ALWAND_CLOCK_DOUBT=1` lets that move be taken for a fault of the machine's clock.
    """
    file = os.environ.get("ALWAND_CLOCK_FILE")
    if not file or production:
        return SystemClock()
    return OffsetClock(Path(file), doubtful=os.environ.get("ALWAND_CLOCK_DOUBT") == "1")


def steady() -> float:
    """Return seconds since the machine's start; unlike `time.monotonic` on Linux, a sleeping machine counts them too."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@cache
def _boot() -> str:
    try:
        return BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


class _Timex(ctypes.Structure):
    """The head of the kernel's `struct timex`, with room for the rest of it."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 512),
    )


def _kept_by_ntp() -> bool:
    """Ask the kernel, changing nothing. Any step of the time of day takes the mark away until a time service has set it again."""
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    if adjtimex is None:
        return False
    told = _Timex()
    state = adjtimex(ctypes.byref(told))
    return 0 <= state != _ERROR and not told.status & _UNSYNCHRONISED
