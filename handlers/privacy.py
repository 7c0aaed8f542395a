"""What is kept, and how all of it is deleted. What the notice promises is done here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.engine.conversing import resident_of, say, timer_key
from bot.model.effects import Audit, DropDraft, DropTimer, Effect, EraseResident, EraseTicket, SetResident, SetSubscription, SetTimer
from bot.model.events import TimerFired
from bot.model.messages import Action, Button, Message
from bot.model.people import Resident
from bot.model.situation import NOTHING, Situation
from bot.model.text import C_, N_, paragraphs
from handlers.cards import clear_everywhere

SHORTLY = timedelta(minutes=2)
"""How long the address is kept after a farewell, so that the farewell itself can arrive."""


def forget_key(resident: Resident) -> str:
    """Return the key of the timer that erases a resident."""
    return f"forget:{resident.id}"


def details(situation: Situation) -> Iterator[Effect]:
    """Say what we keep, and offer to delete it."""
    text = N_(
        "What we keep: your messages, photos and voice notes, the area, and a code that links the report to this chat so that we can "
        "answer you.\n"
        "Your Telegram identity is stored encrypted. Forum members answer through the bot and do not know who you are.\n"
        "Please send only what is needed. You can choose “Delete my data” in the menu at any time."
    )
    chosen = N_(
        "If you choose areas and topics of messages, or answer an invitation to a session, we keep that encrypted too. The forum sees only "
        "how many people there are.\n"
        "If you answer a question in a message, we keep for a month that you did, so that nobody is counted twice; not what you answered."
    )
    tip = N_("If someone else may look at your phone, delete this chat when you finish.")
    rows = ((Button(C_("button", "Back"), Action("home")), Button(C_("button", "Delete my data"), Action("erase"))),)
    yield say(situation, Message(paragraphs(text, chosen, tip), rows))


def ask(situation: Situation) -> Iterator[Effect]:
    """Ask once before everything is deleted."""
    text = N_(
        "Do you want to delete all your data?\n"
        "Your messages, your files and the link to this chat will be deleted, and the forum will not be able to answer you.\n"
        "This cannot be undone."
    )
    rows = ((Button(C_("button", "Delete my data"), Action("erase", None, ("yes",))), Button(C_("button", "Cancel"), Action("home"))),)
    yield say(situation, Message(text, rows))


def erase(situation: Situation) -> Iterator[Effect]:
    """Delete everything: each ticket by a timer that is due now, the address as soon as this answer has arrived."""
    resident = resident_of(situation)
    for ticket in situation.tickets:
        if ticket.state != "erased":
            yield SetTimer(f"purge:{ticket.id}", "erase_ticket", situation.now, ticket=ticket.id)
    if situation.draft is not None:
        yield DropTimer(timer_key(situation.draft))
        yield DropDraft(resident.id)
    yield SetSubscription(resident.id, NOTHING)
    text = N_("Your data is deleted.\nThe messages in this chat are still on your phone; you can delete the chat in Telegram yourself.")
    yield say(situation, Message(text))
    yield SetResident(resident.id, consented=False)
    yield SetTimer(forget_key(resident), "forget", situation.now + SHORTLY, resident=resident.id)


def erase_ticket(situation: Situation, _: TimerFired) -> Iterator[Effect]:
    """Erase one ticket at its reporter's request, and take it back from every group that has it."""
    ticket = situation.ticket
    if ticket is None or ticket.state == "erased":
        return
    instead = N_(
        "The data of report {reference} was deleted at the reporter's request. Please delete any copies you made.",
        reference=ticket.reference,
    )
    yield from clear_everywhere(ticket, situation.entries, situation, instead)
    yield EraseTicket(ticket.id)
    yield Audit("erase", ticket.id, ticket.forum)


def forget(situation: Situation, _: TimerFired) -> Iterator[Effect]:
    """Erase a resident who said no, or asked for it. Somebody who agreed again stays; who has begun to write again is given time."""
    resident = situation.resident
    if resident is None or resident.consented:
        return
    if situation.draft is None:
        yield EraseResident(resident.id)
    else:
        later = situation.now + situation.province.draft_reminder
        yield SetTimer(forget_key(resident), "forget", later, resident=resident.id)
