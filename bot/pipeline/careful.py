"""What kills the process cannot be counted by it afterwards, so it is counted before.

A turn that raises is counted and parked at last. One that takes the process with it (the memory is used up, a library crashes) would be the
first thing that the next process does, and so for ever. Only the first item of a lane can have been in hand when a process died. Those that
wait at its start are therefore handled one at a time, each counted on disk before it is tried; what has taken so many lives as a turn has
tries is put aside for a human. Everything else is handled as ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from bot.storage import suspects
from bot.storage.database import Database


class Deadly(Exception):
    """The item was being handled when the process died, again and again."""


class Careful:
    """Knows which items were waiting when the process began. `tries`: how many a turn has."""

    def __init__(self, db: Database, tries: int) -> None:
        self._db = db
        self._tries = tries
        self._suspects: dict[str, int] = {}
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
        async with self._one_at_a_time:
            id = self._suspects.pop(lane)
            tries = await self._db.transact(partial(suspects.count, lane=lane, id=id))
            # The first death was not counted: nobody suspected it.
            yield id if tries is not None and tries >= max(1, self._tries - 1) else None
