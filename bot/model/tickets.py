"""Tickets: a stored report or dialogue request, its thread, and the states it moves through."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.model.events import Delivery
from bot.model.ids import EntryId, ForumId, Language, MemberId, ResidentId, SessionId, TicketId
from bot.model.messages import Attachment
from bot.model.sessions import Request

TicketKind = Literal["report", "dialogue"]
TicketState = Literal["new", "taken", "closed", "erased"]
Outcome = Literal["resolved", "referred", "no_power", "duplicate", "no_answer", "not_a_report"]
OUTCOMES: tuple[Outcome, ...] = ("resolved", "referred", "no_power", "duplicate", "no_answer", "not_a_report")

_NUMBER = re.compile(r"\b[A-Z]{3}-[2-9A-Z]{4}-[2-9A-Z]{4}\b")


def number_in(text: str) -> str | None:
    """Return the public number of the one ticket that a text names, None where it names none or several."""
    found = set(_NUMBER.findall(text))
    return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Content:
    """What the resident said and agreed to pass on: the sealed part of a ticket.

    Attributes:
        language: which of ours the resident chose to be spoken to in: the forum answers in it if it can.
        request: what a dialogue request asks for; None for a report.
        text: the resident's own words; empty for a report of only a voice note.
        attachments: files that the resident agreed to pass on.
        place: neighbourhood or village as written, or empty.
        when: when it happened, as written, or empty.
    """

    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    place: str = ""
    when: str = ""
    request: Request | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as a decision sees it.

    Attributes:
        reference: its public number.
        home: the forum of the district it is about.
        forum: the forum that holds it now.
        came_from: the forum that transferred it here, until somebody takes it.
        hops: how often it has been transferred.
        contact: whether the resident lets the forum write back.
        reachable: False while the resident has blocked the bot or is gone.
        opened: the day (Asia/Baghdad), never the hour.
        session: of a dialogue request, the session that it has been joined to.
        version: raised by each change; a change of an older version is refused.
    """

    id: TicketId
    reference: str
    kind: TicketKind
    resident: ResidentId | None
    home: ForumId
    forum: ForumId
    category: str
    urgent: bool
    sensitive: bool
    contact: bool
    state: TicketState
    opened: date
    content: Content = Content()
    taker: MemberId | None = None
    taker_name: str = ""
    outcome: Outcome | None = None
    came_from: ForumId | None = None
    return_reason: str = ""
    hops: int = 0
    reachable: bool = True
    version: int = 1
    session: SessionId | None = None


EntryKind = Literal["answer", "message", "note", "pending"]
"""`answer`: the forum's words for the resident. `message`: the resident's further words. `note`: inside the forum only.
`pending`: a member's words, not yet said to be an answer or a note."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a ticket's thread."""

    id: EntryId
    ticket: TicketId
    kind: EntryKind
    text: str
    at: datetime
    attachments: tuple[Attachment, ...] = ()
    member: MemberId | None = None
    delivery: Delivery | None = None
