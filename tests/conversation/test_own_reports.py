"""After the report: its state, further words to the forum, opening it again, and deleting everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.i18n import render
from bot.model.effects import AddEntry, EraseResident, MoveTicket, OpenTicket, SetResident, SetTimer
from bot.model.events import BotBlocked, BotUnblocked
from bot.model.ids import TicketId
from bot.model.messages import Action
from bot.model.tickets import Ticket
from tests.conversation.phone import PLAIN, Phone
from tests.conversation.steps import label, to_receipt

OUTCOME_WORDS = ("The problem is solved", "حُلّت المشكلة", "کێشەکە چارەسەر بوو", "resolved")


def reported(phone: Phone) -> Ticket:
    """Send a report and return its ticket."""
    to_receipt(phone)
    return next(iter(phone.tickets.values()))


def entry_of(phone: Phone) -> AddEntry:
    """Return the one entry that the last act added to a thread."""
    (effect,) = phone.made(AddEntry)
    assert isinstance(effect, AddEntry)
    return effect


def test_status_lists_own_tickets_with_their_state(phone: Phone) -> None:
    """Reference, kind, area and state, in the resident's language; `/status` and the menu's button alike."""
    ticket = reported(phone)
    taken = {"en": "being followed", "ar": "قيد المتابعة", "ckb": "لەژێر بەدواداچووندا"}[phone.language or "en"]
    phone.tickets[ticket.id] = replace(ticket, state="taken")
    phone.says("/status").hears(ticket.reference, label(phone, "drugs"), label(phone, "khanaqin"), taken)
    phone.says(label(phone, "my reports")).hears(ticket.reference)


def test_status_never_shows_the_outcome_or_a_note(phone: Phone) -> None:
    """B68: what the forum thinks of a report stays in the forum."""
    ticket = reported(phone)
    phone.tickets[ticket.id] = replace(ticket, state="closed", outcome="resolved")
    phone.says("/status").hears(ticket.reference).hears_not(*OUTCOME_WORDS)


def test_further_words_go_to_the_ticket_that_was_chosen(english: Phone) -> None:
    """Write about it, from the list: the words are added to its thread and reach its desk."""
    ticket = reported(english)
    english.says("/status").taps(f"Write about {ticket.reference}").hears("goes to the forum of Khanaqin")
    english.says("They came back today.").hears("Your answer went to the forum without your name.")
    assert entry_of(english).entry.ticket == ticket.id
    assert any("They came back today." in render(send.message.body, "en") for send in english.sent())


def test_start_ends_what_was_written_to_a_ticket(english: Phone) -> None:
    """Words after /start are a new report, never an answer to something weeks old."""
    ticket = reported(english)
    english.says("/status").taps(f"Write about {ticket.reference}").says("/start").says("Somebody broke the lamp")
    assert not english.made(AddEntry)
    english.hears("Is anyone in danger right now?")


def test_a_reply_to_a_message_of_a_ticket_goes_to_its_thread_even_during_a_report(english: Phone) -> None:
    """The resident answers the forum while a new report is half written: the answer is no part of that report."""
    ticket = reported(english)
    english.says("/report")
    draft = english.draft
    english.reply_to = ticket.id
    english.says("Yes, at noon.")
    assert entry_of(english).entry.text == "Yes, at noon."
    assert english.draft == draft


def test_a_photo_for_the_thread_is_passed_on_only_after_a_yes(english: Phone) -> None:
    """Further files ask as the first ones did."""
    ticket = reported(english)
    english.says("/status").taps(f"Write about {ticket.reference}").sends("photo", "here").hears("Do you want to send it?")
    assert not english.made(AddEntry)
    english.taps("Yes")
    entry = entry_of(english).entry
    assert (entry.text, len(entry.attachments)) == ("here", 1)


def test_after_a_new_report_words_start_another_one(english: Phone) -> None:
    """Without a ticket in focus, words are a new report, never silently added to an old one."""
    reported(english)
    english.says("Another thing").hears("we keep this as part of your report", "Is anyone in danger right now?")


def test_writing_to_a_closed_ticket_opens_it_again(english: Phone) -> None:
    """The words reach the desk with the ticket open."""
    ticket = reported(english)
    english.tickets[ticket.id] = replace(ticket, state="closed")
    english.reply_to = ticket.id
    english.says("It is not solved.")
    (moved,) = english.made(MoveTicket)
    assert isinstance(moved, MoveTicket)
    assert moved.ticket.state != "closed"
    assert entry_of(english).entry.text == "It is not solved."


def test_only_the_owner_opens_a_ticket_again(english: Phone) -> None:
    """B45: a button about a ticket that is not the resident's own does nothing to it."""
    for verb in ("reopen", "write"):
        english.presses(Action(verb, TicketId("someoneelses")))
        assert not english.made(MoveTicket)
        assert not any(isinstance(effect, SetResident) and effect.focus for effect in english.effects)


def test_delete_my_data_asks_once_and_deletes_everything(phone: Phone) -> None:
    """The promise of the privacy notice: each ticket's content at once, the address once the answer has arrived."""
    ticket = reported(phone)
    delete = {"en": "Delete my data", "ar": "حذف بياناتي", "ckb": "سڕینەوەی زانیارییەکانم"}[phone.language or "en"]
    phone.says("/privacy").taps(delete)
    assert not phone.made(SetTimer)
    phone.taps(delete)
    due = [effect for effect in phone.made(SetTimer) if isinstance(effect, SetTimer) and effect.kind == "erase_ticket"]
    assert [effect.ticket for effect in due] == [ticket.id]
    assert due[0].due == phone.now
    phone.waits(timedelta(minutes=3))
    assert phone.made(EraseResident)


def test_somebody_who_comes_back_before_the_address_is_gone_stays(english: Phone) -> None:
    """Deleted and agreed again within two minutes: the new beginning is not erased."""
    reported(english)
    english.says("/privacy").taps("Delete my data").taps("Delete my data")
    english.says("/start").taps("I agree")
    english.waits(timedelta(minutes=3))
    assert not english.made(EraseResident)


def test_a_resident_who_blocks_the_bot_is_marked_on_their_cards_and_back_again(english: Phone) -> None:
    """B81: the forum sees that nothing can arrive, and that it can again."""
    ticket = reported(english)
    english.meets(BotBlocked())
    assert english.tickets[ticket.id].reachable is False
    assert any("cannot be reached" in render(send.message.body, "en").translate(PLAIN) for send in english.sent())
    english.meets(BotUnblocked())
    assert english.tickets[ticket.id].reachable is True


def test_two_reports_of_one_person_are_not_marked_together(english: Phone) -> None:
    """B47, B81: marks in the same second would tell that both are one person's; each card has a moment of its own."""
    first = reported(english)
    to_receipt(english)
    second = next(ticket for ticket in english.tickets if ticket != first.id)
    english.meets(BotBlocked())
    assert [english.tickets[ticket].reachable for ticket in (first.id, second)] == [True, False]
    english.meets(BotUnblocked())
    timers = [effect for effect in english.made(SetTimer) if isinstance(effect, SetTimer) and effect.kind == "reachable"]
    assert [timer.ticket for timer in timers] == [first.id]
    assert english.now < timers[0].due < english.now + timedelta(hours=12)


def test_each_report_has_a_reference_that_says_nothing_of_another(english: Phone) -> None:
    """B46, B47: references of one person's reports are random, share nothing but the area, and do not count."""
    first = reported(english)
    english.taps("My reports") if english.buttons() else None
    to_receipt(english)
    opened = [effect.ticket for effect in english.made(OpenTicket) if isinstance(effect, OpenTicket)]
    halves = {first.reference.partition("-")[2], opened[0].reference.partition("-")[2]}
    assert len(halves) == 2
    assert first.id != opened[0].id
