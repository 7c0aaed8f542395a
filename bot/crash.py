"""Named places at which a test may kill the process as a power cut would: `ALWAND_CRASH=after-commit:3` dies at the third pass.

Nothing happens unless `arm` was called, and it does nothing in production.
"""

from __future__ import annotations

import os
import signal
from typing import Final, Literal, get_args

Point = Literal["after-fetch", "after-store", "after-ack", "in-turn", "after-commit", "before-send", "after-send"]
POINTS: Final[tuple[Point, ...]] = get_args(Point)

_passes_left: dict[Point, int] = {}


def arm(*, production: bool) -> None:
    """Read from the environment where to die.

    Raises:
        ValueError: the variable names no such point, or no number.
    """
    _passes_left.clear()
    wish = os.environ.get("ALWAND_CRASH", "")
    if production or not wish:
        return
    name, _, count = wish.partition(":")
    for point in POINTS:
        if point == name:
            _passes_left[point] = int(count or "1")
            return
    raise ValueError(f"ALWAND_CRASH names no crash point; there are {', '.join(POINTS)}")


def crash_point(point: Point) -> None:
    """Die here, by SIGKILL, if this pass is the one that was asked for."""
    if point not in _passes_left:
        return
    _passes_left[point] -= 1
    if _passes_left[point] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
