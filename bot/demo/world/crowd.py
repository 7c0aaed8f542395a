"""Thousands of people who have started the bot and only read: a few bytes each, and what they got as numbers.

Whoever is looked at or does something steps out of the crowd and is a `Person` from then on, with the last message that they got, if
that was not long ago.
"""

from __future__ import annotations

import time
from array import array
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.demo.world.chat import Chat
from bot.demo.world.message import MEDIA, Message
from bot.demo.world.people import Person

if TYPE_CHECKING:
    from bot.demo.world.world import World

Json = dict[str, Any]

READS, BLOCKS, GONE = range(3)
RATE_OVER = 4  # seconds
MOST_CONTENTS = 60_000
RECENT = 1000  # people whose last message is kept whole
NAMES = {
    "ar": ("زهراء", "كرار", "نور", "حسين", "رقية", "مهدي", "شهد", "عبد الله"),
    "ckb": ("هێرۆ", "کاروان", "شنە", "ئارام", "تارا", "ڕێژین", "دانا", "لانە"),
    "en": ("Lina", "Adam", "Maryam", "Yousif", "Dina", "Sami", "Rita", "Noor"),
}
LANGUAGE_CODES = {"ckb": "ku"}  # as Telegram's apps report it


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody in the crowd."""

    id: int
    language: str
    fate: int


class Crowd:
    """`size` people with consecutive ids from `first`, who take turns in `languages`.

    `blocking` and `gone` are the shares of those who have blocked the bot and of those whose accounts are deleted. What is counted
    belongs to one round: it begins anew when somebody who got a message gets one that nobody else got before.
    """

    def __init__(self, world: World, first: int, size: int, languages: Sequence[str], *, blocking: float = 0.0, gone: float = 0.0) -> None:
        self.first, self.size = first, size
        self.languages = tuple(languages)
        self.speakers = Counter(dict.fromkeys(languages, 0))
        for turn, language in enumerate(self.languages):
            self.speakers[language] += len(range(turn, size, len(self.languages)))
        self.faces: dict[int, Person] = {}
        self.fates = bytearray(_fate(number, blocking, gone) for number in range(size))
        self._world = world
        self._got = array("H", bytes(2 * size))
        self._refused = bytearray(size)
        self._last = array("H", bytes(2 * size))
        self._recent: OrderedDict[int, Json] = OrderedDict()
        self._known: dict[object, int] = {}
        self._chair = Chair(world, 0, "private", person=Person(world, 0, "", has_started=True))
        self._begin()

    def _begin(self) -> None:
        """Count from nothing."""
        self.reached: Counter[str] = Counter()
        self.turned_away: Counter[int] = Counter()
        self.doubled = 0
        self._round: set[int] = set()
        self._got = array("H", bytes(2 * self.size))
        self._refused = bytearray(self.size)
        self._seconds: deque[list[int]] = deque(maxlen=RATE_OVER + 1)

    def __contains__(self, chat_id: object) -> bool:
        """Whether this id is somebody's in the crowd."""
        return isinstance(chat_id, int) and 0 <= chat_id - self.first < self.size

    def __iter__(self) -> Iterator[Reader]:
        """Everybody, in the order of their ids."""
        return (Reader(self.first + number, self.language(number), fate) for number, fate in enumerate(self.fates))

    def language(self, number: int) -> str:
        """What the person of this number reads."""
        return self.languages[number % len(self.languages)]

    @property
    def missed(self) -> int:
        """How many of those who read have got nothing in this round."""
        return sum(fate == READS and not got for fate, got in zip(self.fates, self._got, strict=True))

    @property
    def rate(self) -> float:
        """Messages a second, over the last few whole seconds; 0 as soon as none comes for two seconds."""
        now = int(time.monotonic())
        if not self._seconds or self._seconds[-1][0] < now - 2:
            return 0.0
        return sum(count for second, count in self._seconds if now - RATE_OVER <= second < now) / RATE_OVER

    def seat(self, chat_id: int) -> Chat:
        """The talk of one of them, good until the next is asked for: nobody keeps it."""
        number = chat_id - self.first
        self._chair.taken_by(chat_id, self.language(number), self.fates[number])
        return self._chair

    def steps_out(self, chat_id: int) -> Person:
        """Make somebody a person of their own, who has their last message before them."""
        number = chat_id - self.first
        language = self.language(number)
        code = LANGUAGE_CODES.get(language, language)
        names = NAMES.get(language, NAMES["ar"])
        person = self._world.person(names[number // len(self.languages) % len(names)], user_id=chat_id, language_code=code)
        person.has_started = True
        person.is_blocking = self.fates[number] == BLOCKS
        person.is_deactivated = self.fates[number] == GONE
        self.faces[number] = person
        if (raw := self._recent.pop(number, None)) is not None:
            person.talk.add(raw | {"chat": person.talk.shown})
        return person

    def refused(self, person: Person) -> None:
        """Note that somebody could not be written to, once in a round."""
        number = person.id - self.first
        if not self._refused[number]:
            self._refused[number] = 1
            self.turned_away[GONE if person.is_deactivated else BLOCKS] += 1

    def got(self, chat_id: int, raw: Json) -> None:
        """Note a message."""
        number = chat_id - self.first
        content = self._content(raw)
        if number in self.faces and content not in self._round:
            return  # an answer to what they did themselves, or the first of a round, which the next tells
        if content not in self._round:
            if self._got[number]:
                self._begin()
            self._round.add(content)
        if not self._got[number]:
            self.reached[self.language(number)] += 1
        elif self._last[number] == content:
            self.doubled += 1
        self._got[number] += 1
        self._last[number] = content
        if number not in self.faces:
            self._keep(number, raw)
        self._count()

    def _keep(self, number: int, raw: Json) -> None:
        """Remember the last message of those who got one last: its buttons may be theirs alone."""
        self._recent.pop(number, None)
        self._recent[number] = raw
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)

    def _count(self) -> None:
        now = int(time.monotonic())
        if not self._seconds or self._seconds[-1][0] != now:
            self._seconds.append([now, 0])
        self._seconds[-1][1] += 1

    def _content(self, raw: Json) -> int:
        """The number of what was said, the same for the same words, media and labels; what a button carries may differ for each."""
        media = next((_file_of(raw, kind) for kind in MEDIA if kind in raw), "")
        rows = raw["reply_markup"]["inline_keyboard"] if "reply_markup" in raw else ()
        key = raw.get("text") or raw.get("caption"), media, tuple(button["text"] for row in rows for button in row)
        if len(self._known) > MOST_CONTENTS:
            self._known.clear()
            self._last = array("H", bytes(2 * self.size))
            self._begin()
        return self._known.setdefault(key, len(self._known) + 1)


class Chair(Chat):
    """The one place in which everybody of the crowd sits down in turn to be written to; it keeps no message."""

    __slots__ = ()

    def taken_by(self, chat_id: int, language: str, fate: int) -> None:
        """Be the talk of this person."""
        person = self.person
        assert person is not None  # noqa: S101 - a chair is made with one
        self.id = person.id = chat_id
        person.language_code = language
        person.is_blocking, person.is_deactivated = fate == BLOCKS, fate == GONE
        self._shown = {"id": chat_id, "type": "private", "first_name": NAMES.get(language, NAMES["ar"])[0]}

    def add(self, raw: Json, event: str = "message") -> Message:
        """Say nothing: the crowd counts, and nobody watches."""
        del event
        return Message(self, raw["message_id"])

    def announce(self) -> None:
        """Say nothing."""


def _fate(number: int, blocking: float, gone: float) -> int:
    """Spread over the numbers as chance would, and always the same."""
    at = number * 2_654_435_761 % 2**32 / 2**32
    return BLOCKS if at < blocking else GONE if at < blocking + gone else READS


def _file_of(raw: Json, kind: str) -> str:
    held = raw[kind][-1] if kind == "photo" else raw[kind]
    found: str = held["file_unique_id"]
    return found
