"""While nothing can be stored: what arrives stays at the channel, and whoever writes hears once that it is not lost.

The province's group hears that something has to be done. These words go out beside the outbox, which cannot be written either; lost without
harm. To people they are in all three languages, since the one that somebody chose may not be readable now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from bot.channels.base import Channel, Received
from bot.clock import Clock
from bot.model.events import MediaReceived, TextReceived
from bot.model.ids import LANGUAGES, PROVINCE
from bot.model.outgoing import Outgoing, Sent, Unsure
from bot.model.text import N_, InLanguage, Piece, paragraphs
from bot.pipeline.surroundings import Surroundings
from bot.storage import forums
from bot.storage.database import Database
from bot.storage.errors import Reason, StorageUnavailable

STEP_SECONDS: Final = 0.1
"""Between two of these messages: ten a second leave the channel's limits alone."""
PASSING: Final = frozenset[Reason]({"locked", "connection"})
"""What ends by itself as a rule: a backup, a server that starts again."""
PASSING_SECONDS: Final = 60.0
"""So long that may last before the province hears of it."""
CALM_SECONDS: Final = 60.0
"""So long nothing may have been refused before the province hears that it is over: on a full disk a small message passes now and then."""


class Outage:
    """Tells people and the province once per outage."""

    def __init__(self, db: Database, channel: Channel, around: Surroundings, clock: Clock) -> None:
        self._channel = channel
        self._around = around
        self._notice = Notice(db, channel, around, clock)
        self._told: set[str] = set()
        self._telling: asyncio.Task[None] | None = None

    def over(self) -> None:
        """Something was stored: the next outage is another one."""
        self._told.clear()
        self._notice.over()

    def tell(self, received: Sequence[Received], reason: Reason) -> None:
        """Tell the private chats among these that have not been told yet, one after the other and without making anybody wait."""
        self._notice.tell(reason)
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


class Notice:
    """What the province's group hears of it: that something has to be done, and that it is done."""

    def __init__(self, db: Database, channel: Channel, around: Surroundings, clock: Clock) -> None:
        self._db = db
        self._channel = channel
        self._around = around
        self._clock = clock
        self._since: float | None = None
        self._refused = self._stored = float("-inf")
        self._telling: asyncio.Task[None] | None = None

    def tell(self, reason: Reason) -> None:
        """Nothing can be stored: say so, unless the province knows or it will end by itself in a moment."""
        self._refused = self._clock.monotonic()
        if self._since is None:
            self._since = self._refused
        if not self._tells and (reason not in PASSING or self._refused - self._since >= PASSING_SECONDS):
            self._telling = asyncio.create_task(self._tell(reason), name="outage: province")

    def over(self) -> None:
        """Something was stored: say so if the province has been told otherwise, once that lasts."""
        if self._since is None:
            return
        self._stored = self._clock.monotonic()
        if not self._tells:
            self._since = None

    @property
    def _tells(self) -> bool:
        return self._telling is not None and not self._telling.done()

    async def _tell(self, reason: Reason) -> None:
        """Tell the beginning and, however long that takes, the end; without the first the next refusal tries again."""
        what = (
            N_("The bot cannot store new messages at this moment: the disk of its machine is full.")
            if reason == "full"
            else N_("The bot cannot store new messages at this moment: its database cannot be used.")
        )
        then = N_(
            "What people send now is not lost: it waits, and is read once this is put right. Please tell whoever looks after the bot."
        )
        if await self._say(paragraphs(what, then)):
            while not self._calm:  # noqa: ASYNC110 - calm rings no bell
                await asyncio.sleep(CALM_SECONDS / 10)
            self._since = None
            await self._say(N_("The bot stores messages again. What was waiting is read now."))

    @property
    def _calm(self) -> bool:
        return self._stored > self._refused and self._clock.monotonic() - self._refused >= CALM_SECONDS

    async def _say(self, words: Piece) -> bool:
        """Say it in the province's group; tell whether that has it, as far as can be known."""
        try:
            address, states = await self._db.read(lambda conn: forums.address(conn, PROVINCE)), await self._db.read(forums.states)
        except StorageUnavailable:
            return False
        if address is None or address[0] != self._channel.name or states.get(PROVINCE) != "linked":
            return False
        language = self._around.province.language
        outgoing = Outgoing(self._around.words(words, language), language)
        outcome = await self._channel.send(address[1], outgoing, shown=(), answers=None, sign=lambda action: action.verb)
        return isinstance(outcome, Sent | Unsure)
