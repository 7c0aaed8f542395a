"""Whether the parts of this process go on: is it ready to take a report and bring it to its forum?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.storage import settings
from bot.storage.database import Database
from bot.storage.errors import SealBroken, StorageUnavailable

log = structlog.get_logger()

ROUND_PATIENCE: Final = 30.0
"""A loop that did not go round for so long stands still; the longest pause between two rounds is 5 s."""
POLL_PATIENCE: Final = 30.0
"""So much later than the channel's own time for an answer it must have been heard."""
FRESH: Final = 5.0
"""For so long it is good enough that something could be written, or not."""
PROBE_SECONDS: Final = 5.0

PARTS: Final = ("database", "key", "dispatch", "send", "timers", "channel")


@dataclass(frozen=True, slots=True)
class Signs:
    """What the process shows of itself: when its loops last went round and when it heard the channel, in monotonic seconds.

    `poll_seconds` is how long the channel may take to answer when there is nothing new; `withheld`, how much it held for us when it last
    told. Of several processes each has its own loops: `receives` tells whether the channel is heard here, `does` of each duty whether it
    is done here.
    """

    rounds: Callable[[], Mapping[str, float]]
    heard: Callable[[], float | None]
    poll_seconds: float
    withheld: Callable[[], int | None] = lambda: None
    receives: Callable[[], bool] = lambda: True
    does: Callable[[], Mapping[str, bool]] = dict


class Vitals:
    """Looks after the parts. It times transactions as the database's `timed`, and passes that on to `committed`."""

    def __init__(self, db: Database, signs: Signs, clock: Clock, committed: Callable[[float], None]) -> None:
        self._db = db
        self._signs = signs
        self._clock = clock
        self._committed = committed
        self._begun = self._written = time.monotonic()
        self._trying = asyncio.Lock()
        self._tried = float("-inf")
        self._writable = self._key = True

    def committed(self, seconds: float) -> None:
        """Something is on disk."""
        self._written = time.monotonic()
        self._committed(seconds)

    @property
    def since_heard(self) -> float:
        """Seconds since the channel was heard, or since this process began to listen if it never was."""
        heard = self._signs.heard()
        return time.monotonic() - (self._begun if heard is None else heard)

    @property
    def receives(self) -> bool:
        """Whether it is this process that hears the channel."""
        return self._signs.receives()

    @property
    def does(self) -> Mapping[str, bool]:
        """Tell of each duty whether it is done in this process."""
        return self._signs.does()

    @property
    def withheld(self) -> int | None:
        """How many updates the channel held for us when it last told; None where it does not tell."""
        return self._signs.withheld()

    @property
    def since_written(self) -> float:
        """Seconds since something was last put on disk; the bot writes at least each minute."""
        return time.monotonic() - self._written

    @property
    def since_round(self) -> Mapping[str, float]:
        """Seconds since each loop went round."""
        now = time.monotonic()
        return {name: max(0.0, now - at) for name, at in self._signs.rounds().items()}

    async def ready(self) -> Mapping[str, bool]:
        """Tell of each of `PARTS` that is in this process whether it is as it should be."""
        written = await self._writes()
        went = self.since_round
        rounds = {name: went[name] <= ROUND_PATIENCE for name in PARTS if name in went}
        heard = self._signs.heard() is not None and self.since_heard <= self._signs.poll_seconds + POLL_PATIENCE
        heard = heard or not self.receives
        return {"database": written, "key": self._key, **rounds, "channel": heard}

    async def _writes(self) -> bool:
        """Tell whether the database takes what is written, by writing something, unless that is known from just now."""
        async with self._trying:
            if time.monotonic() - self._tried > FRESH:
                await self._try()
            return self._writable

    async def _try(self) -> None:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self._db.transact(self._probe)
            self._writable = self._key = True
        except SealBroken:
            self._key = False
            log.error("alarm", about="key", meaning="the key does not fit the database any more")
        except (StorageUnavailable, TimeoutError):
            self._writable = False
        self._tried = time.monotonic()

    async def _probe(self, conn: AsyncConnection) -> None:
        await settings.get(conn, self._db.keys, settings.KEY_CHECK)
        await settings.beat(conn, self._db.keys, self._clock.now())
