"""The world as a Telegram app draws it for one person; the shapes are in `server.py`."""

from typing import Any

from bot.demo.world import Chat, Crowd, Person, World
from bot.demo.world.chat import IN_CHARGE
from bot.demo.world.crowd import BLOCKS, GONE
from bot.demo.world.message import MEDIA

Json = dict[str, Any]

_SERVICES = {
    "new_chat_members": "joined",
    "left_chat_member": "left",
    "pinned_message": "pinned",
    "migrate_to_chat_id": "migrated",
    "migrate_from_chat_id": "migrated",
    "forum_topic_created": "topic",
    "forum_topic_closed": "topic",
    "forum_topic_reopened": "topic",
    "new_chat_title": "title",
}


def state(world: World, viewer: Person | None) -> Json:
    """Everything a page draws."""
    chats = [chat for chat in world.chats.values() if sees(chat, viewer)]
    return {
        "seq": world.seq,
        "now": world.clock.now(),
        "network": world.network,
        "bot": bot(world, viewer),
        "counters": counters(world),
        "crowd": crowd(world.crowd) if world.crowd else None,
        "me": person(viewer) if viewer else None,
        "people": [person(each) for each in world.people.values()],
        "chats": [chat_whole(chat, viewer) for chat in chats],
    }


def sees(chat: Chat, viewer: Person | None) -> bool:
    """Whether this chat is in the person's list."""
    if viewer is None:
        return True
    if chat.person is not None:
        return chat.person is viewer
    return viewer.id in chat.members and chat.members[viewer.id].is_inside


def bot(world: World, viewer: Person | None = None) -> Json:
    """The bot as its profile shows it in the viewer's language."""
    language = (viewer.language_code if viewer else None) or ""
    profile = world.profile
    return {
        "id": world.bot["id"],
        "name": profile.names.get(language) or profile.names.get("") or world.bot["first_name"],
        "username": world.bot["username"],
        "up": world.bot_is_up,
        "description": profile.descriptions.get(language) or profile.descriptions.get("", ""),
        "short_description": profile.short_descriptions.get(language) or profile.short_descriptions.get("", ""),
    }


def counters(world: World) -> Json:
    """Figures for the page's footer."""
    return {
        "calls": world.counters.calls,
        "refused": world.counters.refused,
        "violations": len(world.violations),
        "waiting": len(world.updates),
    }


def crowd(found: Crowd) -> Json:
    """What a crowd got in this round."""
    return {
        "size": found.size,
        "speakers": found.speakers,
        "reached": found.reached,
        "blocked": found.turned_away[BLOCKS],
        "gone": found.turned_away[GONE],
        "doubled": found.doubled,
        "rate": found.rate,
    }


def person(found: Person) -> Json:
    """One person."""
    return {
        "id": found.id,
        "name": found.name,
        "username": found.username,
        "language_code": found.language_code,
        "blocked": found.is_blocking,
        "deactivated": found.is_deactivated,
    }


def chat_whole(chat: Chat, viewer: Person | None) -> Json:
    """A chat with its messages, those from before an upgrade first."""
    raws = [*chat.former, *chat.messages.values()]
    return chat_head(chat, viewer) | {"messages": [message(chat, raw, viewer) for raw in raws]}


def chat_head(chat: Chat, viewer: Person | None) -> Json:
    """A chat without its messages."""
    bot_name = chat.world.bot["first_name"]
    role = chat.members[viewer.id].status if viewer and viewer.id in chat.members else None
    return {
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title if chat.person is None else bot_name if viewer is chat.person else chat.person.name,
        "role": role,
        "members": [
            {"id": member.user["id"], "name": _full_name(member.user), "role": member.status}
            for member in chat.members.values()
            if member.is_inside
        ],
        "topics": [
            {"id": topic.id, "name": topic.name, "closed": topic.is_closed} for topic in chat.topics.values() if not topic.is_deleted
        ],
        "commands": commands(chat, viewer),
        "keyboard": _keyboard(chat),
    }


def commands(chat: Chat, viewer: Person | None) -> list[Json]:
    """The "/" menu: the narrowest scope that is set, the person's language before none (Bot API, BotCommandScope)."""
    scopes = []
    if viewer is not None:
        scopes.append(f"chat_member:{chat.id}:{viewer.id}")
        if viewer.id in chat.members and chat.members[viewer.id].status in IN_CHARGE:
            scopes += [f"chat_administrators:{chat.id}", f"chat:{chat.id}", "all_chat_administrators"]
    scopes += [f"chat:{chat.id}", "all_private_chats" if chat.person else "all_group_chats", "default"]
    for scope in scopes:
        for language in ((viewer.language_code if viewer else None) or "", ""):
            if found := chat.world.profile.commands.get((scope, language)):
                return found
    return []


def message(chat: Chat, raw: Json, viewer: Person | None) -> Json:
    """One message."""
    service = next((kind for field, kind in _SERVICES.items() if field in raw), None)
    markup = raw.get("reply_markup", {}).get("inline_keyboard", [])
    return {
        "id": raw["message_id"],
        "chat_id": chat.id,
        "time": raw["date"],
        "edited": "edit_date" in raw,
        "from": _sender(chat, raw, viewer, service),
        "text": raw.get("text") or raw.get("caption") or _service_text(raw),
        "entities": raw.get("entities") or raw.get("caption_entities") or [],
        "media": _media(chat, raw),
        "location": raw.get("location"),
        "venue": {name: raw["venue"][name] for name in ("title", "address")} if "venue" in raw else None,
        "contact": _contact(raw),
        "poll": _poll(raw),
        "album": raw.get("media_group_id"),
        "topic": raw.get("message_thread_id"),
        "forwarded": _forwarded(raw),
        "protected": raw.get("has_protected_content", False),
        "reply_to": _reply(raw),
        "service": service,
        "asks_reply": _asks_reply(chat, raw),
        "buttons": [[_button(button, row, column) for column, button in enumerate(keys)] for row, keys in enumerate(markup)],
    }


def _asks_reply(chat: Chat, raw: Json) -> Json | None:
    """A forced reply; a selective one is for who is mentioned, or whom the message answers (Bot API, ForceReply)."""
    asked = chat.asking_reply.get(raw["message_id"])
    if asked is None:
        return None
    mentioned = [entity["user"]["id"] for entity in raw.get("entities", ()) if entity["type"] == "text_mention"]
    answered = raw.get("reply_to_message", {}).get("from", {}).get("id")
    only = (mentioned[0] if mentioned else answered) if asked.get("selective") else None
    return {"only": only, "everybody": not asked.get("selective"), "placeholder": asked.get("input_field_placeholder", "")}


def _full_name(user: Json) -> str:
    return f"{user['first_name']} {user.get('last_name', '')}".strip()


def _sender(chat: Chat, raw: Json, viewer: Person | None, service: str | None) -> Json:
    user = raw.get("from")
    if "sender_chat" in raw:
        return {"side": "other", "id": raw["sender_chat"]["id"], "name": raw["sender_chat"].get("title", "")}
    if user is None:
        return {"side": "other", "id": chat.id, "name": chat.title}
    side = "bot" if user["id"] == chat.world.bot["id"] else "me" if viewer and user["id"] == viewer.id else "other"
    return {"side": "service" if service else side, "id": user["id"], "name": _full_name(user)}


def _service_text(raw: Json) -> str:
    if "new_chat_members" in raw:
        return ", ".join(_full_name(user) for user in raw["new_chat_members"])
    if "left_chat_member" in raw:
        return _full_name(raw["left_chat_member"])
    title: str = raw.get("new_chat_title") or raw.get("forum_topic_created", {}).get("name", "")
    return title


def _media(chat: Chat, raw: Json) -> Json | None:
    kind = next((kind for kind in MEDIA if kind in raw), None)
    if kind is None:
        return None
    held = raw[kind][-1] if kind == "photo" else raw[kind]
    file = chat.world.files.by_id[held["file_id"]]
    return {
        "kind": kind,
        "url": f"/world/files/{file.number}",
        "mime": file.mime,
        "size": file.size,
        "name": held.get("file_name", ""),
        "duration": file.duration,
        "width": file.width,
        "height": file.height,
    }


def _contact(raw: Json) -> Json | None:
    found = raw.get("contact")
    return {"name": _full_name(found), "phone": found["phone_number"]} if found else None


def _poll(raw: Json) -> Json | None:
    found = raw.get("poll")
    if not found:
        return None
    options = [option["text"] for option in found["options"]]
    return {"question": found["question"], "options": options, "closed": found["is_closed"]}


def _forwarded(raw: Json) -> str | None:
    origin = raw.get("forward_origin")
    if not origin:
        return None
    name: str = origin.get("sender_user_name") or origin.get("chat", {}).get("title", "")
    return name


def _reply(raw: Json) -> Json | None:
    found = raw.get("reply_to_message")
    if not found:
        return None
    name = _full_name(found["from"]) if "from" in found else ""
    return {"id": found["message_id"], "name": name, "text": found.get("text") or found.get("caption") or ""}


def _button(button: Json, row: int, column: int) -> Json:
    kind = "url" if "url" in button else "copy" if "copy_text" in button else "callback"
    return {
        "id": f"{row}.{column}",
        "text": button["text"],
        "kind": kind,
        "callback_data": button.get("callback_data"),
        "url": button.get("url"),
    }


def _keyboard(chat: Chat) -> Json | None:
    if chat.keyboard is None:
        return None
    rows = [
        [
            {
                "text": key["text"],
                "request_location": key.get("request_location", False),
                "request_contact": key.get("request_contact", False),
            }
            for key in row
        ]
        for row in chat.keyboard["keyboard"]
    ]
    return {
        "rows": rows,
        "placeholder": chat.keyboard.get("input_field_placeholder", ""),
        "one_time": chat.keyboard.get("one_time_keyboard", False),
        "persistent": chat.keyboard.get("is_persistent", False),
    }
