"""People as a decision may know them: never by id, name, phone or address of a channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.model.ids import DraftId, ForumId, Language, MemberId, ResidentId, SessionId, TicketId
from bot.model.messages import Attachment


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody was asked for in private outside a conversation, in a message of this slot, while nothing else has happened there."""

    slot: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who writes to the bot in private.

    `language` and `consented` are None and False until chosen. `focus` is the ticket whose thread the resident's next words belong to
    (the forum asked something), if any. `asked` is what they were asked for last, where they write a broadcast.
    """

    id: ResidentId
    language: Language | None = None
    consented: bool = False
    reachable: bool = True
    tickets: tuple[TicketId, ...] = ()
    focus: TicketId | None = None
    asked: Asked | None = None


Role = Literal["member", "coordinator"]


@dataclass(frozen=True, slots=True)
class Member:
    """A volunteer, known by a random id and the name shown in their own group only.

    `person` is the same in every group that somebody is a member of (an HMAC): who wrote in one group may not approve in another.
    """

    id: MemberId
    forum: ForumId
    name: str
    role: Role = "member"
    person: str = ""


Actor = Literal["resident", "member", "coordinator", "former_member", "anonymous", "channel", "stranger"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a story: words, or a file with a caption. `album` groups pieces sent together, `message` tells which message it was."""

    text: str = ""
    attachment: Attachment | None = None
    album: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished conversation: the flow's name and its answers by name. Stored sealed.

    Attributes:
        id: signed into its buttons, so that a button of another draft is recognised as old.
        reference: the public number that the ticket will get, so that the review is the card to the letter.
        answers: what was answered, by question; values are JSON.
        at: a question to ask again although it has an answer (after back or edit); None otherwise.
        kept: what was sent while a button was expected, or before the first question; it joins the story.
        cancelling: the person pressed cancel and was asked whether they mean it.
        pending: the question that was asked last.
        touched: when the person last did something here.
        reminded: whether the one reminder has been sent.
        about: the ticket whose thread the words are for, where it is no new report.
        session: the dialogue session that they are about.
        shown: how many messages this conversation has asked its questions with.
    """

    id: DraftId
    flow: str
    started: datetime
    reference: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    at: str | None = None
    kept: tuple[Piece, ...] = ()
    cancelling: bool = False
    pending: str | None = None
    touched: datetime | None = None
    reminded: bool = False
    about: TicketId | None = None
    session: SessionId | None = None
    shown: int = 0
