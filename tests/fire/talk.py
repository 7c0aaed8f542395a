"""People who hold conversations by themselves, each in their own way, while the bot is being struck.

    crowd = Crowd(town, chance)
    await crowd.lives(1000)             # everybody to the end of what they came for; some leave in the middle of it
    await crowd.comes_back()            # who left finds their draft at the same question, and finishes
    await settled(town)
    (await judge(town, kills, crowd.threads)).sound()

What people say is numbered (`Thread`), so that the judge sees what is lost or out of order. Nobody waits for a toast: it is gone with the
bot that owed it. Whoever waits for something in vain is `stuck`, with what they saw last.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.demo.world import Chat, Message, NeverHappened, Person
from bot.i18n import render
from bot.model.ids import LANGUAGES, ForumId
from bot.model.text import C_, Names, Piece
from tests.fire.faults import eventually
from tests.fire.judge import Thread, receipt
from tests.town.people import Forum, Resident, until
from tests.town.town import Town
from tests.town.words import plain

AT_ONCE = 50


@dataclass
class Visit:
    """Somebody who comes with something to say, and the forum that it is for.

    `story` is what they say to the forum, `answers` what the forum says to them. `answered` names the questions that they are through
    with, `again` the one that they went back to, `step` what they wait for, `leaves_at` where they put the phone away.
    """

    town: Town
    chance: random.Random
    number: int
    sara: Resident
    forum: Forum
    story: Thread
    answers: Thread
    wants_answers: bool = True
    is_sensitive: bool = False
    hurries: bool = True
    files: int = 0
    answered: set[str] = field(default_factory=set)
    again: str = ""
    leaves_at: str = ""
    step: str = ""
    reference: str = ""

    @property
    def district(self) -> ForumId:
        """The forum's district."""
        return ForumId(self.forum.id)

    def sentence(self) -> str:
        """Return the next thing they tell."""
        return self.story.next("They dug up the road again.")

    def reads(self, piece: Piece | Names) -> str:
        """Return words as they read them."""
        return plain(piece.in_language(self.sara.language) if isinstance(piece, Names) else render(piece, self.sara.language))

    async def is_asked(self, piece: Piece) -> None:
        """Wait for a question."""
        await self.sara.hears(self.reads(piece))

    async def picks(self, context: str, english: str) -> None:
        """Press the button that reads so, on the newest message that has it."""
        await self.sara.taps(self.reads(C_(context, english)))

    async def sees_it_sent(self) -> None:
        """Wait, unless they are in a hurry, until Telegram has brought the bot all that they wrote."""
        if not self.hurries:
            updates, chat = self.town.telegram.world.updates, self.sara.talk.id
            await eventually(lambda: all(waiting.body.get("chat", {}).get("id") != chat for waiting in updates))

    async def gets_receipt(self) -> str:
        """Wait for the number of what they sent."""

        def found() -> str | None:
            return next(filter(None, (receipt(message.text) for message in self.sara.news())), None)

        reference = await until(self.sara.talk, found)
        assert reference is not None
        return reference

    async def is_answered(self, card: Message, member: Person) -> Message:
        """Let a member reply to the card and send it to the person; wait until they have it."""
        member.replies(card, self.answers.next("Since when is that?"))
        offer = await self.group_shows(self.answers.last)
        self.forum.presses(member, offer, "Send to the person")
        return await self.sara.hears(self.answers.last, self.reference)

    async def group_shows(self, *words: str, since: int = 0) -> Message:
        """Wait until the forum's group shows all these words in one message of the bot after `since`; the first that does."""

        def found() -> Message | None:
            shown = [message for message in newest(self.forum.chat, since) if all(word in plain(message.text) for word in words)]
            return shown[-1] if shown else None

        message = await until(self.forum.chat, found)
        assert message is not None
        return message


def newest(chat: Chat, since: int) -> Iterator[Message]:
    """Yield the bot's messages after that one, the newest first: a group of a long day is not read whole each time."""
    for number in reversed(chat.messages):
        if number <= since:
            return
        if chat.is_bots(chat.messages[number]):
            yield chat.message(number)


Conversation = Callable[[Visit], Awaitable[bool]]
"""Lived to its end (True), or left in the middle, to come back to."""


@dataclass
class Crowd:
    """Everybody who comes, so many at once.

    Attributes:
        hurries: whether they press in the instant in which they write.
        threads: what had to arrive, for the judge.
        left: who has left a draft, and in which conversation.
        held: how many conversations of each kind were held to their end.
        stuck: who waited for something in vain.
    """

    town: Town
    chance: random.Random
    conversations: Mapping[Conversation, int]
    at_once: int = AT_ONCE
    hurries: bool = True
    threads: list[Thread] = field(default_factory=list)
    left: list[tuple[Conversation, Visit]] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)
    stuck: list[str] = field(default_factory=list)

    async def lives(self, visits: int) -> None:
        """Let so many people come, one after another, and live what chance gives them."""
        kinds = self.chance.choices(list(self.conversations), list(self.conversations.values()), k=visits)
        await self._all([(kind, self._visit(number)) for number, kind in enumerate(kinds, len(self.threads))])

    async def comes_back(self) -> None:
        """Let everybody who left go on."""
        back, self.left = self.left, []
        await self._all(back)
        assert not self.left

    async def _all(self, visits: list[tuple[Conversation, Visit]]) -> None:
        doors = asyncio.Semaphore(self.at_once)
        async with asyncio.TaskGroup() as everybody:
            for kind, visit in visits:
                everybody.create_task(self._one(doors, kind, visit))

    async def _one(self, doors: asyncio.Semaphore, kind: Conversation, visit: Visit) -> None:
        async with doors:
            try:
                if await kind(visit):
                    self.held[kind.__name__] += 1
                else:
                    self.left.append((kind, visit))
            except NeverHappened:
                seen = [message.text[:200] for message in visit.sara.talk.from_bot[-3:]]
                self.stuck.append(f"visit {visit.number} ({kind.__name__}, step {visit.step}, {visit.sara.language}) saw last {seen}")

    def _visit(self, number: int) -> Visit:
        forum = self.chance.choice([forum for forum in self.town.forums.values() if forum is not self.town.province])
        sara = self.town.resident(self.chance.choice(LANGUAGES), f"Resident{number}")
        story, answers = Thread(f"s{number}", forum.chat.id), Thread(f"f{number}", sara.talk.id)
        self.threads += [story, answers]
        return Visit(self.town, random.Random(self.chance.random()), number, sara, forum, story, answers, hurries=self.hurries)
