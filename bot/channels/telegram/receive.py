"""From Telegram to the store: ask for raw updates, make them durable, and only then ask with the next offset.

Asking with an offset is what acknowledges at Telegram. So an update is acknowledged by the poll after the one that brought it, once the
store has returned; a crash between the two brings it again, and the store's unique key drops the copy. Nothing is parsed here beyond an
update's number and chat: what cannot be understood is stored like everything else and fails alone, later.

The numbers start anew after a week without updates. Therefore the offset is dropped as soon as it has done its work (a poll that answered
with nothing new), and whoever begins to receive has none, since another may have received meanwhile: kept, it would hide all updates with
lower numbers for ever.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.base import Received, Store
from bot.channels.telegram.batch import split_batch
from bot.channels.telegram.intake import KINDS, Alarm, Intake
from bot.channels.telegram.transport import Refused, Transport
from bot.crash import crash_point

BATCH: Final = 100


class Receiver(Intake):
    """The long poll: `heard` is when one was last answered properly."""

    def __init__(self, bot: Bot, transport: Transport, *, poll_seconds: float, first_pause: float, alarm: Alarm) -> None:
        super().__init__(bot, transport, first_pause=first_pause, alarm=alarm)
        self._poll_seconds = poll_seconds
        self._offset: int | None = None

    async def run(self, store: Store) -> None:
        """Receive until cancelled. Raises `TokenRefused` once Telegram has refused the token three times over."""
        self._offset = None
        async with self._watched():
            pause = 0.0
            while True:
                await asyncio.sleep(pause)
                pause = await self._once(store)

    async def _once(self, store: Store) -> float:
        """Poll and store once; return the seconds to pause before the next time."""
        try:
            await self.own_name()
            batch = split_batch(await self._poll())
            if self._offset is not None:
                crash_point("after-ack")
        except Refused as refused:
            if refused.status == 409:
                self._tell("webhook_set" if "webhook" in refused.description else "other_poller")
            return await self._refused(refused)
        except (TelegramError, ValueError):
            return self._pause()
        self.heard = time.monotonic()
        self._told -= {"deaf", "other_poller", "webhook_set"}
        if batch.received and not await self._stored(store, batch.received):
            return self._pause()
        self._offset = batch.next_offset
        if batch.received and batch.next_offset is None:
            return self._pause()  # without a number nothing can be acknowledged, and the same would come again at once
        self._failures = 0
        return 0.0

    async def _poll(self) -> bytes:
        parameters: dict[str, object] = {"timeout": int(self._poll_seconds), "limit": BATCH, "allowed_updates": KINDS}
        if self._offset is not None:
            parameters["offset"] = self._offset
        return await self._transport.call(f"{self._bot.base_url}/getUpdates", parameters, self._poll_seconds + 10)

    async def _stored(self, store: Store, batch: tuple[Received, ...]) -> bool:
        try:
            await store(batch)
        except Exception:  # noqa: BLE001, RUF100 - whatever it was: what is not stored may not be acknowledged
            self._tell("store_failed")
            return False
        self._told.discard("store_failed")
        return True
