"""What a group sees of a ticket, and what it never sees."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest

from bot.model.effects import Priority
from bot.model.ids import PROVINCE
from bot.model.messages import Attachment, ToForum, card_slot, media_slot
from bot.model.sessions import Request
from bot.model.tickets import Content
from handlers.cards import OPENING, card, card_body, place_cards, refresh_cards, review_card
from tests.handlers.build import (
    JALAWLA,
    KHANAQIN,
    LINKED,
    PLACES,
    RESIDENT,
    STORY,
    english,
    in_slot,
    labels,
    sends,
    situation,
    taken,
    ticket,
    told,
)

GROUP, HEADS = ToForum(KHANAQIN), ToForum(PROVINCE)
CARD = card_slot(ticket().id)
VOICE = Attachment("voice", "secret-file-name", size=9000, duration=12)
PHOTO = Attachment("photo", "another-secret", size=9000)
FILM = Attachment("video", "third-secret", size=90_000_000, too_big=True)

GOLDEN = """\
New report KHN-7F3K9
Type: Drugs
Area: Khanaqin
Place: behind the school
When: every evening
Received: 22 November 2026
Files: 1 file

Two men sell pills behind the school."""


def test_the_review_is_the_card_to_the_letter() -> None:
    """B30: one function makes both; only the buttons differ."""
    report = ticket(content=replace(ticket().content, attachments=(PHOTO,)))
    review = english(review_card(report, PLACES).body)
    on_the_first_day = english(card(report, situation(report), KHANAQIN).body)
    assert review == on_the_first_day == GOLDEN


def test_the_card_has_its_buttons_and_cannot_be_forwarded() -> None:
    effects = place_cards(ticket(), situation())
    assert labels(effects, GROUP, CARD) == [["Take"], ["Reply", "Note"], ["Transfer", "Close"]]
    assert all(send.message.protect for send in sends(effects))


def test_what_the_resident_left_out_has_no_line() -> None:
    body = english(card_body(ticket(content=Content("Only words.")), PLACES))
    assert "Place" not in body
    assert "When" not in body
    assert "Files" not in body
    assert body.endswith("\n\nOnly words.")


def test_the_card_is_made_of_nothing_but_what_is_allowed() -> None:
    """B43: whose ticket it is, its database ids and the names of its files are nowhere in what is said."""
    report = ticket(content=replace(ticket().content, attachments=(VOICE, PHOTO)))
    heard = told(place_cards(report, situation(report)), GROUP)
    for secret in (RESIDENT.resident, report.id, VOICE.file, PHOTO.file, "12:30", "09:30"):
        assert secret not in heard


def test_words_of_the_resident_are_shown_as_typed() -> None:
    """B42."""
    typed = "<b>*look*</b> _here_ [link](http://x) {reference} {0}"
    assert typed in english(card_body(ticket(content=Content(typed)), PLACES))


def test_files_follow_as_replies_to_the_card() -> None:
    report = ticket(content=replace(ticket().content, attachments=(VOICE, PHOTO)))
    effects = place_cards(report, situation(report))
    files = [send for send in sends(effects, GROUP) if send.message.attachment]
    assert [send.slot for send in files] == [media_slot(report.id, OPENING, 0), media_slot(report.id, OPENING, 1)]
    assert [send.message.answers for send in files] == [CARD, CARD]
    assert all(send.message.protect for send in files)
    assert "Please do not send it to anyone else." in english(files[0].message.body)


def test_a_file_that_is_too_big_is_named_and_not_passed_on() -> None:
    """B28."""
    report = ticket(content=replace(ticket().content, attachments=(FILM, PHOTO)))
    effects = place_cards(report, situation(report))
    assert "Files: 1 file\n1 file is too big to be passed on" in in_slot(effects, GROUP, CARD)
    assert [send.slot for send in sends(effects) if send.message.attachment] == [media_slot(report.id, OPENING, 1)]


def test_an_urgent_report_says_so_first_and_goes_first() -> None:
    """B104."""
    report = ticket(urgent=True)
    effects = place_cards(report, situation(report))
    assert in_slot(effects, GROUP, CARD).startswith("URGENT – KHN-7F3K9: someone may be in danger. We asked the reporter to call 911.")
    assert {send.priority for send in sends(effects)} == {Priority.URGENT}


def test_a_report_that_waits_says_for_how_long() -> None:
    """B56."""
    assert "Waiting for 1 day" in english(card_body(ticket(), PLACES, today=date(2026, 11, 23)))
    assert "Waiting for 5 days" in english(card_body(ticket(), PLACES, today=date(2026, 11, 27)))
    assert "Waiting" not in english(card_body(ticket(), PLACES, today=date(2026, 11, 22)))


def test_a_sensitive_report_shows_its_district_only_that_it_exists() -> None:
    report = ticket(category="harassment", sensitive=True, content=Content(STORY, (PHOTO,), "the school", "today"))
    effects = place_cards(report, situation(report))
    assert told(effects, GROUP).splitlines()[:2] == [
        "Sensitive report KHN-7F3K9. The text is not shown here.",
        "Area: Khanaqin",
    ]
    for hidden in (STORY, "the school", "today", "Sexual harassment"):
        assert hidden not in told(effects, GROUP)
    assert labels(effects, GROUP, CARD) == []
    assert len(sends(effects, GROUP)) == 1
    assert STORY in in_slot(effects, HEADS, CARD)
    assert "Listen, and tell the person which help exists." in in_slot(effects, HEADS, CARD)
    assert labels(effects, HEADS, CARD)[0] == ["Take"]
    assert [send.message.attachment for send in sends(effects, HEADS)] == [None, PHOTO]


@pytest.mark.parametrize("state", ["unlinked", "lost"])
def test_a_report_for_a_forum_without_a_group_goes_to_the_province_and_nowhere_else(state: str) -> None:
    """B74."""
    effects = place_cards(ticket(), situation(forums={**LINKED, KHANAQIN: state}))
    assert {send.to for send in sends(effects)} == {HEADS}
    assert "The forum of Khanaqin has no group that can be reached now." in told(effects, HEADS)
    assert labels(effects, HEADS, CARD) == [["Take"], ["Reply", "Note"], ["Transfer", "Close"]]


def test_a_sensitive_report_of_a_lost_group_is_the_provinces_alone() -> None:
    report = ticket(sensitive=True)
    effects = place_cards(report, situation(report, forums={**LINKED, KHANAQIN: "lost"}))
    assert {send.to for send in sends(effects)} == {HEADS}


def test_the_buttons_follow_the_state() -> None:
    assert labels(refresh_cards(taken(), situation()), GROUP, CARD) == [["Reply", "Note"], ["Transfer", "Close"], ["Back to the list"]]
    returned = ticket(came_from=JALAWLA)
    assert labels(refresh_cards(returned, situation()), GROUP, CARD)[0] == ["Take", "Send back"]
    assert labels(refresh_cards(taken(state="closed"), situation()), GROUP, CARD) == []


def test_who_does_not_want_to_be_asked_cannot_be_asked() -> None:
    effects = refresh_cards(ticket(contact=False), situation())
    assert labels(effects, GROUP, CARD)[1] == ["Note"]
    assert "The reporter does not want to get messages" in told(effects, GROUP)


def test_who_cannot_be_reached_is_marked() -> None:
    """B81."""
    effects = refresh_cards(taken(reachable=False), situation())
    assert labels(effects, GROUP, CARD)[0] == ["Note"]
    assert "✖ The reporter cannot be reached" in told(effects, GROUP)


def test_a_closed_card_says_how_it_ended() -> None:
    closed = taken(state="closed", outcome="no_power")
    body = told(refresh_cards(closed, situation(closed)), GROUP)
    assert body.startswith("Report KHN-7F3K9 is closed. By: Sara K.")
    assert body.endswith("We cannot do this")


def test_a_closed_card_of_a_member_who_is_gone_names_nobody() -> None:
    assert english(card_body(taken(state="closed", taker_name=""), PLACES)).startswith("Report KHN-7F3K9 is closed.\n")


def test_a_request_for_a_dialogue_session_is_not_called_a_report() -> None:
    assert english(card_body(ticket(kind="dialogue"), PLACES)).startswith("Request for a dialogue session KHN-7F3K9\n")


def test_a_request_says_what_is_asked_for_and_nothing_of_who_asks() -> None:
    """The same lines for the forum and for the review."""
    asked = Request("No water", ("utilities", "other"), "The mukhtar", "women", "30", (5, 0), "morning")
    request = ticket(kind="dialogue", category="dialogue", content=Content("Since June.", place="the school", request=asked))
    assert english(card_body(request, PLACES)) == (
        "Request for a dialogue session KHN-7F3K9\n"
        "Topic: No water\n"
        "Who should attend: Electricity and water · The mukhtar\n"
        "For: Women only\n"
        "About how many: Up to 30 people\n"
        "When it suits: Saturday · Monday · Morning\n"
        "Area: Khanaqin\n"
        "Place: the school\n"
        "Received: 22 November 2026\n\n"
        "Since June."
    )


def test_a_request_stays_a_request_on_its_way() -> None:
    assert english(card_body(taken(kind="dialogue"), PLACES)).startswith("Request KHN-7F3K9 – followed by: Sara K..")
    assert english(card_body(taken(kind="dialogue", state="closed"), PLACES)).startswith("Request KHN-7F3K9 is closed. By: Sara K..")
    assert english(card_body(ticket(kind="dialogue", state="closed"), PLACES)).startswith("Request KHN-7F3K9 is closed.\n")


def test_the_card_says_which_language_the_resident_reads() -> None:
    """B56: the language chosen in the bot, so that a volunteer can answer in it; never what a phone is set to."""
    shown = english(card_body(ticket(content=Content(STORY, language="ckb")), PLACES))
    assert "Language: Kurdish" in shown
    assert "Language" not in english(card_body(ticket(), PLACES))


def test_an_unknown_category_does_not_stop_a_card() -> None:
    assert STORY in english(card_body(ticket(category="no longer configured"), PLACES))


def test_every_part_of_the_content_was_decided_on() -> None:
    """A new field of a ticket's content is neither shown nor hidden by accident: add it to the card or here."""
    assert {field.name for field in fields(Content)} == {"text", "attachments", "place", "when", "request", "language"}
