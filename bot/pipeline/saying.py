"""From what is to be said to an outbox row in its reader's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import Priority, Send, SetResident, Withdraw
from bot.model.events import Arrival, DeliveryChanged
from bot.model.ids import EntryId, Language, ResidentId, SessionId, TicketId
from bot.model.messages import Attachment, Chart, Message, Recipient, ToChannel, ToChat, ToForum, ToResident
from bot.model.outgoing import Label, Outgoing
from bot.model.people import Resident
from bot.model.text import Piece, Text
from bot.pipeline import convening
from bot.pipeline.news import News, item
from bot.pipeline.surroundings import Surroundings
from bot.storage import inbox, lanes, outbox, posts, residents


@dataclass(frozen=True, slots=True)
class Reader:
    """A resident, as far as saying something goes."""

    language: Language
    reachable: bool


@dataclass(slots=True)
class Saying:
    """Puts what one turn says into the outbox.

    Attributes:
        arrival: where the turn came from; None inside the machine.
        late: whether it came long after it was sent, so that others' answers go before those to it.
        readers: residents as this turn has left them so far.
        erased: who was erased in this turn; a last word still reaches the chat that asked for it.
        sends: whether something waits to be sent now.
        news: whether it was told at once that something did not arrive.
    """

    conn: AsyncConnection
    around: Surroundings
    now: datetime
    arrival: Arrival | None = None
    late: bool = False
    readers: dict[ResidentId, Reader] = field(default_factory=dict)
    erased: set[ResidentId] = field(default_factory=set)
    sends: bool = False
    news: bool = False

    async def send(self, effect: Send) -> None:
        """Say something to somebody. Of a resident who cannot be reached it is told at once that it did not arrive."""
        to: Recipient = effect.to
        language = self.around.province.language
        if isinstance(effect.to, ToForum | ToChannel):
            language = self.around.province.forum_language(effect.to.forum)
        elif isinstance(effect.to, ToResident):
            reader = await self.reader(effect.to.resident)
            if reader is None:
                return
            if not reader.reachable:
                await self._not_delivered(effect)
                return
            language = reader.language
            if effect.to.resident in self.erased and self.arrival is not None:
                to = ToChat(self.arrival.channel, self.arrival.chat)
        outgoing = written(effect.message, language, self.around.words)
        if outgoing.expects_reply and self.arrival is not None:
            outgoing = replace(outgoing, asked=self.arrival.person)
        if isinstance(effect.to, ToChannel):
            outgoing = replace(outgoing, whole=True)
        priority = Priority.LATE if self.late and effect.priority is Priority.REPLY else effect.priority
        await self._put(to, outgoing, priority, effect.slot, effect.ticket, effect.entry, effect.session)

    async def withdraw(self, effect: Withdraw) -> None:
        """Take back what a slot shows. The row takes the place of an unsent one, and is no work where nothing was ever shown."""
        outgoing = Outgoing("", self.around.province.language, do="withdraw")
        await self._put(effect.to, outgoing, Priority.CARD, effect.slot, effect.ticket, session=effect.session)

    async def say_here(self, text: Text, *, leave: bool) -> None:
        """Say one sentence in the arrival's chat, whoever's it is."""
        if self.arrival is not None:
            language = self.around.province.language
            outgoing = Outgoing(self.around.words(text, language), language, then_leave=leave)
            await self._put(ToChat(self.arrival.channel, self.arrival.chat), outgoing, Priority.REPLY)

    async def heed(self, effect: SetResident) -> None:
        """Speak from now on as the turn has just learnt about a resident."""
        known = await self.reader(effect.resident)
        if known is not None:
            reachable = known.reachable if effect.reachable is None else effect.reachable
            self.readers[effect.resident] = Reader(effect.language or known.language, reachable)

    async def erase(self, resident: ResidentId) -> None:
        """Erase a resident, with what was to be said to them, what they said that nobody could read, and their answers to sessions."""
        await self.reader(resident)
        address = await residents.address(self.conn, self.around.keys, resident)
        if address is not None:
            await inbox.discard_lane(self.conn, lanes.of_chat(self.around.keys, *address))
        await outbox.drop_resident(self.conn, self.around.keys, resident)
        await posts.forget_resident(self.conn, self.around.keys, resident)
        await convening.forget(self.conn, self.around.keys, resident, self.now)
        await residents.erase(self.conn, resident)
        self.erased.add(resident)

    async def reader(self, resident: ResidentId) -> Reader | None:
        """Return how to speak to a resident, None if they are gone."""
        if resident not in self.readers:
            known = await residents.load(self.conn, self.around.keys, resident)
            if known is not None:
                self.knows(known)
        return self.readers.get(resident)

    def knows(self, resident: Resident) -> None:
        """Speak to a resident as just loaded."""
        self.readers[resident.id] = Reader(resident.language or self.around.province.language, resident.reachable)

    async def _not_delivered(self, effect: Send) -> None:
        if effect.entry is not None and effect.ticket is not None:
            told = News(DeliveryChanged(effect.entry, effect.ticket, "blocked"), ticket=effect.ticket)
            lane = lanes.of_ticket(self.around.keys, effect.ticket)
            await inbox.store(self.conn, self.around.keys, [item(lane, self.around.chance.token(), told, self.now)])
            self.news = True

    async def _put(
        self,
        to: Recipient,
        outgoing: Outgoing,
        priority: Priority,
        slot: str | None = None,
        ticket: TicketId | None = None,
        entry: EntryId | None = None,
        session: SessionId | None = None,
    ) -> None:
        await outbox.put(self.conn, self.around.keys, to, outgoing, priority, slot, ticket, entry, self.now, session)
        self.sends = True


def _made(message: Message, language: Language) -> Attachment | None:
    """Return the file that the bot makes for a reader of one language."""
    if message.document is None:
        return None
    name, text = message.document
    return Attachment("document", name, made=text.in_language(language))


def written(message: Message, language: Language, words: Callable[[Piece, Language], str]) -> Outgoing:
    """Return a message as a reader of one language gets it."""
    return Outgoing(
        text=words(message.body, language),
        language=language,
        rows=tuple(tuple(Label(words(button.label, language), button.action) for button in row) for row in message.rows),
        attachment=_made(message, language) or message.attachment,
        protect=message.protect,
        expects_reply=message.expects_reply,
        asks_location=message.asks_location,
        answers=message.answers,
        silent=message.silent,
        call=(message.call[0], words(message.call[1], language)) if message.call else None,
        pin=message.pin,
        chart=_drawn(message.chart, language, words) if message.chart else None,
        door=words(message.door, language) if message.door else None,
        line=(words(message.line.words, language), message.line.action) if message.line else None,
    )


def _drawn(chart: Chart, language: Language, words: Callable[[Piece, Language], str]) -> tuple[str, tuple[tuple[str, int, bool], ...]]:
    return words(chart.title, language), tuple((words(bar.label, language), bar.value, bar.marked) for bar in chart.bars)
