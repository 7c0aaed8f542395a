"""What a turn decided: a closed union of imperatives. `bot.pipeline.commit.apply` has one arm for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from bot.model.broadcasts import Audience, Broadcast, Occurrence
from bot.model.calendar import Calendar
from bot.model.ids import (
    BroadcastId,
    EntryId,
    ForumId,
    Language,
    MemberId,
    OccurrenceId,
    ResidentId,
    RoundId,
    SessionId,
    TicketId,
)
from bot.model.messages import Message, Recipient
from bot.model.people import Asked, Draft
from bot.model.sessions import Answer, Promise, Rating, Round, Session
from bot.model.subscriptions import Subscription, Topic
from bot.model.text import Piece, Text
from bot.model.tickets import Entry, Ticket


class Priority(IntEnum):
    """Who goes first when a chat, a group or the whole bot may not send everything at once.

    LATE is a reply to what somebody wrote long before it could be read: nobody looks at the screen for it any more. The turn makes it so.
    """

    REPLY = 0
    URGENT = 1
    CARD = 2
    NOTICE = 3
    LATE = 4
    BROADCAST = 5


@dataclass(frozen=True, slots=True)
class Send:
    """Say something.

    With a `slot`, the chat shows one message in that slot: the first time it is sent, later it is edited; of several unsent ones the last
    wins. `entry` asks the sender to report what became of it as `DeliveryChanged`. `ticket` or `session` is what a reply to it is about.
    """

    to: Recipient
    message: Message
    priority: Priority
    slot: str | None = None
    ticket: TicketId | None = None
    entry: EntryId | None = None
    session: SessionId | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take back what a slot shows: unsent, it is dropped; sent, it is deleted, or emptied where it is too old to delete."""

    to: Recipient
    slot: str
    ticket: TicketId | None = None
    session: SessionId | None = None


@dataclass(frozen=True, slots=True)
class Toast:
    """Answer the button press itself. The only thing that goes out at once; lost without harm."""

    text: Piece
    alert: bool = False


@dataclass(frozen=True, slots=True)
class SetResident:
    """Remember what the resident chose; None leaves a field as it is. `focus` is set whenever `refocus` is, `asked` whenever `reask` is."""

    resident: ResidentId
    language: Language | None = None
    consented: bool | None = None
    reachable: bool | None = None
    refocus: bool = False
    focus: TicketId | None = None
    reask: bool = False
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class EraseResident:
    """Destroy the resident's key and rows: identity, draft, unsent words, subscriptions, answers, the words of their feedback.

    Tickets are erased one by one with `EraseTicket`. Where that frees a seat, `TimerFired("seats", …)` comes at once for its session.
    """

    resident: ResidentId


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """Store the conversation as it stands."""

    resident: ResidentId
    draft: Draft


@dataclass(frozen=True, slots=True)
class DropDraft:
    """Forget the unfinished conversation."""

    resident: ResidentId


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Store a new ticket and remember it as the resident's own."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class MoveTicket:
    """Store a ticket's changed state; `ticket.version` is the version that was read, and the turn is repeated if it is no longer so."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class EraseTicket:
    """Destroy the ticket's key, content and thread; its reference, area, category and days stay as a count."""

    ticket: TicketId


@dataclass(frozen=True, slots=True)
class AddEntry:
    """Add to a ticket's thread."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class SetEntry:
    """Store an entry's changed kind, words or delivery."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Wake up later: at `due` (UTC) an event `TimerFired(kind, key)` arrives. An earlier timer with this key is replaced.

    Whose situation the event will find: the resident's, the ticket's, the session's, the broadcast's, or the occurrence's.
    """

    key: str
    kind: str
    due: datetime
    resident: ResidentId | None = None
    ticket: TicketId | None = None
    session: SessionId | None = None
    broadcast: BroadcastId | None = None
    occurrence: OccurrenceId | None = None


@dataclass(frozen=True, slots=True)
class DropTimer:
    """Do not wake up for this key any more."""

    key: str


@dataclass(frozen=True, slots=True)
class LinkForum:
    """This group is the forum's from now on; what waited for it is sent. The chat is that of the arrival."""

    forum: ForumId


@dataclass(frozen=True, slots=True)
class LoseForum:
    """The forum's group cannot be written to: hold what is meant for it until it is linked again."""

    forum: ForumId


@dataclass(frozen=True, slots=True)
class MoveForum:
    """The forum's group has a new address; its messages there start afresh."""

    forum: ForumId
    address: str


@dataclass(frozen=True, slots=True)
class SayHereAndLeave:
    """Say one sentence in the strange group that the arrival came from, and leave it."""

    text: Text


@dataclass(frozen=True, slots=True)
class SayHere:
    """Say one sentence in the group that the arrival came from although it is not linked (the answer to a wrong link code)."""

    text: Text


@dataclass(frozen=True, slots=True)
class DismissMember:
    """Somebody is no longer a member: what they press from now on is refused."""

    member: MemberId


@dataclass(frozen=True, slots=True)
class Audit:
    """Write down that somebody did something: ids and words from fixed sets only, never content."""

    action: str
    ticket: TicketId | None = None
    forum: ForumId | None = None
    member: MemberId | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Store a new session, still being planned."""

    session: Session


@dataclass(frozen=True, slots=True)
class MoveSession:
    """Store a session's changed state; `session.version` is the version that was read, and the turn is repeated if it is no longer so."""

    session: Session


@dataclass(frozen=True, slots=True)
class SetAnswer:
    """Remember what somebody answered to an invitation, in place of an earlier answer. None takes it back.

    Who is on the waiting list keeps the place at which they joined it.
    """

    session: SessionId
    resident: ResidentId
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class SetFeedback:
    """Remember what somebody who said they would come thought of it; in place of what they said before."""

    session: SessionId
    resident: ResidentId
    rating: Rating
    words: str = ""


@dataclass(frozen=True, slots=True)
class SetSubscription:
    """Remember what a resident wants to be told, in place of what it was; an empty one is forgotten. Tickets are not touched."""

    resident: ResidentId
    subscription: Subscription


@dataclass(frozen=True, slots=True)
class SetPromise:
    """Store a new or changed promise."""

    promise: Promise


@dataclass(frozen=True, slots=True)
class StartRound:
    """Begin to tell many people something: `TimerFired("round", …)` comes at once with the first of them."""

    round: Round


@dataclass(frozen=True, slots=True)
class AdvanceRound:
    """Everybody up to `cursor` has been told, in this transaction; the next of them come with another `TimerFired`, unless it is `done`."""

    round: RoundId
    cursor: int
    done: bool


@dataclass(frozen=True, slots=True)
class SetCalendar:
    """Store a new version of the calendar, beside the earlier ones."""

    calendar: Calendar
    member: MemberId


@dataclass(frozen=True, slots=True)
class OpenBroadcast:
    """Store a new broadcast, still being written."""

    broadcast: Broadcast


@dataclass(frozen=True, slots=True)
class MoveBroadcast:
    """Store a broadcast's changed state; `version` is the version that was read, and the turn is repeated if it is no longer so."""

    broadcast: Broadcast


@dataclass(frozen=True, slots=True)
class DropBroadcast:
    """Forget a broadcast that was never sent."""

    broadcast: BroadcastId


@dataclass(frozen=True, slots=True)
class CountAudience:
    """Count, after this turn, whom a broadcast would reach: `AudienceCounted` tells it, also that it is nobody."""

    broadcast: BroadcastId
    revision: int
    audience: Audience
    topic: Topic


@dataclass(frozen=True, slots=True)
class OpenOccurrence:
    """Store an occurrence, unless there is one of this broadcast and due time; if it is `sending`, begin.

    `messages` is what its readers get, by language: the same words to everybody who reads that language.
    """

    occurrence: Occurrence
    audience: Audience
    topic: Topic
    messages: Mapping[Language, Message]


@dataclass(frozen=True, slots=True)
class MoveOccurrence:
    """Store an occurrence's changed state; `version` is the version that was read, and the turn is repeated if it is no longer so.

    From `paused` or `cancelled` on nothing more of it leaves, but for what is on its way at this moment.
    """

    occurrence: Occurrence


@dataclass(frozen=True, slots=True)
class CountVote:
    """Count somebody's answer to an occurrence's quiz, the first one only; that they answered is remembered, what they said is not."""

    occurrence: OccurrenceId
    resident: ResidentId
    option: int


@dataclass(frozen=True, slots=True)
class CountOptOut:
    """Count that somebody stopped these messages with an occurrence's button, once; where and in which language is not remembered."""

    occurrence: OccurrenceId
    resident: ResidentId


@dataclass(frozen=True, slots=True)
class TrustClock:
    """Somebody says that the clock is right: what is due happens from now on."""


Effect = (
    Send
    | Withdraw
    | Toast
    | SetResident
    | EraseResident
    | KeepDraft
    | DropDraft
    | OpenTicket
    | MoveTicket
    | EraseTicket
    | AddEntry
    | SetEntry
    | SetTimer
    | DropTimer
    | LinkForum
    | LoseForum
    | MoveForum
    | SayHereAndLeave
    | SayHere
    | DismissMember
    | Audit
    | OpenSession
    | MoveSession
    | SetAnswer
    | SetFeedback
    | SetSubscription
    | SetPromise
    | StartRound
    | AdvanceRound
    | SetCalendar
    | OpenBroadcast
    | MoveBroadcast
    | DropBroadcast
    | CountAudience
    | OpenOccurrence
    | MoveOccurrence
    | CountVote
    | CountOptOut
    | TrustClock
)
