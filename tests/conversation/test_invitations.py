"""Answers to an invitation: seats, the waiting list, and changing one's mind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.i18n import render
from bot.model.buttons import LIMIT, encode
from bot.model.effects import Effect, Send, SetAnswer
from bot.model.events import TimerFired
from bot.model.ids import LANGUAGES
from bot.model.messages import Action, ToForum, ToResident, plan_slot
from bot.model.sessions import Answer, SessionState, Tally
from handlers.invitations import recounted, seats_freed
from handlers.inviting import invitation
from tests.conversation.phone import PLAIN, Phone
from tests.conversation.sessions import SESSION, TOPIC, answers, crowd, given, hours_before, invited, person

WELCOME = {"en": "We look forward to seeing you.", "ar": "يسعدنا حضوركم.", "ckb": "چاوەڕێی هاتنتانین."}
WAITING = {"en": "You are on the waiting list", "ar": "أنتم في قائمة الانتظار", "ckb": "ئێوە لە لیستی چاوەڕوانیدان"}
ANOTHER_TIME = {"en": "We hope to see you another time.", "ar": "نأمل أن نراكم في مرة قادمة.", "ckb": "هیوادارین جارێکی تر بتانبینین."}
CANCELLED = {"en": "is cancelled", "ar": "أُلغيت جلسة", "ckb": "هەڵوەشێنرایەوە"}
OVER = {"en": "has already begun or is over", "ar": "أو انتهت", "ckb": "دەستی پێ کردووە یان تەواو بووە"}
FREE = {"en": "A seat has become free", "ar": "أصبح هناك مقعد شاغر", "ckb": "کورسییەک بەتاڵ بوو"}


def of(words: dict[str, str], phone: Phone) -> str:
    return words[phone.language or "en"]


def plan_of(phone: Phone) -> str:
    """Return what the forum's plan shows after the last act."""
    (plan,) = [send for send in phone.sent() if send.slot == plan_slot(SESSION.id)]
    return render(plan.message.body, "en").translate(PLAIN)


def moved_up(effects: list[Effect], phone: Phone) -> dict[str, str]:
    """Return what others were told, by who they are."""
    own = ToResident(phone.resident.id)
    sends = [effect for effect in effects if isinstance(effect, Send) and isinstance(effect.to, ToResident) and effect.to != own]
    return {send.to.resident: render(send.message.body, phone.language or "en") for send in sends if isinstance(send.to, ToResident)}


def test_an_invitation_says_everything_that_one_needs_to_come(phone: Phone) -> None:
    """Topic, day by its Iraqi name, hour, place, forum, who attends, for whom, in which language, seats."""
    shown = phone.shown(invitation(SESSION, invited(phone).situation()).body)
    day = {"en": "Saturday, 5 December 2026", "ar": "السبت، 5 كانون الأول 2026", "ckb": "شەممە، 5 کانوونی یەکەم 2026"}
    kurdish = {"en": "Language: Kurdish", "ar": "اللغة: الكردية", "ckb": "زمان: کوردی"}
    forum = {"en": "Forum: Khanaqin", "ar": "المنتدى: خانقين", "ckb": "کۆڕبەند: خانەقین"}
    for words in (TOPIC, of(day, phone), "16:00", "Youth Centre", of(kurdish, phone), of(forum, phone)):
        assert words in shown
    for row in invitation(SESSION, phone.situation()).rows:
        assert all(len(encode(button.action)) <= LIMIT for button in row)


def test_who_comes_gets_a_seat_a_calendar_file_and_a_way_back(phone: Phone) -> None:
    """B96: the answer is kept, and can be changed with the buttons below it."""
    answers(invited(phone), "coming").hears(of(WELCOME, phone), TOPIC)
    assert given(phone) == [(phone.resident.id, "coming")]
    (file,) = [message.attachment for message in phone.screen if message.attachment]
    assert (file.kind, file.file) == ("document", "session.ics")
    assert "BEGIN:VEVENT" in file.made
    no = {"en": "I will not come", "ar": "لن أحضر", "ckb": "ئامادە نابم"}
    phone.taps(of(no, phone)).hears(of(ANOTHER_TIME, phone))
    assert phone.answer == "no"


def test_maybe_takes_no_seat(phone: Phone) -> None:
    """A full session still takes a maybe."""
    invited(phone).tally = crowd(coming=2)
    answers(phone, "maybe")
    assert phone.answer == "maybe"
    assert any(message.attachment for message in phone.screen)


def test_a_full_session_offers_the_waiting_list(phone: Phone) -> None:
    """B96: never more people than seats; who comes later is told where they stand and what will happen."""
    invited(phone).tally = crowd(coming=2)
    answers(phone, "coming").hears(of(WAITING, phone))
    assert given(phone) == [(phone.resident.id, "waiting")]
    assert not any(message.attachment for message in phone.screen)


def test_a_seat_that_somebody_waits_for_is_not_taken_by_who_comes_later(english: Phone) -> None:
    """B96: first come, first served, also in the moment in which a seat is free."""
    phone = invited(english)
    phone.tally, phone.waiting = crowd(coming=1, waiting=1), (person(1),)
    answers(phone, "coming").hears(WAITING["en"])
    assert given(phone) == [(phone.resident.id, "waiting"), (person(1).resident, "coming")]


@pytest.mark.parametrize("instead", ["no", "maybe"])
def test_the_first_in_line_moves_up_and_is_told(phone: Phone, instead: str) -> None:
    """B96: in their own language, with how to give the seat on."""
    invited(phone).answer = "coming"
    phone.tally, phone.waiting = crowd(coming=2, waiting=3), (person(7),)
    answers(phone, instead)
    assert given(phone) == [(phone.resident.id, instead), (person(7).resident, "coming")]
    told = moved_up(phone.effects, phone)
    assert list(told) == [person(7).resident]
    assert of(FREE, phone) in told[person(7).resident]


def test_nobody_moves_up_when_a_maybe_becomes_a_no(english: Phone) -> None:
    """A maybe had no seat to give."""
    phone = invited(english)
    phone.answer, phone.tally = "maybe", Tally(coming=2, maybe=1, waiting=1)
    answers(phone, "no")
    assert given(phone) == [(phone.resident.id, "no")]


def test_leaving_the_waiting_list_frees_no_seat(english: Phone) -> None:
    """B96."""
    phone = invited(english)
    phone.answer, phone.tally, phone.waiting = "waiting", crowd(coming=2, waiting=2), (person(1),)
    answers(phone, "no")
    assert given(phone) == [(phone.resident.id, "no")]


def test_pressing_the_same_answer_twice_changes_nothing(phone: Phone) -> None:
    """B21: the second tap is answered, and counts nobody twice."""
    invited(phone).answer = "coming"
    phone.tally = crowd(coming=1)
    answers(phone, "coming").hears(of(WELCOME, phone))
    assert given(phone) == []
    assert "Coming: 1" in plan_of(phone)


def test_a_session_without_a_limit_takes_everybody(english: Phone) -> None:
    """No capacity is no limit."""
    invited(english, capacity=None).tally = crowd(coming=5000)
    answers(english, "coming").hears(WELCOME["en"])


def test_the_forum_sees_the_numbers_and_never_who(phone: Phone) -> None:
    """Canary: nothing that goes to a group names the person or the answer they gave before."""
    invited(phone).tally = Tally(coming=1, maybe=3, no=2)
    answers(phone, "coming")
    assert "Coming: 2" in plan_of(phone)
    for send in phone.sent():
        assert phone.resident.id not in render(send.message.body, "en")
        assert isinstance(send.to, ToForum)


@pytest.mark.parametrize(("state", "words"), [("cancelled", CANCELLED), ("held", OVER)])
def test_an_answer_that_comes_too_late_is_told_so(phone: Phone, state: SessionState, words: dict[str, str]) -> None:
    """B20: an old button does no harm."""
    answers(invited(phone, state=state), "coming").hears(of(words, phone))
    assert given(phone) == []


def test_the_answer_can_be_changed_until_the_session_starts(phone: Phone) -> None:
    """B96: a minute before yes, a minute after no."""
    invited(phone).now = hours_before(0) - timedelta(minutes=1)
    answers(phone, "coming").hears(of(WELCOME, phone))
    phone.now = hours_before(0) + timedelta(minutes=1)
    answers(phone, "no").hears(of(OVER, phone))
    assert phone.answer == "coming"


def test_a_session_that_is_gone_is_said_to_be_gone(english: Phone) -> None:
    """B20: a button of a session that does not exist any more."""
    answers(english, "coming").hears("no longer there")
    answers(invited(english, state="planned"), "coming").hears("no longer there")
    english.presses(Action("rsvp", None, ("perhaps",), SESSION.id)).hears("no longer there")


def test_an_answer_does_not_disturb_what_is_being_written(english: Phone) -> None:
    """A half-written report stays as it is."""
    english.says("/report").taps("No")
    before = english.draft
    answers(invited(english), "coming").hears(WELCOME["en"])
    assert english.draft == before


def test_the_map_shows_the_place(phone: Phone) -> None:
    """Only where the forum has set a pin."""
    map_label = {"en": "📍 Map", "ar": "📍 الخريطة", "ckb": "📍 نەخشە"}
    invited(phone).says("/sessions").presses(Action("session", None, (), SESSION.id)).taps(of(map_label, phone))
    assert [message.pin for message in phone.screen] == [(34.35, 45.39)]
    bare = replace(SESSION, latitude=None, longitude=None)
    assert all(button.action.verb != "map" for row in invitation(bare, phone.situation()).rows for button in row)


def test_who_moved_up_gets_the_calendar_file_with_one_tap(phone: Phone) -> None:
    """In their language, which is only known when they press."""
    invited(phone).answer = "coming"
    phone.presses(Action("file", None, (), SESSION.id))
    (message,) = phone.screen
    assert message.attachment is not None
    forum = {"en": "Forum: Khanaqin", "ar": "المنتدى: خانقين", "ckb": "کۆڕبەند: خانەقین"}
    assert of(forum, phone) in message.attachment.made.replace("\r\n ", "")


def test_the_seat_of_somebody_who_deleted_all_their_data_is_given_on(english: Phone) -> None:
    """B96: their answer is gone with them, and the next in line is told."""
    phone = invited(english)
    phone.tally, phone.waiting = crowd(coming=1, waiting=2), (person(1), person(2))
    machine = replace(phone.situation(), place="machine", resident=None)
    effects = list(seats_freed(machine, TimerFired("seats", f"seats:{SESSION.id}")))
    assert [(effect.resident, effect.answer) for effect in effects if isinstance(effect, SetAnswer)] == [(person(1).resident, "coming")]
    over = replace(machine, now=hours_before(-1))
    assert list(seats_freed(over, TimerFired("seats", f"seats:{SESSION.id}"))) == []


@pytest.mark.parametrize("before", [None, "coming", "maybe", "no", "waiting"])
@pytest.mark.parametrize("after", ["coming", "maybe", "no", "waiting"])
def test_numbers_always_add_up(before: Answer | None, after: Answer) -> None:
    """A change moves one person; a first answer adds one."""
    tally = Tally(3, 3, 3, 3)
    changed = recounted(tally, before, after)
    people = changed.coming + changed.maybe + changed.no + changed.waiting
    assert people == (12 if before else 13)


def test_no_english_reaches_who_reads_another_language(phone: Phone) -> None:
    """B34: every answer, in each language."""
    for answer in ("coming", "maybe", "no"):
        answers(invited(phone), answer)
        if phone.language != "en":
            phone.hears_not("Thank you", "seats", "Date", "You can change")
    assert phone.language in LANGUAGES
