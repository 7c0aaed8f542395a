"""Residents who know what they want to say, and say it as soon as they are asked.

Nobody polls: one listener hears of every message and hands it to whom it is for, so that a thousand residents cost the stand-in little.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.scene import STORY, Scene
from bot.demo.world import Person
from bot.i18n import render
from bot.model.ids import Language
from bot.model.text import C_, N_, Piece

MARKS = dict.fromkeys((0x200E, 0x200F, *range(0x2066, 0x206A)))
LANGUAGE: Language = "ar"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do once the bot's message holds `after`, in its text or as a button: write `text`, or press that button if empty."""

    after: str
    text: str = ""


def words(piece: Piece) -> str:
    """Return words as they read on a resident's screen."""
    return render(piece, LANGUAGE).translate(MARKS)


def button(english: str) -> str:
    """Return what a button is called."""
    return words(C_("button", english))


def arrival() -> tuple[Step, ...]:
    """From Start to the menu: three updates."""
    return (Step("", "/start"), Step("العربية"), Step(button("I agree")))


def to_review(scene: Scene, number: int) -> tuple[Step, ...]:
    """From the menu to the review: nine updates. Residents take turns in districts and categories."""
    districts = scene.province.districts
    categories = [category for category in scene.province.categories if not category.sensitive and not category.urgent]
    skip = Step(button("Skip"))
    return (
        Step(button("Report a problem"), "/report"),
        Step(button("No")),
        Step(getattr(categories[number % len(categories)].names, LANGUAGE)),
        Step(getattr(districts[number % len(districts)].names, LANGUAGE)),
        skip,
        Step(
            words(N_("Please tell us what happened. You can write, or send a voice note or a photo.\nWhen you finish, press “Done”.")),
            STORY,
        ),
        Step(button("Done")),
        skip,
        Step(button("Yes")),
    )


def send() -> tuple[Step, ...]:
    """From the review to the receipt: one update."""
    return (Step(button("Send")),)


RECEIPT = "My reports"


def echoes(count: int) -> tuple[Step, ...]:
    """Write so many texts, each after the answer to the one before."""
    return (Step("", STORY), *(Step(STORY, STORY) for _ in range(count - 1)))


@dataclass
class Resident:
    """One person on their way through the steps; `end` is what the last answer holds, `told` what was last said to them."""

    crowd: Crowd
    person: Person
    steps: Sequence[Step]
    end: str
    at: int = 0
    acted: float = 0.0
    last_act: float = 0.0
    told: str = ""

    def begins(self) -> None:
        """Do the first step; to press a button means the bot's last message."""
        self._act(None if self.steps[0].text else self.person.talk.last.raw)

    def sees(self, raw: dict[str, Any]) -> None:
        """Look at a message of the bot; where it is the one waited for, note how long it took and go on."""
        after = self.steps[self.at].after if self.at < len(self.steps) else self.end
        if not self.acted or not _holds(raw, after):
            return
        self.crowd.waited.append(time.perf_counter() - self.acted)
        self.acted = 0.0
        self.told = raw.get("text", "")
        loop = asyncio.get_running_loop()
        if self.at == len(self.steps):
            loop.call_soon(self.crowd.finished, self)
        else:
            loop.call_later(self.crowd.think(), self._act, raw)

    def _act(self, raw: dict[str, Any] | None) -> None:
        step = self.steps[self.at]
        words = raw is None or bool(step.text)
        found = None if raw is None or words else self._button(raw, step.after)
        self.acted = time.perf_counter()
        if not words and found is None:
            return  # whatever takes its place is what was waited for
        self.at += 1
        self.last_act = self.acted
        self.crowd.acts += 1
        if found is None:
            self.person.writes(step.text)
        else:
            self.person.presses_data(self.person.talk.message(found[0]), found[1])

    def _button(self, raw: dict[str, Any], label: str) -> tuple[int, str] | None:
        """Return where a button is and what it carries: after a kill the message may have been said again, and the first one lost it."""
        for each in (raw, self.person.talk.last.raw):
            for name, data in buttons(each):
                if name == label:
                    return each["message_id"], data
        return None


def buttons(raw: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what each button of a message is called and what it carries."""
    rows = raw.get("reply_markup", {}).get("inline_keyboard", [])
    return [(each["text"].translate(MARKS), each.get("callback_data", "")) for row in rows for each in row]


def _holds(raw: dict[str, Any], words: str) -> bool:
    return any(label == words for label, _ in buttons(raw)) or words in raw.get("text", "").translate(MARKS)


@dataclass
class Crowd:
    """All residents of a scene, and how long each answer took.

    Attributes:
        pause: seconds that a resident thinks before the next step, on the average.
        waited: seconds from each act to the message that was waited for.
        acts: how often anybody did anything.
        done: how many have come to their end.
        cards: how many messages of the bot have come into the forums' groups.
    """

    scene: Scene
    pause: float = 0.0
    waited: list[float] = field(default_factory=list)
    acts: int = 0
    done: int = 0
    cards: int = 0
    _residents: dict[int, Resident] = field(default_factory=dict)
    _waiting: list[Resident] = field(default_factory=list)
    _next: Callable[[], Resident] | None = None

    def __enter__(self) -> Crowd:
        """Begin to listen."""
        self._groups = {chat.id for chat in self.scene.forums.values()}
        self._bot: int = self.scene.world.bot["id"]
        self.scene.world.listeners.add(self._hears)
        return self

    def __exit__(self, *error: object) -> None:
        """Listen no more."""
        self.scene.world.listeners.discard(self._hears)

    def think(self) -> float:
        """Return how long somebody thinks now."""
        return self.pause * random.uniform(0.7, 1.3)

    def resident(self, steps: Sequence[Step], end: str, person: Person | None = None) -> Resident:
        """Add somebody who has these steps before them."""
        person = person or self.scene.people(1)[0]
        found = self._residents[person.id] = Resident(self, person, steps, end)
        return found

    def goes(self, residents: Iterable[Resident], at_once: int) -> None:
        """Let residents begin, so many at once; the next begins when one has ended."""
        self._waiting = list(residents)[::-1]
        for _ in range(min(at_once, len(self._waiting))):
            self._waiting.pop().begins()

    def goes_on(self, make: Callable[[], Resident], at_once: int) -> None:
        """Let so many begin, spread over a pause; for each that ends a new one begins."""
        self._next = make
        loop = asyncio.get_running_loop()
        for number in range(at_once):
            loop.call_later(self.pause * number / at_once, lambda: make().begins())

    def still_waiting(self) -> list[float]:
        """Return for how long those wait who have no answer yet."""
        now = time.perf_counter()
        return [now - each.acted for each in self._residents.values() if each.acted]

    def stops(self) -> None:
        """Let nobody begin or do anything more."""
        self._next = None
        self._residents.clear()

    def finished(self, resident: Resident) -> None:
        """Somebody has come to their end."""
        self.done += 1
        if self._next is not None:
            self._residents.pop(resident.person.id, None)
            asyncio.get_running_loop().call_later(self.think(), self._next_begins)
        elif self._waiting:
            self._waiting.pop().begins()

    def _next_begins(self) -> None:
        if self._next is not None:
            self._next().begins()

    def _hears(self, event: str, body: dict[str, Any]) -> None:
        if event not in ("message", "edited"):
            return
        chat_id: int = body["chat_id"]
        resident = self._residents.get(chat_id)
        if resident is None and chat_id not in self._groups:
            return
        chat = self.scene.world.chats[chat_id]
        raw = chat.messages[body["message_id"]]
        if raw.get("from", {}).get("id") != self._bot:
            return
        if resident is not None:
            resident.sees(raw)
        else:
            self.cards += event == "message"
