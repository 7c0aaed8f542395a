"""What goes out at once, beside the outbox, and is lost without harm: the answer to a button press, and a chat's command menu."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from bot.channels.base import Channel
from bot.model.ids import Language


class AtOnce:
    """Talks to the channels without making anybody wait. What it says may be lost in a crash."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels
        self._under_way: set[asyncio.Task[Any]] = set()

    def answer(self, channel: str, press: str, toast: tuple[str, bool] | None) -> None:
        """Answer a press, with the turn's words where it has any (and whether they ask to be closed)."""
        text, alert = toast or ("", False)
        self._begin(self._channels[channel].acknowledge(press, text, alert=alert), "acknowledge")

    def menu(self, channel: str, chat: str, language: Language) -> None:
        """Show a private chat's command menu in the language that was chosen there."""
        self._begin(self._channels[channel].set_chat_menu(chat, language), "menu")

    async def settled(self, seconds: float) -> None:
        """Wait until all that was begun has ended, but no longer than this."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)

    def _begin(self, call: Coroutine[Any, Any, object], name: str) -> None:
        task = asyncio.create_task(call, name=name)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # lost without harm, and nobody is to be told that it went unretrieved
