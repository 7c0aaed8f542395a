"""Change and delete messages."""

from typing import Any

from bot.demo.api.formatting import LONGEST_TEXT, formatted
from bot.demo.api.keyboards import check_markup
from bot.demo.api.media import input_media
from bot.demo.api.refusals import NOT_MODIFIED, bad, impossible
from bot.demo.api.sending import caption_of
from bot.demo.api.service import Service
from bot.demo.world.chat import Chat
from bot.demo.world.message import MEDIA

Json = dict[str, Any]

DELETABLE_FOR = 48 * 3600  # seconds
MOST_DELETED = 100


def edit_message_text(service: Service, given: Json) -> Json:
    """Put other words into a text message. Without `reply_markup` its buttons go."""
    chat, raw = _editable(service, given)
    if "text" not in given:
        raise bad("message text is empty")
    text, entities = formatted(given["text"], given.get("parse_mode"), given.get("entities"), LONGEST_TEXT)
    if not text:
        raise bad("message text is empty")
    if "text" not in raw:
        raise bad("there is no text in the message to edit")
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    if given.get("link_preview_options"):
        content["link_preview_options"] = given["link_preview_options"]
    return _change(service, chat, raw, given, content, ("text", "entities", "link_preview_options"))


def edit_message_caption(service: Service, given: Json) -> Json:
    """Put another caption under a message's media; without one it goes."""
    chat, raw = _editable(service, given)
    if not any(kind in raw for kind in MEDIA):
        raise bad("there is no caption in the message to edit")
    names = ("caption", "caption_entities", "show_caption_above_media")
    return _change(service, chat, raw, given, caption_of(given), names)


def edit_message_media(service: Service, given: Json) -> Json:
    """Put other media into a message."""
    chat, raw = _editable(service, given)
    content = input_media(service, given["media"])
    return _change(service, chat, raw, given, content, ("text", "entities", "caption", "caption_entities", *MEDIA))


def edit_message_reply_markup(service: Service, given: Json) -> Json:
    """Change only the buttons."""
    chat, raw = _editable(service, given)
    return _change(service, chat, raw, given, {}, ())


def delete_message(service: Service, given: Json) -> bool:
    """Delete one message."""
    chat = service.chat(given["chat_id"])
    service.may_reach(chat)
    raw = chat.messages.get(given["message_id"])
    if raw is None:
        raise bad("message to delete not found")
    if not _deletable(service, chat, raw):
        raise bad("message can't be deleted")
    chat.remove(given["message_id"])
    return True


def delete_messages(service: Service, given: Json) -> bool:
    """Delete up to 100 messages; those that cannot be are passed over in silence."""
    chat = service.chat(given["chat_id"])
    service.may_reach(chat)
    if len(given["message_ids"]) > MOST_DELETED:
        raise bad("too many message identifiers specified")
    for message_id in given["message_ids"]:
        raw = chat.messages.get(message_id)
        if raw is not None and _deletable(service, chat, raw):
            chat.remove(message_id)
    return True


def pin_chat_message(service: Service, given: Json) -> bool:
    """Pin a message; the chat shows that it was."""
    chat = service.chat(given["chat_id"])
    service.may_reach(chat)
    raw = chat.messages.get(given["message_id"])
    if raw is None:
        raise bad("message to pin not found")
    if chat.person is None:
        service.may_manage(chat, "can_pin_messages", "not enough rights to manage pinned messages in the chat")
    if raw["message_id"] not in chat.pinned:
        chat.pinned.append(raw["message_id"])
        shown = {key: value for key, value in raw.items() if key != "reply_to_message"}
        chat.add(chat.compose(service.world.bot, pinned_message=shown))
    return True


def _editable(service: Service, given: Json) -> tuple[Chat, Json]:
    if "chat_id" not in given:
        raise bad("chat_id is empty")
    if "message_id" not in given:
        raise bad("message identifier is not specified")
    chat = service.chat(given["chat_id"])
    service.may_reach(chat)
    raw = service.own(chat, given["message_id"], "message to edit not found", "message can't be edited")
    if given["message_id"] in chat.with_keyboard:
        raise bad("message can't be edited")
    return chat, raw


def _change(service: Service, chat: Chat, raw: Json, given: Json, content: Json, replaced: tuple[str, ...]) -> Json:
    markup = given.get("reply_markup") or {}
    if markup:
        check_markup(markup, inline_only=True)
    edited = {key: value for key, value in raw.items() if key not in replaced and key != "reply_markup"} | content
    if any(markup.get("inline_keyboard", [])):
        edited["reply_markup"] = {"inline_keyboard": [row for row in markup["inline_keyboard"] if row]}
    if edited == raw:
        raise bad(NOT_MODIFIED)
    if not replaced and "text" not in raw and not any(kind in raw for kind in (*MEDIA, "location", "poll")):
        raise impossible("only a message with content can be edited")
    service.count(chat)
    if replaced:
        edited["edit_date"] = service.world.clock.stamp()
    chat.add(edited, "edited")
    return edited


def _deletable(service: Service, chat: Chat, raw: Json) -> bool:
    is_own = chat.is_bots(raw)
    is_fresh: bool = service.world.clock.now() - raw["date"] < DELETABLE_FOR
    if chat.kind == "private":
        return is_fresh
    return service.me(chat).may("can_delete_messages") or (is_own and is_fresh)
