"""B96, as a property: whatever people press in whatever order, seats are never exceeded and the line is kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.i18n import render
from bot.model.effects import Effect, Send, SetAnswer
from bot.model.ids import ResidentId
from bot.model.messages import Action, ToForum, ToResident
from bot.model.people import Resident
from bot.model.sessions import Answer, Person, Session, Tally
from bot.model.situation import Situation
from handlers.invitations import rsvp
from tests.conversation.sessions import SESSION
from tests.handlers.build import LINKED, NOW, PLACES, Counting

PEOPLE = [ResidentId(f"resident{number:04}") for number in range(8)]
TAPS = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["coming", "coming", "maybe", "no"])), max_size=60)


@dataclass
class Hall:
    """The answers as turn after turn leaves them, as the storage keeps them."""

    session: Session
    answers: dict[ResidentId, Answer] = field(default_factory=dict)
    line: list[ResidentId] = field(default_factory=list)
    told: list[ResidentId] = field(default_factory=list)

    def tally(self) -> Tally:
        given = list(self.answers.values())
        return Tally(given.count("coming"), given.count("maybe"), given.count("no"), given.count("waiting"))

    def press(self, who: ResidentId, wanted: str) -> list[Effect]:
        others = [person for person in self.line if person != who]
        here = Situation(
            now=NOW,
            at=NOW,
            province=PLACES,
            chance=Counting(),
            place="private",
            words=render,
            resident=Resident(who, "en", consented=True),
            actor="resident",
            forums=LINKED,
            session=self.session,
            tally=self.tally(),
            answer=self.answers.get(who),
            waiting=tuple(Person(person, place, "waiting") for place, person in enumerate(others)),
        )
        effects = list(rsvp(here, Action("rsvp", None, (wanted,), self.session.id)))
        for effect in effects:
            if isinstance(effect, SetAnswer):
                self._set(effect)
        self.told = [send.to.resident for send in effects if isinstance(send, Send) and isinstance(send.to, ToResident)]
        return effects

    def _set(self, effect: SetAnswer) -> None:
        assert effect.answer is not None
        if effect.answer == "waiting" and effect.resident not in self.line:
            self.line.append(effect.resident)
        if effect.answer != "waiting" and effect.resident in self.line:
            self.line.remove(effect.resident)
        self.answers[effect.resident] = effect.answer


@settings(max_examples=200, deadline=None)
@given(capacity=st.integers(1, 4), taps=TAPS)
def test_seats_are_never_exceeded_and_none_stays_empty_while_somebody_waits(capacity: int, taps: list[tuple[ResidentId, str]]) -> None:
    """B96."""
    hall = Hall(replace(SESSION, capacity=capacity))
    for who, wanted in taps:
        before = list(hall.line)
        effects = hall.press(who, wanted)
        tally = hall.tally()
        assert tally.coming <= capacity
        assert tally.coming == capacity or tally.waiting == 0
        left = [person for person in before if person in hall.line]
        assert left == [person for person in hall.line if person in before], "nobody is overtaken"
        moved = [person for person in before if person not in hall.line and person != who]
        assert moved == before[: len(moved)] or moved == [person for person in before if person != who][: len(moved)]
        assert hall.told == [who, *moved], "who answered, and who moved up, and nobody else"
        (plan,) = [send for send in effects if isinstance(send, Send) and isinstance(send.to, ToForum)]
        assert f"Coming: {tally.coming}" in render(plan.message.body, "en").replace("\u2068", "").replace("\u2069", "")


@settings(max_examples=50, deadline=None)
@given(taps=TAPS)
def test_without_a_limit_nobody_waits(taps: list[tuple[ResidentId, str]]) -> None:
    """B96."""
    hall = Hall(replace(SESSION, capacity=None))
    for who, wanted in taps:
        hall.press(who, wanted)
    last = dict(taps)
    assert hall.answers == last
