"""After a session: what people thought of it, and what became of the promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.model.effects import Send, SetFeedback
from bot.model.ids import PromiseId
from bot.model.messages import Action, ToForum
from bot.model.sessions import Answer, Attendance, Feedback
from handlers.feedback import rating_question
from tests.conversation.phone import Phone
from tests.conversation.sessions import PROMISE, SESSION, TOPIC, hours_before, invited
from tests.conversation.steps import label

THANKS = {"en": "This helps us to do better.", "ar": "هذا يساعدنا على تحسين عملنا.", "ckb": "ئەمە یارمەتیمان دەدات کارەکەمان باشتر بکەین."}
GOOD = {"en": "Good", "ar": "جيدة", "ckb": "باش"}
ADD = {"en": "Add words", "ar": "إضافة كلام", "ckb": "زیادکردنی قسە"}
WHY = {"en": "What was good, what was missing?", "ar": "ما الذي كان جيدًا", "ckb": "چی باش بوو، چی کەم بوو؟"}
WORDS = {"en": "Too short.", "ar": "كانت قصيرة", "ckb": "کورت بوو"}
SESSIONS = {"en": "Sessions", "ar": "الجلسات", "ckb": "دانیشتنەکان"}


def of(words: dict[str, str], phone: Phone) -> str:
    return words[phone.language or "en"]


def asked(phone: Phone, answer: Answer | None = "coming") -> Phone:
    """Let the phone be asked how the session was."""
    invited(phone, state="held").answer = answer
    phone.now = hours_before(-3)
    phone.screen = [rating_question(SESSION)]
    return phone


def test_one_tap_is_an_opinion(phone: Phone) -> None:
    """Kept at once; words are offered, not demanded."""
    asked(phone).hears(TOPIC).taps(of(GOOD, phone)).hears(of(THANKS, phone))
    assert phone.feedback == Feedback("good")
    assert phone.draft is None


def test_words_can_be_added(phone: Phone) -> None:
    """They go to the forum as words of somebody who came."""
    asked(phone).taps(of(GOOD, phone)).taps(of(ADD, phone)).hears(of(WHY, phone)).says(of(WORDS, phone)).hears(of(THANKS, phone))
    assert phone.feedback == Feedback("good", of(WORDS, phone))
    assert phone.draft is None
    (kept,) = phone.made(SetFeedback)
    assert isinstance(kept, SetFeedback)
    assert kept.session == SESSION.id


def test_nothing_of_an_opinion_is_sent_with_its_author(phone: Phone) -> None:
    """Canary: what somebody thinks goes nowhere but into the sealed store; no group gets a message at that moment."""
    asked(phone).taps(of(GOOD, phone))
    assert not [effect for effect in phone.effects if isinstance(effect, Send) and isinstance(effect.to, ToForum)]
    phone.taps(of(ADD, phone)).says(of(WORDS, phone))
    assert not phone.sent()


def test_the_rating_can_be_changed_on_the_way_back(english: Phone) -> None:
    """B15: back from the words is the rating."""
    asked(english).taps("Good").taps("Add words").taps("Back").hears("How was the session?").taps("Bad").says("Nobody came.")
    assert english.feedback == Feedback("bad", "Nobody came.")


def test_who_does_not_finish_the_words_has_still_rated(english: Phone) -> None:
    """Cancel takes back only the words."""
    asked(english).taps("Good").taps("Add words").taps("Cancel").taps("Yes")
    assert english.feedback == Feedback("good")


def test_a_file_instead_of_words_is_refused_kindly(english: Phone) -> None:
    """There is no story here that it could become part of, so it is not said to be kept."""
    asked(english).taps("Good").taps("Add words").sends("voice").hears("a file cannot be passed on here").hears_not("we keep this")


def test_a_half_written_report_is_not_lost_for_it(english: Phone) -> None:
    """The tap counts; the words wait until the report is done."""
    english.says("/report").taps("No")
    before = english.draft
    asked(english).taps("Good").taps("Add words").hears("Please finish first what you are writing now")
    assert english.draft == before
    assert english.feedback == Feedback("good")


@pytest.mark.parametrize("answer", [None, "no", "waiting"])
def test_only_who_said_they_would_come_is_heard(english: Phone, answer: Answer | None) -> None:
    """Others have no seat from which to judge it."""
    asked(english, answer).taps("Good").hears("only for those who said they would come")
    assert english.feedback is None
    english.presses(Action("opine", None, ("good",), SESSION.id)).hears("only for those")


def test_the_list_has_what_is_coming_and_what_was(phone: Phone) -> None:
    """B99: `/sessions`, and the same by the menu's typed label."""
    past = replace(SESSION, state="held", topic="Streets", wall=SESSION.wall and SESSION.wall - timedelta(days=30))
    invited(phone).sessions = (SESSION, replace(past, starts=hours_before(30 * 24)))
    coming = {"en": "Coming sessions:", "ar": "الجلسات القادمة:", "ckb": "دانیشتنەکانی داهاتوو:"}
    before = {"en": "Past sessions:", "ar": "الجلسات السابقة:", "ckb": "دانیشتنەکانی پێشوو:"}
    for typed in ("/sessions", of(SESSIONS, phone)):
        phone.says(typed).hears(of(coming, phone), TOPIC, of(before, phone), "Streets")
    assert phone.draft is None


def test_what_was_promised_is_listed_with_its_day_and_state(phone: Phone) -> None:
    """B99: "you said – we did", the nearest day first; members' minutes are not in it."""
    kept = replace(PROMISE, id=PromiseId("promisebbbbb"), what="Two taps", due=date(2026, 12, 10), state="kept")
    invited(phone, state="held", attendance=Attendance(3, 4, 2), summary="Ali said no").promises = (PROMISE, kept)
    phone.presses(Action("session", None, (), SESSION.id))
    states = {"en": ("kept", "open"), "ar": ("تم الوفاء به", "مفتوح"), "ckb": ("جێبەجێ کرا", "کراوە")}
    days = {
        "en": ("10 December 2026", "20 December 2026"),
        "ar": ("10 كانون الأول 2026", "20 كانون الأول 2026"),
        "ckb": ("10 کانوونی یەکەم 2026", "20 کانوونی یەکەم 2026"),
    }
    phone.hears("Water office", "A new pump", "Two taps", *states[phone.language or "en"], *days[phone.language or "en"])
    assert phone.heard().index("Two taps") < phone.heard().index("A new pump")
    came = {"en": "9 people came.", "ar": "حضر 9 أشخاص.", "ckb": "9 کەس هاتن."}
    phone.hears(of(came, phone)).hears_not("Ali")


def test_open_promises_are_in_the_list_itself(english: Phone) -> None:
    """B99."""
    invited(english).promises = (PROMISE, replace(PROMISE, id=PromiseId("promisebbbbb"), what="Two taps", state="kept"))
    english.says("/sessions").hears("Promises that are open:", "A new pump").hears_not("Two taps")


def test_a_coming_session_is_opened_with_ones_own_answer(english: Phone) -> None:
    """And can be answered anew from there."""
    invited(english).answer = "maybe"
    english.says("/sessions").taps("1. 5 December 2026").hears(TOPIC, "Your answer: maybe.").offers("I will come", "I will not come")


def test_a_cancelled_session_says_why(english: Phone) -> None:
    """It stays in the list."""
    invited(english, state="cancelled", reason="The hall is closed")
    english.says("/sessions").hears("This session was cancelled.").taps("1. 5 December 2026").hears("Reason: The hall is closed")


def test_a_session_that_is_only_planned_is_nobodys_business_yet(english: Phone) -> None:
    """Neither in the list nor by a button."""
    invited(english, state="planned").says("/sessions").hears("No dialogue session is known here yet.").hears_not(TOPIC)
    english.presses(Action("session", None, (), SESSION.id)).hears("no longer there").hears_not(TOPIC)


def test_an_empty_list_says_how_to_hear_of_sessions(phone: Phone) -> None:
    """Never a dead end."""
    area = {"en": "My area", "ar": "منطقتي", "ckb": "ناوچەکەم"}
    phone.says("/sessions").taps(of(area, phone)).offers(label(phone, "khanaqin"))


def test_a_typed_answer_leads_to_the_sessions_and_is_no_report(phone: Phone) -> None:
    """B22: the words do not say which session is meant, so it is chosen from the list."""
    words = {"en": "I will come", "ar": "سأحضر", "ckb": "ئامادە دەبم"}
    invited(phone).says(of(words, phone)).hears(TOPIC)
    assert phone.draft is None
