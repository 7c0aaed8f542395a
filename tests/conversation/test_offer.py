"""The offer of messages after somebody's first report or request."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.i18n import render
from bot.model.effects import OpenTicket, SetSubscription
from bot.model.messages import Action
from bot.model.subscriptions import TOPICS, Subscription
from bot.model.tickets import Ticket
from tests.conversation.phone import Phone
from tests.conversation.sessions import KHANAQIN
from tests.conversation.steps import label, said, to_receipt
from tests.conversation.test_dialogue import to_review as to_request_review

YES = {"en": "Yes, for Khanaqin", "ar": "نعم، لمنطقة خانقين", "ckb": "بەڵێ، بۆ خانەقین"}
NO = {"en": "No, thank you", "ar": "لا، شكرًا", "ckb": "نەخێر، سوپاس"}
CHOOSE = {"en": "Choose", "ar": "اختيار", "ckb": "هەڵبژاردن"}
ASKED = {"en": "Do you want them?", "ar": "هل تريدونها؟", "ckb": "دەتانەوێت؟"}


def own(phone: Phone, words: dict[str, str]) -> str:
    """Return words in the phone's language."""
    return words[phone.language or "en"]


def test_the_offer_follows_the_receipt_and_a_report_subscribes_nobody(phone: Phone) -> None:
    """B94: a second message after the receipt; nothing is wanted until a button says so."""
    to_receipt(phone).hears(said(phone, "thanks"), own(phone, ASKED)).offers(own(phone, YES), own(phone, CHOOSE), own(phone, NO))
    assert len(phone.screen) == 2
    assert not phone.made(SetSubscription)
    assert phone.subscription.empty


def test_one_tap_on_yes_brings_every_topic_of_the_district(phone: Phone) -> None:
    """B94: and the answer shows where to choose and to stop. A double tap changes nothing."""
    to_receipt(phone).taps(own(phone, YES)).hears(label(phone, "khanaqin"))
    wanted = Subscription(frozenset({KHANAQIN}), frozenset(TOPICS))
    assert phone.subscription == wanted
    phone.offers({"en": "My area", "ar": "منطقتي", "ckb": "ناوچەکەم"}[phone.language or "en"])
    phone.presses(Action("offer", None, ("yes", KHANAQIN)))
    assert phone.subscription == wanted


def test_no_is_taken_kindly_and_wants_nothing(phone: Phone) -> None:
    """B94."""
    to_receipt(phone).taps(own(phone, NO)).hears({"en": "That is all right.", "ar": "لا بأس.", "ckb": "قەیناکە."}[phone.language or "en"])
    assert not phone.made(SetSubscription)


def test_choose_leads_to_the_districts(phone: Phone) -> None:
    """Where one tap starts messages."""
    to_receipt(phone).taps(own(phone, CHOOSE)).taps(label(phone, "khanaqin"))
    assert phone.subscription.districts == {KHANAQIN}


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_the_answer_can_be_typed(phone: Phone, answer: str) -> None:
    """B22."""
    to_receipt(phone).says(own(phone, YES if answer == "yes" else NO))
    assert phone.draft is None
    assert phone.subscription.empty == (answer == "no")


def test_it_is_offered_once(english: Phone) -> None:
    """Not after the second report, whatever was answered to the first offer."""
    to_receipt(english).taps("No, thank you")
    to_receipt(english).hears("Your report was sent").hears_not(ASKED["en"])
    assert len(english.tickets) == 2


def test_whoever_gets_messages_already_is_not_asked(english: Phone) -> None:
    """They have said what they want."""
    english.subscription = Subscription(frozenset({KHANAQIN}), frozenset({"services"}))
    to_receipt(english).hears_not(ASKED["en"])
    assert english.made(OpenTicket)


def test_a_request_for_a_session_is_followed_by_the_offer_too(english: Phone) -> None:
    """It is somebody's first ticket as well."""
    to_request_review(english).taps("Send").hears("Your request was sent", ASKED["en"])


def test_a_sensitive_report_is_followed_by_no_offer(english: Phone) -> None:
    """It is not the moment; and a message on a shared phone could give somebody away."""
    english.says("/report").taps("No").taps("Sexual harassment").taps("Khanaqin").taps("Skip").says("Something happened").taps("Done")
    english.taps("Skip").taps("Yes").taps("Send").hears("Thank you.").hears_not(ASKED["en"])
    (effect,) = english.made(OpenTicket)
    assert isinstance(effect, OpenTicket)
    assert effect.ticket.sensitive


def test_a_report_of_no_district_offers_to_choose_one(english: Phone) -> None:
    """There is no yes without an area."""
    from handlers.offering import offer_messages

    to_receipt(english)
    (opened,) = english.made(OpenTicket)
    assert isinstance(opened, OpenTicket)
    ticket: Ticket = replace(opened.ticket, home="province", forum="province")  # type: ignore[arg-type]  # PROVINCE
    (send,) = offer_messages(replace(english.situation(), tickets=()), ticket)
    shown = [render(button.label, "en") for row in send.message.rows for button in row]  # type: ignore[union-attr]  # a Send
    assert shown == ["Choose", "No, thank you"]
