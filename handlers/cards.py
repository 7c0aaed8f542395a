"""The card: a ticket as a group sees it. It is composed from an allow-list, so what is not named here cannot be learnt from it.

The resident's review shows `card_body` of the ticket to be, so what they agree to is what the forum gets, to the letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta, timezone

from bot.model.effects import Effect, Priority, Send, Withdraw
from bot.model.ids import PROVINCE, EntryId, ForumId, TicketId
from bot.model.messages import Action, Attachment, Button, Message, ToForum, card_slot, entry_slot, media_slot
from bot.model.province import Province
from bot.model.situation import Situation
from bot.model.text import C_, N_, P_, Joined, Names, Piece, Text, Words, lines, paragraphs
from bot.model.tickets import Entry, Outcome, Ticket, TicketState
from handlers.listed import new_line
from handlers.session_words import LANGUAGE_NAMES, request_facts

OPENING = EntryId("opening")
"""Stands for the report itself in the slots of its files."""

STATUSES: Mapping[TicketState, Text] = {
    "new": C_("status", "new"),
    "taken": C_("status", "being followed"),
    "closed": C_("status", "closed"),
    "erased": C_("status", "closed"),
}
"""What a state is called, in groups and to the resident."""

OUTCOME_NAMES: Mapping[Outcome, Text] = {
    "resolved": C_("outcome", "The problem is solved"),
    "referred": C_("outcome", "Passed to another office"),
    "no_power": C_("outcome", "We cannot do this"),
    "duplicate": C_("outcome", "Same as another report"),
    "no_answer": C_("outcome", "No answer to our question"),
    "not_a_report": C_("outcome", "Not a report"),
}
"""Why a ticket was closed: shown in groups, never to the resident."""

_BAGHDAD = timezone(timedelta(hours=3))
"""Iraq has no daylight saving."""


def card_body(ticket: Ticket, province: Province, *, today: date | None = None) -> Piece:
    """Return the whole content of a report as its desk sees it, and as its resident sees it before sending.

    `today` (Asia/Baghdad) adds how many days it has waited, once it has.
    """
    content = ticket.content
    category = province.category(ticket.category)
    facts = lines(
        _urgent(ticket, province),
        _header(ticket),
        N_("Type: {category}", category=category.names) if category else None,
        request_facts(content.request) if content.request else None,
        N_("Area: {district}", district=province.forum_names(ticket.home)),
        N_("Place: {place}", place=Words(content.place)) if content.place else None,
        N_("When: {when}", when=Words(content.when)) if content.when else None,
        N_("Language: {language}", language=LANGUAGE_NAMES[content.language]) if content.language else None,
        N_("Received: {date}", date=ticket.opened),
        _waiting(ticket, today),
        *_files(content.attachments),
    )
    return paragraphs(facts, Words(content.text) if content.text else None)


def sensitive_body(ticket: Ticket, province: Province) -> Piece:
    """Return all that a district's group learns of a sensitive report: that there is one, and in which area."""
    if ticket.state in ("closed", "erased"):
        return N_("Report {reference} is closed.", reference=ticket.reference)
    return lines(
        _urgent(ticket, province),
        N_("Sensitive report {reference}. The text is not shown here.", reference=ticket.reference),
        N_("Area: {district}", district=province.forum_names(ticket.home)),
        N_("Sensitive reports are followed by the provincial head of the forums."),
        N_("Do not ask for details, do not look for the person, and do not talk about it outside this group."),
    )


def review_card(ticket: Ticket, province: Province, *, today: date | None = None) -> Message:
    """Return the card of a ticket to be, for the resident to check: the same body, to which the review adds its own buttons."""
    return Message(card_body(ticket, province, today=today))


def card(ticket: Ticket, situation: Situation, desk: ForumId) -> Message:
    """Return the card as the group of `desk` sees it: content, state and what can be done now."""
    if ticket.sensitive and desk != PROVINCE:
        return Message(sensitive_body(ticket, situation.province), protect=True, line=new_line(ticket, situation.province, desk))
    body: Piece = card_body(ticket, situation.province, today=situation.now.astimezone(_BAGHDAD).date())
    marks = _marks(ticket, situation, desk)
    body = paragraphs(body, lines(*marks) if marks else None)
    return Message(body, rows=_rows(ticket), protect=True, line=new_line(ticket, situation.province, desk))


def desk_of(ticket: Ticket, situation: Situation) -> ForumId:
    """Return the group in which the ticket is worked on: its forum's, or the province's.

    The province's group has the sensitive tickets, and those of a forum without a group that can be reached.
    """
    if ticket.sensitive or situation.forums.get(ticket.forum) != "linked":
        return PROVINCE
    return ticket.forum


def place_cards(ticket: Ticket, situation: Situation) -> list[Effect]:
    """Put a ticket before its forum: the card, its files as replies to it, and the district's share of a sensitive one."""
    desk = desk_of(ticket, situation)
    files = media(ticket, OPENING, ticket.content.attachments, desk)
    return [_show(ticket, situation, desk), *_for_the_district(ticket, situation), *files]


def refresh_cards(ticket: Ticket, situation: Situation) -> list[Effect]:
    """Show a ticket's new state on the card that is already there."""
    district = [] if ticket.state == "taken" else _for_the_district(ticket, situation)
    return [_show(ticket, situation, desk_of(ticket, situation)), *district]


def clear_desk(ticket: Ticket, entries: Iterable[Entry], desk: ForumId, instead: Piece) -> list[Effect]:
    """Take a ticket's content back from a group: its card says only `instead`; files and thread are withdrawn."""
    to = ToForum(desk)
    emptied = Send(to, Message(instead), Priority.CARD, slot=card_slot(ticket.id), ticket=ticket.id)
    return [emptied, *(Withdraw(to, slot, ticket.id) for slot in _slots(ticket, entries))]


def take_away(ticket: Ticket, entries: Iterable[Entry], desk: ForumId) -> list[Effect]:
    """Take back from a group whatever it may have of a ticket, the card included; where it has nothing, nothing happens.

    What a lost group has is taken back as soon as it can be reached again.
    """
    return [Withdraw(ToForum(desk), slot, ticket.id) for slot in (card_slot(ticket.id), *_slots(ticket, entries))]


def clear_everywhere(ticket: Ticket, entries: tuple[Entry, ...], situation: Situation, instead: Piece) -> list[Effect]:
    """Take a ticket's content back from every group that has it, or may have it from a time when a group was lost."""
    desk = desk_of(ticket, situation)
    effects = clear_desk(ticket, entries, desk, instead)
    if ticket.sensitive and ticket.forum != PROVINCE and situation.forums.get(ticket.forum) == "linked":
        effects += clear_desk(ticket, entries, ticket.forum, instead)
    if situation.forums.get(ticket.forum) == "lost":
        effects += take_away(ticket, entries, ticket.forum)
    if desk != PROVINCE:  # it may have stood in
        effects += take_away(ticket, entries, PROVINCE)
    return effects


def media(ticket: Ticket, entry: EntryId, attachments: Iterable[Attachment], desk: ForumId) -> list[Effect]:
    """Show files as replies to the ticket's card; what is too big to be cleaned is not passed on."""
    reference = ticket.reference
    caption = lines(
        N_("Request {reference}", reference=reference) if ticket.kind == "dialogue" else N_("Report {reference}", reference=reference),
        N_("This file may show who the reporter is. Please do not send it to anyone else."),
    )
    return [
        Send(
            ToForum(desk),
            Message(caption, attachment=attachment, protect=True, answers=card_slot(ticket.id)),
            _priority(ticket),
            slot=media_slot(ticket.id, entry, index),
            ticket=ticket.id,
        )
        for index, attachment in enumerate(attachments)
        if not attachment.too_big
    ]


def desk_button(label: Text | Names, verb: str, ticket: TicketId, *args: str) -> Button:
    """Return a button that does something to a ticket."""
    return Button(label, Action(verb, ticket, args))


def _show(ticket: Ticket, situation: Situation, desk: ForumId) -> Send:
    return Send(ToForum(desk), card(ticket, situation, desk), _priority(ticket), slot=card_slot(ticket.id), ticket=ticket.id)


def _for_the_district(ticket: Ticket, situation: Situation) -> list[Send]:
    if not ticket.sensitive or ticket.forum == PROVINCE or situation.forums.get(ticket.forum) != "linked":
        return []
    return [_show(ticket, situation, ticket.forum)]


def _priority(ticket: Ticket) -> Priority:
    return Priority.URGENT if ticket.urgent and ticket.state == "new" else Priority.CARD


def _slots(ticket: Ticket, entries: Iterable[Entry]) -> Iterable[str]:
    """Yield where a group shows a ticket's content, beside the card."""
    yield from _media_slots(ticket, OPENING, ticket.content.attachments)
    for entry in entries:
        yield entry_slot(entry.id)
        yield from _media_slots(ticket, entry.id, entry.attachments)


def _media_slots(ticket: Ticket, entry: EntryId, attachments: tuple[Attachment, ...]) -> Iterable[str]:
    return (media_slot(ticket.id, entry, index) for index, attachment in enumerate(attachments) if not attachment.too_big)


def _urgent(ticket: Ticket, province: Province) -> Text | None:
    if not ticket.urgent:
        return None
    return N_(
        "URGENT – {reference}: someone may be in danger. We asked the reporter to call {emergency_number}.",
        reference=ticket.reference,
        emergency_number=province.emergency(ticket.home),
    )


def _header(ticket: Ticket) -> Text:
    if ticket.kind == "dialogue":
        return _header_of_request(ticket)
    match ticket.state:
        case "new":
            return N_("New report {reference}", reference=ticket.reference)
        case "taken":
            return N_("Report {reference} – followed by: {member}.", reference=ticket.reference, member=Words(ticket.taker_name))
        case _ if ticket.taker_name:
            return N_("Report {reference} is closed. By: {member}.", reference=ticket.reference, member=Words(ticket.taker_name))
        case _:
            return N_("Report {reference} is closed.", reference=ticket.reference)


def _header_of_request(ticket: Ticket) -> Text:
    match ticket.state:
        case "new":
            return N_("Request for a dialogue session {reference}", reference=ticket.reference)
        case "taken":
            return N_("Request {reference} – followed by: {member}.", reference=ticket.reference, member=Words(ticket.taker_name))
        case _ if ticket.taker_name:
            return N_("Request {reference} is closed. By: {member}.", reference=ticket.reference, member=Words(ticket.taker_name))
        case _:
            return N_("Request {reference} is closed.", reference=ticket.reference)


def _waiting(ticket: Ticket, today: date | None) -> Text | None:
    days = (today - ticket.opened).days if today is not None else 0
    return P_("Waiting for {count} day", "Waiting for {count} days", days) if ticket.state == "new" and days > 0 else None


def _files(attachments: tuple[Attachment, ...]) -> list[Piece]:
    passed_on = sum(not attachment.too_big for attachment in attachments)
    too_big = len(attachments) - passed_on
    told: list[Piece] = []
    if passed_on:
        told.append(N_("Files: {files}", files=P_("{count} file", "{count} files", passed_on)))
    if too_big:
        told.append(P_("{count} file is too big to be passed on", "{count} files are too big to be passed on", too_big))
    return told


def _marks(ticket: Ticket, situation: Situation, desk: ForumId) -> list[Piece]:
    marks: list[Piece] = []
    if ticket.came_from is not None:
        marks.append(_origin(ticket, ticket.came_from, situation.province))
    if ticket.sensitive:
        marks.append(N_("Do not ask for details, do not look for the person, and do not talk about it outside this group."))
        marks.append(N_("Listen, and tell the person which help exists."))
    elif desk != ticket.forum:
        district = situation.province.forum_names(ticket.forum)
        marks.append(N_("The forum of {district} has no group that can be reached now. Please follow this report here.", district=district))
    if ticket.outcome is not None:
        marks.append(OUTCOME_NAMES[ticket.outcome])
    elif not ticket.contact:
        marks.append(N_("The reporter does not want to get messages, so there is no “Reply” here."))
    if ticket.session is not None:
        marks.append(N_("This request belongs to a dialogue session. An answer here goes to everybody who asked for it."))
    if not ticket.reachable:
        marks.append(N_("✖ The reporter cannot be reached: the bot may have been blocked, or the account deleted."))
    return marks


def _origin(ticket: Ticket, came_from: ForumId, province: Province) -> Joined:
    return lines(
        N_(
            "Report {reference} came from the forum of {from_district}.",
            reference=ticket.reference,
            from_district=province.forum_names(came_from),
        ),
        N_("Reason: {reason}", reason=Words(ticket.return_reason)) if ticket.return_reason else None,
    )


def _rows(ticket: Ticket) -> tuple[tuple[Button, ...], ...]:
    if ticket.state not in ("new", "taken"):
        return ()
    id = ticket.id
    take = desk_button(C_("button", "Take"), "take", id)
    send_back = desk_button(C_("button", "Send back"), "return", id)
    reply = desk_button(C_("button", "Reply"), "reply", id)
    note = desk_button(C_("button", "Note"), "note", id)
    transfer = desk_button(C_("button", "Transfer"), "transfer", id)
    close = desk_button(C_("button", "Close"), "close", id)
    release = desk_button(C_("button", "Back to the list"), "release", id)
    schedule = ((desk_button(C_("button", "Schedule"), "schedule", id),),) if ticket.kind == "dialogue" else ()
    talking = (reply, note) if ticket.contact and ticket.reachable else (note,)
    if ticket.state == "taken":
        return (talking, *schedule, (transfer, close), (release,))
    return ((take,) if ticket.came_from is None else (take, send_back), talking, *schedule, (transfer, close))
