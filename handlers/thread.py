"""A ticket's thread as its desk sees it: the reporter's further words, the forum's answers and whether they arrived, notes.

Each entry is one message in the group, in the slot of the entry, and a reply to the ticket's card.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import assert_never

from bot.model.effects import Effect, Priority, Send
from bot.model.events import Delivery
from bot.model.ids import PROVINCE
from bot.model.messages import Button, Message, ToForum, card_slot, entry_slot
from bot.model.situation import Situation
from bot.model.text import C_, N_, P_, Piece, Text, Words, lines, paragraphs
from bot.model.tickets import Entry, Ticket
from handlers.cards import desk_button, desk_of, media

_MARKS: Mapping[Delivery, Text] = {
    "waiting": C_("delivery", "⏳ waiting"),
    "delivered": C_("delivery", "✔ delivered"),
    "blocked": C_("delivery", "✖ blocked"),
    "failed": C_("delivery", "✖ not sent"),
}
_PHONE = re.compile(r"(?<![0-9])(?:\+|0|7)(?:[ ().-]?[0-9]){8,14}(?![0-9])")
_ACCOUNT = re.compile(r"(?:^|\s)@[a-z]\w{3,}|\b(?:t|wa|fb)\.me/|[\w.]@[\w-]+\.[a-z]{2,}", re.IGNORECASE)


def message_from_resident(ticket: Ticket, entry: Entry, situation: Situation) -> list[Effect]:
    """Bring the reporter's further words before the desk.

    `entry` has kind `message`; the caller adds it to the thread. Of a sensitive ticket the district's group learns only that there is
    something new.
    """
    effects = show_entry(ticket, entry, situation, priority=Priority.CARD)
    if ticket.sensitive and ticket.forum != PROVINCE and situation.forums.get(ticket.forum) == "linked":
        told = N_("There is a new message about sensitive report {reference}. The text is not shown here.", reference=ticket.reference)
        notice = Message(told, answers=card_slot(ticket.id))
        effects.append(Send(ToForum(ticket.forum), notice, Priority.NOTICE, slot=entry_slot(entry.id), ticket=ticket.id))
    return effects


def show_entry(ticket: Ticket, entry: Entry, situation: Situation, *, priority: Priority = Priority.REPLY) -> list[Effect]:
    """Show an entry as it is now, in its own slot; the files of a reporter's message follow."""
    desk = desk_of(ticket, situation)
    message = Message(_body(ticket, entry), rows=_rows(ticket, entry), protect=True, answers=card_slot(ticket.id))
    shown = Send(ToForum(desk), message, priority, slot=entry_slot(entry.id), ticket=ticket.id)
    files = media(ticket, entry.id, entry.attachments, desk) if entry.kind == "message" else []
    return [shown, *files]


def show_thread(ticket: Ticket, entries: Iterable[Entry], situation: Situation) -> list[Effect]:
    """Show a new desk what the reporter and the former forum wrote to each other; notes stay behind."""
    told = [entry for entry in entries if entry.kind in ("message", "answer")]
    return [effect for entry in told for effect in show_entry(ticket, entry, situation, priority=Priority.CARD)]


def shows_who_someone_is(text: str) -> bool:
    """Return whether words seem to hold a phone number, in digits of any script, or the name of an account."""
    western = "".join(str(unicodedata.decimal(character, character)) for character in text)
    return bool(_PHONE.search(western) or _ACCOUNT.search(western))


def can_be_answered(ticket: Ticket) -> bool:
    """Return whether words can go to the reporter now."""
    return ticket.state in ("new", "taken") and ticket.contact and ticket.reachable and ticket.resident is not None


def _body(ticket: Ticket, entry: Entry) -> Piece:
    words = Words(entry.text) if entry.text else None
    match entry.kind:
        case "message" if entry.text:
            return N_("New message from the reporter, {reference}:\n\n{text}", reference=ticket.reference, text=Words(entry.text))
        case "message":
            return lines(N_("New message from the reporter, {reference}", reference=ticket.reference), _files(entry))
        case "answer":
            return paragraphs(_delivery(ticket, entry), words, _files(entry))
        case "note":
            told = N_("Note added to {reference}. The reporter does not see notes.", reference=ticket.reference)
            return paragraphs(told, words, _files(entry))
        case "pending":
            return paragraphs(_question(ticket, entry), words, _files(entry))
        case _:
            assert_never(entry.kind)


def _delivery(ticket: Ticket, entry: Entry) -> Piece:
    mark = _MARKS[entry.delivery or "waiting"]
    failed = entry.delivery in ("blocked", "failed")
    return lines(
        N_("Answer for {reference}: {delivery}", reference=ticket.reference, delivery=mark),
        N_(
            "The answer for {reference} did not arrive. The bot may have been blocked, or the account deleted.",
            reference=ticket.reference,
        )
        if failed
        else None,
    )


def _question(ticket: Ticket, entry: Entry) -> Text:
    if not can_be_answered(ticket):
        return N_("The reporter of {reference} cannot get messages now. Keep this as a note?", reference=ticket.reference)
    if shows_who_someone_is(entry.text):
        return N_("Your answer contains a phone number or a name. Sending it may show who someone is. Do you want to send it?")
    return N_(
        "Send this to the reporter of {reference}, or keep it as a note? The reporter will not see your name.", reference=ticket.reference
    )


def _files(entry: Entry) -> Text | None:
    count = len(entry.attachments)
    return N_("Files: {files}", files=P_("{count} file", "{count} files", count)) if count else None


def _rows(ticket: Ticket, entry: Entry) -> tuple[tuple[Button, ...], ...]:
    note = desk_button(C_("button", "Note"), "note", ticket.id)
    match entry.kind:
        case "message":
            reply = desk_button(C_("button", "Reply"), "reply", ticket.id)
            return ((reply, note),) if ticket.contact and ticket.reachable else ((note,),)
        case "pending":
            send = desk_button(C_("button", "Send to the person"), "send", ticket.id, entry.id)
            keep = desk_button(C_("button", "Keep as note"), "keep", ticket.id, entry.id)
            drop = desk_button(C_("button", "Cancel"), "drop", ticket.id, entry.id)
            return ((send,), (keep, drop)) if can_be_answered(ticket) else ((keep, drop),)
        case _:
            return ()
