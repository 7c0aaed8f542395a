"""Words of members: which of them leave the group, and how the group sees what became of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model.effects import AddEntry, Audit, MoveTicket, Priority, SetEntry, SetResident
from bot.model.events import LocationReceived, MediaReceived, TextReceived, UnsupportedReceived
from bot.model.ids import PROVINCE, EntryId
from bot.model.messages import Attachment, ToForum, card_slot, entry_slot, media_slot
from handlers.cards import OPENING
from handlers.desk import DESK_EVENTS
from handlers.thread import shows_who_someone_is
from tests.handlers.build import (
    AZAD,
    KHANAQIN,
    LINKED,
    NOW,
    RESIDENT,
    SARA,
    Desk,
    alert,
    english,
    from_province,
    labels,
    only,
    sends,
    situation,
    taken,
    ticket,
    told,
    withdrawn,
)

GROUP, HEADS, CARD = ToForum(KHANAQIN), ToForum(PROVINCE), card_slot(ticket().id)
PHOTO = Attachment("photo", "file-of-photo")

HERE = "\n\nYou can answer here with text, voice or a photo."


def test_ordinary_chatter_is_never_looked_at() -> None:
    """B58."""
    for event in (TextReceived("Tea at five?"), MediaReceived(PHOTO, "look"), UnsupportedReceived("sticker"), LocationReceived(34.3, 45.4)):
        assert list(DESK_EVENTS[type(event)](situation(ticket=None, member=None), event)) == []
        assert list(DESK_EVENTS[type(event)](situation(), event)) == []


def test_a_reply_to_a_message_of_ours_that_is_about_no_report_is_chatter() -> None:
    """B58."""
    assert list(DESK_EVENTS[TextReceived](situation(ticket=None, prompt="list:x"), TextReceived("thanks"))) == []


def test_the_answer_prompt_opens_an_answer_and_the_answer_goes_to_the_reporter() -> None:
    """B59: the group sees that it waits."""
    desk = Desk(situation(taken()))
    prompt = desk.press("reply")
    [asked] = sends(prompt, GROUP)
    assert asked.message.expects_reply
    assert english(asked.message.body).startswith("Sara K.\nWrite your answer for KHN-7F3K9 as a reply to this message.")

    effects = desk.reply("The municipality comes on Sunday.")
    entry = only(effects, AddEntry).entry
    assert (entry.kind, entry.delivery, entry.member, entry.at) == ("answer", "waiting", SARA.id, NOW)
    [sent] = sends(effects, RESIDENT)
    assert english(sent.message.body) == f"Answer from the forum about report KHN-7F3K9:\n\nThe municipality comes on Sunday.{HERE}"
    assert (sent.entry, sent.priority) == (entry.id, Priority.REPLY)
    [shown] = sends(effects, GROUP)
    assert shown.slot == entry_slot(entry.id)
    assert english(shown.message.body) == "Answer for KHN-7F3K9: ⏳ waiting\n\nThe municipality comes on Sunday."
    assert only(effects, Audit).action == "answer"


def test_the_reporters_next_words_belong_to_the_report_that_was_answered() -> None:
    desk = Desk(situation(taken()))
    desk.press("reply")
    assert only(desk.reply("When was it?"), SetResident) == SetResident(RESIDENT.resident, refocus=True, focus=ticket().id)


def test_the_member_is_nowhere_in_what_the_reporter_gets() -> None:
    """B52, B53."""
    desk = Desk(situation(taken()))
    desk.press("reply")
    [sent] = sends(desk.reply("We are on it."), RESIDENT)
    assert SARA.name not in english(sent.message.body)
    assert sent.message.answers is None


def test_who_answers_a_report_that_nobody_has_taken_takes_it() -> None:
    desk = Desk(situation())
    desk.press("reply")
    effects = desk.reply("We read it.")
    assert only(effects, MoveTicket).ticket.taker == SARA.id
    assert len(sends(effects, RESIDENT)) == 1


def test_answering_does_not_take_a_report_from_who_follows_it() -> None:
    desk = Desk(situation(taken()))
    desk.press("reply", member=AZAD)
    assert not any(isinstance(effect, MoveTicket) for effect in desk.reply("Me too.", member=AZAD))


@pytest.mark.parametrize("slot", [CARD, media_slot(ticket().id, OPENING, 0), entry_slot(EntryId("someoldentry"))])
def test_a_reply_to_any_message_of_a_report_asks_what_to_do_with_it(slot: str) -> None:
    """B61: the pipeline finds the ticket of an old message; here nothing leaves before somebody said so."""
    desk = Desk(situation(taken()))
    effects = desk.reply("Tell them we are coming", slot)
    entry = only(effects, AddEntry).entry
    assert entry.kind == "pending"
    assert sends(effects, RESIDENT) == []
    assert labels(effects, GROUP, entry_slot(entry.id)) == [["Send to the person"], ["Keep as note", "Cancel"]]
    assert "The reporter will not see your name.\n\nTell them we are coming" in told(effects, GROUP)


def test_send_to_the_person_sends_it_once() -> None:
    desk = Desk(situation(taken()))
    desk.reply_to_card("We are coming")
    offered = desk.said
    effects = desk.press_button("Send to the person", member=AZAD)
    assert "We are coming" in told(effects, RESIDENT)
    assert only(effects, SetEntry).entry.member == AZAD.id
    desk.said = offered
    assert alert(desk.press_button("Send to the person")).startswith("This button is old.")


def test_a_note_stays_in_the_group() -> None:
    """B68."""
    desk = Desk(situation(taken()))
    desk.reply_to_card("He is known to us")
    effects = desk.press_button("Keep as note")
    assert sends(effects, RESIDENT) == []
    assert only(effects, SetEntry).entry.kind == "note"
    assert "The reporter does not see notes.\n\nHe is known to us" in told(effects, GROUP)


def test_the_note_prompt_makes_a_note_at_once() -> None:
    desk = Desk(situation(taken()))
    desk.press("note")
    effects = desk.reply("Called the school")
    assert only(effects, AddEntry).entry.kind == "note"
    assert sends(effects, RESIDENT) == []


def test_cancelled_words_are_forgotten() -> None:
    desk = Desk(situation(taken()))
    desk.reply_to_card("Rather not")
    effects = desk.press_button("Cancel")
    emptied = only(effects, SetEntry).entry
    assert emptied.text == ""
    assert withdrawn(effects, GROUP) == [entry_slot(emptied.id)]
    assert alert(desk.press("send", emptied.id)).startswith("This button is old.")


def test_an_answer_with_a_phone_number_waits_for_a_second_look() -> None:
    desk = Desk(situation(taken()))
    desk.press("reply")
    effects = desk.reply("Call me: ٠٧٧٠ ١٢٣ ٤٥٦٧")
    assert sends(effects, RESIDENT) == []
    assert "Sending it may show who someone is." in told(effects, GROUP)
    assert "٠٧٧٠" in told(desk.press_button("Send to the person"), RESIDENT)


@pytest.mark.parametrize(
    "text",
    ["07701234567", "+964 770 123 4567", "٠٧٧٠١٢٣٤٥٦٧", "۰۷۷۰-۱۲۳-۴۵۶۷", "ask @sara_k", "t.me/sara", "sara@example.org", "7701234567"],
)
def test_a_number_or_an_account_is_noticed(text: str) -> None:
    assert shows_who_someone_is(f"Please {text} today")


@pytest.mark.parametrize("text", ["Call 911", "on 22.11.2026 at 10:30", "KHN-7F3K-9QRS", "20 000 000 dinars", "we meet @ 5", "2026-11-22"])
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not shows_who_someone_is(text)


def test_a_photo_goes_to_the_reporter_as_an_answer() -> None:
    desk = Desk(situation(taken()))
    desk.press("reply")
    [sent] = sends(desk.reply(MediaReceived(PHOTO, "The new lamp")), RESIDENT)
    assert sent.message.attachment == PHOTO
    assert english(sent.message.body).endswith(f"The new lamp{HERE}")


def test_a_photo_without_words_says_what_it_is() -> None:
    desk = Desk(situation(taken()))
    desk.press("reply")
    assert told(desk.reply(MediaReceived(PHOTO)), RESIDENT) == f"A photo from the forum about report KHN-7F3K9{HERE}"


@pytest.mark.parametrize(
    "event",
    [
        MediaReceived(Attachment("voice", "v")),
        MediaReceived(Attachment("video", "v"), "look"),
        UnsupportedReceived("sticker"),
        LocationReceived(34.3, 45.4),
    ],
)
def test_a_members_voice_never_reaches_the_reporter(event: MediaReceived) -> None:
    """B52."""
    desk = Desk(situation(taken()))
    desk.press("reply")
    effects = desk.reply(event)
    assert [send.to for send in sends(effects)] == [GROUP]
    assert len(effects) == 1
    assert "Please write your answer as text" in told(effects, GROUP)


def test_a_photo_that_is_too_big_is_refused_in_words() -> None:
    desk = Desk(situation(taken()))
    desk.press("reply")
    assert "too big" in told(desk.reply(MediaReceived(replace(PHOTO, too_big=True))), GROUP)


@pytest.mark.parametrize("actor", ["anonymous", "channel", "stranger", "former_member"])
def test_a_reply_of_who_is_no_member_is_refused_aloud(actor: str) -> None:
    """B86: there is no press to answer, so the group reads why nothing was sent."""
    desk = Desk(situation(taken()))
    desk.press("reply")
    effects = desk.reply("I am somebody", actor=actor, member=None)
    assert [send.to for send in sends(effects)] == [GROUP]
    assert len(effects) == 1


def test_an_answer_to_a_report_that_has_moved_on_is_refused_aloud() -> None:
    """B71."""
    desk = Desk(situation(taken()))
    desk.press("reply")
    effects = desk.reply("Too late", ticket=taken(state="closed"))
    assert told(effects, GROUP) == "Report KHN-7F3K9 is closed."
    assert len(effects) == 1


def test_words_under_the_report_of_one_who_cannot_be_reached_can_only_be_a_note() -> None:
    desk = Desk(situation(taken(reachable=False)))
    effects = desk.reply_to_card("Where are you?")
    entry = only(effects, AddEntry).entry
    assert labels(effects, GROUP, entry_slot(entry.id)) == [["Keep as note", "Cancel"]]
    assert "cannot be reached" in alert(desk.press("send", entry.id))


def test_a_sensitive_report_is_answered_from_the_province_only() -> None:
    desk = Desk(situation(ticket(sensitive=True), **from_province()))
    desk.press("reply")
    effects = desk.reply("We listen.")
    assert "We listen." in told(effects, RESIDENT)
    assert told(effects, GROUP) == ""
    refused = Desk(situation(ticket(sensitive=True))).reply_to_card("Who is it?")
    assert told(refused, GROUP) == "Sensitive reports are followed by the provincial head of the forums."
    assert len(refused) == 1


def test_a_coordinator_who_answers_elsewhere_does_not_take_the_report() -> None:
    desk = Desk(situation(ticket(), **from_province(forums=LINKED)))
    desk.press("reply")
    effects = desk.reply("The province helps.")
    assert not any(isinstance(effect, MoveTicket) for effect in effects)
    assert "⏳ waiting" in told(effects, GROUP)
