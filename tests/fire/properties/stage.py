"""The street with everybody on it, and what is known of what they said."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.demo.world import Chat, Message, Person, Press
from bot.model.ids import ResidentId, TicketId
from tests.fire.properties.street import Street
from tests.town.people import Forum, Resident
from tests.town.words import plain

Found = tuple[Message, str, str]
"""A button: its message, its label, its data."""


@dataclass
class Stage:
    """Everybody, and what is known of what they said.

    Attributes:
        story: what happened, one line an act.
        words: everything that was said, by the mark in it, with who said it.
        erased: residents who had all deleted, and their ids in the bot's own storage.
        forgotten, gone: marks and tickets that were deleted with them.
        before: the number of the newest change in the world before the last act.
        waited_for: who is owed an answer now, and for which press.
    """

    street: Street
    story: list[str] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    erased: dict[str, ResidentId] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    gone: set[TicketId] = field(default_factory=set)
    before: int = 0
    waited_for: tuple[str, Press | None] | None = None

    def forum(self, number: int) -> Forum:
        """Return one of the forums; the first is that of Khanaqin, the last the province."""
        return list(self.street.forums.values())[number % len(self.street.forums)]

    def resident(self, number: int) -> tuple[str, Resident]:
        """Return one of the residents with their name."""
        return list(self.street.residents.items())[number % len(self.street.residents)]

    def marked(self, who: str) -> str:
        """Return words that nobody has said before."""
        mark = f"{who[0].lower()}w{len(self.words):04}x"
        self.words[mark] = who
        return mark

    def does(self, told: str, act: Callable[[], Any], *, hurried: bool = False) -> Any:
        """Let something happen, and tell it."""
        self.story.append(told)
        self.before, self.waited_for = self.street.world.seq, None
        return self.street.acts(act, hurried=hurried)

    def pressed(self, who: Person, found: Found, *, owed: str = "", hurried: bool = False) -> None:
        """Let somebody press a button; `owed` names the resident who has to hear something."""
        message, text, data = found
        press = self.does(f"{owed or who.name} presses “{text}”", lambda: who.presses_data(message, data), hurried=hurried)
        self.waited_for = (owed, press)


def inside(chat: Chat, person: Person) -> bool:
    """Whether somebody is in a group now."""
    member = chat.members.get(person.id)
    return member is not None and member.is_inside


def buttons(message: Message) -> list[Found]:
    """Return what can be pressed below a message."""
    every = (button for row in message.buttons for button in row)
    return [(message, plain(button["text"]), button["callback_data"]) for button in every if "callback_data" in button]


def picked(chat: Chat, back: int, pick: int, among: int = 4) -> Found | None:
    """Return a button of one of the bot's last messages that have any."""
    carrying = [message for message in chat.from_bot if message.buttons][-among:]
    found = buttons(carrying[-1 - back % len(carrying)]) if carrying else []
    return found[pick % len(found)] if found else None


def newest(chat: Chat, fits: Callable[[Found], bool]) -> Found | None:
    """Return the newest button that fits."""
    return next((found for message in reversed(chat.from_bot) for found in buttons(message) if fits(found)), None)


def made(pattern: str) -> Callable[[Found], bool]:
    """Fit buttons whose data looks like this, and that do not say that it cannot be."""
    return lambda found: re.search(pattern, found[2]) is not None and "✖" not in found[1]
