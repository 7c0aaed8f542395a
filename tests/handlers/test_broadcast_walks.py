"""Many random weeks of broadcasts: whatever is pressed and written, by whomever and in whatever order, some things never happen."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, time, timedelta
from typing import get_args

import pytest

from bot.i18n import render
from bot.model.broadcasts import DAY_NAMES, Broadcast, BroadcastState, Counted, Schedule
from bot.model.buttons import decode, encode
from bot.model.calendar import Calendar, Holiday, Ramadan
from bot.model.effects import Audit, Effect, MoveBroadcast, OpenOccurrence, Send, Toast
from bot.model.events import Event, LocationReceived, MediaReceived, TextReceived
from bot.model.ids import LANGUAGES, PROVINCE, ForumId, Language
from bot.model.messages import Attachment, Message, ToForum, ToResident, cast_slot
from bot.model.people import Member
from bot.model.text import Names
from handlers import BOOK
from handlers.broadcasts.approving import card
from handlers.broadcasts.message import message_for, units
from handlers.broadcasts.panel import panel
from handlers.broadcasts.pending import Pending, Step, holding, opened
from handlers.broadcasts.writing import WRITING_DESK
from handlers.calendar import CALENDAR_DESK
from handlers.desk import DESK
from handlers.sessions import SESSION_DESK
from tests.handlers.build import KHANAQIN, PLACES, situation
from tests.handlers.casting import (
    AZAD,
    LAYLA,
    MYSELF,
    OMAR,
    QUIZ,
    SARA,
    SARA_IN_THE_PROVINCE,
    Writing,
    approved,
    begun,
    seated,
    submitted,
    written,
)

PEOPLE = (SARA, SARA, AZAD, LAYLA, OMAR, SARA_IN_THE_PROVINCE)
VERBS = ("cast", "cast_ok", "cast_when")
LONG = "کوردستان و عێراق " * 200
WORDS = (
    "Canary words for residents.",
    LONG,
    LONG[:700],
    "x\n" * 90,
    QUIZ,
    QUIZ.replace("* ", ""),
    "Q?\n" + f"{'a' * 99}\n{'b' * 99}\n* {'c' * 99}",
    " ",
)
FILES = ("photo", "voice", "video", "document")
LONG_NAME = "ن" * 60
THIRTY = Names("D" * 30, "د" * 30, "د" * 30)
FULL = Calendar(
    holidays=(Holiday(date(2026, 11, 23), date(2026, 11, 24), Names(LONG_NAME, LONG_NAME, LONG_NAME)),),
    ramadan=(Ramadan(date(2026, 11, 1), date(2026, 12, 20), time(12), time(14)),),
)
CHANNELS = replace(PLACES, districts=tuple(replace(each, channel=f"@{each.id}") for each in PLACES.districts))


class Weeks(Writing):
    """A forum, the province, and whatever they make of one broadcast."""

    def __init__(self, seed: int) -> None:
        super().__init__(situation(ticket=None, myself=MYSELF if seed % 2 else None, province=CHANNELS))
        self.chance = random.Random(seed)
        self.states: set[str] = set()
        self.presses_made: set[str] = set()
        self.approvals: list[tuple[Broadcast, Member]] = []

    def step(self) -> None:
        if self.gone:
            self.gone = False
            self.command(**seated(self.chance.choice((SARA, LAYLA))))
        before, who = self.broadcast, self.chance.choice(PEOPLE)
        match self.chance.choice(["press"] * 9 + ["reply"] * 4 + ["file", "count", "end"]):
            case "press":
                effects = self._some_button(who)
            case "reply":
                effects = self._some_reply(TextReceived(self.chance.choice(WORDS)), who)
            case "file":
                kind = self.chance.choice(FILES)
                sent: Event = self.chance.choice((MediaReceived(Attachment(kind, "canary-file"), "caption"), LocationReceived(34.3, 45.4)))  # type: ignore[arg-type]
                effects = self._some_reply(sent, who)
            case "count" if self.counts:
                effects = self.counted(self.chance.choice((0, 3, 60, 1240)))
            case _:
                effects = self._ends()
        self._check(before, who, effects)

    def _some_button(self, who: Member) -> list[Effect]:
        mine = [send for (forum, _), send in self.shown.items() if forum == who.forum or self.chance.random() < 0.1]
        buttons = [button for send in mine for row in send.message.rows for button in row if button.action.verb in VERBS]
        buttons = [button for button in buttons if button.action.broadcast == self.broadcast.id]
        if not buttons:
            return []
        action = self.chance.choice(buttons).action
        self.presses_made.add(f"{action.verb} {action.args[0]}")
        return self.presses(decode(encode(action)), **seated(who))

    def _some_reply(self, event: Event, who: Member) -> list[Effect]:
        prompts = [slot for _, slot in self.shown if slot.startswith(f"cast:{self.broadcast.id}:")]
        return self.replies_to(self.chance.choice(prompts), event, **seated(who)) if prompts else []

    def _ends(self) -> list[Effect]:
        """A sending comes to its end, and hours pass."""
        done = tuple(replace(each, state="done") for each in self.here.occurrences)
        later = self.here.now + timedelta(hours=self.chance.choice((1, 30)))
        self.here = replace(self.here, occurrences=done[:10], now=later, at=later)
        return []

    def _check(self, before: Broadcast, who: Member, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(to, message):
                    self._fits(message)
                    self._tells_nobody(to, message)
                case Toast(text):
                    assert all(units(render(text, language)) <= 200 for language in LANGUAGES), text
                case Audit(_, _, _, _, detail):
                    assert len(detail) <= 32
                case MoveBroadcast(after):
                    self.states.add(f"{before.state} {after.state}")
                    self._moved(before, after, who)
                case OpenOccurrence(occurrence, messages=messages):
                    assert occurrence.revision == self.broadcast.approved == self.broadcast.revision
                    assert messages == message_for(self.broadcast, self.here, occurrence.id)
                case _:
                    pass

    def _fits(self, message: Message) -> None:
        limit = 1024 if message.attachment else 4096
        for_people = any(button.action.verb == "optout" for row in message.rows for button in row)
        for language in LANGUAGES:
            assert 0 < units(render(message.body, language)) <= limit or (for_people and self._unfinished())
            for button in (button for row in message.rows for button in row):
                assert 0 < units(render(button.label, language)) <= 110
        assert sum(map(len, message.rows)) <= 100
        assert all(1 <= len(row) <= 8 for row in message.rows)
        for button in (button for row in message.rows for button in row):
            assert button.action.verb in BOOK.desk

    def _unfinished(self) -> bool:
        """A text that a file has made too long is shown as it is; it cannot be submitted."""
        return self.broadcast.state == "draft" and self.broadcast.previewed != self.broadcast.revision

    def _tells_nobody(self, to: object, message: Message) -> None:
        shown = render(message.body, "en")
        assert MYSELF not in repr(message)
        if isinstance(to, ToResident):
            assert not [name for name in ("Sara", "Azad", "Layla", "Omar") if name in shown]
        elif isinstance(to, ToForum):
            others = ("Layla", "Omar") if to.forum == KHANAQIN else ("Azad",)
            assert not [name for name in others if name in shown]

    def _moved(self, before: Broadcast, after: Broadcast, who: Member) -> None:
        said = (before.topic, before.texts, before.attachment, before.quiz, before.audience, before.schedule)
        if said != (after.topic, after.texts, after.attachment, after.quiz, after.audience, after.schedule):
            assert after.revision == before.revision + 1
            assert (after.state, after.approved, before.state) == ("draft", 0, "draft")
            assert who.person in after.writers
        if (before.state, after.state) == ("submitted", "approved"):
            assert after.approved == after.revision == after.previewed
            assert after.counted is not None
            assert after.counted.people > 0
            assert who.forum == PROVINCE
            assert who.person not in before.writers
            self.approvals.append((after, who))
        if after.state in ("submitted", "approved"):
            assert set(message_for(after, self.here)) == set(after.audience.languages)
            assert all(
                units(render(each.body, "en")) <= (1024 if each.attachment else 4096) for each in message_for(after, self.here).values()
            )


@pytest.fixture(scope="module")
def weeks() -> list[Weeks]:
    walked = []
    for seed in range(60):
        some = Weeks(seed)
        beginning = (begun, written, submitted, approved)[seed % 4]
        fresh = beginning((SARA, LAYLA)[seed // 4 % 2], province=CHANNELS)
        some.here, some.shown, some.counts = replace(fresh.here, myself=some.here.myself), fresh.shown, fresh.counts
        for _ in range(100):
            some.step()
        walked.append(some)
    return walked


def test_every_message_fits_and_every_state_is_reached(weeks: list[Weeks]) -> None:
    """The walk itself looks at each message; here is that there were enough of them."""
    states = {state for some in weeks for state in some.states}
    assert {"draft submitted", "submitted approved", "submitted draft", "approved draft", "draft draft"} <= states
    assert not states & {"draft approved", "finished draft", "finished approved", "finished submitted"}


def test_every_button_of_the_composer_and_the_card_was_pressed(weeks: list[Weeks]) -> None:
    pressed = {press for some in weeks for press in some.presses_made}
    composer = {
        f"cast {step}" for step in ("topic", "open", "text", "quiz", "right", "file", "unfile", "unquiz", "sure", "lang", "area", "circle")
    }
    card = {f"cast_ok {step}" for step in ("preview", "approve", "return", "back", "undo", "leave")}
    rest = {f"cast {step}" for step in ("channels", "count", "preview", "test", "submit", "change", "delete", "show")}
    assert composer | card | rest <= pressed


def test_nobody_ever_approved_what_they_had_a_hand_in(weeks: list[Weeks]) -> None:
    """B87: looked at in each approval of the walk."""
    approvals = [approval for some in weeks for approval in some.approvals]
    assert len(approvals) >= 5
    assert not [who for broadcast, who in approvals if who.person in broadcast.writers]


def test_the_message_of_a_broadcast_is_never_a_dead_end(weeks: list[Weeks]) -> None:
    for some in weeks:
        shown = [send for (_, slot), send in some.shown.items() if some.here.broadcast and slot == cast_slot(some.here.broadcast.id)]
        assert all(send.message.rows for send in shown if some.broadcast.state != "finished")


def test_no_verb_of_a_broadcast_is_one_of_another_room() -> None:
    tables: list[set[str]] = [set(WRITING_DESK), set(DESK), set(SESSION_DESK), set(CALENDAR_DESK)]
    assert len(set.union(*tables)) == sum(map(len, tables))


def test_every_step_reads_whole_in_the_language_of_any_group() -> None:
    """Labels and questions exist in each language: no English is left where a group is addressed in another."""
    english_only = []
    for writing in (begun(), begun(LAYLA, province=CHANNELS)):
        for step in ("topic", "audience", "quiz", "delete"):
            writing.press("open", step)
            for language in ("ar", "ckb"):
                for button in (button for row in writing.panel.message.rows for button in row):
                    label = render(button.label, language)
                    if label.isascii() and label.strip() not in {district.names.en for district in PLACES.districts}:
                        english_only.append((step, language, label))
    assert english_only == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fullest_broadcast_is_still_one_message_in_every_state_and_step(language: Language) -> None:
    """A message that is edited in place must not become two."""
    many = tuple(replace(PLACES.districts[0], id=ForumId(f"f{number}"), code=f"F{number}", names=THIRTY) for number in range(12))
    province = replace(PLACES, districts=many, paid=1000, language=language)
    everything = Writing(situation(ticket=None, province=province, calendar=FULL))
    everything.command(**seated(LAYLA))
    everything.press("topic", "online")
    for each in LANGUAGES:
        everything.press("quiz", each)
        everything.replies("\n".join(("س" * 300, *(f"{letter}{'ب' * 99}" for letter in "123456"))))
        everything.press("text", each)
        everything.replies("ك" * 2000)
    schedule = Schedule("weekly", at=time(12), days=DAY_NAMES, until=date(2027, 12, 1))
    counted = Counted(0, 1240, dict.fromkeys(LANGUAGES, 400), {each.id: 1240 for each in many}, 77777, 77777, 77777)
    whole = holding(everything.broadcast, Pending(returned="ج" * 500))
    whole = replace(whole, schedule=schedule, counted=replace(counted, revision=whole.revision), attachment=Attachment("photo", "file"))
    for state in get_args(BroadcastState):
        for step in get_args(Step):
            shown = panel(replace(opened(whole, step), state=state), everything.here).message
            assert units(render(shown.body, language)) <= 4096, (state, step)
        assert units(render(card(replace(whole, state=state), everything.here, "N" * 60).message.body, language)) <= 4096
