"""While nothing can be stored: what arrives stays at the channel, and whoever writes hears once that it is not lost.

These words go out beside the outbox, which cannot be written either; lost without harm. They are in all three languages, since the one the
person chose may not be readable now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from bot.channels.base import Channel, Received
from bot.model.events import MediaReceived, TextReceived
from bot.model.ids import LANGUAGES
from bot.model.outgoing import Outgoing
from bot.model.text import N_, InLanguage, paragraphs
from bot.pipeline.surroundings import Surroundings

STEP_SECONDS: Final = 0.1
"""Between two of these messages: ten a second leave the channel's limits alone."""


class Outage:
    """Tells people once per outage."""

    def __init__(self, channel: Channel, around: Surroundings) -> None:
        self._channel = channel
        self._around = around
        self._told: set[str] = set()
        self._telling: asyncio.Task[None] | None = None

    def over(self) -> None:
        """Something was stored: the next outage is another one."""
        self._told.clear()

    def tell(self, received: Sequence[Received]) -> None:
        """Tell the private chats among these that have not been told yet, one after the other and without making anybody wait."""
        chats = [chat for chat in dict.fromkeys(update.chat for update in received if self._speaks(update)) if chat not in self._told]
        if chats and (self._telling is None or self._telling.done()):
            self._told.update(chats)
            self._telling = asyncio.create_task(self._tell(chats), name="outage")

    def _speaks(self, update: Received) -> bool:
        try:
            arrival = self._channel.read(update.raw)
        except ValueError:
            return False
        return arrival is not None and arrival.place == "private" and isinstance(arrival.event, TextReceived | MediaReceived)

    async def _tell(self, chats: list[str]) -> None:
        words = N_(
            "Sorry, we cannot take messages at this moment. Your message is not lost: we will read it as soon as we can. "
            "You do not need to send it twice. In danger? Call {emergency_number}.",
            emergency_number=self._around.province.emergency(),
        )
        body = paragraphs(*(InLanguage(words, language) for language in LANGUAGES))
        language = self._around.province.language
        outgoing = Outgoing(self._around.words(body, language), language)
        for chat in chats:
            await self._channel.send(chat, outgoing, shown=(), answers=None, sign=lambda action: action.verb)
            await asyncio.sleep(STEP_SECONDS)
