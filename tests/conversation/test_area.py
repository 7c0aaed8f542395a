"""My area: of what and from where somebody hears, each with one tap, and stopping it."""

from __future__ import annotations

import pytest

from bot.i18n import render
from bot.model.buttons import LIMIT, encode
from bot.model.effects import Send, SetSubscription
from bot.model.ids import LANGUAGES, ForumId
from bot.model.messages import Action, ToForum
from bot.model.subscriptions import TOPICS, Subscription
from handlers.stopping import TOPIC_MARKS
from handlers.topics import TOPIC_NAMES
from tests.conversation.phone import Phone
from tests.conversation.sessions import KHANAQIN, SESSION, invited
from tests.conversation.steps import label, to_receipt, to_story

MANDALI = ForumId("mandali")
ALL = frozenset(TOPICS)
AREA = {"en": "My area", "ar": "منطقتي", "ckb": "ناوچەکەم"}
STOP = {"en": "Stop messages", "ar": "إيقاف الرسائل", "ckb": "ڕاگرتنی پەیامەکان"}
STOP_ALL = {"en": "Stop all messages", "ar": "إيقاف جميع الرسائل", "ckb": "ڕاگرتنی هەموو پەیامەکان"}
TOPICS_PAGE = {"en": "Choose topics", "ar": "اختيار المواضيع", "ckb": "هەڵبژاردنی بابەتەکان"}
DRUGS = {"en": "Protection from drugs", "ar": "الوقاية من المخدرات", "ckb": "خۆپاراستن لە ماددەی هۆشبەر"}
RECEIVE = {"en": "Receive messages", "ar": "استلام الرسائل", "ckb": "وەرگرتنی پەیامەکان"}
STARTED = {"en": "You will receive awareness messages from", "ar": "ستصلكم رسائل التوعية من", "ckb": "پەیامی هۆشیارکردنەوەتان لە کۆڕبەندی"}
STOPPED = {"en": "You will not receive awareness messages", "ar": "لن تصلكم بعد الآن رسائل التوعية", "ckb": "چیتر پەیامی هۆشیارکردنەوە"}
STILL = {"en": "will still reach you", "ar": "فستصلكم كالمعتاد", "ckb": "هەر پێتان دەگات"}


def hears_of(phone: Phone, *districts: str, topics: frozenset[str] = ALL, circles: frozenset[str] = frozenset()) -> Phone:
    """Let somebody be subscribed already."""
    phone.subscription = Subscription(frozenset(ForumId(each) for each in districts), topics, circles)  # type: ignore[arg-type]
    return phone


def own(phone: Phone, words: dict[str, str]) -> str:
    """Return words in the phone's language."""
    return words[phone.language or "en"]


def ticks(phone: Phone) -> list[str]:
    """Return what is ticked on the screen."""
    return [phone.shown(button.label).lstrip("\u200f").removeprefix("✓ ") for button in phone.buttons() if "✓" in phone.shown(button.label)]


def test_the_first_tap_on_a_district_brings_every_topic_and_one_more_ends_it(phone: Phone) -> None:
    """One tap in, one tap out; the district is marked with ✓ while it is heard of."""
    phone.says("/start").taps(own(phone, AREA)).hears(own(phone, DRUGS)).taps(label(phone, "khanaqin"))
    phone.hears(own(phone, STARTED), own(phone, DRUGS))
    assert phone.subscription == Subscription(frozenset({KHANAQIN}), ALL)
    assert ticks(phone) == [label(phone, "khanaqin")]
    phone.taps(label(phone, "khanaqin")).hears(own(phone, STILL))
    assert phone.subscription.empty
    assert ticks(phone) == []


def test_several_districts_are_heard_of_at_once(english: Phone) -> None:
    """Somebody may live here and work there."""
    english.says("/area").taps("Khanaqin").taps("Mandali")
    assert english.subscription.districts == {KHANAQIN, MANDALI}


def test_a_double_tap_does_not_take_it_back(english: Phone) -> None:
    """B21: the button says what it does, not "the opposite of now"."""
    english.says("/area")
    button = english.button("Khanaqin").action
    english.presses(button).presses(button)
    assert english.subscription.districts == {KHANAQIN}


def test_topics_are_chosen_one_by_one(phone: Phone) -> None:
    """Each tap changes one topic, in all districts of the resident."""
    hears_of(phone, "khanaqin", "mandali").says("/area").taps(own(phone, TOPICS_PAGE))
    assert len(ticks(phone)) == len(TOPICS)
    phone.taps(own(phone, DRUGS)).hears(own(phone, STILL))
    assert phone.subscription == Subscription(frozenset({KHANAQIN, MANDALI}), ALL - {"drugs"})
    assert own(phone, DRUGS) not in ticks(phone)
    phone.taps(own(phone, DRUGS))
    assert phone.subscription.topics == ALL


def test_without_a_last_topic_nothing_is_heard_of(english: Phone) -> None:
    """And what was stopped can be brought back."""
    hears_of(english, "khanaqin", topics=frozenset({"online"})).says("/area").taps("Choose topics").taps("Safety on the internet")
    english.hears(STOPPED["en"])
    assert english.subscription.empty
    english.taps("Undo")
    assert english.subscription == Subscription(frozenset({KHANAQIN}), frozenset({"online"}))


def test_a_move_to_another_district_keeps_the_topics(english: Phone) -> None:
    """Who chose one topic and changes the only area does not get the others unasked."""
    hears_of(english, "khanaqin", topics=frozenset({"drugs"})).says("/area").taps("Khanaqin")
    assert english.subscription.empty
    english.hears("about: Protection from drugs").hears_not("Safety on the internet").taps("Mandali")
    assert english.subscription == Subscription(frozenset({MANDALI}), frozenset({"drugs"}))


def test_a_circle_is_joined_only_by_saying_so_and_can_be_left(phone: Phone) -> None:
    """It is asked gently, with the reason, and nobody has to answer."""
    words = {"en": "For women or young people", "ar": "للنساء أو للشباب", "ckb": "بۆ ژنان یان گەنجان"}
    woman = {"en": "I am a woman", "ar": "أنا امرأة", "ckb": "من ژنم"}
    young = {"en": "between 15 and 29", "ar": "بين 15 و29", "ckb": "نێوان 15 و 29"}
    hears_of(phone, "khanaqin").says("/area").taps(own(phone, words))
    nobody = {"en": "Nobody in the forum sees it.", "ar": "ولا يراه أحد في المنتدى.", "ckb": "هیچ کەس لە کۆڕبەند نایبینێت."}
    phone.hears(own(phone, nobody)).taps(own(phone, woman)).taps(own(phone, young))
    assert phone.subscription == Subscription(frozenset({KHANAQIN}), ALL, frozenset({"women", "youth"}))
    phone.taps(own(phone, woman))
    assert phone.subscription.circles == {"youth"}


def test_stop_all_ends_everything_with_one_tap_and_can_be_undone(phone: Phone) -> None:
    """B94's spirit: and it says that answers still come."""
    wanted = hears_of(phone, "khanaqin", "mandali", topics=frozenset({"drugs", "sessions"}), circles=frozenset({"women"})).subscription
    phone.says("/area").taps(own(phone, STOP_ALL)).hears(own(phone, STOPPED), own(phone, STILL))
    assert phone.subscription.empty
    undo = {"en": "Undo", "ar": "تراجع", "ckb": "گەڕاندنەوە"}
    phone.taps(own(phone, undo)).hears(label(phone, "khanaqin"), own(phone, DRUGS))
    assert phone.subscription == wanted


def test_an_undo_of_long_ago_does_not_bring_back_areas_that_were_left_since(english: Phone) -> None:
    """It brings the topic to what is wanted now."""
    hears_of(english, "khanaqin", "mandali").says("/area").taps("Stop all messages")
    undo = english.button("Undo").action
    hears_of(english, "jalawla", topics=frozenset({"online"})).presses(undo)
    assert english.subscription == Subscription(frozenset({ForumId("jalawla")}), ALL)


def test_a_typed_district_opens_its_page_and_decides_nothing(phone: Phone) -> None:
    """B22: typed labels work, and somebody who only says where they are is asked what they mean."""
    phone.says(label(phone, "khanaqin")).hears(label(phone, "khanaqin"))
    assert not phone.made(SetSubscription)
    assert phone.draft is None
    phone.taps(own(phone, RECEIVE))
    assert phone.subscription.districts == {KHANAQIN}
    phone.says(label(phone, "khanaqin")).taps(own(phone, STOP))
    assert phone.subscription.empty


def test_a_typed_topic_opens_its_page_and_decides_nothing(phone: Phone) -> None:
    """B22: who wants one topic alone chooses an area for it, and gets no other."""
    phone.says(own(phone, DRUGS)).hears(own(phone, DRUGS))
    assert not phone.made(SetSubscription)
    phone.taps(own(phone, RECEIVE))
    assert not phone.made(SetSubscription)
    phone.taps(label(phone, "khanaqin"))
    assert phone.subscription == Subscription(frozenset({KHANAQIN}), frozenset({"drugs"}))
    phone.says(own(phone, DRUGS)).taps(own(phone, STOP)).hears(own(phone, STOPPED))
    assert phone.subscription.empty


def test_the_menu_is_reached_by_typing_its_label(phone: Phone) -> None:
    """B22."""
    phone.says(own(phone, AREA)).offers(label(phone, "khanaqin"))


def test_stop_can_be_typed(phone: Phone) -> None:
    """B22: "stop" leads to the list, in which one tap stops what is heard of; "stop all messages" does it."""
    hears_of(phone, "khanaqin").says(own(phone, STOP)).offers(own(phone, STOP_ALL))
    phone.says({"en": "stop", "ar": "توقف", "ckb": "ڕاگرتن"}[phone.language or "en"]).taps(own(phone, STOP_ALL))
    assert phone.subscription.empty
    hears_of(phone, "khanaqin").says(own(phone, STOP_ALL))
    assert phone.subscription.empty


def test_the_pages_change_where_they_stand(english: Phone) -> None:
    """Ten taps leave one message, whichever page they show."""
    english.says("/area")
    slots = set()
    for tapped in ("Khanaqin", "Choose topics", "Public services", "My area", "For women", "I am a woman", "My area", "Mandali"):
        english.taps(tapped)
        slots |= {effect.slot for effect in english.effects if isinstance(effect, Send)}
    assert len(slots) == 1
    assert english.says("/area").effects[-1].slot not in slots  # type: ignore[union-attr]  # a Send


@pytest.mark.parametrize("name", ["Khanaqin", "Protection from drugs"])
def test_the_page_of_a_typed_name_turns_into_what_a_tap_on_it_brings(english: Phone, name: str) -> None:
    """A page apart would change where nobody looks when its button is pressed once more: nothing would be seen to happen."""
    page = english.says(name).effects[-1]
    english.taps("Receive messages")
    assert isinstance(page, Send)
    assert [effect.slot for effect in english.effects if isinstance(effect, Send)] == [page.slot]
    assert page.slot is not None


def test_stop_in_an_invitation_works_with_one_tap_and_leaves_tickets_alone(phone: Phone) -> None:
    """B94's spirit: one tap, and what was reported goes on."""
    to_receipt(phone)
    hears_of(invited(phone), SESSION.forum, topics=frozenset({"sessions"})).says("/start")
    phone.presses(Action("stop", None, (SESSION.forum,))).hears(own(phone, STOPPED), own(phone, STILL))
    assert phone.subscription.empty
    assert len(phone.tickets) == 1


def test_stop_in_an_invitation_keeps_other_districts_or_other_topics(english: Phone) -> None:
    """It stops as much as is needed to hear no more of sessions there, and says what it was."""
    hears_of(english, SESSION.forum, "mandali", topics=frozenset({"sessions"})).presses(Action("stop", None, (SESSION.forum,)))
    assert english.hears("sessions there any more").subscription == Subscription(frozenset({MANDALI}), frozenset({"sessions"}))
    hears_of(english, SESSION.forum, "mandali").presses(Action("stop", None, (SESSION.forum,)))
    assert english.hears("any more: Dialogue sessions").subscription.topics == ALL - {"sessions"}
    assert english.subscription.districts == {KHANAQIN, MANDALI}


def test_buttons_of_the_time_of_invitations_alone_mean_sessions_alone(english: Phone) -> None:
    """Whoever presses "tell me of sessions" in an old message gets sessions, and nothing that was not asked for."""
    english.presses(Action("area", None, ("in", KHANAQIN))).hears("We will tell you of the dialogue sessions")
    assert english.subscription == Subscription(frozenset({KHANAQIN}), frozenset({"sessions"}))
    english.taps("Mandali")
    assert english.subscription == Subscription(frozenset({KHANAQIN, MANDALI}), frozenset({"sessions"}))
    english.presses(Action("area", None, ("out", KHANAQIN))).presses(Action("area", None, ("out", MANDALI)))
    assert english.subscription.empty


def test_forged_and_stale_presses_subscribe_to_nothing(english: Phone) -> None:
    """Unknown districts, topics, circles and marks, too few and too many words: an answer comes, and nothing is wanted after it."""
    for verb in ("area", "topics", "topic", "circles", "district", "offer", "undo"):
        for args in (
            (),
            ("in",),
            ("in", "atlantis"),
            ("in", "atlantis", "token"),
            ("yes", "atlantis"),
            ("xyz", "KHN", "w"),
            ("d", "ZZZ", ""),
            ("",) * 9,
        ):
            english.presses(Action(verb, None, args))
            assert english.screen, (verb, args)
            assert english.subscription.empty, (verb, args)


def test_a_district_that_is_no_longer_configured_can_still_be_left(english: Phone) -> None:
    """A button of an old message does no harm."""
    hears_of(english, "atlantis", "mandali").presses(Action("area", None, ("out", "atlantis")))
    assert english.subscription.districts == {MANDALI}


def test_stopping_in_the_middle_of_a_report_keeps_the_report(phone: Phone) -> None:
    """B94: and one more tap goes on with it."""
    to_story(phone).says("Something")
    draft = phone.draft
    hears_of(phone, "khanaqin").presses(Action("stop", None, (KHANAQIN,)))
    assert phone.draft == draft
    phone.taps({"en": "Continue", "ar": "استمرار", "ckb": "بەردەوامبوون"}[phone.language or "en"])
    assert phone.draft is not None
    assert phone.draft.answers == (draft.answers if draft else None)


def test_erasing_everything_stops_messages_at_once(english: Phone) -> None:
    """Nothing more is sent in the minutes until the address is gone."""
    hears_of(english, "khanaqin").presses(Action("erase", None, ("yes",)))
    assert english.subscription.empty


def test_every_page_fits_and_is_in_the_language_of_the_reader(phone: Phone) -> None:
    """B34: nothing is English for who reads another language; labels and buttons fit the channel."""
    wanted = hears_of(phone, "khanaqin", "mandali", circles=frozenset({"women"})).subscription
    for verb in ("area", "topics", "circles", "topic", "district", "privacy", "help"):
        for args in ((), ("in", "drugs"), ("out", "drugs"), ("out", "khanaqin"), ("out", "women"), ("stop",), ("drugs",), ("khanaqin",)):
            phone.subscription = wanted
            phone.presses(Action(verb, None, args))
            for message in phone.screen:
                words = render(message.body, phone.language or "en")
                assert 0 < len(words) <= 4096
                assert (words == render(message.body, "en")) == (phone.language == "en")
            for button in phone.buttons():
                assert 0 < len(phone.shown(button.label)) <= 64
                assert len(encode(button.action).encode()) <= LIMIT
            assert not [effect for effect in phone.effects if isinstance(effect, Send) and isinstance(effect.to, ToForum)]


def test_every_topic_has_a_mark_of_its_own() -> None:
    """What a button carries is read as what was written."""
    assert set(TOPIC_MARKS) == ALL
    assert len(set(TOPIC_MARKS.values())) == len(ALL)
    assert set(TOPIC_NAMES) == ALL
    names = [render(name, language) for name in TOPIC_NAMES.values() for language in LANGUAGES]
    assert len(set(names)) == len(names)


def test_tickets_are_told_nothing_of_wishes(english: Phone) -> None:
    """What somebody wants to hear changes no ticket."""
    to_receipt(english)
    before = dict(english.tickets)
    english.says("/area").taps("Khanaqin").taps("Stop all messages")
    assert dict(english.tickets) == before
