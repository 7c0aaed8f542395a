"""My area: hearing of the sessions of a district, and stopping that, each with one tap."""

from __future__ import annotations

from bot.model.effects import Subscribe, Unsubscribe
from bot.model.messages import Action
from tests.conversation.phone import Phone
from tests.conversation.sessions import KHANAQIN, SESSION, invited
from tests.conversation.steps import label, to_receipt

AREA = {"en": "My area", "ar": "منطقتي", "ckb": "ناوچەکەم"}
STOP = {"en": "Stop messages", "ar": "إيقاف الرسائل", "ckb": "ڕاگرتنی پەیامەکان"}
STOPPED = {"en": "We will not tell you of sessions there any more.", "ar": "لن نخبركم بعد الآن", "ckb": "چیتر لەبارەی دانیشتنەکانی ئەوێ"}


def test_one_tap_in_and_one_tap_out(phone: Phone) -> None:
    """The district is marked with ✓ while it is heard of."""
    language = phone.language or "en"
    phone.says("/start").taps(AREA[language]).taps(label(phone, "khanaqin"))
    assert phone.subscribed == {KHANAQIN}
    assert "✓" in phone.shown(phone.button(label(phone, "khanaqin")).label)
    phone.taps(label(phone, "khanaqin")).hears(STOPPED[language])
    assert phone.subscribed == frozenset()
    assert "✓" not in phone.shown(phone.button(label(phone, "khanaqin")).label)


def test_several_districts_are_heard_of_at_once(english: Phone) -> None:
    """Somebody may live here and work there."""
    english.says("/area").taps("Khanaqin").taps("Mandali")
    assert english.subscribed == {"khanaqin", "mandali"}


def test_a_double_tap_does_not_take_it_back(english: Phone) -> None:
    """B21: the button says what it does, not "the opposite of now"."""
    english.says("/area")
    button = english.button("Khanaqin").action
    english.presses(button)
    english.presses(button)
    assert english.subscribed == {KHANAQIN}


def test_reporting_subscribes_nobody(phone: Phone) -> None:
    """Only the own tap does."""
    to_receipt(phone)
    assert not phone.made(Subscribe)
    assert phone.subscribed == frozenset()


def test_a_typed_district_opens_its_page_and_decides_nothing(phone: Phone) -> None:
    """B22: typed labels work, and somebody who only says where they are is asked what they mean."""
    phone.says(label(phone, "khanaqin")).hears(label(phone, "khanaqin"))
    assert not phone.made(Subscribe)
    assert phone.draft is None
    hear = {"en": "Tell me of sessions there", "ar": "إخباري بالجلسات هناك", "ckb": "ئاگادارکردنەوەم لە دانیشتنەکانی ئەوێ"}
    phone.taps(hear[phone.language or "en"])
    assert phone.subscribed == {KHANAQIN}
    phone.says(label(phone, "khanaqin")).taps(STOP[phone.language or "en"])
    assert phone.subscribed == frozenset()


def test_the_menu_is_reached_by_typing_its_label(phone: Phone) -> None:
    """B22."""
    phone.says(AREA[phone.language or "en"]).offers(label(phone, "khanaqin"))


def test_stop_in_an_invitation_works_with_one_tap_and_leaves_tickets_alone(phone: Phone) -> None:
    """B94's spirit: one tap, and what was reported goes on."""
    to_receipt(phone)
    invited(phone).subscribed = frozenset({SESSION.forum})
    phone.says("/start")
    phone.presses(Action("stop", None, (SESSION.forum,))).hears(STOPPED[phone.language or "en"])
    assert [type(effect) for effect in phone.effects if isinstance(effect, Unsubscribe)] == [Unsubscribe]
    assert phone.subscribed == frozenset()
    assert len(phone.tickets) == 1


def test_a_district_that_is_no_longer_configured_can_still_be_left(english: Phone) -> None:
    """A button of an old message does no harm."""
    english.presses(Action("area", None, ("in", "atlantis")))
    assert not english.made(Subscribe)
    english.presses(Action("area", None, ("out", "atlantis")))
    assert english.made(Unsubscribe)


def test_stop_can_be_typed(phone: Phone) -> None:
    """B22: it leads to the list, in which one tap stops what is heard of."""
    phone.subscribed = frozenset({KHANAQIN})
    phone.says(STOP[phone.language or "en"]).taps(label(phone, "khanaqin"))
    assert phone.subscribed == frozenset()
