"""Cut off a decision that takes too long.

A decision is plain synchronous code on the event loop's thread: nothing awaited in it, so no time-out of asyncio can end it. The only
thing that interrupts running Python is a signal, and its handler may raise. The alarm is set for the decision alone, so it can strike
nothing else, and it strikes again each second in case the first blow fell where Python swallows exceptions (a destructor, a callback from
C).

What failed lets go at once of all that it held: an error carries every frame that it passed, and a decision that had taken all the memory
would leave none for what writes down that it failed, and for everybody else meanwhile.
"""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


class TooSlow(Exception):
    """The decision was cut off."""


class _Cut(BaseException):
    """Not an `Exception`, so that no handler catches it by mistake."""


def within(seconds: float, decide: Callable[[], T]) -> T:
    """Return what `decide` returns. Outside the main thread, where signals do not strike, it has all the time it takes.

    Raises:
        TooSlow: it took longer.
    """
    if threading.current_thread() is not threading.main_thread():
        return decide()
    before = signal.signal(signal.SIGALRM, _cut)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
            return decide()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    except _Cut as cut:
        _let_go(cut)
        raise TooSlow(f"cut off after {seconds:g} s") from cut
    except Exception as error:
        _let_go(error)
        raise


def _cut(_number: int, _frame: FrameType | None) -> None:
    raise _Cut


def _let_go(error: BaseException) -> None:
    passed: BaseException | None = error
    while passed is not None:
        traceback.clear_frames(passed.__traceback__)
        passed = passed.__context__
