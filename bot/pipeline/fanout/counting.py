"""How many people a broadcast would reach: counted beside everything else, and told when it is done."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final

from bot.clock import Clock
from bot.model.broadcasts import Counted
from bot.model.effects import CountAudience
from bot.model.events import AudienceCounted
from bot.model.ids import BroadcastId, ForumId, Language
from bot.pipeline.fanout.sieve import Fate, Sieve
from bot.pipeline.news import News, item
from bot.pipeline.surroundings import Surroundings
from bot.storage import inbox, lanes, subscribers
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable

AT_ONCE: Final = 400
"""So many people are looked at in one go: a few milliseconds."""
STORAGE_PAUSE: Final = 1.0


class Counting:
    """Counts audiences one after the other. `told` is called when a count has entered the inbox.

    What was to be counted is lost in a crash: whoever waits for it asks again with a button.
    """

    def __init__(self, db: Database, around: Surroundings, clock: Clock, *, told: Callable[[], None]) -> None:
        self._db = db
        self._around = around
        self._clock = clock
        self._told = told
        self._wishes: dict[BroadcastId, CountAudience] = {}
        self._woken = asyncio.Event()

    def ask(self, wish: CountAudience) -> None:
        """Count this too; of one broadcast only the last wish counts."""
        self._wishes.pop(wish.broadcast, None)
        self._wishes[wish.broadcast] = wish
        self._woken.set()

    async def run(self) -> None:
        """Count what is asked for, until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._wishes:
                wish = next(iter(self._wishes.values()))
                try:
                    await self._count(wish)
                except StorageUnavailable:
                    await asyncio.sleep(STORAGE_PAUSE)

    async def _count(self, wish: CountAudience) -> None:
        """Count, unless the wish changes meanwhile. As long as each look takes, as long others have their turn."""
        sieve = Sieve(wish.audience, wish.topic, self._clock.now().date())
        fates: Counter[Fate] = Counter()
        languages: Counter[Language] = Counter()
        districts: Counter[ForumId] = Counter()
        last, looked_at = 0, AT_ONCE
        while looked_at == AT_ONCE:
            began = self._clock.monotonic()
            people = await self._db.read(partial(subscribers.scan, keys=self._db.keys, after=last, limit=AT_ONCE))
            for person in people:
                if (fate := sieve.fate(person)) is not None:
                    fates[fate[0]] += 1
                    if fate[0] == "people":
                        languages[person.language] += 1
                        districts[fate[1]] += 1
            last, looked_at = (people[-1].place if people else last), len(people)
            await asyncio.sleep(self._clock.monotonic() - began)
            if self._wishes.get(wish.broadcast) is not wish:
                return
        left_out = {fate: number for fate, number in fates.items() if fate != "people"}
        counted = Counted(wish.revision, fates["people"], dict(languages), dict(districts), **left_out)
        await self._tell(wish, counted)
        if self._wishes.get(wish.broadcast) is wish:
            del self._wishes[wish.broadcast]

    async def _tell(self, wish: CountAudience, counted: Counted) -> None:
        keys, now = self._db.keys, self._clock.now()
        news = News(AudienceCounted(wish.broadcast, counted), broadcast=wish.broadcast)
        told = item(lanes.of_broadcast(keys, wish.broadcast), self._around.chance.token(), news, now)
        await self._db.transact(lambda conn: inbox.store(conn, keys, [told]))
        self._told()
