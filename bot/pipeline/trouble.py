"""Tells the operator that the storage refuses, and that it takes again: one line each, however many ask meanwhile.

While a disk is full small transactions may pass where larger ones fail, so it is over only once something was stored and nothing had been
refused for a while.
"""

from __future__ import annotations

from typing import Final

import structlog

from bot.clock import Clock
from bot.storage.errors import Reason, StorageUnavailable
from bot.storage.room import Room

log = structlog.get_logger()

CALM_SECONDS: Final = 5.0


class Trouble:
    """Hears of every transaction, as the `trouble` of a `bot.storage.database.Database`; `room` is that on its disk, if it is ours."""

    def __init__(self, clock: Clock, room: Room | None = None) -> None:
        self._clock = clock
        self._room = room
        if room is not None:
            room.keep()
        self._told: set[Reason] = set()
        self._since = self._last = float("-inf")
        self._refused = 0

    def admit(self) -> None:
        """Let something new be taken in.

        Raises:
            StorageUnavailable: the disk has only room for what is here already.
        """
        if self._room is not None and self._room.short():
            self._tell("full")
            raise StorageUnavailable("full")

    def refused(self, reason: Reason) -> None:
        """The storage did not take something, or could not be read."""
        if reason == "full" and self._room is not None:
            self._room.give()
        self._tell(reason)

    def _tell(self, reason: Reason) -> None:
        self._last = self._clock.monotonic()
        self._refused += 1
        if not self._told:
            self._since = self._last
        if reason not in self._told:
            self._told.add(reason)
            log.error(
                "alarm", about="storage", reason=reason, meaning="the database cannot be used; what arrives waits, and it is tried again"
            )

    def took(self) -> None:
        """Something is on disk."""
        if not self._told:
            return
        now = self._clock.monotonic()
        if now - self._last >= CALM_SECONDS:
            if self._room is not None:
                self._room.keep()
            log.warning("storage", outcome="takes again", seconds=round(now - self._since), refused=self._refused)
            self._told.clear()
            self._refused = 0
