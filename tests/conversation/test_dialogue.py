"""A request for a dialogue session, from the menu to the receipt."""

from __future__ import annotations

import pytest

from bot.i18n import render
from bot.model.buttons import LIMIT, encode
from bot.model.effects import OpenTicket, Send
from bot.model.ids import PROVINCE
from bot.model.messages import ToForum, card_slot
from bot.model.sessions import Request
from bot.model.tickets import Ticket
from tests.conversation.phone import Phone
from tests.conversation.steps import label

ASK = {"en": "Ask for a dialogue session", "ar": "طلب جلسة حوار", "ckb": "داواکردنی دانیشتنی گفتوگۆ"}
TOPIC = {"en": "Water", "ar": "الماء", "ckb": "ئاو"}
WHY = {"en": "No water since June.", "ar": "الماء مقطوع من حزيران", "ckb": "لە حوزەیرانەوە ئاو نییە"}
OFFICES = {
    "en": ("Police", "Electricity and water", "Another office"),
    "ar": ("الشرطة", "الكهرباء والماء", "جهة أخرى"),
    "ckb": ("پۆلیس", "کارەبا و ئاو", "لایەنێکی تر"),
}
WOMEN = {"en": "Women only", "ar": "للنساء فقط", "ckb": "تەنیا بۆ ژنان"}
THIRTY = {"en": "Up to 30 people", "ar": "حتى 30 شخصًا", "ckb": "تا 30 کەس"}
SATURDAY = {"en": "Saturday", "ar": "السبت", "ckb": "شەممە"}
MORNING = {"en": "Morning", "ar": "الصباح", "ckb": "بەیانی"}
SENT = {
    "en": "Your request was sent to the forum of Khanaqin.",
    "ar": "أُرسل طلبكم إلى منتدى خانقين.",
    "ckb": "داواکارییەکەتان نێردرا بۆ کۆڕبەندی خانەقین.",
}


def of(words: dict[str, str], phone: Phone) -> str:
    return words[phone.language or "en"]


def to_days(phone: Phone) -> Phone:
    """Go on to the question which days suit."""
    phone.says("/start").taps(of(ASK, phone)).says(of(TOPIC, phone))
    for office in OFFICES[phone.language or "en"]:
        phone.taps(office)
    phone.taps(label(phone, "done")).says("Mukhtar").taps(of(WOMEN, phone)).taps(of(THIRTY, phone))
    return phone


def to_story(phone: Phone) -> Phone:
    """Go on to the question why it is needed."""
    to_days(phone).taps(of(SATURDAY, phone)).taps(label(phone, "done")).taps(of(MORNING, phone))
    return phone.taps(label(phone, "khanaqin")).taps(label(phone, "skip"))


def to_review(phone: Phone) -> Phone:
    """Go on to the last look, with words only."""
    return to_story(phone).says(of(WHY, phone)).taps(label(phone, "done")).taps(label(phone, "yes"))


def requested(phone: Phone) -> Ticket:
    """Return the ticket that the last act opened."""
    (effect,) = phone.made(OpenTicket)
    assert isinstance(effect, OpenTicket)
    return effect.ticket


def test_a_resident_asks_for_a_session_and_gets_a_receipt(phone: Phone) -> None:
    """The second door: everything a forum needs to arrange it, and a number to follow it with."""
    to_review(phone).taps(label(phone, "send"))
    ticket = requested(phone)
    phone.hears(of(SENT, phone), ticket.reference)
    assert (ticket.kind, ticket.category, ticket.forum, ticket.content.text) == ("dialogue", "dialogue", "khanaqin", of(WHY, phone))
    wishes = Request(of(TOPIC, phone), ("police", "utilities", "other"), "Mukhtar", "women", "30", (5,), "morning")
    assert ticket.content.request == wishes
    assert phone.draft is None


def test_the_review_is_the_card_to_the_letter(phone: Phone) -> None:
    """B30: what the resident agrees to is what the forum reads."""
    to_review(phone).hears(of(TOPIC, phone), "Mukhtar", of(WOMEN, phone), of(THIRTY, phone), of(SATURDAY, phone), of(MORNING, phone))
    review = render(phone.screen[-1].body, phone.language or "en")
    phone.taps(label(phone, "send"))
    ticket = requested(phone)
    (card,) = [send for send in phone.sent() if send.slot == card_slot(ticket.id) and send.to == ToForum(ticket.forum)]
    assert render(card.message.body, phone.language or "en") in review


def test_the_request_is_in_the_list_of_own_reports(phone: Phone) -> None:
    """`/status` shows it with its state, and says that it is a session."""
    to_review(phone).taps(label(phone, "send"))
    kind = {"en": "dialogue session", "ar": "جلسة حوار", "ckb": "دانیشتنی گفتوگۆ"}
    phone.says("/status").hears(next(iter(phone.tickets.values())).reference, of(kind, phone))


def test_options_are_ticked_and_unticked_where_they_stand(english: Phone) -> None:
    """The question's message changes under the finger; the list does not grow down the screen."""
    english.says("/dialogue").says("Water")
    slots = set()
    for office in ("Police", "Health", "Police", "Education"):
        english.taps(office)
        slots |= {effect.slot for effect in english.effects if isinstance(effect, Send)}
    assert len(slots) == 1
    assert [english.shown(button.label) for button in english.buttons()[:4]] == ["Municipality", "Police", "✓ Health", "✓ Education"]
    english.taps("Done").hears("Who is the session for?")


@pytest.mark.parametrize(
    ("typed", "ticked"), [("2 3", {"2", "3"}), ("٢، ٣", {"2", "3"}), ("۲", {"2"}), ("Health", {"3"}), ("الصحة", {"3"})]
)
def test_several_options_can_be_typed_at_once(english: Phone, typed: str, ticked: set[str]) -> None:
    """B22: numbers in any digits, one or several, and labels in any language."""
    english.says("/dialogue").says("Water").says(typed)
    marked = {str(place) for place, button in enumerate(english.buttons(), 1) if english.shown(button.label).startswith("✓")}
    assert marked == ticked


def test_no_day_ticked_means_any_day_and_no_office_is_all_right(english: Phone) -> None:
    """Two taps less for who has no wishes."""
    english.says("/dialogue").says("Water").taps("Skip").taps("Everyone").taps("Up to 10").taps("Any day").taps("Any time")
    english.taps("Khanaqin").taps("Skip").says("Why not").taps("Done").taps("Yes").hears("When it suits: Any day · Any time")
    english.hears_not("Who should attend").taps("Send")
    request = requested(english).content.request
    assert request is not None
    assert (request.offices, request.days, request.part) == ((), (), "any")


def test_each_part_can_be_changed_from_the_review(english: Phone) -> None:
    """B16: ticks that were set are still there, and the review comes back."""
    to_review(english).taps("Edit").taps("Days")
    assert "✓ Saturday" in [english.shown(button.label) for button in english.buttons()]
    english.taps("Monday").taps("Done").hears("Saturday · Monday · Morning").offers("Send")


def test_taking_the_other_office_away_takes_its_name_away(english: Phone) -> None:
    """B16: an answer that is no longer asked for is not shown either."""
    to_review(english).taps("Edit").taps("Who should attend").taps("✓ Another office").taps("Done").hears_not("Mukhtar")


def test_back_leads_through_every_step(english: Phone) -> None:
    """B15."""
    to_review(english)
    asked = []
    for _ in range(11):
        english.taps("Back")
        assert english.draft is not None
        asked.append(english.draft.pending)
    assert asked == ["contact", "story", "place", "district", "part", "days", "size", "audience", "office", "offices", "topic"]


def test_the_language_changes_in_the_middle_of_ticking(english: Phone) -> None:
    """B35: the ticks stay."""
    to_days(english).taps("Saturday").says("/language").taps("العربية")
    assert any(english.shown(button.label).endswith("✓ السبت") for button in english.buttons())


def test_a_voice_is_passed_on_only_after_a_yes(english: Phone) -> None:
    """A voice is a fingerprint; without a yes, words are asked for."""
    to_story(english).sends("voice").taps("Done").hears("Do you want to send it?").taps("No").says("No water.").taps("Yes").taps("Send")
    content = requested(english).content
    assert (content.text, content.attachments) == ("No water.", ())


def test_who_wants_no_messages_is_promised_none(english: Phone) -> None:
    """The receipt says only what will be so."""
    to_story(english).says("No water.").taps("Done").taps("No").taps("Send")
    english.hears("We will not write to you about it").hears_not("We will tell you when a date is set.")
    assert not requested(english).contact


def test_a_request_from_outside_goes_to_the_province(english: Phone) -> None:
    """As a report does."""
    to_days(english).taps("Any day").taps("Any time").taps("Somewhere else").taps("Yes").taps("Skip")
    english.says("No road.").taps("Done").taps("Yes").taps("Send").hears("the provincial head of the forums")
    assert requested(english).forum == PROVINCE


def test_an_unfinished_request_is_offered_as_a_request(phone: Phone) -> None:
    """B17: neither lost nor called a report; starting again starts a request."""
    told = {
        "en": "You started a request for a dialogue session",
        "ar": "بدأتم طلب جلسة حوار",
        "ckb": "دەستتان بە داواکاریی دانیشتنێکی گفتوگۆ کرد",
    }
    again = {"en": "Start again", "ar": "البدء من جديد", "ckb": "سەرلەنوێ دەستپێکردنەوە"}
    to_days(phone).says("/report").hears(of(told, phone)).taps(of(again, phone))
    assert phone.draft is not None
    assert (phone.draft.flow, phone.draft.answers) == ("dialogue", {})


def test_the_forum_learns_nothing_of_who_asked(phone: Phone) -> None:
    """Canary: the resident's id, and where the bot keeps it, are in nothing that goes to a group."""
    to_review(phone).taps(label(phone, "send"))
    assert phone.sent()
    for send in phone.sent():
        shown = render(send.message.body, "en")
        assert phone.resident.id not in shown
        assert "resident" not in shown


def test_every_question_of_a_request_is_asked_in_the_language(phone: Phone) -> None:
    """B34: back from the review to the first question, nothing on the way is English for who reads another language."""
    to_review(phone)
    for _ in range(11):
        phone.taps(label(phone, "back"))
        question = render(phone.screen[-1].body, phone.language or "en")
        assert (question == render(phone.screen[-1].body, "en")) == (phone.language == "en")
        assert all(0 < len(phone.shown(button.label)) <= 64 for button in phone.buttons())


def test_every_button_of_a_request_fits_into_the_channel(english: Phone) -> None:
    """Telegram gives a button 64 bytes."""
    to_days(english)
    assert all(len(encode(button.action)) <= LIMIT for button in english.buttons())
