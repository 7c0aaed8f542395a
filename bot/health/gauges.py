"""What is looked up anew for each visit of Prometheus: how much waits, and how long ago things last went as they should."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.clock import Clock
from bot.health import standing
from bot.health.standing import Standing
from bot.health.vitals import Vitals
from bot.model.ids import ForumId
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable

FRESH: Final = 5.0
"""So old a look at the database may be: whoever asks more often gets the same."""
PATIENCE: Final = 5.0


class Gauges(Collector):
    """Shows what `look` found. Where the database cannot be read, what it would tell is left out, and that it cannot is shown."""

    def __init__(self, db: Database, vitals: Vitals, forums: Collection[ForumId], clock: Clock, registry: CollectorRegistry) -> None:
        self._db = db
        self._vitals = vitals
        self._forums = forums
        self._clock = clock
        self._standing: Standing | None = None
        self._looked = float("-inf")
        self._looking = asyncio.Lock()
        registry.register(self)

    def describe(self) -> Iterator[Metric]:
        """Promise nothing beforehand: without this, registering would collect."""
        yield from ()

    async def look(self) -> None:
        """Read the database, unless that was done just now."""
        async with self._looking:
            if time.monotonic() - self._looked < FRESH:
                return
            now = self._clock.now()
            try:
                async with asyncio.timeout(PATIENCE):
                    self._standing = await self._db.read(lambda conn: standing.read(conn, self._db.keys, self._forums, now))
            except (StorageUnavailable, TimeoutError):
                self._standing = None
            self._looked = time.monotonic()

    def collect(self) -> Iterator[Metric]:
        """Yield every number."""
        vitals, found = self._vitals, self._standing
        if vitals.receives:
            yield _one("alwand_last_poll_seconds", "Since Telegram last answered, where this process asks it.", vitals.since_heard)
        yield _several("alwand_duty", "Whether this process does what only one may do at a time.", "duty", vitals.does)
        if vitals.withheld is not None:
            yield _one("alwand_withheld", "Updates that Telegram has not brought to the webhook yet.", vitals.withheld)
        yield _one("alwand_last_commit_seconds", "Since something was last put on disk; the bot writes each minute.", vitals.since_written)
        yield _several("alwand_last_round_seconds", "Since each loop of the bot last went round.", "loop", vitals.since_round)
        yield _one(
            "alwand_database_readable", "Whether the database could be read; if not, what it would tell is missing.", found is not None
        )
        if found is not None:
            yield from _waiting(found)


def _waiting(found: Standing) -> Iterator[Metric]:
    unhandled, unsent, casts = found.unhandled, found.unsent, found.broadcasts
    yield _one("alwand_unhandled_oldest_seconds", "Age of the oldest message that is not handled yet.", unhandled.oldest_seconds)
    yield _several("alwand_unhandled", "What has come in.", "state", {"waiting": unhandled.waiting, "parked": unhandled.parked})
    yield _one("alwand_unsent_oldest_seconds", "Age of the oldest message that waits to be sent.", unsent.oldest_seconds)
    states = {"waiting": unsent.waiting, "sending": unsent.sending, "held": unsent.held, "dead": unsent.dead}
    yield _several("alwand_unsent", "What is to go out; held: its group is lost; dead: needs a human.", "state", states)
    yield _several("alwand_forum_unsent", "What is not yet in each forum's group.", "forum", found.forums)
    yield _several("alwand_broadcasts", "Broadcasts under way.", "state", {"sending": casts.sending, "paused": casts.paused})
    yield _one("alwand_broadcast_left", "People to whom what is under way is still to be sent.", casts.left)
    yield _one("alwand_clock_doubted_seconds", "By how much the machine's clock has jumped, unconfirmed; 0: it is believed.", found.doubted)


def _one(name: str, help: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help, value=float(value))


def _several(name: str, help: str, label: str, values: Mapping[str, float] | Mapping[ForumId, int]) -> Metric:
    family = GaugeMetricFamily(name, help, labels=[label])
    for which, value in values.items():
        family.add_metric([which], float(value))
    return family
