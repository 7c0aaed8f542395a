"""The methods a bot may call here, and what each of their parameters must look like.

Hand-written from the Bot API's documentation; a test holds it against the published specification. A parameter that
Telegram knows but this table leaves out is refused loudly: the stand-in must not pretend to understand it.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from bot.demo.api.refusals import QUERY_TOO_OLD, Impossible, bad, impossible

Json = dict[str, Any]

_SEND = "message_thread_id disable_notification protect_content allow_paid_broadcast reply_parameters"
_SEND_ONE = f"{_SEND} reply_markup"
_CAPTION = "caption parse_mode caption_entities"
_EDIT = "chat_id message_id reply_markup"

# method -> its parameters; "!" marks what Telegram requires.
TABLE: dict[str, str] = {
    "getMe": "",
    "getMyStarBalance": "",
    "getUpdates": "offset limit timeout allowed_updates",
    "setWebhook": "url! ip_address max_connections allowed_updates drop_pending_updates secret_token",
    "deleteWebhook": "drop_pending_updates",
    "getWebhookInfo": "",
    "setMyCommands": "commands! scope language_code",
    "getMyCommands": "scope language_code",
    "deleteMyCommands": "scope language_code",
    "setMyName": "name language_code",
    "setMyDescription": "description language_code",
    "setMyShortDescription": "short_description language_code",
    "getChat": "chat_id!",
    "getChatMember": "chat_id! user_id!",
    "getChatAdministrators": "chat_id! return_bots",
    "getChatMemberCount": "chat_id!",
    "leaveChat": "chat_id!",
    "sendMessage": f"chat_id! text! parse_mode entities link_preview_options {_SEND_ONE}",
    "sendPhoto": f"chat_id! photo! {_CAPTION} show_caption_above_media has_spoiler {_SEND_ONE}",
    "sendVoice": f"chat_id! voice! {_CAPTION} duration {_SEND_ONE}",
    "sendVideo": (
        f"chat_id! video! {_CAPTION} duration width height thumbnail supports_streaming has_spoiler show_caption_above_media {_SEND_ONE}"
    ),
    "sendAudio": f"chat_id! audio! {_CAPTION} duration performer title thumbnail {_SEND_ONE}",
    "sendDocument": f"chat_id! document! {_CAPTION} thumbnail disable_content_type_detection {_SEND_ONE}",
    "sendMediaGroup": f"chat_id! media! {_SEND}",
    "sendLocation": f"chat_id! latitude! longitude! horizontal_accuracy {_SEND_ONE}",
    "sendVenue": f"chat_id! latitude! longitude! title! address! {_SEND_ONE}",
    "sendContact": f"chat_id! phone_number! first_name! last_name vcard {_SEND_ONE}",
    "sendPoll": (f"chat_id! question! options! is_anonymous type allows_multiple_answers open_period close_date is_closed {_SEND_ONE}"),
    "stopPoll": "chat_id! message_id! reply_markup",
    "sendChatAction": "chat_id! action! message_thread_id",
    "editMessageText": f"{_EDIT} text parse_mode entities link_preview_options",
    "editMessageCaption": f"{_EDIT} {_CAPTION} show_caption_above_media",
    "editMessageReplyMarkup": _EDIT,
    "editMessageMedia": f"{_EDIT} media!",
    "deleteMessage": "chat_id! message_id!",
    "deleteMessages": "chat_id! message_ids!",
    "pinChatMessage": "chat_id! message_id! disable_notification",
    "answerCallbackQuery": "callback_query_id! text show_alert url cache_time",
    "getFile": "file_id!",
    "createForumTopic": "chat_id! name! icon_color icon_custom_emoji_id",
    "closeForumTopic": "chat_id! message_thread_id!",
    "reopenForumTopic": "chat_id! message_thread_id!",
}

_INTEGERS = """offset limit timeout user_id message_thread_id message_id max_connections duration width height open_period close_date
cache_time icon_color"""
_FLOATS = "latitude longitude horizontal_accuracy"
_FLAGS = """drop_pending_updates return_bots disable_notification protect_content allow_paid_broadcast show_caption_above_media has_spoiler
supports_streaming disable_content_type_detection is_anonymous allows_multiple_answers is_closed show_alert"""
_LISTS = "allowed_updates commands entities caption_entities message_ids options"
_OBJECTS = "scope link_preview_options reply_parameters reply_markup"

# Fields of the objects that come inside parameters; those of the reply markups are in keyboards.py.
FIELDS: dict[str, str] = {
    "reply_parameters": "message_id! allow_sending_without_reply quote quote_parse_mode quote_entities quote_position",
    "link_preview_options": "is_disabled url prefer_small_media prefer_large_media show_above_text",
    "scope": "type! chat_id user_id",
    "commands": "command! description!",
    "entities": "type! offset! length! url user language custom_emoji_id unix_time date_time_format",
    "options": "text! text_parse_mode text_entities",
}
FIELDS["caption_entities"] = FIELDS["entities"]


def integer(value: Any) -> int:
    """A whole number, as a number or in digits."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError
    return int(value)


def floating(value: Any) -> float:
    """A number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError
    return float(value)


def flag(value: Any) -> bool:
    """A truth value in any of the forms Telegram takes."""
    return value is True or str(value).strip().lower() in {"true", "yes", "1"}


def text(value: Any) -> str:
    """A string; numbers are taken as written."""
    if isinstance(value, dict | list):
        raise ValueError
    return value if isinstance(value, str) else str(value)


def chat(value: Any) -> int | str:
    """A chat's id, or its public name (@name)."""
    return value if isinstance(value, str) and value.startswith("@") else integer(value)


def parsed(value: Any) -> Any:
    """JSON, either as a string or already read from a JSON body."""
    return json.loads(value) if isinstance(value, str) else value


def listed(value: Any) -> list[Any]:
    """A JSON array."""
    found = parsed(value)
    if not isinstance(found, list):
        raise ValueError
    return found


def mapped(value: Any) -> Json:
    """A JSON object."""
    found = parsed(value)
    if not isinstance(found, dict):
        raise ValueError
    return found


READERS: dict[str, Callable[[Any], Any]] = (
    dict.fromkeys(_INTEGERS.split(), integer)
    | dict.fromkeys(_FLOATS.split(), floating)
    | dict.fromkeys(_FLAGS.split(), flag)
    | dict.fromkeys(_LISTS.split(), listed)
    | dict.fromkeys(_OBJECTS.split(), mapped)
    | {"chat_id": chat, "media": parsed}
)

KNOWN: dict[str, frozenset[str]] = {method: frozenset(name.rstrip("!") for name in names.split()) for method, names in TABLE.items()}
REQUIRED: dict[str, tuple[str, ...]] = {
    method: tuple(name[:-1] for name in names.split() if name.endswith("!")) for method, names in TABLE.items()
}
_FIELD_SETS = {
    name: (
        frozenset(field.rstrip("!") for field in fields.split()),
        tuple(field[:-1] for field in fields.split() if field.endswith("!")),
    )
    for name, fields in FIELDS.items()
}
_MISSING = {
    "text": "message text is empty",
    "chat_id": "chat_id is empty",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "file_id": "invalid file_id",
    "callback_query_id": QUERY_TOO_OLD,
    "commands": "can't parse commands JSON object",
    "photo": "there is no photo in the request",
    "voice": "there is no voice in the request",
    "video": "there is no video in the request",
    "audio": "there is no audio in the request",
    "document": "there is no document in the request",
    "media": "media not found",
    "options": "can't parse options JSON object",
    "action": "wrong parameter action in request",
}


def check(method: str, given: Mapping[str, Any], files: Mapping[str, Any]) -> Json:
    """Read the parameters of a call into Python values. Raises Refused as Telegram would.

    Empty strings count as absent, as they do there. An uploaded file stands under its field's name.
    """
    known = KNOWN[method]
    read: Json = {}
    for name, value in given.items():
        if name not in known:
            raise impossible(f"{method} has no parameter {name!r}")
        if value is None or value == "":
            continue
        reader: Callable[[Any], Any] = READERS.get(name, text)
        try:
            read[name] = reader(value)
        except ValueError as wrong:
            raise _unreadable(name, reader) from wrong
        if name in _FIELD_SETS:
            _check_fields(name, read[name])
    for name in files:
        if name in known:
            read.setdefault(name, f"attach://{name}")
    for name in REQUIRED[method]:
        if name not in read:
            raise bad(_MISSING.get(name, f"{name} is empty"))
    return read


def check_object(kind: str, found: Any, known: frozenset[str], required: tuple[str, ...] = ()) -> None:
    """Refuse an object with a field that its type does not have, or without one that it must have."""
    if not isinstance(found, dict):
        raise bad(f"can't parse {kind}: expected an Object")
    for field in found:
        if field not in known:
            raise impossible(f"{kind} has no field {field!r}")
    for field in required:
        if found.get(field) is None:
            raise bad(f"can't parse {kind}: can't find field {field!r}".replace("'", '"'))


def _check_fields(name: str, value: Any) -> None:
    known, required = _FIELD_SETS[name]
    for item in value if isinstance(value, list) else [value]:
        check_object(name, item, known, required)


def _unreadable(name: str, reader: Callable[[Any], Any]) -> Exception:
    if name == "chat_id":
        return bad("chat not found")
    if reader in {integer, floating}:
        return bad(f"parameter {name!r} is not a valid number".replace("'", '"'))
    if reader is text:
        return bad(f"parameter {name!r} must be of type String".replace("'", '"'))
    return Impossible(400, f"Bad Request: can't parse {name} JSON object")
