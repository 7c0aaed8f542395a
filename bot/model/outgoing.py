"""What waits in the outbox: a message in its reader's language, still free of any channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.model.ids import Language
from bot.model.messages import Action, Attachment


@dataclass(frozen=True, slots=True)
class Label:
    """A button in its reader's language."""

    text: str
    action: Action


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as it will be shown.

    Attributes:
        do: `show` sends it, or edits what its slot shows; `withdraw` takes back what its slot shows.
        text: plain text, nothing in it is markup; a channel splits what is too long for it.
        language: of the reader; decides the direction in which button rows run.
        asked: with `expects_reply`, the channel's id of the member whom the first line names and for whom alone the answer opens.
        answers: slot of an earlier message in the same chat that this one replies to.
        chart: a title and its bars (label, value, whether marked), to be drawn and sent in place of an attachment.
        door: the label of a button that opens the private chat with the bot.
        line: how a list tells of it while it waits, and what the line's button does.
        uploaded: the attachment as the channel has it already, cleaned and sent by us before: it is sent by that name, without its bytes.
        paid: sent at the channel's price, beyond its usual rate.
        whole: rather not sent at all than without its attachment; otherwise a sentence stands in for what cannot be had.
        then_leave: the bot leaves the group once this was said (the sender does that; a channel need not look at it).
    """

    text: str
    language: Language
    do: Literal["show", "withdraw"] = "show"
    rows: tuple[tuple[Label, ...], ...] = ()
    attachment: Attachment | None = None
    protect: bool = False
    expects_reply: bool = False
    asks_location: bool = False
    answers: str | None = None
    silent: bool = False
    call: tuple[str, str] | None = None
    pin: tuple[float, float] | None = None
    asked: str | None = None
    then_leave: bool = False
    chart: tuple[str, tuple[tuple[str, int, bool], ...]] | None = None
    door: str | None = None
    line: tuple[str, Action | None] | None = None
    uploaded: str | None = None
    paid: bool = False
    whole: bool = False


UPLOAD_AGAIN = "upload_again"
"""Why a message with `Outgoing.uploaded` has to come again `Later`: the channel does not know that name any more."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel took it. `messages` are the channel's ids of what the slot now shows, in order (a long text is several).

    `uploaded` is the channel's name of the file that was sent with it, for `Outgoing.uploaded`.
    """

    messages: tuple[str, ...] = ()
    uploaded: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: try again after so many seconds. `chat_only`: only this chat waits; otherwise the whole bot does."""

    after: float
    reason: str
    chat_only: bool = True


@dataclass(frozen=True, slots=True)
class Never:
    """It will not be sent, however often it is tried.

    `reason` is one of `blocked`, `deactivated` (the person is gone), `chat_lost` (the group cannot be written to), `refused` (the content).
    """

    reason: Literal["blocked", "deactivated", "chat_lost", "refused"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may have been delivered: the answer was lost. Sent once more at most."""

    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat has a new address; send it again there."""

    address: str


Outcome = Sent | Later | Never | Unsure | Moved
