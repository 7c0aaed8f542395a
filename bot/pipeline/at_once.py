"""What goes out at once, beside the outbox, and is lost without harm: the answer to a button press, and a chat's command menu."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Final

from bot.channels.base import Channel
from bot.model.ids import Language

REMEMBERED: Final = 1000


class AtOnce:
    """Talks to the channels without making anybody wait. What it says may be lost in a crash.

    A press whose turn takes longer than `patience` (seconds) is answered without words: nobody looks at a dead button for long.
    """

    def __init__(self, channels: Mapping[str, Channel], patience: float) -> None:
        self._channels = channels
        self._patience = patience
        self._under_way: set[asyncio.Task[Any]] = set()
        self._expected: dict[tuple[str, str], asyncio.TimerHandle] = {}
        self._answered_without: dict[tuple[str, str], None] = {}

    def expect(self, channel: str, raw: bytes) -> None:
        """A press has come in: should its turn be long in coming, it is answered without words."""
        try:
            arrival = self._channels[channel].read(raw)
        except Exception:  # whatever is wrong with it, its turn will tell
            return
        if arrival is not None and arrival.press is not None:
            press = (channel, arrival.press)
            if press not in self._expected:
                self._expected[press] = asyncio.get_running_loop().call_later(self._patience, self._lose_patience, press)

    def _lose_patience(self, press: tuple[str, str]) -> None:
        del self._expected[press]
        self._answered_without[press] = None
        while len(self._answered_without) > REMEMBERED:
            del self._answered_without[next(iter(self._answered_without))]
        self._begin(self._channels[press[0]].acknowledge(press[1], "", alert=False), "acknowledge")

    def answer(self, channel: str, press: str, toast: tuple[str, bool] | None) -> None:
        """Answer a press, with the turn's words where it has any (and whether they ask to be closed); a second time, nothing happens."""
        waiting = self._expected.pop((channel, press), None)
        if waiting is not None:
            waiting.cancel()
        if (channel, press) not in self._answered_without:
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
