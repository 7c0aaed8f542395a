"""From Telegram to the store: ask for raw updates, make them durable, and only then ask with the next offset.

Asking with an offset is what acknowledges at Telegram. So an update is acknowledged by the poll after the one that brought it, once the
store has returned; a crash between the two brings it again, and the store's unique key drops the copy. Nothing is parsed here beyond an
update's number and chat: what cannot be understood is stored like everything else and fails alone, later.

The numbers start anew after a week without updates. Therefore the offset is dropped as soon as it has done its work (a poll that answered
with nothing new): kept, it would hide all updates with lower numbers for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from secrets import SystemRandom
from typing import Final, Literal

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.base import Received, Store
from bot.channels.telegram.batch import split_batch
from bot.channels.telegram.fields import words
from bot.channels.telegram.transport import READ_SECONDS, Refused, Transport
from bot.crash import crash_point
from bot.errors import TokenRefused

KINDS: Final = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member")
"""The only updates asked for: what is not asked for cannot leak."""
BATCH: Final = 100
DEAF_SECONDS: Final = 60.0
LONGEST_PAUSE: Final = 30.0

Word = Literal["deaf", "other_poller", "webhook_set", "token_rejected", "store_failed"]
Alarm = Callable[[Word], None]
"""Told once each time something begins to be wrong, in words of a fixed set."""


class Receiver:
    """The long poll.

    Attributes:
        heard: monotonic time of the last poll that Telegram answered properly; None before the first.
        username: the bot's own name, without "@", once Telegram has told it.
    """

    def __init__(self, bot: Bot, transport: Transport, *, poll_seconds: float, first_pause: float, alarm: Alarm) -> None:
        self.heard: float | None = None
        self._begun = time.monotonic()
        self.username: str | None = None
        self._bot = bot
        self._transport = transport
        self._poll_seconds = poll_seconds
        self._first_pause = first_pause
        self._alarm = alarm
        self._offset: int | None = None
        self._failures = 0
        self._told: set[Word] = set()

    @property
    def last_poll(self) -> float:
        """As `heard`; before the first answer the time of the creation."""
        return self._begun if self.heard is None else self.heard

    async def run(self, store: Store) -> None:
        """Receive until cancelled. Raises `TokenRefused` once Telegram has refused the token three times over."""
        watch = asyncio.create_task(self._watch(), name="telegram: is it deaf?")
        try:
            pause = 0.0
            while True:
                await asyncio.sleep(pause)
                pause = await self._once(store)
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch

    async def _once(self, store: Store) -> float:
        """Poll and store once; return the seconds to pause before the next time."""
        try:
            await self.own_name()
            batch = split_batch(await self._poll())
            if self._offset is not None:
                crash_point("after-ack")
        except Refused as refused:
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

    async def own_name(self) -> str:
        """Return the bot's own name, asking Telegram for it once. Raises as the transport does."""
        if self.username is None:
            self.username = await self._ask_own_name()
        return self.username

    async def _ask_own_name(self) -> str:
        body = await self._transport.call(f"{self._bot.base_url}/getMe", {}, READ_SECONDS)
        me = self._transport.parse_json_payload(body)["result"]
        return words(me, "username") if isinstance(me, dict) else ""

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

    async def _refused(self, refused: Refused) -> float:
        match refused.status:
            case 401 | 404:
                await self._confirm_rejection()
            case 409:
                self._tell("webhook_set" if "webhook" in refused.description else "other_poller")
            case 429 if refused.retry_after is not None:
                return refused.retry_after
        return self._pause()

    async def _confirm_rejection(self) -> None:
        """Raise `TokenRefused` if the token is refused three times more: a proxy in trouble also answers 401 or 404 now and then."""
        for _ in range(3):
            await asyncio.sleep(self._first_pause * 4)
            try:
                await self._ask_own_name()
            except Refused as again:
                if again.status not in {401, 404}:
                    return
            except TelegramError:
                return
            else:
                return
        self._tell("token_rejected")
        raise TokenRefused("Telegram refuses the bot's token: get a new one from @BotFather and start again. Nothing unsent is lost.")

    def _pause(self) -> float:
        """Seconds until the next try: doubled with each failure up to 30, with jitter so that many bots do not come back at once."""
        longest = min(LONGEST_PAUSE, self._first_pause * (1 << min(self._failures, 16)))
        self._failures += 1
        return longest * SystemRandom().uniform(0.5, 1.0)

    def _tell(self, word: Word) -> None:
        if word not in self._told:
            self._told.add(word)
            self._alarm(word)

    async def _watch(self) -> None:
        while True:
            silent = time.monotonic() - self.last_poll
            if silent >= DEAF_SECONDS:
                self._tell("deaf")
            await asyncio.sleep(max(1.0, DEAF_SECONDS - silent))
