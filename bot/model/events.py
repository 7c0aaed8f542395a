"""What arrived, in the past tense and without any identity: the channel's addresses stay in `Arrival`, which decisions never see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.model.broadcasts import Counted
from bot.model.ids import BroadcastId, EntryId, ForumId, OccurrenceId, TicketId
from bot.model.messages import Action, Attachment


@dataclass(frozen=True, slots=True)
class TextReceived:
    """Words; `message` is the channel's id of the message, to recognise a later edit of it."""

    text: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class MediaReceived:
    """A photo, voice note or video, or a PDF of a member as an answer to the bot; an album arrives as several with the same `album`."""

    attachment: Attachment
    caption: str = ""
    album: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class LocationReceived:
    """A point (WGS 84 degrees); `title` is the venue's name if it came with one."""

    latitude: float
    longitude: float
    title: str = ""


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A button whose signature was valid for this chat; `None` where it was forged, foreign or of another installation."""

    action: Action | None


@dataclass(frozen=True, slots=True)
class CommandGiven:
    """A typed command without its slash and bot name, and what followed it."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class TextEdited:
    """A message sent earlier now reads differently; `before` is not known to the channel."""

    text: str
    message: str


@dataclass(frozen=True, slots=True)
class UnsupportedReceived:
    """Something that we do not take: a contact, poll, sticker, game, other document; `kind` is the channel's word for it."""

    kind: str


@dataclass(frozen=True, slots=True)
class BotBlocked:
    """The person no longer lets the bot write."""


@dataclass(frozen=True, slots=True)
class BotUnblocked:
    """The person lets the bot write again."""


@dataclass(frozen=True, slots=True)
class GroupJoined:
    """The bot was put into a group."""


@dataclass(frozen=True, slots=True)
class GroupLost:
    """The bot was removed from its group, or may not write there any more."""


@dataclass(frozen=True, slots=True)
class GroupMoved:
    """The group has a new address (a group became a supergroup). `address` is the channel's; only the commit uses it."""

    address: str


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """Somebody left or was removed from the group; the turn has looked up who it was as `Situation.leaver`."""

    person: str


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """Somebody came into the group; the turn has made them a member again if they were one before."""

    person: str


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer fell due. `kind` names its handler in TIMERS."""

    kind: str
    key: str


Delivery = Literal["waiting", "delivered", "blocked", "failed"]
"""What became of words for a resident: ⏳ waiting, ✔ delivered, ✖ blocked (cannot be reached), ✖ failed (could not be sent)."""


@dataclass(frozen=True, slots=True)
class DeliveryChanged:
    """The sender learnt what became of an entry meant for the resident of a ticket."""

    entry: EntryId
    ticket: TicketId
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class ForumUnreachable:
    """The sender learnt that a forum's group cannot be written to; `reason` is from the outcome table."""

    forum: ForumId
    reason: str


@dataclass(frozen=True, slots=True)
class ForumReachable:
    """The lost group of a forum was tried, and takes messages again."""

    forum: ForumId


@dataclass(frozen=True, slots=True)
class AudienceCounted:
    """The people whom a broadcast would reach have been counted."""

    broadcast: BroadcastId
    counted: Counted


@dataclass(frozen=True, slots=True)
class OccurrenceEnded:
    """The last message of an occurrence has been settled: everybody was told, or it was cancelled and nothing is on its way any more."""

    occurrence: OccurrenceId


@dataclass(frozen=True, slots=True)
class ClockDoubted:
    """The machine's clock has jumped by so many seconds; what is due waits until the time is confirmed. 0: it is confirmed again."""

    seconds: int


Event = (
    TextReceived
    | MediaReceived
    | LocationReceived
    | ButtonPressed
    | CommandGiven
    | TextEdited
    | UnsupportedReceived
    | BotBlocked
    | BotUnblocked
    | GroupJoined
    | GroupLost
    | GroupMoved
    | MemberLeft
    | MemberJoined
    | TimerFired
    | DeliveryChanged
    | ForumUnreachable
    | ForumReachable
    | AudienceCounted
    | OccurrenceEnded
    | ClockDoubted
)

Speaker = Literal["person", "anonymous", "channel", "bot"]
"""Who speaks in a group: somebody with an account, an anonymous admin, a linked channel, another bot."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One update as read from a channel: the event, and the channel's own addresses, which stay inside the pipeline.

    Attributes:
        channel: name of the channel.
        place: a private chat or a group.
        chat: the channel's address of the chat.
        person: the channel's id of who did it; None where there is nobody (channel posts, service messages).
        name: display name, used for forum members only.
        at: when it happened, UTC.
        message: the channel's id of the message concerned.
        reply_to: the channel's id of the message that this one answers.
        reply_about: the number of the ticket that the answered message names, where that message is ours.
        press: the token with which a button press is acknowledged.
        button: the button's raw, still unverified data.
    """

    channel: str
    place: Literal["private", "group"]
    chat: str
    person: str | None
    speaker: Speaker
    name: str
    at: datetime
    event: Event
    message: str | None = None
    reply_to: str | None = None
    reply_about: str | None = None
    press: str | None = None
    button: str | None = None
