"""getUpdates: how the bot asks what happened."""

import asyncio
import time
from typing import Any

from bot.demo.api.refusals import OTHER_POLLER, WEBHOOK_ACTIVE, WEBHOOK_SET, conflict
from bot.demo.api.service import Service

Json = dict[str, Any]

MOST = 100  # updates a call
LONGEST_WAIT = 50  # seconds


class Poller:
    """The one reader of the queue: whoever asks next takes over, and the one before gets 409."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._current: asyncio.Future[None] | None = None
        self._last_offset = 0
        self._last_end = float("-inf")

    async def get_updates(self, given: Json, gone: asyncio.Event) -> list[Json]:
        """Answer with what waits, or wait up to `timeout` seconds for the first update. `gone`: nobody listens any more."""
        if self._service.courier.webhook is not None:
            raise conflict(WEBHOOK_ACTIVE)
        world = self._service.world
        self._take_over()
        mine = self._current = asyncio.get_running_loop().create_future()
        offset = given.get("offset", 0)
        limit = self._limit(given.get("limit", MOST), offset)
        if "allowed_updates" in given:
            world.updates.ask_for(given["allowed_updates"])
        if offset:
            world.updates.confirm(offset)
        world.polls_open += 1
        if world.polls_open == 1 and world.clock.now() - world.last_poll > 1.0:
            world.changed("bot", up=True)
        world.bell.ring()
        try:
            return await self._wait(limit, min(max(given.get("timeout", 0), 0), LONGEST_WAIT), mine, gone)
        finally:
            world.polls_open -= 1
            world.last_poll = world.clock.now()
            world.bell.ring()
            self._last_offset, self._last_end = offset, time.monotonic()
            if self._current is mine:
                self._current = None

    def _take_over(self) -> None:
        if self._current is not None and not self._current.done():
            self._current.set_exception(conflict(OTHER_POLLER))

    def _limit(self, asked: int, offset: int) -> int:
        """Asking for the same updates again within half a second brings only one, as Telegram's server does."""
        again = offset == self._last_offset and offset != 0
        if again and time.monotonic() - self._last_end < self._service.repeat_guard:
            return 1
        return min(max(asked, 1), MOST)

    async def _wait(self, limit: int, seconds: float, mine: asyncio.Future[None], gone: asyncio.Event) -> list[Json]:
        updates = self._service.world.updates
        found = updates.first(limit)
        if found or not seconds:
            mine.cancel()
            return found
        end = time.monotonic() + seconds
        left = asyncio.ensure_future(gone.wait())
        try:
            while not found and not gone.is_set() and (rest := end - time.monotonic()) > 0:
                ear = updates.bell.ear()
                waited: set[asyncio.Future[Any]] = {ear, mine, left}
                await asyncio.wait(waited, timeout=rest, return_when=asyncio.FIRST_COMPLETED)
                if mine.done():
                    mine.result()
                if self._service.courier.webhook is not None:
                    raise conflict(WEBHOOK_SET)
                found = updates.first(limit)
        finally:
            left.cancel()
            mine.cancel()
        return found
