"""What residents do, alone with the bot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.demo.world import Person
from bot.storage import residents
from tests.conversation.words import BUTTONS
from tests.fire.properties.stage import Stage, made, newest, picked
from tests.town.people import OWN_NAMES, Resident
from tests.town.words import label, plain

SAYINGS = ("/start", "/report", "/dialogue", "/status", "/sessions", "/privacy", "/cancel", "/help", "/area", "/language", "/nonsense",
           "Back", "1", "٣", "۲", "Yes", "Khanaqin", "911", "Stop", "Send")  # fmt: skip
WORDS = len(SAYINGS)
"""Stands for words of their own, as does every number above it."""
FAREWELL = timedelta(minutes=3)


class Residents(Stage):
    """Residents, by their number."""

    def writes(self, number: int, saying: int, *, hurried: bool = False) -> None:
        """Somebody writes to the bot: words of their own, a command, a digit, a label."""
        name, resident = self.resident(number)
        text = SAYINGS[saying] if saying < WORDS else f"{self.marked(name)} there are people who sell pills"
        self.does(f"{name} writes “{text}”", lambda: resident.says(text), hurried=hurried)
        self.waited_for = (name, None)

    def sends(self, number: int, kind: int) -> None:
        """Somebody sends a photo, a voice note, a place, a contact, a document, an album."""
        name, resident = self.resident(number)
        acts: tuple[tuple[str, Callable[[Person], Any]], ...] = (
            ("a photo", lambda person: person.sends_photo(caption=f"{self.marked(name)} a photo")),
            ("a voice note", lambda person: person.sends_voice()),
            ("a place", lambda person: person.sends_location(34.3489, 45.3907)),
            ("a contact", lambda person: person.sends_contact("+9647701234567", "Somebody")),
            ("a document", lambda person: person.sends_document()),
            ("an album", lambda person: person.sends_album(2)),
        )
        told, act = acts[kind % len(acts)]
        self.does(f"{name} sends {told}", lambda: resident.acts(act))
        self.waited_for = (name, None)

    def taps(self, number: int, back: int, pick: int) -> None:
        """Somebody presses a button of one of the bot's last messages to them."""
        name, resident = self.resident(number)
        found = picked(resident.talk, back, pick)
        if found is None:
            self.writes(number, 0)
            return
        if found[2].startswith("erase~~yes"):
            self._notes(name, resident)
        self.pressed(resident.person, found, owed=name)

    def reports(self, number: int, district: str = "Khanaqin") -> None:
        """Somebody reports something, from the first word to the receipt."""
        _, resident = self.resident(number)
        language = resident.language
        if resident.person.is_blocking:
            return
        if not any(label("My reports", language) in text for message in resident.talk.from_bot for text in message.labels):
            self._arrives(number)
        place = next(each.names.in_language(language) for each in self.street.places.districts if each.names.en == district)
        self.writes(number, SAYINGS.index("/report"))
        for word in (BUTTONS["no"][language], BUTTONS["drugs"][language], plain(place), label("Skip", language)):
            self._taps_on(number, word)
        self.writes(number, WORDS)
        for word in ("Done", "Skip", "Yes", "Send"):
            self._taps_on(number, label(word, language))

    def wants_messages(self, number: int) -> None:
        """Somebody asks for the messages of Khanaqin."""
        name, resident = self.resident(number)
        self.writes(number, SAYINGS.index("/area"))
        if (found := newest(resident.talk, made("^area~~in~khanaqin~"))) is not None:
            self.pressed(resident.person, found, owed=name)

    def deletes_everything(self, number: int) -> None:
        """Somebody has all their data deleted, and leaves."""
        name, resident = self.resident(number)
        self.writes(number, SAYINGS.index("/privacy"))
        if (first := newest(resident.talk, made("^erase~"))) is None:
            return
        self.pressed(resident.person, first, owed=name)
        if (sure := newest(resident.talk, made("^erase~~yes"))) is None:
            return
        self._notes(name, resident)
        self.pressed(resident.person, sure, owed=name)
        self.waits(FAREWELL)

    def blocks(self, number: int) -> None:
        """Somebody blocks the bot, or lets it write again."""
        name, resident = self.resident(number)
        if not resident.person.has_started:
            return
        blocking = resident.person.is_blocking
        act = resident.person.unblocks if blocking else resident.person.blocks
        self.does(f"{name} {'lets the bot write again' if blocking else 'blocks the bot'}", act)

    def waits(self, span: timedelta) -> None:
        """Time passes."""
        self.story.append(f"{span} pass")
        self.waited_for = None
        self.street.waits(span)

    def _arrives(self, number: int) -> None:
        _, resident = self.resident(number)
        self.writes(number, SAYINGS.index("/language"))
        self._taps_on(number, OWN_NAMES[resident.language])
        self._taps_on(number, label("I agree", resident.language))

    def _taps_on(self, number: int, word: str) -> None:
        name, resident = self.resident(number)
        if (found := newest(resident.talk, lambda button: word in button[1])) is not None:
            self.pressed(resident.person, found, owed=name)

    def _notes(self, name: str, resident: Resident) -> None:
        """Note who is about to have everything deleted: their id, their tickets, their words."""
        who = str(resident.person.id)
        known = self.street.go(self.street.reads(lambda conn: residents.find(conn, self.street.db.keys, "telegram", who)))
        if known is not None:
            self.erased[name] = known.id
            self.gone.update(known.tickets)
            self.forgotten.update(mark for mark, said in self.words.items() if said == name)
