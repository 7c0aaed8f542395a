"""Telling many people one thing: each once, silently at night, and nothing that does not hold any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.i18n import render
from bot.model.calendar import BAGHDAD
from bot.model.effects import AdvanceRound, Effect, Priority, Send
from bot.model.events import TimerFired
from bot.model.ids import LANGUAGES, Language, RoundId
from bot.model.messages import ToResident, round_slot
from bot.model.province import Province
from bot.model.sessions import CHUNK, Answer, Person, Promise, PromiseState, Round, RoundKind, Session, SessionState
from bot.model.situation import Situation
from handlers.rounds import go_on
from tests.conversation.phone import PLAIN, Phone
from tests.conversation.sessions import PROMISE, SESSION, TOPIC, hours_before, person

ID = RoundId("roundaaaaaaa")
KINDS: tuple[RoundKind, ...] = ("invitation", "changed", "cancelled", "reminder", "feedback", "promise")
NOON = datetime(2026, 12, 4, 12, 0, tzinfo=BAGHDAD)


def under_way(
    province: Province,
    kind: RoundKind,
    people: int = 2,
    *,
    session: Session = SESSION,
    promise: Promise = PROMISE,
    answer: Answer | None = None,
    now: datetime = NOON,
    reached: int | None = None,
) -> Situation:
    """Return what the machine hands over for the next people of a round."""
    told = replace(session, state="cancelled") if kind == "cancelled" else session
    return replace(
        Phone(province, "en").situation(),
        now=now,
        place="machine",
        resident=None,
        session=replace(told, reason="The hall is closed") if kind in ("changed", "cancelled") else told,
        promises=(promise,),
        round=Round(ID, session.id, kind, "invited", cursor=3, subject=promise.id if kind == "promise" else ""),
        people=tuple(replace(person(4 + number), answer=answer) for number in range(people)),
        reached=reached,
    )


def told(situation: Situation) -> tuple[list[Send], AdvanceRound]:
    """Return what one turn of the round says, and how it goes on."""
    effects: list[Effect] = list(go_on(situation, TimerFired("round", f"round:{ID}")))
    *sends, advance = effects
    assert isinstance(advance, AdvanceRound)
    return [effect for effect in sends if isinstance(effect, Send)], advance


def read(send: Send, language: Language = "en") -> str:
    return render(send.message.body, language).translate(PLAIN)


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_of_a_chunk_is_told_once_and_the_round_goes_on(province: Province, kind: RoundKind) -> None:
    """B97: one message each, in the round's slot, so that a second one to the same person changes nothing."""
    sends, advance = told(under_way(province, kind, CHUNK, reached=3 + CHUNK))
    assert [send.to for send in sends] == [ToResident(person(4 + number).resident) for number in range(CHUNK)]
    assert {(send.slot, send.priority) for send in sends} == {(round_slot(ID), Priority.NOTICE)}
    assert advance == AdvanceRound(ID, 3 + CHUNK, done=False)


def test_the_last_chunk_ends_the_round(province: Province) -> None:
    """Nobody is asked for again after the last."""
    assert told(under_way(province, "invitation", 2))[1] == AdvanceRound(ID, 5, done=True)


def test_a_chunk_in_which_nobody_is_meant_is_not_the_last(province: Province) -> None:
    """B97: the subscribers of other districts and topics stand in between."""
    assert told(under_way(province, "invitation", 0, reached=900)) == ([], AdvanceRound(ID, 900, done=False))
    assert told(under_way(province, "invitation", 0)) == ([], AdvanceRound(ID, 3, done=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reads_it_in_their_own_language(province: Province, kind: RoundKind, language: Language) -> None:
    """B34: the words are chosen when they are written for one person, and fit the channel."""
    sends, _ = told(under_way(province, kind))
    words, english = read(sends[0], language), read(sends[0], "en")
    assert TOPIC in words
    assert len(words) <= 4096
    assert (words == english) == (language == "en")


def test_a_notice_makes_no_sound_at_night(province: Province) -> None:
    """Between nine in the evening and eight in the morning."""
    night = datetime(2026, 12, 4, 23, 0, tzinfo=BAGHDAD)
    assert all(send.message.silent for send in told(under_way(province, "invitation", now=night))[0])
    assert not any(send.message.silent for send in told(under_way(province, "invitation"))[0])


def test_a_change_tells_the_new_time_and_the_reason_and_brings_the_file(province: Province) -> None:
    """B97, B98."""
    sends, _ = told(under_way(province, "changed", answer="coming"))
    assert "has changed" in read(sends[0])
    assert "New date: Saturday, 5 December 2026\nTime: 16:00\nPlace: Youth Centre" in read(sends[0])
    assert "Reason: The hall is closed" in read(sends[0])
    verbs = [(button.action.verb, *button.action.args) for row in sends[0].message.rows for button in row]
    assert ("file",) in verbs
    assert ("rsvp", "coming") not in verbs
    assert ("rsvp", "no") in verbs


def test_a_cancellation_tells_the_reason(province: Province) -> None:
    """B97; the file that takes it out of the calendar goes to who may have put it in."""
    sends, _ = told(under_way(province, "cancelled", answer="coming"))
    assert read(sends[0]).startswith(f"The session “{TOPIC}” on 5 December 2026 is cancelled. We are sorry.")
    assert "Reason: The hall is closed" in read(sends[0])
    assert [button.action.verb for row in sends[0].message.rows for button in row] == ["file"]
    assert told(under_way(province, "cancelled"))[0][0].message.rows == ()


@pytest.mark.parametrize(
    ("left", "words"), [(24, "in 24 hours"), (26.6, "in 27 hours"), (2, "in 2 hours"), (1.2, "in 1 hour."), (0.3, "in 1 hour.")]
)
def test_a_reminder_says_the_hours_that_are_really_left(province: Province, left: float, words: str) -> None:
    """B97: one that was moved out of a shutdown comes earlier, and does not say "24" then."""
    sends, _ = told(under_way(province, "reminder", now=hours_before(left)))
    assert words in read(sends[0])


@pytest.mark.parametrize("kind", ["invitation", "changed", "reminder"])
@pytest.mark.parametrize("state", ["cancelled", "held"])
def test_what_no_longer_holds_is_told_to_nobody_else(province: Province, kind: RoundKind, state: SessionState) -> None:
    """A session that was cancelled while invitations were going out: the rest are not invited."""
    sends, advance = told(under_way(province, kind, CHUNK, session=replace(SESSION, state=state), reached=900))
    assert sends == []
    assert advance.done


@pytest.mark.parametrize("kind", ["invitation", "changed", "reminder"])
def test_nobody_is_invited_to_what_has_begun(province: Province, kind: RoundKind) -> None:
    """After a long power cut."""
    assert told(under_way(province, kind, now=hours_before(0) + timedelta(minutes=1)))[0] == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("kept", "You said – we did."),
        ("broken", "was not kept"),
        ("moved", "New date: Sunday, 20 December 2026"),
        ("open", "has a new day"),
    ],
)
def test_what_became_of_a_promise_is_told(province: Province, state: PromiseState, words: str) -> None:
    """B99: to those who asked and came, with a way to all the others."""
    sends, _ = told(under_way(province, "promise", promise=replace(PROMISE, state=state)))
    assert words in read(sends[0])
    assert "Water office" in read(sends[0])
    assert "A new pump" in read(sends[0])


def test_a_round_about_a_promise_that_is_gone_ends(province: Province) -> None:
    """Nothing is made up."""
    sends, advance = told(replace(under_way(province, "promise"), promises=()))
    assert sends == []
    assert advance.done


def test_a_round_that_is_done_does_nothing(province: Province) -> None:
    """A timer that fires once more."""
    assert list(go_on(replace(under_way(province, "invitation"), round=None), TimerFired("round", "x"))) == []


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_learns_who_else_is_told(province: Province, kind: RoundKind) -> None:
    """Canary: no message holds anybody's id, place or answer."""
    people = tuple(Person(person(number).resident, 900 + number, "coming") for number in (1, 2))
    for send in told(replace(under_way(province, kind), people=people))[0]:
        assert not any(who.resident in read(send) or str(who.place) in read(send) for who in people)
