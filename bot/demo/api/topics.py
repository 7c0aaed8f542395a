"""Threads of a forum supergroup."""

from typing import Any

from bot.demo.api.refusals import bad
from bot.demo.api.service import Service
from bot.demo.world.chat import Chat, Topic

Json = dict[str, Any]

LONGEST_NAME = 128
COLOURS = frozenset({7322096, 16766590, 13338331, 9367192, 16749490, 16478047})


def create_forum_topic(service: Service, given: Json) -> Json:
    """Open a thread. Counts against the group's minute, as a message does."""
    chat = _forum(service, given)
    name = given["name"].strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise bad("TOPIC_TITLE_INVALID")  # not checked against Telegram's wording
    colour = given.get("icon_color", 7322096)
    if colour not in COLOURS:
        raise bad("TOPIC_ICON_COLOR_INVALID")  # not checked against Telegram's wording
    service.count(chat)
    opened = {"name": name, "icon_color": colour}
    raw = chat.compose(service.world.bot, forum_topic_created=opened, is_topic_message=True)
    raw["message_thread_id"] = raw["message_id"]
    chat.topics[raw["message_id"]] = Topic(raw["message_id"], name)
    chat.add(raw)
    chat.announce()
    return {"message_thread_id": raw["message_id"]} | opened


def close_forum_topic(service: Service, given: Json) -> bool:
    """Let nobody but administrators write in a thread."""
    return _set_closed(service, given, closed=True)


def reopen_forum_topic(service: Service, given: Json) -> bool:
    """Open a closed thread again."""
    return _set_closed(service, given, closed=False)


def _set_closed(service: Service, given: Json, *, closed: bool) -> bool:
    chat = _forum(service, given)
    topic = chat.topics.get(given["message_thread_id"])
    if topic is None or topic.is_deleted:
        raise bad("message thread not found")
    if topic.is_closed == closed:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.is_closed = closed
    fields: Json = {"forum_topic_closed" if closed else "forum_topic_reopened": {}}
    chat.add(chat.compose(service.world.bot, message_thread_id=topic.id, is_topic_message=True, **fields))
    chat.announce()
    return True


def _forum(service: Service, given: Json) -> Chat:
    chat = service.chat(given["chat_id"])
    if chat.person is not None or not chat.is_forum:
        raise bad("the chat is not a forum")
    service.may_manage(chat, "can_manage_topics", "not enough rights to create a topic")
    return chat
