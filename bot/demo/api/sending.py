"""sendMessage, and what every other kind of sending shares with it."""

from typing import Any

from bot.demo.api.formatting import LONGEST_CAPTION, LONGEST_TEXT, formatted
from bot.demo.api.keyboards import check_markup, is_inline
from bot.demo.api.refusals import bad
from bot.demo.api.service import Service
from bot.demo.world.chat import Chat
from bot.demo.world.sharing import new_poll

Json = dict[str, Any]

_ACTIONS = """typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location
record_video_note upload_video_note"""
CHAT_ACTIONS = frozenset(_ACTIONS.split())
POLL_OPTIONS = range(1, 13)
LONGEST_QUESTION = 300
LONGEST_OPTION = 100


def send_message(service: Service, given: Json) -> Json:
    """Text, 1 to 4096 units after parsing."""
    chat = service.addressee(given["chat_id"])
    text, entities = formatted(given["text"], given.get("parse_mode"), given.get("entities"), LONGEST_TEXT)
    if not text:
        raise bad("message text is empty")
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    if given.get("link_preview_options"):
        content["link_preview_options"] = given["link_preview_options"]
    return send(service, chat, given, "text", content)


def caption_of(given: Json) -> Json:
    """The caption's fields of a message with media."""
    if not given.get("caption"):
        return {}
    text, entities = formatted(given["caption"], given.get("parse_mode"), given.get("caption_entities"), LONGEST_CAPTION)
    content: Json = {"caption": text} if text else {}
    if entities:
        content["caption_entities"] = entities
    if given.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


def send(service: Service, chat: Chat, given: Json, kind: str, content: Json) -> Json:
    """Put one message of the bot into a chat, if everything about it is in order."""
    service.may_write(chat, kind)
    frame = frame_of(service, chat, given)
    markup = given.get("reply_markup")
    if markup:
        check_markup(markup)
    service.count(chat, paid=given.get("allow_paid_broadcast", False))
    return deliver(service, chat, frame | content, markup)


def frame_of(service: Service, chat: Chat, given: Json) -> Json:
    """Where the message stands: its thread, what it answers, whether it is protected."""
    frame = service.topic(chat, given.get("message_thread_id"))
    reply = given.get("reply_parameters")
    if reply:
        answered = chat.messages.get(reply["message_id"])
        if answered is not None:
            frame["reply_to_message"] = {key: value for key, value in answered.items() if key != "reply_to_message"}
            frame |= _quote(reply, answered)
            if not frame.get("message_thread_id") and answered.get("is_topic_message"):
                frame |= {"message_thread_id": answered["message_thread_id"], "is_topic_message": True}
        elif not reply.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
    if given.get("protect_content"):
        frame["has_protected_content"] = True
    return frame


def deliver(service: Service, chat: Chat, content: Json, markup: Json | None = None) -> Json:
    """Add the bot's message to the chat and return it."""
    raw = chat.compose(None, sender_chat=chat.shown) if chat.kind == "channel" else chat.compose(service.world.bot)
    raw |= content
    if chat.kind == "channel":
        chat.by_bot.add(raw["message_id"])
    if markup and is_inline(markup):
        if any(markup["inline_keyboard"]):
            raw["reply_markup"] = _without_empty_rows(markup)
    elif markup:
        chat.with_keyboard.add(raw["message_id"])
        if "force_reply" in markup:
            chat.asking_reply[raw["message_id"]] = markup
        else:
            chat.keyboard = _as_objects(markup) if "keyboard" in markup else None
            chat.announce()
    chat.add(raw)
    chat.copy_to_linked(raw)
    if service.world.crowd is not None and chat.id in service.world.crowd:
        service.world.crowd.got(chat.id, raw)
    return raw


def send_location(service: Service, given: Json) -> Json:
    """A point on the map, in degrees."""
    chat = service.addressee(given["chat_id"])
    return send(service, chat, given, "location", {"location": _point(given)})


def send_venue(service: Service, given: Json) -> Json:
    """A named place."""
    chat = service.addressee(given["chat_id"])
    point = _point(given)
    venue = {"location": point, "title": given["title"], "address": given["address"]}
    return send(service, chat, given, "location", {"location": point, "venue": venue})


def send_contact(service: Service, given: Json) -> Json:
    """A telephone number that can be tapped."""
    chat = service.addressee(given["chat_id"])
    contact = {name: given[name] for name in ("phone_number", "first_name", "last_name", "vcard") if name in given}
    if not contact["phone_number"]:
        raise bad("phone_number is empty")  # not Telegram's wording
    return send(service, chat, given, "contact", {"contact": contact})


def send_poll(service: Service, given: Json) -> Json:
    """A poll of 1 to 12 options."""
    chat = service.chat(given["chat_id"])
    if len(given["question"]) > LONGEST_QUESTION:
        raise bad("poll question length must not exceed 300")
    if len(given["options"]) not in POLL_OPTIONS:
        raise bad("poll can't have more than 12 options" if given["options"] else "poll must have at least 1 option")
    if any(not 1 <= len(option["text"]) <= LONGEST_OPTION for option in given["options"]):
        raise bad("poll options length must not exceed 100")
    names = ("is_anonymous", "type", "allows_multiple_answers", "open_period", "close_date", "is_closed")
    settings = {name: given[name] for name in names if name in given}
    poll = new_poll(given["question"], given["options"], **settings)
    return send(service, chat, given, "poll", {"poll": poll})


def stop_poll(service: Service, given: Json) -> Json:
    """Close a poll of the bot's own."""
    chat = service.chat(given["chat_id"])
    service.may_reach(chat)
    raw = service.own(chat, given["message_id"], "message with poll to stop not found", "message can't be edited")
    if "poll" not in raw:
        raise bad("message with poll to stop not found")
    if raw["poll"]["is_closed"]:
        raise bad("poll has already been closed")
    poll: Json = raw["poll"] | {"is_closed": True}
    edited = {key: value for key, value in raw.items() if key != "reply_markup"} | {"poll": poll}
    markup = given.get("reply_markup")
    if markup:
        check_markup(markup, inline_only=True)
        edited["reply_markup"] = markup
    chat.add(edited, "edited")
    return poll


def send_chat_action(service: Service, given: Json) -> bool:
    """Show "typing…" and the like."""
    chat = service.chat(given["chat_id"])
    service.may_write(chat, "text")
    if given["action"] not in CHAT_ACTIONS:
        raise bad("wrong parameter action in request")
    service.topic(chat, given.get("message_thread_id"))
    service.world.changed("typing", chat_id=chat.id, action=given["action"])
    return True


def _point(given: Json) -> Json:
    latitude, longitude = given["latitude"], given["longitude"]
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad("wrong latitude or longitude")  # not Telegram's wording
    point: Json = {"latitude": latitude, "longitude": longitude}
    if "horizontal_accuracy" in given:
        point["horizontal_accuracy"] = given["horizontal_accuracy"]
    return point


def _quote(reply: Json, answered: Json) -> Json:
    if not reply.get("quote"):
        return {}
    quote, _ = formatted(reply["quote"], reply.get("quote_parse_mode"), reply.get("quote_entities"), LONGEST_CAPTION)
    position = (answered.get("text") or answered.get("caption") or "").find(quote)
    if position < 0:
        raise bad("QUOTE_TEXT_INVALID")
    return {"quote": {"text": quote, "position": position, "is_manual": True}}


def _without_empty_rows(markup: Json) -> Json:
    return {"inline_keyboard": [row for row in markup["inline_keyboard"] if row]}


def _as_objects(markup: Json) -> Json:
    rows = [[{"text": key} if isinstance(key, str) else key for key in row] for row in markup["keyboard"]]
    return markup | {"keyboard": rows}
