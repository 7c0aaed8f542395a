"""What a group can ask for: the list of its open tickets, and how the desk works."""

from __future__ import annotations

from collections.abc import Iterable

from bot.model.effects import Effect, Priority, Send, Toast
from bot.model.events import CommandGiven
from bot.model.ids import PROVINCE, ForumId
from bot.model.messages import Action, Button, Message, ToForum
from bot.model.situation import Situation
from bot.model.text import C_, N_, P_, Piece, Text, lines, paragraphs
from bot.model.tickets import Ticket
from handlers.cards import STATUSES
from handlers.desk.authority import refuse_aloud
from handlers.listed import kind_of
from handlers.may import stranger

PAGE = 20

HELP = N_(
    "Press “Take” on a report to follow it. Then you can answer, add a note, transfer, or close.\n"
    "The reporter never sees your name, and you never see theirs.\n"
    "Please do not copy reports outside this group."
)
COMMANDS = N_(
    "/open – the open reports of this forum\n"
    "/sessions – dialogue sessions and promises\n"
    "/session – plan a session without a request (coordinators)\n"
    "/help – these lines"
)

BROADCASTS = N_("/broadcast – write to everybody who asked to hear of a topic\n/broadcasts – broadcasts and what became of them")
CALENDAR = N_("/calendar – holidays, Ramadan and internet shutdowns")


def open_reports(situation: Situation, _: CommandGiven) -> Iterable[Effect]:
    """List the forum's open tickets, the oldest first."""
    if situation.forum is None:
        return []
    if no := stranger(situation.actor, situation.member):
        return refuse_aloud(situation, no.text)
    return _list(situation, situation.forum, situation.chance.token(), 0)


def page(situation: Situation, action: Action) -> Iterable[Effect]:
    """Show another page of the list in its place."""
    if situation.forum is None:
        return []
    if no := stranger(situation.actor, situation.member):
        return [Toast(no.text, alert=True)]
    match action.args:
        case (token, number) if number.isdecimal():
            return _list(situation, situation.forum, token, int(number))
        case _:
            return []


def help_lines(situation: Situation, _: CommandGiven) -> Iterable[Effect]:
    """Say how the desk works."""
    if situation.forum is None:
        return []
    return [Send(ToForum(situation.forum), Message(how_it_works(situation.forum)), Priority.NOTICE)]


def how_it_works(forum: ForumId) -> Piece:
    """Return the words with which a group learns what it can do."""
    return paragraphs(HELP, lines(COMMANDS, BROADCASTS, CALENDAR if forum == PROVINCE else None))


def _list(situation: Situation, forum: ForumId, token: str, wanted: int) -> list[Effect]:
    tickets = sorted(situation.held, key=lambda ticket: (ticket.opened, ticket.reference))
    if not tickets:
        body: Piece = N_("This forum has no open reports.")
        return [Send(ToForum(forum), Message(body), Priority.REPLY, slot=f"list:{token}")]
    last = (len(tickets) - 1) // PAGE
    number = min(wanted, last)
    shown = tickets[number * PAGE : (number + 1) * PAGE]
    heading = P_("{count} open report:", "{count} open reports:", len(tickets))
    body = lines(heading, *(_line(ticket, situation) for ticket in shown))
    message = Message(body, _turning(token, number, last), protect=True)
    return [Send(ToForum(forum), message, Priority.REPLY, slot=f"list:{token}")]


def _line(ticket: Ticket, situation: Situation) -> Text:
    kind = kind_of(ticket, situation.province)
    return N_("{reference} – {category} – {status}", reference=ticket.reference, category=kind, status=STATUSES[ticket.state])


def _turning(token: str, number: int, last: int) -> tuple[tuple[Button, ...], ...]:
    earlier = Button(C_("button", "Earlier"), Action("page", None, (token, str(number - 1))))
    later = Button(C_("button", "Later"), Action("page", None, (token, str(number + 1))))
    row = (*((earlier,) if number > 0 else ()), *((later,) if number < last else ()))
    return (row,) if row else ()
