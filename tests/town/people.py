"""Residents and members with their phones in hand, as a test reads: `await sara.reports(...)`, `await ali.presses(card, "Take")`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.demo.world import Chat, Message, NeverHappened, Person, Press, World
from bot.model.ids import Language
from tests.conversation.words import BUTTONS, SAYS, STORY
from tests.town.words import REFERENCE, label, plain, said

OWN_NAMES = {"ar": "العربية", "ckb": "کوردی", "en": "English"}
PATIENCE = float(os.environ.get("TOWN_PATIENCE", "60"))
"""Seconds that a thing may take on a machine busy with other tests."""


T = TypeVar("T")


async def until(chat: Chat, condition: Callable[[], T], timeout: float = PATIENCE) -> T:  # noqa: ASYNC109 - raises its own error
    """Wait until something is true of one chat; looked at only when something changes there, so that hundreds can wait at once."""
    world, changed = chat.world, asyncio.Event()

    def listen(_: str, body: dict[str, Any]) -> None:
        if body.get("chat_id") == chat.id:
            changed.set()

    world.listeners.add(listen)
    try:
        async with asyncio.timeout(timeout):
            while not (found := condition()):
                changed.clear()
                await changed.wait()
            return found
    except TimeoutError:
        raise NeverHappened(f"not within {timeout} s in {chat.title or chat.id}; {world.summary()}") from None
    finally:
        world.listeners.discard(listen)


@dataclass
class Resident:
    """Somebody in their private talk with the bot. They look only at what came since they last did something."""

    person: Person
    language: Language
    since: int = 0

    @property
    def talk(self) -> Chat:
        """Their chat with the bot."""
        return self.person.talk

    def news(self) -> list[Message]:
        """What the bot has said, or changed, since they last did something."""
        touched = self.talk.touched
        return sorted((one for one in self.talk.from_bot if touched[one.id] > self.since), key=lambda one: touched[one.id])

    def screen(self) -> str:
        """All that the bot ever said to them and that is still there."""
        return plain("\n".join(message.text for message in self.talk.from_bot))

    async def hears(self, *words: str, timeout: float = PATIENCE) -> Message:  # noqa: ASYNC109 - `until` raises its own error
        """Wait for a new message with all these words."""

        def found() -> Message | None:
            return next((one for one in self.news() if all(word in plain(one.text) for word in words)), None)

        message = await until(self.talk, found, timeout)
        assert message is not None
        return message

    async def is_told(self, key: str) -> Message:
        """Wait for one of the sentences of `SAYS` in their language."""
        return await self.hears(SAYS[key][self.language])

    def says(self, text: str, **how: Any) -> Message:
        """Type something."""
        self.since = self.person.world.seq
        return self.person.writes(text, **how)

    def acts(self, act: Callable[[Person], Any]) -> Any:
        """Do anything else a person can do."""
        self.since = self.person.world.seq
        return act(self.person)

    def word(self, key: str) -> str:
        """Return a label in their language: by its key in `BUTTONS`, else by its English."""
        return BUTTONS[key][self.language] if key in BUTTONS else label(key, self.language)

    async def taps(self, key: str, on: Message | None = None) -> Press:
        """Press a button: on this message, else on the newest that has it, once one has come."""
        text = self.word(key)

        def carrying() -> Message | None:
            return next((one for one in reversed(self.news()) if any(text in shown for shown in one.labels)), None)

        message = on or await until(self.talk, carrying)
        assert message is not None
        self.since = self.person.world.seq
        return self.person.presses(message, text)

    async def arrives(self) -> None:
        """From Start to the menu: language, welcome, consent."""
        self.says("/start")
        await self.chooses_language()
        await self.agrees()

    async def chooses_language(self) -> None:
        """Press the own language on the first screen."""
        first = await self.hears("911")
        self.since = self.person.world.seq
        self.person.presses(first, OWN_NAMES[self.language])

    async def agrees(self) -> None:
        """Agree to the notice and see the menu."""
        await self.is_told("consent")
        await self.taps("agree")
        await self.is_told("menu")

    async def answers(self, question: str, key: str) -> None:
        """Wait for the question, then press the answer."""
        message = await self.is_told(question)
        await self.taps(key, on=message if message.labels else None)

    async def goes_to_story(self, category: str = "drugs", district: str = "khanaqin", danger: str = "no") -> None:
        """Begin a report and go on to the question what happened."""
        self.says("/report")
        await self.answers("danger?", danger)
        await self.answers("category?", category)
        await self.taps(district)
        await self.taps("skip")
        await self.is_told("story?")

    async def reviews(self, story: str) -> None:
        """Begin a report and go on to the review, with only Send left to press."""
        await self.arrives()
        await self.goes_to_story()
        self.says(story)
        await self.taps("done")
        await self.answers("when?", "skip")
        await self.answers("contact?", "yes")
        await self.hears(said("Shall we send it to the forum?", self.language))

    async def finishes(self, contact: str = "yes") -> str:
        """From the question when to the receipt; returns the reference."""
        await self.answers("when?", "skip")
        await self.answers("contact?", contact)
        await self.taps("send")
        return await self.gets_receipt()

    async def gets_receipt(self) -> str:
        """Wait for a receipt and return its reference."""
        receipt = await self.hears(SAYS["thanks"][self.language].split(" ")[0], "-")
        found = REFERENCE.search(plain(receipt.text))
        assert found is not None, receipt.text
        return found[0]

    async def reports(self, text: str = "", category: str = "drugs", district: str = "khanaqin", contact: str = "yes") -> str:
        """Report something in words, to the receipt; returns the reference."""
        await self.goes_to_story(category, district)
        self.says(text or STORY[self.language])
        await self.taps("done")
        return await self.finishes(contact)


@dataclass
class Forum:
    """A forum's group: two members, and an administrator who made it."""

    id: str
    chat: Chat
    language: Language
    members: list[Person] = field(default_factory=list)

    @classmethod
    def found(cls, world: World, id: str, language: Language) -> Forum:
        """Make the group with its people."""
        members = [world.person(f"{name} of {id}", last_name="Memberzade") for name in ("Ali", "Zainab", "Hiwa")]
        return cls(id, world.group(f"Forum of {id}", *members[:2], admins=(members[2],)), language, members)

    @property
    def ali(self) -> Person:
        """One member."""
        return self.members[0]

    @property
    def zainab(self) -> Person:
        """Another."""
        return self.members[1]

    @property
    def hiwa(self) -> Person:
        """Who made the group."""
        return self.members[2]

    async def until(self, condition: Callable[[], T]) -> T:
        """Wait until something is true of the group."""
        return await until(self.chat, condition)

    def about(self, *words: str) -> list[Message]:
        """The bot's messages in the group that hold all these words, oldest first."""
        return [message for message in self.chat.from_bot if all(word in plain(message.text) for word in words)]

    async def hears(self, *words: str, timeout: float = PATIENCE) -> Message:  # noqa: ASYNC109 - `until` raises its own error
        """Wait until the group has a message with all these words; the newest."""
        found = await until(self.chat, lambda: self.about(*words), timeout)
        return found[-1]

    async def card(self, reference: str) -> Message:
        """Wait for the card of a report: the first message about it."""
        await self.hears(reference)
        return self.about(reference)[0]

    def presses(self, who: Person, message: Message, english: str) -> Press:
        """Let a member press a button by its English name."""
        return who.presses(message, label(english, self.language))

    async def offers(self, message: Message, english: str) -> Message:
        """Wait until a message offers a button."""
        text = label(english, self.language)
        await until(self.chat, lambda: any(text in shown for shown in message.labels))
        return message
