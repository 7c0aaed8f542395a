"""What kills the process cannot be counted by it afterwards, so it is counted before.

A turn that raises is counted and parked at last. One that takes the process with it (the memory is used up, a library crashes) would be the
first thing that the next process does, and so for ever. Only the first item of a lane can have been in hand when a process died. Those that
wait at its start are therefore handled one at a time, each counted on disk before it is tried; what took `LIVES` is put aside for a human.
Everything else is handled as ever.

What fails and leaves the process alive has not killed: it is counted as a failed turn, and is suspected no longer.

A death may also have come from outside. So what was in hand at one is left alone for a moment of the next life, longer each time: a bot
that is killed again and again soon after its start does not blame the same item each time, and meanwhile serves the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import structlog

from bot.clock import Clock
from bot.storage import suspects
from bot.storage.database import Database
from bot.storage.suspects import Suspect

log = structlog.get_logger()

LIVES: Final = 5
PAUSE: Final = 0.1
"""Seconds, three times as many with each life that an item was counted in."""


class Deadly(Exception):
    """The item was being handled when the process died, again and again."""


class Careful:
    """Knows which items were waiting when the process began."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._suspects: dict[str, Suspect] = {}
        self._one_at_a_time = asyncio.Lock()

    async def begin(self) -> None:
        """See what is waiting, before anything new comes in."""
        self._suspects = await self._db.read(suspects.heads)

    @asynccontextmanager
    async def over(self, lane: str) -> AsyncIterator[int | None]:
        """Be careful, where that is called for, while a lane's next item is handled; yield its id if it must not be tried once more."""
        if lane not in self._suspects:
            yield None
            return
        suspect = self._suspects.pop(lane)
        if suspect.lives:
            await asyncio.sleep(PAUSE * 3**suspect.lives)
        async with self._one_at_a_time:
            lives = await self._db.transact(partial(suspects.count, lane=lane, id=suspect.id, now=self._clock.now()))
            if lives:
                log.info("tried with care", item=suspect.id, lives=lives)
            # The first death was not counted: nobody suspected it.
            yield suspect.id if lives is not None and lives >= LIVES - 1 else None
