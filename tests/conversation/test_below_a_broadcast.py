"""What somebody presses below a broadcast: an answer to its quiz, stop, and "report this"."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.i18n import render
from bot.model.broadcasts import VOICES_KEPT, Audience, Broadcast, Occurrence, Question, Quiz
from bot.model.effects import AddEntry, CountOptOut, CountVote, MoveTicket, OpenTicket, Send, SetSubscription, Toast
from bot.model.events import ButtonPressed
from bot.model.ids import BroadcastId, Language, MemberId, OccurrenceId
from bot.model.messages import Action, ToForum
from bot.model.province import Province
from bot.model.subscriptions import TOPICS, Subscription
from tests.conversation.phone import NOON, Phone
from tests.conversation.sessions import KHANAQIN
from tests.conversation.steps import to_receipt, to_story

ROUND = OccurrenceId("roundaaaaaaa")
WHY: dict[Language, str] = {"en": "It is never too late.", "ar": "لم يفت الأوان أبدًا.", "ckb": "هیچ کات درەنگ نییە."}
OPTIONS: dict[Language, tuple[str, ...]] = {
    "en": ("Nobody", "The forum", "Nobody knows"),
    "ar": ("لا أحد", "المنتدى", "لا أحد يعرف"),
    "ckb": ("هیچ کەس", "کۆڕبەند", "کەس نازانێت"),
}
QUIZ = Quiz({language: Question("?", OPTIONS[language], WHY[language]) for language in OPTIONS}, right=1)
BROADCAST = Broadcast(
    BroadcastId("castaaaaaaaa"),
    KHANAQIN,
    MemberId("memberaaaaaa"),
    "person",
    state="approved",
    topic="drugs",
    texts={"en": "Ask for help.", "ar": "اطلبوا المساعدة.", "ckb": "داوای یارمەتی بکەن."},
    quiz=QUIZ,
    audience=Audience(frozenset({KHANAQIN})),
    revision=3,
    approved=3,
)
WALL = datetime(2026, 11, 22, 11, 0)  # noqa: DTZ001 - what the clock on the wall shows has no zone
OCCURRENCE = Occurrence(ROUND, BROADCAST.id, KHANAQIN, WALL, NOON - timedelta(hours=1), "sending", 3, started=NOON - timedelta(hours=1))
RIGHT = {"en": "That is right.", "ar": "جواب صحيح.", "ckb": "وەڵامەکە ڕاستە."}
THE_RIGHT_ONE = {"en": "The right answer is: The forum", "ar": "الجواب الصحيح هو: المنتدى", "ckb": "وەڵامی ڕاست ئەمەیە: کۆڕبەند"}
BEFORE = {"en": "already counted", "ar": "حُسب جوابكم من قبل", "ckb": "پێشتر هەژمار کراوە"}
CLOSED = {"en": "This question is closed", "ar": "أُغلق هذا السؤال", "ckb": "ئەم پرسیارە داخراوە"}
PREVIEW = {"en": "This is a preview.", "ar": "هذه معاينة.", "ckb": "ئەمە پێشبینینە."}
STILL = {"en": "will still reach you", "ar": "فستصلكم كالمعتاد", "ckb": "هەر پێتان دەگات"}
UNDO = {"en": "Undo", "ar": "تراجع", "ckb": "گەڕاندنەوە"}
MENU = {"en": "Stop all messages", "ar": "إيقاف جميع الرسائل", "ckb": "ڕاگرتنی هەموو پەیامەکان"}


def own(phone: Phone, words: dict[str, str] | dict[Language, str]) -> str:
    """Return words in the phone's language."""
    return words[phone.language or "en"]


def reads(phone: Phone, broadcast: Broadcast | None = BROADCAST, occurrence: Occurrence | None = OCCURRENCE) -> Phone:
    """Let somebody who wants every topic in Khanaqin have the broadcast on the screen."""
    phone.broadcast, phone.occurrence = broadcast, occurrence
    phone.subscription = Subscription(frozenset({KHANAQIN}), frozenset(TOPICS))
    return phone


def answers(phone: Phone, index: str | int) -> Phone:
    """Press an option."""
    return phone.presses(Action("quiz", None, (str(index),), occurrence=ROUND))


def stops(phone: Phone, topic: str = "drugs") -> Phone:
    """Press stop below the broadcast."""
    return phone.presses(Action("optout", None, (topic,), occurrence=ROUND))


def test_the_right_answer_is_counted_and_explained(phone: Phone) -> None:
    """B95: at once, where the thumb is."""
    answers(reads(phone), 1).hears(own(phone, RIGHT), own(phone, WHY))
    assert phone.made(CountVote) == [CountVote(ROUND, phone.resident.id, 1)]
    assert phone.toasts
    assert not phone.screen


def test_a_wrong_answer_is_counted_and_kindly_put_right(phone: Phone) -> None:
    """B95."""
    answers(reads(phone), 0).hears(own(phone, THE_RIGHT_ONE), own(phone, WHY)).hears_not(own(phone, RIGHT))
    assert phone.made(CountVote) == [CountVote(ROUND, phone.resident.id, 0)]


def test_a_second_answer_is_not_counted(phone: Phone) -> None:
    """B95: once a person and round; it says so, with thanks, and explains again."""
    answers(reads(phone), 0)
    answers(phone, 1).hears(own(phone, BEFORE), own(phone, THE_RIGHT_ONE), own(phone, WHY)).hears_not(own(phone, RIGHT))
    assert not phone.made(CountVote)


def test_a_poll_has_no_right_answer(english: Phone) -> None:
    """Whatever is chosen is thanked for."""
    poll = replace(BROADCAST, quiz=replace(QUIZ, right=None))
    answers(reads(english, poll), 2).hears("your answer is counted", "Nobody sees who chose what").hears_not("right answer")
    assert english.made(CountVote)


def test_a_long_explanation_comes_as_a_message(phone: Phone) -> None:
    """Nothing is cut: the answer to a press holds 200 characters."""
    long = {language: Question("?", OPTIONS[language], WHY[language] * 20) for language in OPTIONS}
    answers(reads(phone, replace(BROADCAST, quiz=Quiz(long, right=1))), 1).hears(own(phone, WHY) * 20)
    assert not phone.toasts
    assert len(phone.screen) == 1


def test_an_answer_that_waited_through_a_power_cut_is_told_in_a_message(english: Phone) -> None:
    """The press itself was answered without words long ago."""
    from bot.engine.decide import decide
    from handlers import BOOK

    reads(english)
    late = replace(english.situation(), at=NOON - timedelta(minutes=5))
    effects = decide(BOOK, late, ButtonPressed(Action("quiz", None, ("1",), occurrence=ROUND)))
    assert [type(effect) for effect in effects] == [CountVote, Send]


@pytest.mark.parametrize("index", ["3", "-1", "", "x", "٣", "01", "1.0", "99999999999999999999"])
def test_an_option_that_is_none_counts_nothing(english: Phone, index: str) -> None:
    """A forged or outdated press."""
    answers(reads(english), index).hears(CLOSED["en"])
    assert not english.made(CountVote)


def test_a_quiz_that_is_gone_says_so_kindly(phone: Phone) -> None:
    """The sending is forgotten, the broadcast was dropped, or it reads differently by now."""
    later = replace(BROADCAST, revision=4)
    for broadcast, occurrence in ((BROADCAST, None), (None, None), (replace(BROADCAST, quiz=None), OCCURRENCE), (later, OCCURRENCE)):
        answers(reads(phone, broadcast, occurrence), 1).hears(own(phone, CLOSED)).hears_not(own(phone, RIGHT))
        assert not phone.made(CountVote)


def test_a_quiz_closes_when_it_is_no_longer_known_who_has_answered(english: Phone) -> None:
    """B95: a month later a second answer would count twice, so none does."""
    over = replace(OCCURRENCE, state="done", ended=NOON - VOICES_KEPT)
    answers(reads(english, BROADCAST, over), 1).hears(CLOSED["en"], "The right answer is")
    assert not english.made(CountVote)
    recent = replace(over, ended=NOON - VOICES_KEPT + timedelta(minutes=1))
    answers(reads(english, BROADCAST, recent), 1)
    assert english.made(CountVote)


def test_a_quiz_in_a_language_that_was_not_sent_is_answered_in_one_that_was(english: Phone) -> None:
    """Somebody may have changed the language since."""
    kurdish = replace(BROADCAST, audience=Audience(languages=frozenset({"ckb"})), quiz=Quiz({"ckb": QUIZ.texts["ckb"]}, right=1))
    answers(reads(english, kurdish), 1).hears("That is right.", WHY["ckb"])


def test_an_answer_in_the_middle_of_a_report_keeps_the_report(english: Phone) -> None:
    """Nothing of a conversation is lost for it."""
    to_story(english).says("Something")
    draft = english.draft
    answers(reads(english), 1)
    assert english.made(CountVote)
    assert english.draft == draft


def test_stop_works_with_one_tap(phone: Phone) -> None:
    """B94: the topic, in every district; it is counted once, and says that answers still come."""
    stops(reads(phone)).hears(own(phone, STILL)).offers(own(phone, UNDO), own(phone, MENU))
    assert phone.subscription == Subscription(frozenset({KHANAQIN}), frozenset(TOPICS) - {"drugs"})
    assert phone.made(CountOptOut) == [CountOptOut(ROUND, phone.resident.id)]


def test_stop_touches_no_ticket(phone: Phone) -> None:
    """B94: what was reported goes on, and the forum is told nothing."""
    to_receipt(phone)
    before = dict(phone.tickets)
    stops(reads(phone))
    assert dict(phone.tickets) == before
    assert not phone.made(MoveTicket)
    assert not phone.made(AddEntry)
    assert not [effect for effect in phone.effects if isinstance(effect, Send) and isinstance(effect.to, ToForum)]


def test_stop_pressed_twice_stops_once(phone: Phone) -> None:
    """B21, B94: the second press says the same and counts nothing."""
    stops(stops(reads(phone))).hears(own(phone, STILL))
    assert not phone.made(CountOptOut)
    assert not phone.made(SetSubscription)
    assert phone.subscription.topics == frozenset(TOPICS) - {"drugs"}


def test_stop_can_be_undone(phone: Phone) -> None:
    """A thumb slips."""
    wanted = reads(phone).subscription
    stops(phone).taps(own(phone, UNDO))
    assert phone.subscription == wanted


def test_stop_of_the_last_topic_ends_everything_and_can_be_undone(phone: Phone) -> None:
    """B94."""
    wanted = Subscription(frozenset({KHANAQIN}), frozenset({"drugs"}), frozenset({"women"}))
    reads(phone).subscription = wanted
    stops(phone)
    assert phone.subscription.empty
    phone.taps(own(phone, UNDO))
    assert phone.subscription == wanted


def test_stop_works_when_the_broadcast_is_gone(english: Phone) -> None:
    """B94: however old the message is."""
    stops(reads(english, None, None)).hears(STILL["en"])
    assert "drugs" not in english.subscription.topics
    assert not english.made(CountOptOut)


def test_stop_works_in_the_middle_of_a_report(phone: Phone) -> None:
    """B94: and one tap goes on with it."""
    to_story(phone).says("Something")
    draft = phone.draft
    stops(reads(phone))
    assert phone.draft == draft
    phone.taps({"en": "Continue", "ar": "استمرار", "ckb": "بەردەوامبوون"}[phone.language or "en"])
    assert phone.draft is not None


def test_stop_works_before_consent_and_without_a_language(province: Province) -> None:
    """B94: somebody who has deleted everything and finds an old message needs to agree to nothing in order to stop it."""
    phone = Phone(province)
    phone.subscription = Subscription(frozenset({KHANAQIN}), frozenset({"drugs"}))
    stops(phone)
    assert phone.subscription.empty
    assert phone.screen


@pytest.mark.parametrize("args", [(), ("",), ("weapons",), ("drugs", "drugs"), ("Drugs",)])
def test_a_forged_topic_stops_nothing_and_shows_what_can_be_stopped(english: Phone, args: tuple[str, ...]) -> None:
    """A press that no button of ours makes."""
    reads(english).presses(Action("optout", None, args, occurrence=ROUND)).offers("Stop all messages")
    assert english.subscription.topics == frozenset(TOPICS)


@pytest.mark.parametrize("topic", ["drugs", "online", "harassment", "services"])
def test_report_this_begins_a_report_of_that_kind(english: Phone, topic: str) -> None:
    """The kind is known, so it is not asked; it can still be changed."""
    reads(english).presses(Action("about", None, (topic,), occurrence=ROUND)).hears("Is anyone in danger right now?")
    english.taps("No").hears("Which area is it in?")
    assert english.draft is not None
    assert english.draft.answers["category"] == topic
    english.taps("Back").hears("What is the problem about?")


def test_report_this_of_a_session_asks_for_one(english: Phone) -> None:
    """What a message about sessions is about is a request."""
    reads(english).presses(Action("about", None, ("sessions",))).hears("What should the session be about?")


def test_report_this_of_a_kind_that_is_not_configured_asks_for_the_kind(province: Province) -> None:
    """Categories are the operator's."""
    fewer = replace(province, categories=tuple(each for each in province.categories if each.key != "drugs"))
    phone = Phone(fewer, language="en", consented=True)
    reads(phone).presses(Action("about", None, ("drugs",), occurrence=ROUND)).taps("No").hears("What is the problem about?")
    phone = Phone(province, language="en", consented=True)
    reads(phone).presses(Action("about", None, ("weapons",), occurrence=ROUND)).taps("No").hears("What is the problem about?")


def test_report_this_asks_before_it_leaves_an_unfinished_report(phone: Phone) -> None:
    """Nothing that was written is lost."""
    to_story(phone).says("Something")
    draft = phone.draft
    reads(phone).presses(Action("about", None, ("drugs",), occurrence=ROUND))
    assert phone.draft == draft
    phone.offers({"en": "Continue", "ar": "استمرار", "ckb": "بەردەوامبوون"}[phone.language or "en"])


def test_a_report_from_a_broadcast_says_nothing_of_the_broadcast(english: Phone) -> None:
    """The forum cannot tell who was among its readers."""
    reads(english).presses(Action("about", None, ("drugs",), occurrence=ROUND)).taps("No").taps("Khanaqin").taps("Skip").says("There")
    english.taps("Done").taps("Skip").taps("Yes").taps("Send")
    assert english.made(OpenTicket)
    for send in english.sent():
        assert ROUND not in repr(send)
        assert BROADCAST.id not in repr(send)


def test_buttons_of_a_preview_decide_nothing(phone: Phone) -> None:
    """B87: in a test to oneself they say what they are."""
    reads(phone).presses(Action("quiz", None, ("1",))).hears(own(phone, PREVIEW))
    assert [type(effect) for effect in phone.effects] == [Toast]
    phone.presses(Action("optout", None, ("drugs",))).hears(own(phone, PREVIEW))
    assert phone.subscription.topics == frozenset(TOPICS)


def test_nothing_that_is_pressed_here_reaches_a_forum(phone: Phone) -> None:
    """B95: neither who answered nor who stopped."""
    for action in (("quiz", "1"), ("quiz", "0"), ("optout", "drugs"), ("optout", "online"), ("about", "drugs")):
        reads(phone).presses(Action(action[0], None, action[1:], occurrence=ROUND))
        assert not [effect for effect in phone.effects if isinstance(effect, Send) and isinstance(effect.to, ToForum)]


def test_every_answer_is_in_the_language_of_the_reader(phone: Phone) -> None:
    """B34."""
    for broadcast in (BROADCAST, replace(BROADCAST, quiz=replace(QUIZ, right=None)), None):
        for voted in (False, True):
            for index in ("0", "1", "9"):
                reads(phone, broadcast).voted = voted
                answers(phone, index)
                for effect in phone.effects:
                    if isinstance(effect, Toast):
                        told = render(effect.text, phone.language or "en")
                        assert 0 < len(told) <= 200
                        assert (told == render(effect.text, "en")) == (phone.language == "en")
