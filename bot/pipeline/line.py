"""Whether the channel answers at all.

A message whose answer was lost may have arrived, so it is tried once more and no more. In an outage every second try would be lost as the
first was, and be missed by whom it was for. So after a lost answer nothing more is sent until something harmless has been answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from bot.channels.base import Channel

log = structlog.get_logger()

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0


class Line:
    """Knows whether the line is clear. `changed` is called when that changes."""

    def __init__(self, channels: Iterable[Channel], changed: Callable[[], None]) -> None:
        self._channels = tuple(channels)
        self._changed = changed
        self._asking: asyncio.Task[None] | None = None

    @property
    def clear(self) -> bool:
        """Whether messages may be sent."""
        return self._asking is None

    def doubt(self) -> None:
        """An answer was lost: ask until one comes."""
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask(), name="line")
            self._changed()

    def close(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()

    async def _ask(self) -> None:
        pause, asked = FIRST_PAUSE, 1
        while not all([await channel.answers() for channel in self._channels]):
            await asyncio.sleep(pause)
            pause, asked = min(pause * 2, LONGEST_PAUSE), asked + 1
        if asked > 1:
            log.info("line", outcome="answers again", asked=asked)
        self._asking = None
        self._changed()
