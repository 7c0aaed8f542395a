"""What is said, free of any channel: a body, buttons, an attachment. A channel turns it into its own calls within its capabilities."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.model.ids import BroadcastId, EntryId, ForumId, OccurrenceId, ResidentId, RoundId, SessionId, TicketId
from bot.model.text import Names, Piece, Text


@dataclass(frozen=True, slots=True)
class Action:
    """What a button means. It travels inside the button, signed for the one chat it was made for.

    `verb` names the handler (a desk action, a menu entry, `answer` for a question); `args` are short tokens without blanks.
    """

    verb: str
    ticket: TicketId | None = None
    args: tuple[str, ...] = ()
    session: SessionId | None = None
    broadcast: BroadcastId | None = None
    occurrence: OccurrenceId | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A label and what pressing it means."""

    label: Text | Names
    action: Action


def recording(language: str) -> str:
    """Return what an attachment names as its `file` for the recorded first screen of a language: a file of ours, not of a channel."""
    return f"recording:{language}"


AttachmentKind = Literal["photo", "voice", "video", "document"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as the channel names it; the bytes stay at the channel until they are sent on.

    Attributes:
        kind: what it is. A picture sent as a file counts as a photo; a document is a PDF that a member sent, or made by the bot itself.
        file: the channel's name of the file (secret: it never reaches a log or a group as such).
        size: bytes, 0 if unknown.
        too_big: above the channel's download limit, so it can be neither cleaned nor passed on.
        duration: seconds, for voice and video.
        made: of a document that the bot itself made, its whole text; `file` is then the name under which it is sent.
    """

    kind: AttachmentKind
    file: str
    size: int = 0
    too_big: bool = False
    duration: int = 0
    made: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: what it counts, how many, and whether it is the one to look at."""

    label: Piece
    value: int
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers to be drawn as bars by the channel, in the reader's language; the message's body says them too."""

    title: Piece
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """How a list tells of a message that a group cannot be shown yet: in these words, and what the line's button does."""

    words: Piece
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said to one chat.

    Attributes:
        body: the words. Plain text: nothing in it is markup.
        rows: buttons, row by row, first in reading order first (a channel mirrors them for right-to-left languages).
        attachment: at most one file; the body becomes its caption.
        protect: the reader cannot forward or save it.
        expects_reply: an answer to this message opens for the member who has just acted in the group; the first line is their name.
        asks_location: offers the channel's own button to share a location.
        answers: the slot of an earlier message in the same chat that this one replies to.
        silent: no sound on arrival.
        call: a number to call and whose it is, shown as something one can tap (on Telegram: a contact).
        document: a file that the bot makes itself, in place of an attachment: its name, and its text in each language.
        pin: a point to be shown on a map below the words (latitude, longitude; WGS 84 degrees).
        chart: a picture that the bot draws of numbers, in place of an attachment; without it where it cannot be drawn.
        door: the label of a button that opens the private chat with the bot.
        line: in a forum's group, how a list tells of it where many come at once. What a list says cannot be taken back.
    """

    body: Piece
    rows: tuple[tuple[Button, ...], ...] = ()
    attachment: Attachment | None = None
    protect: bool = False
    expects_reply: bool = False
    asks_location: bool = False
    answers: str | None = None
    silent: bool = False
    call: tuple[str, Piece] | None = None
    pin: tuple[float, float] | None = None
    document: tuple[str, Names] | None = None
    chart: Chart | None = None
    door: Text | None = None
    line: Line | None = None

    def with_rows(self, *rows: tuple[Button, ...]) -> Message:
        """Return the same message with other buttons."""
        return replace(self, rows=rows)


@dataclass(frozen=True, slots=True)
class ToResident:
    """Addressed to a resident's private chat."""

    resident: ResidentId


@dataclass(frozen=True, slots=True)
class ToForum:
    """Addressed to a forum's group, whichever chat that is today."""

    forum: ForumId


@dataclass(frozen=True, slots=True)
class ToChannel:
    """Addressed to a district's public channel, as configured."""

    forum: ForumId


@dataclass(frozen=True, slots=True)
class ToChat:
    """Addressed to a chat that is nobody's: a strange group, or somebody just erased. Only the pipeline makes these."""

    channel: str
    address: str


Recipient = ToResident | ToForum | ToChannel | ToChat


def recipient_key(recipient: Recipient) -> str:
    """Return the recipient as one token, such as `resident:<id>` or `forum:<id>`, as stored and as signed into buttons."""
    match recipient:
        case ToResident(resident):
            return f"resident:{resident}"
        case ToForum(forum):
            return f"forum:{forum}"
        case ToChannel(forum):
            return f"channel:{forum}"
        case ToChat(channel, address):
            return f"chat:{channel}:{address}"


def recipient_of(key: str) -> Recipient:
    """Return the recipient that `recipient_key` made the token from."""
    kind, _, name = key.partition(":")
    if kind == "chat":
        channel, _, address = name.partition(":")
        return ToChat(channel, address)
    if kind == "channel":
        return ToChannel(ForumId(name))
    return ToResident(ResidentId(name)) if kind == "resident" else ToForum(ForumId(name))


_LIST: Final = "new:"


def card_slot(ticket: TicketId) -> str:
    """Return the slot of a ticket's card in a forum's chat."""
    return f"card:{ticket}"


def media_slot(ticket: TicketId, entry: EntryId, index: int) -> str:
    """Return the slot of one attachment of one entry of a ticket."""
    return f"media:{ticket}:{entry}:{index}"


def plan_slot(session: SessionId) -> str:
    """Return the slot of the message in a forum's group with which a session is planned, and later followed."""
    return f"plan:{session}"


def round_slot(round_id: RoundId) -> str:
    """Return the slot of what one round says to each person: said again to the same person it changes nothing."""
    return f"round:{round_id}"


def round_key(round_id: RoundId) -> str:
    """Return the key of the timer that brings a round's next people."""
    return f"round:{round_id}"


def cast_slot(broadcast: BroadcastId) -> str:
    """Return the slot of the message in its author's group with which a broadcast is written, and later followed."""
    return f"cast:{broadcast}"


def approval_slot(broadcast: BroadcastId) -> str:
    """Return the slot of the message in the province's group that asks for a broadcast's approval."""
    return f"approve:{broadcast}"


def progress_slot(occurrence: OccurrenceId) -> str:
    """Return the slot of the message that shows how far one sending of a broadcast has come."""
    return f"progress:{occurrence}"


def list_slot(token: str) -> str:
    """Return the slot of a list of new tickets in a forum's group; `is_list_slot` knows it again."""
    return f"{_LIST}{token}"


def is_list_slot(slot: str | None) -> bool:
    """Whether a slot is that of a list of new tickets."""
    return slot is not None and slot.startswith(_LIST)


def entry_slot(entry: EntryId) -> str:
    """Return the slot of the message that shows an entry of a ticket's thread, and whether it arrived."""
    return f"entry:{entry}"
