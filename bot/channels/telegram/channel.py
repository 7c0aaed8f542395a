"""Telegram as a `Channel`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from telegram import Bot
from telegram.constants import CallbackQueryLimit, ChatAction
from telegram.error import TelegramError

from bot.channels.base import Capabilities, Sign, Store, Sure, always
from bot.channels.telegram.files import Files
from bot.channels.telegram.intake import Alarm, Intake
from bot.channels.telegram.layout import CAPTION, TEXT
from bot.channels.telegram.read import NAME, read
from bot.channels.telegram.receive import Receiver
from bot.channels.telegram.send import Draw, Render, Sender
from bot.channels.telegram.setup import Menus, Setup
from bot.channels.telegram.splitting import split
from bot.channels.telegram.transport import Refused, Transport
from bot.channels.telegram.webhook import Reception, Webhook
from bot.model.events import Arrival
from bot.model.ids import Language
from bot.model.outgoing import Outcome, Outgoing

PUBLIC_API: Final = "https://api.telegram.org"
_PRESS_SECONDS: Final = 5.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TelegramChannel:
    """The bot at Telegram. Use it as `async with TelegramChannel(...) as telegram:`.

    Args:
        token: the bot's secret.
        api_url: of the Bot API server, without the token.
        render: puts the channel's own few words (a button, a note for a lost file) into the reader's language.
        alarm: told in words of a fixed set (`bot.channels.telegram.intake.Word`) when something begins to be wrong.
        menus: the commands shown under "/", and the sentence under the bot's name.
        now: the time, UTC; a button press gets it as its own.
        webhook: where Telegram brings updates; without it they are asked for.
        poll_seconds: how long Telegram holds a poll open when there is nothing new; at most 50.
        first_pause: seconds before the first repetition of a failed poll; each further one waits twice as long, up to 30.
        stalled_seconds: how long a download may stand still before the file counts as lost.
        recordings: files of our own that can be sent, by the name that attachments have for them.
        draw: makes the pictures of numbers (`bot.charts.draw`); without it, messages go without them.
    """

    name = NAME
    capabilities = Capabilities(text=TEXT, caption=CAPTION, buttons=True, edits=True, group_per_minute=20, per_chat_seconds=1.0)

    def __init__(
        self,
        *,
        token: str,
        render: Render,
        alarm: Alarm,
        api_url: str = PUBLIC_API,
        menus: Menus | None = None,
        now: Callable[[], datetime] = _utc_now,
        webhook: Webhook | None = None,
        poll_seconds: float = 25.0,
        first_pause: float = 0.5,
        stalled_seconds: float = 10.0,
        recordings: Mapping[str, Path] = MappingProxyType({}),
        draw: Draw | None = None,
    ) -> None:
        base = api_url.rstrip("/")
        self._transport = Transport()
        self.bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._transport,
            get_updates_request=self._transport,
        )
        self._now = now
        self._account = int(token.partition(":")[0])
        self._intake: Intake
        if webhook is None:
            self._intake = Receiver(self.bot, self._transport, poll_seconds=poll_seconds, first_pause=first_pause, alarm=alarm)
        else:
            self._intake = Reception(self.bot, self._transport, webhook, first_pause=first_pause, alarm=alarm, now=now)
        self._setup = None if menus is None else Setup(self.bot, render, menus)
        files = Files(self.bot, self._transport, stalled_seconds=stalled_seconds, recordings=recordings)
        self._sender = Sender(self.bot, self._transport, files, render, draw, self._intake.own_name)

    async def __aenter__(self) -> Self:
        """Open the connections. Telegram is not asked anything yet: a start without a network is a start."""
        await self._transport.initialize()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self._transport.shutdown()

    @property
    def heard(self) -> float | None:
        """Monotonic time at which Telegram last showed that what people write comes through; None before the first time."""
        return self._intake.heard

    @property
    def alone(self) -> bool:
        """Whether one process alone may receive: Telegram sends a second poller away, and brings to any number of webhooks."""
        return isinstance(self._intake, Receiver)

    @property
    def waiting(self) -> int | None:
        """How many updates Telegram held when it was last asked; None where it was not."""
        return self._intake.waiting

    def read(self, raw: bytes) -> Arrival | None:
        """Read one stored update. None if it concerns nobody; raises ValueError if it cannot be understood."""
        return read(raw, account=self._account, username=self._intake.username, now=self._now)

    async def introduce(self) -> None:
        """Learn the bot's own name, by which commands in groups are known to be for it; try until Telegram tells it."""
        await self._intake.introduce()

    async def receive(self, store: Store) -> None:
        """Receive and store until cancelled. Raises `bot.errors.TokenRefused` once Telegram has refused the token for good."""
        await self._intake.run(store)

    async def send(
        self, chat: str, outgoing: Outgoing, *, shown: tuple[str, ...], answers: str | None, sign: Sign, sure: Sure = always
    ) -> Outcome:
        """Show it in the chat; see `bot.channels.base.Channel.send`."""
        return await self._sender.send(chat, outgoing, shown=shown, answers=answers, sign=sign, sure=sure)

    async def answers(self) -> bool:
        """Ask for the bot's own name, which changes nothing: whether Telegram answers, be it with a refusal."""
        try:
            await self.bot.get_me(read_timeout=_PRESS_SECONDS)
        except Refused as refused:
            return refused.status < 500
        except TelegramError:
            return False
        return True

    async def acknowledge(self, press: str, text: str, *, alert: bool) -> None:
        """Answer a button press. Telegram takes that for 150 s and shows at most 200 characters; nothing depends on it."""
        toast = split(text, int(CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH), TEXT)[0]
        words = {"text": toast, "show_alert": alert} if toast else {}
        with contextlib.suppress(TelegramError):
            await self._transport.call(f"{self.bot.base_url}/answerCallbackQuery", {"callback_query_id": press, **words}, _PRESS_SECONDS)

    async def publish_menus(self) -> bool:
        """Set the command menus and the sentence under the name; return whether Telegram took all of it. Trying again does no harm."""
        return self._setup is not None and await self._setup.publish()

    async def set_chat_menu(self, chat: str, language: Language) -> bool:
        """Give one private chat its menu in the language chosen there; return whether Telegram took it."""
        return self._setup is not None and await self._setup.for_chat(chat, language)

    async def takes(self, chat: str) -> bool:
        """Try whether a chat can be written to: "typing" needs the same rights, and is gone after five seconds."""
        try:
            return await self.bot.send_chat_action(int(chat), ChatAction.TYPING)
        except TelegramError:
            return False

    async def leave(self, chat: str) -> None:
        """Leave a group; if it is gone already, that is as good."""
        with contextlib.suppress(TelegramError):
            await self.bot.leave_chat(int(chat))
