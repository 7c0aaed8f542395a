"""A forum whose group took nothing any more is tried from time to time: nobody tells a bot that all members may write again.

Telegram tells of it only where the bot itself was removed, added or muted. Somebody who closes a group to all and opens it again, or a
topic, leaves no trace. What is tried shows nothing and changes nothing, in the group that was last the forum's and in no other.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from functools import partial
from typing import Final

import structlog

from bot.channels.base import Channel
from bot.clock import Clock
from bot.model.events import ForumReachable
from bot.model.ids import ForumId
from bot.pipeline import news
from bot.pipeline.news import News
from bot.storage import forums, inbox, lanes
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable

log = structlog.get_logger()

TRY_SECONDS: Final = 600.0
ONCE_IN_SECONDS: Final = 86_400.0
"""So long a group is left alone that was found and then lost again: it takes what is tried, and not what is said."""


class Returning:
    """Notices that a lost group takes messages again; `told` is called when one does."""

    def __init__(self, db: Database, channel: Channel, clock: Clock, *, told: Callable[[], None]) -> None:
        self._db = db
        self._channel = channel
        self._clock = clock
        self._told = told
        self._found: dict[ForumId, float] = {}

    async def run(self) -> None:
        """Try until cancelled."""
        while True:
            await asyncio.sleep(TRY_SECONDS)
            try:
                await self.look()
            except StorageUnavailable:
                continue

    async def look(self) -> None:
        """Try each lost group once."""
        states = await self._db.read(forums.states)
        for forum in [forum for forum, state in states.items() if state == "lost"]:
            address = await self._db.read(partial(forums.address, forum=forum))
            now = self._clock.monotonic()
            if address is None or address[0] != self._channel.name or now - self._found.get(forum, float("-inf")) < ONCE_IN_SECONDS:
                continue
            if await self._channel.takes(address[1]):
                self._found[forum] = now
                lane = lanes.of_chat(self._db.keys, *address)
                item = news.item(lane, secrets.token_hex(16), News(ForumReachable(forum)), self._clock.now())
                await self._db.transact(partial(inbox.store, keys=self._db.keys, items=[item]))
                log.info("forum", outcome="found again")
                self._told()
