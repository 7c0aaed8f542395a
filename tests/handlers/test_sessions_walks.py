"""Many random weeks of a forum and its sessions: whatever members press and write, in whatever order, some things never happen."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.i18n import render
from bot.model.buttons import decode, encode
from bot.model.effects import AddEntry, Audit, Effect, MoveSession, Send, StartRound
from bot.model.events import Event, LocationReceived, MediaReceived, TextReceived
from bot.model.ids import LANGUAGES, ResidentId
from bot.model.messages import Attachment, ToForum, ToResident
from bot.model.people import Actor
from bot.model.sessions import Feedback, Tally
from handlers import BOOK
from handlers.desk import DESK
from handlers.sessions import SESSION_DESK
from tests.handlers.build import AZAD, RESIDENT, SARA, situation
from tests.handlers.meeting import Meeting, announced, another, filled, held, request

OTHER = ResidentId("residentbbbb")
NOTE, MINUTES = "canary in a note", "canary in the minutes"
FORUM_ONLY = (SARA.name, AZAD.name, SARA.id, AZAD.id, NOTE, MINUTES, "canary-file")
OF_RESIDENTS = (RESIDENT.resident, OTHER)
VERBS = sorted(SESSION_DESK.keys() | {"take", "release", "reply", "note"})


class Weeks(Meeting):
    """One group, three requests, and whatever sessions come of them."""

    def __init__(self, seed: int) -> None:
        super().__init__(situation(request(), session=None))
        self.knows(another("No water in the old town", 1, resident=OTHER), another("Street dogs", 2, contact=False))
        self.chance = random.Random(seed)
        self.states: list[str] = []
        self.told: list[Send] = []
        self.changes = 0

    def step(self) -> None:
        what = self.chance.choice(["press"] * 9 + ["reply"] * 5 + ["card", "time", "people"])
        before = self.here.session
        effects: list[Effect] = []
        if what == "press":
            effects = self._some_button()
        elif what == "reply":
            effects = self._some_reply()
        elif what == "card":
            about = self.chance.choice(list(self.tickets.values()))
            effects = self.press(self.chance.choice(["take", "schedule", "schedule", "release"]), about=about, **self._who())
        elif what == "time":
            effects = self._time_passes()
        else:
            words = (Feedback("bad", "canary of a resident"),)
            self.here = replace(self.here, tally=Tally(self.chance.randrange(9), 1, 2, 3), feedback=words)
        self._check(effects)
        if self.here.session is not None and (before is None or before.id == self.here.session.id):
            self.states.append(f"{before.state if before else 'none'} {self.here.session.state}")

    def _who(self) -> dict[str, Any]:
        if self.chance.random() < 0.1:
            nobody: Actor = self.chance.choice(["anonymous", "channel", "stranger", "former_member", "resident"])
            return {"actor": nobody, "member": None}
        return {"member": self.chance.choice([SARA, AZAD])}

    def _some_button(self) -> list[Effect]:
        plans = [send for slot, send in self.shown.items() if slot.startswith(("plan:", "promise:"))]
        shown = plans if plans and self.chance.random() < 0.8 else list(self.shown.values())
        buttons = [button for send in shown for row in send.message.rows for button in row]
        if not buttons:
            return []
        action = self.chance.choice(buttons).action
        if action.session is not None and (self.here.session is None or action.session != self.here.session.id):
            return []
        return self._pressed(action, **self._who())

    def _some_reply(self) -> list[Effect]:
        slots = [slot for slot in self.shown if slot.startswith(("field:", "prompt:"))]
        if not slots or self.here.session is None:
            return []
        slot = self.chance.choice(slots)
        if slot.startswith("prompt:"):
            about = next((each for each in self.tickets.values() if each.id in slot), None)
            if about is None:
                return []
            words = NOTE if "note" in slot else "We meet on Monday."
            here = replace(self.loaded(about.id), prompt=slot, **self._who())
            return self._decided(BOOK.desk_events[TextReceived](here, TextReceived(words)))
        if self.here.session.id not in slot:
            return []
        words = MINUTES if ":minutes:" in slot else self.chance.choice(["12 9 5", "20", "Public library", "x" * 300, "0770 123 4567"])
        photo = MediaReceived(Attachment("photo", "canary-file"), words)
        events: list[Event] = [*[TextReceived(words)] * 4, photo, LocationReceived(34.3, 45.3)]
        event = self.chance.choice(events)
        return self.replies(event, slot, **self._who())

    def _time_passes(self) -> list[Effect]:
        later = self.here.now + timedelta(hours=self.chance.choice([1, 24, 240]))
        self.here = replace(self.here, now=later, at=later)
        if self.here.session is None:
            return []
        due = [f"promise:{promise.id}" for promise in self.here.promises]
        key = self.chance.choice([f"session:{self.here.session.id}:over", *due])
        return self.fires("promise" if key.startswith("promise") else "over", key, later)

    def _check(self, effects: list[Effect]) -> None:
        rounds = [effect for effect in effects if isinstance(effect, StartRound)]
        assert len(rounds) <= 1
        for effect in effects:
            match effect:
                case Send(ToResident(), message):
                    self.told.append(effect)
                    assert not message.answers
                    shown = render(message.body, "en")
                    assert not [canary for canary in FORUM_ONLY if canary in shown and canary != "canary-file"]
                case Send(ToForum(), message):
                    for language in LANGUAGES:
                        shown = render(message.body, language)
                        assert not [who for who in OF_RESIDENTS if who in shown]
                    for button in (button for row in message.rows for button in row):
                        assert decode(encode(button.action)) == button.action
                        assert button.action.verb in BOOK.desk
                    assert len(message.rows) <= 12
                    assert all(1 <= len(row) <= 8 for row in message.rows)
                case MoveSession(session):
                    assert session.reason != NOTE
                case AddEntry(entry):
                    assert entry.kind != "message"
                case Audit(_, _, _, _, detail):
                    assert "canary" not in detail
                case _:
                    pass


@pytest.fixture(scope="module")
def weeks() -> list[Weeks]:
    walked = []
    for seed in range(80):
        some = Weeks(seed)
        begin = (None, filled, announced, held)[seed % 4]
        if begin is not None:
            begin(some)
        for _ in range(80):
            some.step()
        walked.append(some)
    return walked


def test_no_name_note_or_minutes_ever_reaches_a_resident(weeks: list[Weeks]) -> None:
    """The walk itself looks at each message; here is that there were enough of them."""
    assert sum(len(some.told) for some in weeks) > 100


def test_a_session_only_goes_forward(weeks: list[Weeks]) -> None:
    allowed = {"none planned", "planned announced", "planned cancelled", "announced held", "announced cancelled"}
    seen = {state for some in weeks for state in some.states}
    moved = {state for state in seen if state.split()[0] != state.split()[1]}
    assert moved <= allowed
    assert {"planned announced", "announced held", "announced cancelled", "planned cancelled"} <= moved


def test_every_round_is_told_of_a_session_that_people_know(weeks: list[Weeks]) -> None:
    kinds = {begun.kind for some in weeks for begun in some.rounds}
    assert kinds == {"invitation", "changed", "cancelled", "feedback", "promise"}
    for some in weeks:
        invited = [begun.session for begun in some.rounds if begun.kind == "invitation"]
        assert len(invited) == len(set(invited)), "a session is announced once"
        assert {begun.session for begun in some.rounds} == set(invited)


def test_whoever_does_not_want_messages_gets_none(weeks: list[Weeks]) -> None:
    assert not [send for some in weeks for send in some.told if "KHN-BBB2" in render(send.message.body, "en")]


def test_no_verb_of_a_session_is_one_of_the_desk() -> None:
    assert not SESSION_DESK.keys() & DESK.keys()
    assert set(VERBS) <= BOOK.desk.keys()
