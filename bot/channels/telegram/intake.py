"""What both ways in have in common: how Telegram is asked, how patiently, and what is told when something begins to be wrong."""

from __future__ import annotations

import asyncio
import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping
from secrets import SystemRandom
from typing import Any, Final, Literal

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.base import Store
from bot.channels.telegram.fields import words
from bot.channels.telegram.transport import READ_SECONDS, Refused, Transport
from bot.errors import TokenRefused

KINDS: Final = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member")
"""The only updates asked for: what is not asked for cannot leak."""
DEAF_SECONDS: Final = 60.0
CALM_SECONDS: Final = 60.0
"""So long a trouble has to be away before it is told anew."""
LONGEST_PAUSE: Final = 30.0

Word = Literal["deaf", "other_poller", "webhook_set", "webhook_refused", "webhook_gone", "undelivered", "token_rejected", "store_failed"]
Alarm = Callable[[Word], None]
"""Told once each time something begins to be wrong, in words of a fixed set."""


class Intake(ABC):
    """A way in.

    Attributes:
        heard: monotonic time at which Telegram last showed that what people write comes through to us; None before the first time since
            we began to receive.
        username: the bot's own name, without "@", once Telegram has told it.
        waiting: how many updates Telegram held when it was last asked; None where it was not.
    """

    def __init__(self, bot: Bot, transport: Transport, *, first_pause: float, alarm: Alarm) -> None:
        self.heard: float | None = None
        self.username: str | None = None
        self.waiting: int | None = None
        self._begun = time.monotonic()
        self._bot = bot
        self._transport = transport
        self._first_pause = first_pause
        self._alarm = alarm
        self._failures = 0
        self._told: set[Word] = set()
        self._met: dict[Word, float] = {}

    @abstractmethod
    async def run(self, store: Store) -> None:
        """Receive until cancelled. Raises `TokenRefused` once Telegram has refused the token three times over."""

    async def own_name(self) -> str:
        """Return the bot's own name, asking Telegram for it once. Raises as the transport does."""
        if self.username is None:
            self.username = await self._ask_own_name()
        return self.username

    async def introduce(self) -> None:
        """Learn the bot's own name, trying until Telegram tells it."""
        while self.username is None:
            try:
                await self.own_name()
            except TelegramError:
                await asyncio.sleep(LONGEST_PAUSE / 2)

    async def _ask_own_name(self) -> str:
        me = await self._ask("getMe", {})
        return words(me, "username") if isinstance(me, dict) else ""

    async def _ask(self, method: str, parameters: Mapping[str, Any]) -> Any:
        body = await self._transport.call(f"{self._bot.base_url}/{method}", dict(parameters), READ_SECONDS)
        return self._transport.envelope(body)["result"]

    async def _refused(self, refused: Refused) -> float:
        """Return the seconds to pause after a refusal, which may be one of the token."""
        match refused.status:
            case 401 | 404:
                await self._confirm_rejection()
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
        """Raise an alarm at the beginning of a trouble; one that comes and goes is the same until it has been away for a while."""
        now = time.monotonic()
        if word not in self._told and now - self._met.get(word, float("-inf")) >= CALM_SECONDS:
            self._alarm(word)
        self._told.add(word)
        self._met[word] = now

    @contextlib.asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        """Tell, while the block runs, when nothing has been heard for too long; what was heard before another listened counts no more."""
        self._begun, self.heard = time.monotonic(), None
        watch = asyncio.create_task(self._watch(), name="telegram: is it deaf?")
        try:
            yield
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch

    async def _watch(self) -> None:
        while True:
            silent = time.monotonic() - (self._begun if self.heard is None else self.heard)
            if silent >= DEAF_SECONDS:
                self._tell("deaf")
            await asyncio.sleep(max(1.0, DEAF_SECONDS - silent))
