"""What a Telegram message holds, as an event. Forward origins, quotes, file names and everything else not named here stay behind."""

from __future__ import annotations

import re
from typing import Final

from bot.channels.telegram.fields import Json, degrees, number, record, records, words
from bot.model.events import CommandGiven, Event, LocationReceived, MediaReceived, TextReceived, UnsupportedReceived
from bot.model.messages import Attachment, AttachmentKind

DOWNLOAD_LIMIT: Final = 20 * 1024 * 1024
"""Bytes that Telegram lets a bot download ("up to 20 MB", getFile)."""

LONGEST: Final = 4 * 4096
"""Letters that a message's own words may have: four times what Telegram lets anybody write. More would fill a group for hours."""

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,32}))?(?:\s+(.*))?", re.DOTALL)
_KIND_OF_TYPE: Final[dict[str, AttachmentKind]] = {
    "image/jpeg": "photo",
    "image/png": "photo",
    "image/webp": "photo",
    "image/gif": "photo",
    "image/avif": "photo",
    "audio/ogg": "voice",
    "audio/opus": "voice",
    "audio/mpeg": "voice",
    "audio/mp3": "voice",
    "audio/mp4": "voice",
    "audio/x-m4a": "voice",
    "audio/m4a": "voice",
    "video/mp4": "video",
    "video/quicktime": "video",
}
"""What can be cleaned and so passed on; a picture sent as a file counts as a photo, a recording sent as a file as a voice note."""
_DOCUMENT: Final = "application/pdf"
"""The one kind of document of which it can be told what it shows and what else it holds."""
_FILES: Final[dict[str, str]] = {
    "voice": "audio/ogg",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "animation": "video/mp4",
    "audio": "audio/mpeg",
    "document": "",
}
"""Fields that hold a file, and its type where none is given. An `animation` comes with a `document` of the same file: it goes first."""
_REFUSED = """
    contact poll sticker game dice story paid_media checklist invoice giveaway giveaway_winners users_shared chat_shared web_app_data
    passport_data gift unique_gift live_photo rich_message
"""
_UNSUPPORTED: Final = tuple(_REFUSED.split())
_OTHER: Final = "other"
"""What holds nothing that we know: of a kind that Telegram did not have yet, or not as Telegram writes it."""
_HAPPENED = """
    new_chat_members left_chat_member new_chat_title new_chat_photo delete_chat_photo pinned_message group_chat_created
    supergroup_chat_created channel_chat_created message_auto_delete_timer_changed migrate_to_chat_id migrate_from_chat_id
    chat_owner_changed chat_owner_left chat_background_set boost_added connected_website write_access_allowed proximity_alert_triggered
    successful_payment refunded_payment gift_upgrade_sent giveaway_created giveaway_completed checklist_tasks_done checklist_tasks_added
    poll_option_added poll_option_deleted direct_message_price_changed paid_message_price_changed managed_bot_created
    forum_topic_created forum_topic_edited forum_topic_closed forum_topic_reopened general_forum_topic_hidden
    general_forum_topic_unhidden video_chat_scheduled video_chat_started video_chat_ended video_chat_participants_invited
    suggested_post_approved suggested_post_approval_failed suggested_post_declined suggested_post_paid suggested_post_refunded
"""
_SERVICE: Final = frozenset(_HAPPENED.split())
"""What Telegram itself says has happened in a chat: nobody said it, so nobody waits for an answer."""


class ForAnotherBot(Exception):
    """A command in a group that names another bot."""


def event_of(message: Json, *, username: str | None, documents: bool) -> Event | None:
    """Return what a new message says; None for a service message. What is of no known kind is said to be that, so that it gets an answer.

    Raises `ForAnotherBot` and ValueError. `documents`: a PDF is taken, and not refused as all files are that are no picture, sound or film.
    """
    text = said(message, "text")
    if text:
        return _command(text, username) or TextReceived(text)
    attachment = attachment_of(message, documents=documents)
    if attachment is not None:
        return MediaReceived(attachment, said(message, "caption"), words(message, "media_group_id") or None)
    if (location := record(message, "location")) is not None:
        venue = record(message, "venue") or {}
        return LocationReceived(degrees(location, "latitude", 90), degrees(location, "longitude", 180), words(venue, "title"))
    kind = next((kind for kind in (*_UNSUPPORTED, *_FILES) if kind in message), None)
    return None if kind is None and message.keys() & _SERVICE else UnsupportedReceived(kind or _OTHER)


def said(message: Json, name: str) -> str:
    """Return a message's own words. Raises ValueError for more than anybody can have written."""
    text = words(message, name)
    if len(text) > LONGEST:
        raise ValueError(f"too long a {name}")
    return text


def attachment_of(message: Json, *, documents: bool = False) -> Attachment | None:
    """Return the file that a message holds, if it is of a kind that can be cleaned and passed on."""
    if sizes := records(message, "photo"):
        return _photo(sizes)
    for field, usual in _FILES.items():
        file = record(message, field)
        if file is not None:
            type_ = (words(file, "mime_type") or usual).lower()
            kind = "document" if documents and type_ == _DOCUMENT else _KIND_OF_TYPE.get(type_)
            return None if kind is None else _attachment(kind, file)
    return None


def _photo(sizes: list[Json]) -> Attachment:
    fitting = [size for size in sizes if (number(size, "file_size") or 0) <= DOWNLOAD_LIMIT]
    return _attachment("photo", max(fitting or sizes, key=lambda size: (number(size, "width") or 0) * (number(size, "height") or 0)))


def _attachment(kind: AttachmentKind, file: Json) -> Attachment:
    name = words(file, "file_id")
    if not name:
        raise ValueError("a file without an id")
    size = max(0, number(file, "file_size") or 0)
    duration = max(0, number(file, "duration") or 0)
    return Attachment(kind, name, size, too_big=size > DOWNLOAD_LIMIT, duration=duration)


def _command(text: str, username: str | None) -> CommandGiven | None:
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return None
    name, addressed, argument = found.groups()
    if addressed and username and addressed.lower() != username.lower():
        raise ForAnotherBot
    return CommandGiven(name.lower(), (argument or "").strip())
