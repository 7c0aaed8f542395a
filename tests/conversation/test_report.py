"""A report from the first word to the receipt."""

from __future__ import annotations

from bot.engine.talk import Ended
from bot.i18n import render
from bot.model.effects import OpenTicket, Send
from bot.model.ids import PROVINCE
from bot.model.messages import ToForum, card_slot
from bot.model.province import Province
from tests.conversation.phone import PLAIN, Phone
from tests.conversation.steps import label, said, to_category, to_receipt, to_review, to_story
from tests.conversation.words import SAYS, STORY


def opened(phone: Phone) -> OpenTicket:
    """Return the one ticket that the last act opened."""
    (effect,) = phone.made(OpenTicket)
    assert isinstance(effect, OpenTicket)
    return effect


def test_a_resident_reports_drugs_near_a_school_and_gets_a_receipt(phone: Phone) -> None:
    """B31: the receipt shows the reference, the forum, and what happens next and by when, in the resident's language."""
    to_receipt(phone)
    ticket = opened(phone).ticket
    two_days = {"en": "2 days", "ar": "يومين", "ckb": "2 ڕۆژ"}
    phone.hears(said(phone, "thanks"), ticket.reference, two_days[phone.language or "en"])
    assert ticket.reference.startswith("KHN-")
    assert (ticket.category, ticket.forum, ticket.content.text) == ("drugs", "khanaqin", STORY[phone.language or "en"])
    assert phone.draft is None


def test_the_review_is_the_card_to_the_letter(phone: Phone, province: Province) -> None:
    """B30: golden test; what the resident agrees to is what the forum reads, in the resident's language here."""
    to_review(phone)
    shown = phone.screen[-1].body
    review = render(shown, phone.language or "en")
    phone.taps(label(phone, "send"))
    ticket = opened(phone).ticket
    (card,) = [send for send in phone.sent() if send.slot == card_slot(ticket.id) and send.to == ToForum(ticket.forum)]
    assert render(card.message.body, phone.language or "en") in review


def test_danger_shows_the_number_before_anything_else_and_goes_on(phone: Phone) -> None:
    """B104, B105: the number first, tappable, and no promise of police; then the report goes on."""
    phone.says("/report").taps(label(phone, "yes"))
    first = phone.screen[0]
    assert first.call is not None
    assert first.call[0] == "911"
    assert phone.shown(first.body).startswith(said(phone, "call"))
    phone.hears(said(phone, "category?"))


def test_the_emergency_number_is_one_tap_away_at_every_step(phone: Phone) -> None:
    """B104: whatever is on the screen, one tap shows the number, and the report is where it was."""
    to_story(phone)
    before = phone.draft
    phone.taps("911").hears(said(phone, "call"))
    assert phone.draft == before


def test_each_category_is_shown_with_a_hint(phone: Phone) -> None:
    """B13's spirit: somebody with little schooling sees what each kind means."""
    to_category(phone).hears(said(phone, "drugs hint"))


def test_typed_digits_in_any_script_and_typed_labels_are_taken(phone: Phone) -> None:
    """B22: ٣, ۳, 3 and the label itself are what the button is."""
    for typed in ("1", "١", "۱", label(phone, "drugs"), f"  {label(phone, 'drugs')} ."):
        to_category(phone).says(typed)
        assert phone.draft is not None
        assert phone.draft.answers["category"] == "drugs"
        phone.draft = None


def test_words_typed_where_a_button_is_expected_are_kept(phone: Phone) -> None:
    """B10: they become part of the story, and the question is asked again."""
    to_category(phone).says(STORY[phone.language or "en"]).hears(said(phone, "category?"))
    phone.taps(label(phone, "drugs")).taps(label(phone, "khanaqin")).taps(label(phone, "skip"))
    phone.taps(label(phone, "done")).hears(said(phone, "when?"))
    phone.taps(label(phone, "skip")).taps(label(phone, "yes")).taps(label(phone, "send"))
    assert opened(phone).ticket.content.text == STORY[phone.language or "en"]


def test_a_double_tap_on_send_makes_one_ticket(phone: Phone) -> None:
    """B21: the second tap finds the step done."""
    to_review(phone)
    send = phone.button(label(phone, "send")).action
    phone.presses(send)
    assert len(phone.made(OpenTicket)) == 1
    phone.presses(send)
    assert not phone.made(OpenTicket)
    assert len(phone.tickets) == 1
    assert phone.toasts


def test_a_voice_note_is_passed_on_only_after_a_yes(phone: Phone) -> None:
    """A voice is a fingerprint."""
    to_story(phone).sends("voice").taps(label(phone, "done")).hears(said(phone, "media?"))
    phone.taps(label(phone, "yes")).taps(label(phone, "skip")).taps(label(phone, "yes")).taps(label(phone, "send"))
    (file,) = opened(phone).ticket.content.attachments
    assert file.kind == "voice"


def test_a_voice_note_without_a_yes_stays_here_and_words_are_asked_for(phone: Phone) -> None:
    """Nothing of it reaches the forum; the resident is asked to write instead."""
    to_story(phone).sends("voice").taps(label(phone, "done")).taps(label(phone, "no"))
    phone.says(STORY[phone.language or "en"]).taps(label(phone, "skip")).taps(label(phone, "no")).taps(label(phone, "send"))
    ticket = opened(phone).ticket
    assert ticket.content.attachments == ()
    assert ticket.content.text == STORY[phone.language or "en"]
    assert not ticket.contact


def test_several_messages_and_photos_make_one_story(english: Phone) -> None:
    """As many as wanted, in the order in which they were sent."""
    to_story(english).says("First this.").hears("press “Done”")
    english.sends("photo", "then that").hears("We received 1 file.")
    english.sends("photo").hears("We received 2 files.")
    english.taps("Done").taps("Yes").says("every night").taps("Yes").taps("Send")
    content = opened(english).ticket.content
    assert content.text == "First this.\nthen that"
    assert len(content.attachments) == 2
    assert content.when == "every night"


def test_photos_of_one_album_are_acknowledged_in_one_message(english: Phone) -> None:
    """Ten photos at once do not bring ten receipts: they share one slot, of which the last wins."""
    to_story(english)
    slots = set()
    for _ in range(10):
        english.sends("photo", album="77")
        slots |= {effect.slot for effect in english.effects if isinstance(effect, Send) and effect.slot}
    assert len(slots) == 1
    english.hears("We received 10 files.")


def test_a_file_above_the_limit_is_kept_and_the_person_is_told(english: Phone) -> None:
    """B28: kept by reference, and what will happen is said at once."""
    to_story(english).sends("video", too_big=True).hears("too big (limit: 20 MB)", "only be told that there is one")
    english.says("A man with a knife").taps("Done").taps("Yes").taps("Skip").taps("Yes").taps("Send")
    assert opened(english).ticket.content.attachments[0].too_big


def test_the_text_of_a_sensitive_report_goes_to_the_province_alone(english: Phone) -> None:
    """The district's group learns that there is one, and the area; nothing else."""
    to_category(english).taps("Sexual harassment").hears("It is not your fault.")
    english.taps("Khanaqin").taps("Skip").says("The driver, every day.").taps("Done").taps("Skip").taps("Yes").taps("Send")
    shown = {send.to: render(send.message.body, "en").translate(PLAIN) for send in english.sent()}
    assert "The driver, every day." in shown[ToForum(PROVINCE)]
    district = next(send.to for send in english.sent() if send.to != ToForum(PROVINCE))
    assert "The driver" not in shown[district]
    assert "Sensitive report" in shown[district]


def test_every_step_of_the_report_has_words_in_each_language(phone: Phone) -> None:
    """B34: what is said on the way is in the resident's language: none of the English sentences appears in another one."""
    to_review(phone)
    if phone.language != "en":
        phone.hears_not(*(sentences["en"] for sentences in SAYS.values()))
    assert not isinstance(phone.draft, Ended)
