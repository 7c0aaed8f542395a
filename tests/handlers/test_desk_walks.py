"""Many random afternoons at the desks of three groups: whatever members press and write, in whatever order, some things never happen."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest

from bot.i18n import render
from bot.model.buttons import decode, encode
from bot.model.effects import Effect, EraseTicket, Send, Withdraw
from bot.model.events import Delivery, DeliveryChanged, MediaReceived, TextReceived, TimerFired
from bot.model.ids import LANGUAGES, PROVINCE, EntryId, ForumId, MemberId
from bot.model.messages import Attachment, Button, Message, ToForum, ToResident
from bot.model.people import Actor, Member
from bot.model.situation import Situation
from bot.model.tickets import Content, Entry, Ticket
from handlers.cards import OUTCOME_NAMES, desk_of, place_cards
from handlers.deliveries import delivery_changed
from handlers.desk import DESK, DESK_EVENTS
from handlers.desk.closing import purge, reopen
from handlers.thread import message_from_resident
from tests.handlers.build import AZAD, HEAD, JALAWLA, KHANAQIN, LINKED, RESIDENT, SARA, STORY, after, english, situation, ticket

DILAN = Member(MemberId("membersdilan"), JALAWLA, "Dilan R.")
STAFF = {KHANAQIN: (SARA, AZAD), JALAWLA: (DILAN,), PROVINCE: (HEAD,)}
FURTHER = "It was the tall one."
NOTE, REASON = "canary in a note", "canary in a reason"
PHOTO = Attachment("photo", "canary-file")
NEVER_TO_THE_RESIDENT = (
    *(member.name for members in STAFF.values() for member in members),
    *(member.id for members in STAFF.values() for member in members),
    *map(english, OUTCOME_NAMES.values()),
    *OUTCOME_NAMES,
    NOTE,
    REASON,
)


@dataclass
class Afternoon:
    """One ticket, and what every group shows of it."""

    chance: random.Random
    here: Situation
    shown: dict[tuple[ForumId, str], Message] = field(default_factory=dict)
    pressed: list[tuple[ForumId, Button]] = field(default_factory=list)
    erased: bool = False

    @property
    def ticket(self) -> Ticket:
        assert self.here.ticket is not None
        return self.here.ticket

    def happens(self, effects: Iterable[Effect]) -> None:
        decided = list(effects)
        for effect in decided:
            match effect:
                case Send(ToForum(forum), message):
                    self._in_a_group(forum, effect.slot or f"once:{len(self.shown)}", message)
                case Send(ToResident(), message):
                    self._to_the_resident(message)
                case Withdraw(ToForum(forum), slot):
                    self.shown.pop((forum, slot), None)
                case EraseTicket():
                    self.erased = True
                case _:
                    pass
        self.here = after(self.here, decided)

    def _in_a_group(self, forum: ForumId, slot: str, message: Message) -> None:
        for language in LANGUAGES:
            text = render(message.body, language)
            assert RESIDENT.resident not in text
            assert self.ticket.id not in text
            if STORY in text or FURTHER in text or message.attachment:
                assert message.protect
        for button in (button for row in message.rows for button in row):
            assert decode(encode(button.action)) == button.action
            self.pressed.append((forum, button))
        self.shown[forum, slot] = message

    def _to_the_resident(self, message: Message) -> None:
        assert self.ticket.contact
        for canary in NEVER_TO_THE_RESIDENT:
            assert canary not in english(message.body)
        assert message.answers is None

    def step(self) -> None:
        chance = self.chance
        what = chance.choice(["press", "press", "press", "reply", "reply", "resident", "delivery"])
        if what == "press" and self.pressed:
            forum, button = chance.choice(self.pressed[-12:])
            self.happens(DESK[button.action.verb](self._acting_in(forum), button.action))
        elif what == "reply" and self.shown:
            forum, slot = chance.choice(list(self.shown))
            text = NOTE if slot.startswith("prompt:note") else REASON if slot.startswith("prompt:return") else "Answering words."
            event = TextReceived(text) if chance.random() < 0.8 else MediaReceived(PHOTO, text)
            self.happens(DESK_EVENTS[type(event)](replace(self._acting_in(forum), prompt=slot), event))
        elif what == "resident":
            self._resident_acts()
        elif self.here.entries:
            became: Delivery = chance.choice(["delivered", "blocked", "failed"])
            entry = chance.choice(self.here.entries)
            if entry.kind == "answer":
                self.happens(delivery_changed(self.here, DeliveryChanged(entry.id, self.ticket.id, became)))

    def _acting_in(self, forum: ForumId) -> Situation:
        if self.chance.random() < 0.1:
            nobody: Actor = self.chance.choice(["anonymous", "channel", "stranger", "former_member"])
            return replace(self.here, forum=forum, actor=nobody, member=None)
        member = self.chance.choice(STAFF[forum])
        return replace(self.here, forum=forum, member=member, actor="coordinator" if forum == PROVINCE else "member")

    def _resident_acts(self) -> None:
        if self.ticket.state == "closed":
            self.happens(reopen(self.ticket, self.here))
        entry = Entry(EntryId(self.here.chance.token()), self.ticket.id, "message", FURTHER, self.here.now, (PHOTO,))
        self.happens(message_from_resident(self.ticket, entry, self.here))
        self.here = replace(self.here, entries=(*self.here.entries, entry))


def _afternoon(seed: int) -> Afternoon:
    chance = random.Random(seed)
    about = ticket(
        content=Content(STORY, (PHOTO,)),
        sensitive=chance.random() < 0.3,
        urgent=chance.random() < 0.3,
        contact=chance.random() < 0.8,
    )
    forums = {forum: LINKED[forum] for forum in (KHANAQIN, JALAWLA, PROVINCE)}
    places = replace(situation().province, districts=situation().province.districts[:2])
    day = Afternoon(chance, situation(about, forums=forums, province=places))
    day.happens(place_cards(about, day.here))
    for _ in range(36):
        day.step()
    return day


@pytest.fixture(scope="module")
def afternoons() -> list[Afternoon]:
    return [_afternoon(seed) for seed in range(150)]


def test_no_note_outcome_or_name_ever_reaches_the_resident(afternoons: list[Afternoon]) -> None:
    """B43, B52, B68, B71: the checks stand in `Afternoon`."""
    assert {entry.kind for day in afternoons for entry in day.here.entries} == {"answer", "message", "note", "pending"}


def test_no_group_but_the_one_that_works_on_a_report_shows_its_content(afternoons: list[Afternoon]) -> None:
    """B63."""
    assert sum(day.ticket.hops > 0 for day in afternoons) > 5
    for day in afternoons:
        desk = desk_of(day.ticket, day.here)
        for (forum, _), message in day.shown.items():
            if forum != desk:
                assert STORY not in english(message.body)
                assert FURTHER not in english(message.body)
                assert message.attachment is None


def test_after_the_purge_no_group_shows_anything_of_a_report(afternoons: list[Afternoon]) -> None:
    closed = [replace(day, shown=dict(day.shown)) for day in afternoons if day.ticket.state == "closed"]
    assert len(closed) > 5
    for day in closed:
        day.happens(purge(day.here, TimerFired("purge", "purge:x")))
        assert day.erased
        for message in day.shown.values():
            assert STORY not in english(message.body)
            assert FURTHER not in english(message.body)
            assert NOTE not in english(message.body)
            assert message.attachment is None
