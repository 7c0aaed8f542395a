"""What the forum's work makes the bot say to the reporter. Nobody's name, no note, no tag and no outcome can get in here."""

from __future__ import annotations

from bot.model.effects import Effect, Priority, Send
from bot.model.ids import EntryId, ForumId
from bot.model.messages import Action, Attachment, Button, Message, ToResident
from bot.model.province import Province
from bot.model.text import C_, N_, Piece, Text, Value, Words, paragraphs
from bot.model.tickets import Entry, Ticket


def tell(ticket: Ticket, message: Message, priority: Priority = Priority.NOTICE, entry: EntryId | None = None) -> list[Effect]:
    """Say something to the reporter of a ticket, if they wanted to be written to and can be reached."""
    if ticket.resident is None or not ticket.contact or not ticket.reachable:
        return []
    return [Send(ToResident(ticket.resident), message, priority, ticket=ticket.id, entry=entry)]


def tell_taken(ticket: Ticket) -> list[Effect]:
    """Say that somebody follows the report now."""
    told = called(
        ticket,
        N_("A forum member is now following your report {reference}.", reference=ticket.reference),
        N_("A forum member is now following your request {reference}.", reference=ticket.reference),
    )
    return tell(ticket, Message(told))


def tell_free(ticket: Ticket) -> list[Effect]:
    """Say that the report waits again."""
    status = C_("status", "new")
    told = called(
        ticket,
        N_("Report {reference} – status now: {status}.", reference=ticket.reference, status=status),
        N_("Request {reference} – status now: {status}.", reference=ticket.reference, status=status),
    )
    return tell(ticket, Message(told))


def tell_moved(ticket: Ticket, to: ForumId, province: Province, *, closer: bool) -> list[Effect]:
    """Say which forum has the report now; `closer` gives the usual reason for it."""
    names = {"from_district": province.forum_names(ticket.forum), "to_district": province.forum_names(to)}
    moved = called(
        ticket,
        N_(
            "Your report {reference} was moved from the forum of {from_district} to the forum of {to_district}.",
            reference=ticket.reference,
            **names,
        ),
        N_(
            "Your request {reference} was moved from the forum of {from_district} to the forum of {to_district}.",
            reference=ticket.reference,
            **names,
        ),
    )
    nearer = N_(
        "Your report {reference} was moved from the forum of {from_district} to the forum of {to_district}, "
        "because it is closer to the problem.",
        reference=ticket.reference,
        **names,
    )
    return tell(ticket, Message(called(ticket, nearer, moved) if closer else moved))


def tell_answer(ticket: Ticket, entry: Entry) -> list[Effect]:
    """Bring the forum's words; what becomes of them is reported for the entry."""
    photo = next(iter(entry.attachments), None)
    return tell(ticket, Message(_answer(ticket, entry.text, photo), attachment=photo), Priority.REPLY, entry.id)


def tell_closed(ticket: Ticket, entry: Entry | None) -> list[Effect]:
    """Say that the report is closed, with the words that a member wrote for the reporter."""
    told = _closed(ticket, entry)
    again = Button(C_("button", "Open again"), Action("reopen", ticket.id))
    return tell(ticket, Message(told, ((again,),)), Priority.REPLY, entry.id if entry else None)


def tell_reopened(ticket: Ticket) -> list[Effect]:
    """Say that the forum knows."""
    told = called(
        ticket,
        N_("Report {reference} is open again, and the forum knows.", reference=ticket.reference),
        N_("Request {reference} is open again, and the forum knows.", reference=ticket.reference),
    )
    return tell(ticket, Message(told), Priority.REPLY)


def called(ticket: Ticket, report: Text, request: Text) -> Text:
    """Return the sentence that calls a ticket what it is to its resident: a report, or a request for a dialogue session."""
    return request if ticket.kind == "dialogue" else report


def _closed(ticket: Ticket, entry: Entry | None) -> Text:
    if entry is None:
        return called(
            ticket,
            N_("Report {reference} was closed.\nIf the problem is not solved, press “Open again”.", reference=ticket.reference),
            N_("Request {reference} was closed.\nIf the session is still needed, press “Open again”.", reference=ticket.reference),
        )
    values: dict[str, Value] = {"reference": ticket.reference, "result": Words(entry.text)}
    return called(
        ticket,
        N_("Report {reference} was closed.\nResult: {result}\nIf the problem is not solved, press “Open again”.", **values),
        N_("Request {reference} was closed.\nResult: {result}\nIf the session is still needed, press “Open again”.", **values),
    )


def _answer(ticket: Ticket, words: str, photo: Attachment | None) -> Piece:
    values: dict[str, Value] = {"reference": ticket.reference, "message": Words(words)}
    if photo is not None and not words:
        told = called(
            ticket,
            N_("A photo from the forum about report {reference}", reference=ticket.reference),
            N_("A photo from the forum about request {reference}", reference=ticket.reference),
        )
    else:
        told = called(
            ticket,
            N_("Answer from the forum about report {reference}:\n\n{message}", **values),
            N_("Answer from the forum about request {reference}:\n\n{message}", **values),
        )
    return paragraphs(told, N_("You can answer here with text, voice or a photo."))
