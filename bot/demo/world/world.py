"""The whole of Telegram, as far as one bot can see it."""

import asyncio
import itertools
import random
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.demo.world.bell import Bell
from bot.demo.world.chat import Chat, Member
from bot.demo.world.clock import WorldClock
from bot.demo.world.crowd import Crowd
from bot.demo.world.files import Files
from bot.demo.world.people import Person, Press
from bot.demo.world.updates import UpdateQueue

Json = dict[str, Any]
T = TypeVar("T")

POLLING_FOR = 3.0  # seconds after its last getUpdates that a bot still counts as up


class NeverHappened(AssertionError):
    """What a test waited for did not come in time; says what the world looked like."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot and what it got."""

    n: int
    time: float
    method: str
    params: Json
    files: dict[str, int]
    status: int
    result: Any = None
    error: str = ""

    @property
    def chat_id(self) -> int | None:
        """The chat it was about."""
        found = self.params.get("chat_id")
        return found if isinstance(found, int) else None


@dataclass(frozen=True, slots=True)
class Violation:
    """Something the bot asked that Telegram would never have understood."""

    time: float
    method: str
    text: str


@dataclass(slots=True)
class Counters:
    """How often the bot asked, was refused, and asked nonsense."""

    calls: int = 0
    refused: int = 0


@dataclass(slots=True)
class BotProfile:
    """What the bot told Telegram about itself: texts by language code, menus by (scope, language code)."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)


class World:
    """Users, chats, messages, files, the bot's updates, and a record of all it asked.

    `until` waits for a condition and is woken by every change, for `patience` seconds unless it is told. `listeners` are called with
    (kind, body) of each.
    """

    patience = 5.0

    def __init__(self, *, clock: WorldClock | None = None, keep_calls: int | None = None) -> None:
        self.clock = clock or WorldClock()
        self.bell = Bell()
        self.seq = 0
        self.listeners: set[Callable[[str, Json], None]] = set()
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.named: dict[str, Chat] = {}
        self.crowd: Crowd | None = None
        self.moved: dict[int, int] = {}
        self.presses: dict[str, Press] = {}
        self.files = Files()
        self.updates = UpdateQueue(self.clock)
        self.profile = BotProfile()
        self.calls: deque[Call] = deque(maxlen=keep_calls)
        self.counters = Counters()
        self.violations: list[Violation] = []
        self.network = True
        self.network_ends: list[Callable[[], None]] = []
        self.polls_open = 0
        self.last_poll = float("-inf")
        self.takes_in = False
        self.bot: Json = {
            "id": 7_000_000_000 + secrets.randbelow(10**8),
            "is_bot": True,
            "first_name": "Alwand",
            "username": "alwand_demo_bot",
        }
        self.can_read_all_group_messages = False
        self.stars = 0
        self.token = f"{self.bot['id']}:{secrets.token_urlsafe(26)[:35]}"
        self._user_ids = itertools.count(510_000_000 + random.randrange(10**6), 7919)  # noqa: S311 - not a secret
        self._group_ids = itertools.count(4_200_000 + random.randrange(10**5), 31)  # noqa: S311 - not a secret
        self._message_ids = itertools.count(11)

    def person(
        self,
        first_name: str = "Sara",
        *,
        last_name: str | None = None,
        username: str | None = None,
        phone: str | None = None,
        language_code: str | None = "ar",
        user_id: int | None = None,
    ) -> Person:
        """Somebody new, who has not spoken to the bot yet. `user_id` as Telegram gives it, up to 52 bits."""
        person = Person(self, user_id or next(self._user_ids), first_name, last_name, username, phone, language_code)
        if person.id in self.people:
            raise ValueError("this user id is taken")
        self.people[person.id] = person
        self.chats[person.id] = person.talk
        self.changed("person", person_id=person.id)
        return person

    def group(
        self,
        title: str = "Forum",
        *members: Person,
        kind: str = "supergroup",
        admins: tuple[Person, ...] = (),
        forum: bool = False,
        bot: str | None = "administrator",
        chat_id: int | None = None,
    ) -> Chat:
        """A group; the first of `members` or `admins` made it. `bot` is the bot's status there, None: not in it.

        Nobody is told: the bot finds itself in it, as after an old invitation. `chat.adds_bot` tells.
        """
        chat = Chat(self, chat_id or self.new_chat_id(kind), kind, title, is_forum=forum)
        if chat.id in self.chats:
            raise ValueError("this chat id is taken")
        self.chats[chat.id] = chat
        owner = next(iter((*admins, *members)), None)
        for person in (*admins, *members):
            status = "creator" if person is owner else "administrator" if person in admins else "member"
            chat.members[person.id] = Member(person.user, status)
        if bot is not None:
            chat.members[self.bot["id"]] = Member(self.bot, bot)
        chat.announce()
        return chat

    def channel(self, title: str, *, linked: Chat | None = None, bot: str | None = None, username: str = "") -> Chat:
        """A channel, perhaps linked to a discussion group into which its posts are copied; with a `username` it is public."""
        channel = self.group(title, kind="channel", bot=bot)
        channel.linked = linked
        if linked is not None:
            linked.linked = channel
        if username:
            channel.username = username
            channel.forget_shown()
            self.named[username.lower()] = channel
        return channel

    def gather(self, size: int, languages: Sequence[str] = ("ar",), *, blocking: float = 0.0, gone: float = 0.0) -> Crowd:
        """Let so many people have started the bot, who cost a few bytes each; `bot/demo/world/crowd.py` says what they do."""
        first = 2_000_000_000 + random.randrange(10**6)  # noqa: S311 - not a secret
        self.crowd = Crowd(self, first, size, languages, blocking=blocking, gone=gone)
        return self.crowd

    def somebody(self, user_id: int) -> Person | None:
        """The person with this id, who steps out of the crowd for it."""
        found = self.people.get(user_id)
        if found is None and self.crowd is not None and user_id in self.crowd:
            return self.crowd.steps_out(user_id)
        return found

    def new_chat_id(self, kind: str) -> int:
        """A free id, shaped as Telegram's are for this kind of chat."""
        number = next(self._group_ids)
        return -number if kind == "group" else -1_000_000_000_000 - 1_000_000_000 - number

    def next_message_id(self) -> int:
        """Private chats and basic groups share one counter; supergroups have their own."""
        return next(self._message_ids)

    def find(self, chat_id: int) -> Chat | None:
        """The chat with this id, also by the id it had before it was upgraded."""
        return self.chats.get(self.moved.get(chat_id, chat_id))

    @property
    def bot_is_up(self) -> bool:
        """Whether the bot asks for updates, or took the last one that was brought."""
        return self.takes_in or self.polls_open > 0 or self.clock.now() - self.last_poll < POLLING_FOR

    def tell_bot(self, kind: str, body: Json) -> int | None:
        """Queue an update for the bot."""
        return self.updates.push(kind, body)

    def changed(self, event: str, **body: Any) -> None:
        """Wake whoever waits, and tell the listeners."""
        self.seq += 1
        for listener in tuple(self.listeners):
            listener(event, {"seq": self.seq, **body})
        self.bell.ring()

    def note_call(self, call: Call) -> None:
        """Remember a request of the bot."""
        self.calls.append(call)
        self.counters.calls += 1
        self.counters.refused += call.status >= 400
        self.changed("counters")

    def violated(self, method: str, text: str) -> None:
        """Remember that the bot asked something impossible."""
        self.violations.append(Violation(self.clock.now(), method, text))
        self.changed("counters")

    def cut_network(self) -> None:
        """Break every connection of the bot and refuse new ones until `mend_network`."""
        self.network = False
        ends, self.network_ends = self.network_ends, []
        for end in ends:
            end()
        self.changed("network", up=False)

    def mend_network(self) -> None:
        """Let the bot reach Telegram again."""
        self.network = True
        self.changed("network", up=True)

    def asked(self, method: str, **params: Any) -> list[Call]:
        """The calls of one method whose parameters include these."""
        return [
            call for call in self.calls if call.method == method and all(call.params.get(name) == value for name, value in params.items())
        ]

    async def until(self, condition: Callable[[], T], timeout: float | None = None) -> T:  # noqa: ASYNC109 - raises its own error
        """Wait until `condition()` is true and return what it returned. Raises NeverHappened after `timeout` seconds, or `patience`."""
        timeout = self.patience if timeout is None else timeout
        try:
            async with asyncio.timeout(timeout):
                while True:
                    ear = self.bell.ear()
                    if found := condition():
                        return found
                    await ear
        except TimeoutError:
            raise NeverHappened(f"not within {timeout} s; {self.summary()}") from None

    def summary(self) -> str:
        """The last words of every chat and the last refusals, for a failing test."""
        lines = [f"bot {'up' if self.bot_is_up else 'down'}, {len(self.updates)} updates waiting"]
        for chat in self.chats.values():
            said = list(chat.messages)[-3:]
            if said:
                lines.append(f"{chat.title or chat.id}: {[chat.message(message_id) for message_id in said]}")
        lines += [f"refused {call.method}: {call.status} {call.error}" for call in self.calls if call.error][-5:]
        lines += [f"violation {violation.method}: {violation.text}" for violation in self.violations[-5:]]
        return "\n  ".join(lines)
