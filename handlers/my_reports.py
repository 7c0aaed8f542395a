"""A resident's own tickets: their state, further words to the forum, and opening one again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.engine.conversing import draft_of, resident_of, say
from bot.engine.questions import piece_of
from bot.engine.talk import Begin
from bot.model.effects import AddEntry, Effect, SetResident
from bot.model.events import Event, MediaReceived, TextReceived
from bot.model.ids import EntryId, TicketId
from bot.model.messages import Action, Button, Message
from bot.model.situation import Situation
from bot.model.text import C_, N_, P_, Joined, Piece, Text, lines
from bot.model.tickets import Entry, Ticket
from handlers.desk.closing import reopen as reopen_ticket
from handlers.start import start_report, unfinished
from handlers.submission import agreed
from handlers.telling import called
from handlers.thread import message_from_resident

SHOWN = 10
"""Tickets in the list; older ones are history."""


def status_name(ticket: Ticket) -> Text:
    """Return a ticket's state as its resident reads it; never the outcome, which is the forum's own."""
    match ticket.state:
        case "new" if ticket.came_from is not None:
            return C_("status", "moved to another forum")
        case "new":
            return C_("status", "new")
        case "taken":
            return C_("status", "being followed")
        case _:
            return C_("status", "closed")


def my_reports(situation: Situation) -> Iterator[Effect]:
    """List the resident's own tickets, newest first, each open one with a button to write to the forum."""
    mine = [ticket for ticket in situation.tickets if ticket.state != "erased"][:SHOWN]
    still_open = [ticket for ticket in mine if ticket.state != "closed"]
    report = Button(C_("button", "Report a problem"), Action("report"))
    home = Button(C_("button", "Back"), Action("home"))
    if not mine:
        yield say(situation, Message(N_("You have no open reports."), ((report,), (home,))))
        return
    heading: Piece = (
        P_("You have {count} open report:", "You have {count} open reports:", len(still_open))
        if still_open
        else N_("You have no open reports.")
    )
    rows = tuple((_entry_button(ticket),) for ticket in mine)
    yield say(situation, Message(lines(heading, *(_line(situation, ticket) for ticket in mine)), (*rows, (home,))))


def _line(situation: Situation, ticket: Ticket) -> Piece:
    category = situation.province.category(ticket.category)
    area = situation.province.forum_names(ticket.forum)
    kind = category.names if category else C_("kind of ticket", "dialogue session") if ticket.kind == "dialogue" else None
    facts = (kind, area) if kind else (area,)
    return N_("• {reference}: {facts} – {status}", reference=ticket.reference, facts=Joined(facts, " · "), status=status_name(ticket))


def _entry_button(ticket: Ticket) -> Button:
    if ticket.state == "closed":
        return Button(C_("button", "Open {reference} again", reference=ticket.reference), Action("reopen", ticket.id))
    return Button(C_("button", "Write about {reference}", reference=ticket.reference), Action("write", ticket.id))


def own(situation: Situation, ticket: TicketId | None) -> Ticket | None:
    """Return the ticket if it is the resident's own: every button about a ticket is checked again when it is pressed."""
    return next((mine for mine in situation.tickets if mine.id == ticket and mine.state != "erased"), None)


def write_about(situation: Situation, action: Action) -> Iterator[Effect]:
    """From now on what the resident writes belongs to this ticket."""
    ticket = own(situation, action.ticket)
    if ticket is None:
        yield from my_reports(situation)
        return
    if situation.draft is not None:  # the words would go there
        yield from unfinished(situation, situation.draft)
        return
    yield SetResident(resident_of(situation).id, refocus=True, focus=ticket.id)
    district, reference = situation.province.forum_names(ticket.forum), ticket.reference
    told = called(
        ticket,
        N_(
            "Please write now; it goes to the forum of {district}, to report {reference}, without your name.",
            district=district,
            reference=reference,
        ),
        N_(
            "Please write now; it goes to the forum of {district}, to request {reference}, without your name.",
            district=district,
            reference=reference,
        ),
    )
    yield say(situation, Message(told, ((Button(C_("button", "Cancel"), Action("unfocus")),),)))


def unfocus(situation: Situation) -> Iterator[Effect]:
    """What the resident writes from now on is a new report again."""
    yield SetResident(resident_of(situation).id, refocus=True, focus=None)
    yield say(situation, Message(N_("Cancelled. Nothing was sent.")))


def reopen(situation: Situation, action: Action) -> Iterator[Effect]:
    """The problem is not solved: open the ticket again."""
    ticket = own(situation, action.ticket)
    if ticket is None or ticket.state != "closed":
        yield from my_reports(situation)
        return
    yield from reopen_ticket(ticket, situation)


def messages(situation: Situation, event: Event) -> Iterable[Effect] | Begin:
    """A resident's words outside a conversation: for the thread of the ticket replied to or asked about, else a new report."""
    ticket = _meant(situation)
    if ticket is None or piece_of(event) is None:
        return start_report(situation)
    if isinstance(event, MediaReceived):
        return Begin("answer", ticket.id) if situation.draft is None else unfinished(situation, situation.draft)
    text = event.text if isinstance(event, TextReceived) else ""
    return _pass_on(situation, ticket, _entry(situation, ticket, text))


async def answer(situation: Situation) -> Iterable[Effect]:
    """Further words with a photo, voice note or video: only after a yes, since they may show who it is."""
    draft = draft_of(situation)
    ticket = own(situation, draft.about)
    text, files = await agreed(situation, draft.kept, N_("Then please write it in your own words."))
    if ticket is None:
        return [say(situation, Message(N_("This report is no longer there.")))]
    entry = Entry(EntryId(draft.id), ticket.id, "message", text, situation.now, attachments=files)
    return _pass_on(situation, ticket, entry)


def _meant(situation: Situation) -> Ticket | None:
    replied = own(situation, situation.ticket.id) if situation.ticket is not None else None
    return replied or own(situation, resident_of(situation).focus)


def _entry(situation: Situation, ticket: Ticket, text: str) -> Entry:
    return Entry(EntryId(situation.chance.token()), ticket.id, "message", text, situation.now)


def _pass_on(situation: Situation, ticket: Ticket, entry: Entry) -> Iterator[Effect]:
    """Add to the ticket's thread; writing to a closed ticket opens it again."""
    if ticket.state == "closed":
        yield from reopen_ticket(ticket, situation)
    yield AddEntry(entry)
    yield from message_from_resident(ticket, entry, situation)
    yield SetResident(resident_of(situation).id, refocus=True, focus=ticket.id)
    rows = ((Button(C_("button", "Report another problem"), Action("report")), Button(C_("button", "My reports"), Action("my_reports"))),)
    yield say(situation, Message(N_("Thank you. Your answer went to the forum without your name."), rows))
