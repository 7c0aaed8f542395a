"""What each of Telegram's answers means for a message: one table, by status and description.

The descriptions are those of the Bot API server (tdlib/telegram-bot-api, `Client.cpp`) and of Telegram itself, which it passes on in
capitals. They are matched in part: the server words some of them differently for groups, supergroups and channels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Literal

from telegram.error import TelegramError

from bot.channels.telegram.transport import Refused, Unreached
from bot.model.outgoing import Later, Moved, Never, Outcome, Unsure

RETRY_SECONDS: Final = 1.0
"""When Telegram or the way to it is in trouble. The pipeline stretches repeated tries."""


class Verdict(Enum):
    """What a refusal says about the message, the chat or the file."""

    BLOCKED = auto()
    DEACTIVATED = auto()
    CHAT_LOST = auto()
    SAME = auto()
    """The edit would change nothing: it is done."""
    NOT_EDITABLE = auto()
    """The message is gone, or is one that cannot be edited: show it anew."""
    NO_TEXT = auto()
    """It is a picture or a recording: its caption has to be edited."""
    NO_CAPTION = auto()
    """It is plain text."""
    GONE = auto()
    """What was to be deleted is not there."""
    NOT_DELETABLE = auto()
    """Too old to delete (48 h)."""
    REPLY_GONE = auto()
    """What it answers is not there: send it without."""
    VOICE_FORBIDDEN = auto()
    """The recipient takes no voice messages: send the recording as a file."""
    NOT_A_PHOTO = auto()
    """Telegram does not take it as a photo: send it as a file."""
    MEDIA_FORBIDDEN = auto()
    """Text may be sent here, this kind of file may not."""
    FILE_LOST = auto()
    """The file is not there any more, is not known by that name, or is too big."""
    REFUSED = auto()
    """The content; trying again is useless."""


@dataclass(frozen=True, slots=True)
class _Row:
    status: int
    description: re.Pattern[str]
    verdict: Verdict


def _row(status: int, description: str, verdict: Verdict) -> _Row:
    return _Row(status, re.compile(description, re.IGNORECASE), verdict)


_TABLE: Final = (
    _row(403, r"blocked by the user|initiate conversation|bots can't send messages to bots", Verdict.BLOCKED),
    _row(403, r"user is deactivated", Verdict.DEACTIVATED),
    _row(403, r"MESSAGE_DELETE_FORBIDDEN", Verdict.NOT_DELETABLE),
    _row(403, r"", Verdict.CHAT_LOST),  # kicked, not a member, the group was deleted, no right to write: whatever it is, not here
    _row(400, r"message is not modified", Verdict.SAME),
    _row(400, r"message to edit not found|message can't be edited|MESSAGE_ID_INVALID|message identifier is not", Verdict.NOT_EDITABLE),
    _row(400, r"MESSAGE_EDIT_TIME_EXPIRED|MESSAGE_AUTHOR_REQUIRED", Verdict.NOT_EDITABLE),
    _row(400, r"no text in the message to edit", Verdict.NO_TEXT),
    _row(400, r"no caption in the message to edit", Verdict.NO_CAPTION),
    _row(400, r"message to delete not found", Verdict.GONE),
    _row(400, r"message can't be deleted", Verdict.NOT_DELETABLE),
    _row(400, r"message to (be replied|reply) not found|replied message not found|reply message not found", Verdict.REPLY_GONE),
    _row(400, r"message thread not found|TOPIC_DELETED|REPLY_MESSAGE_ID_INVALID", Verdict.REPLY_GONE),
    _row(400, r"VOICE_MESSAGES_FORBIDDEN", Verdict.VOICE_FORBIDDEN),
    _row(400, r"PHOTO_INVALID_DIMENSIONS|PHOTO_SAVE_FILE_INVALID|IMAGE_PROCESS_FAILED|PHOTO_EXT_INVALID", Verdict.NOT_A_PHOTO),
    _row(400, r"not enough rights to send (?!text)\w", Verdict.MEDIA_FORBIDDEN),
    _row(400, r"CHAT_SEND_(?!PLAIN)\w+_FORBIDDEN", Verdict.MEDIA_FORBIDDEN),
    _row(400, r"file is too big|wrong file.?id|temporarily unavailable|wrong remote file|FILE_REFERENCE_\w+", Verdict.FILE_LOST),
    _row(400, r"can't use file of type|file_id doesn't match the bot|FILE_ID_INVALID|MEDIA_EMPTY", Verdict.FILE_LOST),
    _row(413, r"", Verdict.FILE_LOST),
    _row(400, r"user is deactivated|INPUT_USER_DEACTIVATED", Verdict.DEACTIVATED),
    _row(400, r"USER_IS_BLOCKED|YOU_BLOCKED_USER", Verdict.BLOCKED),
    _row(400, r"chat not found|PEER_ID_INVALID|CHANNEL_(PRIVATE|INVALID)|CHAT_ID_INVALID", Verdict.CHAT_LOST),
    _row(400, r"chat was deactivated|group is deactivated|chat was deleted|bot was kicked|not a member", Verdict.CHAT_LOST),
    _row(400, r"no rights to send|not enough rights|need administrator rights|CHAT_ADMIN_REQUIRED", Verdict.CHAT_LOST),
    _row(400, r"CHAT_WRITE_FORBIDDEN|CHAT_SEND_PLAIN_FORBIDDEN|CHAT_RESTRICTED|CHAT_FORBIDDEN", Verdict.CHAT_LOST),
    _row(400, r"USER_BANNED_IN_CHANNEL|TOPIC_CLOSED|TOPIC_HIDDEN", Verdict.CHAT_LOST),
    _row(400, r"", Verdict.REFUSED),
)


def verdict_of(error: TelegramError) -> Verdict | None:
    """Return what a refusal says; None where it says only "not now", and for what is no refusal."""
    if not isinstance(error, Refused) or error.migrate_to is not None:
        return None
    return next((row.verdict for row in _TABLE if row.status == error.status and row.description.search(error.description)), None)


def outcome_of(error: TelegramError, *, private: bool) -> Outcome:
    """Return what became of a message whose sending ended so.

    A refused token is no outcome of this message: it waits, nothing is lost, and the receiving side, which asks all the time, finds out for
    itself and ends the process.
    """
    if isinstance(error, Unreached):
        return Later(RETRY_SECONDS, "unreached", chat_only=False)
    if not isinstance(error, Refused):
        return Unsure("answer lost")
    if error.migrate_to is not None:
        return Moved(str(error.migrate_to))
    match error.status:
        case 429:
            return Later(error.retry_after or RETRY_SECONDS, "too many requests")
        case 401 | 404:
            return Later(RETRY_SECONDS * 2, "token refused", chat_only=False)
    verdict = verdict_of(error)
    if verdict is None:
        return Later(RETRY_SECONDS, f"status {error.status}")
    return Never(_reason(verdict, private=private), verdict.name.lower())


def _reason(verdict: Verdict, *, private: bool) -> Literal["blocked", "deactivated", "chat_lost", "refused"]:
    match verdict:
        case Verdict.BLOCKED:
            return "blocked"
        case Verdict.DEACTIVATED:
            return "deactivated"
        case Verdict.CHAT_LOST:
            return "blocked" if private else "chat_lost"
    return "refused"
