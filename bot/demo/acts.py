"""`POST /world/act`: one verb, one thing a person does; the shapes are in `server.py`."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from bot.demo.world import Chat, Message, Person, Press, World
from bot.demo.world.message import MEDIA

Json = dict[str, Any]

_HOW = ("reply_to", "topic", "forwarded_from")


def act(world: World, wanted: Json) -> Json:
    """Do it. Raises LookupError, ValueError or PermissionError with a sentence for what cannot be done."""
    person = _person(world, wanted)
    verb = str(wanted.get("do"))
    chat = _chat(world, person, wanted)
    if verb in MEDIA:
        done: Any = _media(person, chat, verb, wanted)
    elif verb in VERBS:
        done = VERBS[verb](person, chat, wanted)
    else:
        raise ValueError(f"nobody can {verb!r}; verbs are {', '.join(sorted({*VERBS, *MEDIA}))}")
    messages = done if isinstance(done, list) else [done] if isinstance(done, Message) else []
    return {
        "ok": True,
        "chat_id": chat.id,
        "message_ids": [message.id for message in messages],
        "callback_id": done.id if isinstance(done, Press) else None,
    }


def _person(world: World, wanted: Json) -> Person:
    found = world.somebody(int(wanted.get("as", 0)))
    if found is None:
        raise LookupError("no such person: give a user id in 'as'")
    return found


def _chat(world: World, person: Person, wanted: Json) -> Chat:
    chat_id = wanted.get("chat")
    found = person.talk if chat_id is None else world.find(int(chat_id))
    if found is None or (found.person is not None and found.person is not person):
        raise LookupError("no such chat for this person")
    return found


def _message(chat: Chat, wanted: Json) -> Message:
    message_id = int(wanted.get("message_id", 0))
    if message_id not in chat.messages:
        raise LookupError("no such message in this chat")
    return chat.message(message_id)


def _how(wanted: Json) -> Json:
    found = {name: wanted[name] for name in _HOW if wanted.get(name) is not None}
    if "reply_to" in found:
        found["reply_to"] = int(found["reply_to"])
    return found | ({"anonymously": True} if wanted.get("anonymous") else {})


def _data(item: Json) -> bytes | None:
    written = item.get("data")
    if written is None:
        return None
    try:
        return base64.b64decode(str(written).rpartition(",")[2], validate=True)
    except binascii.Error as wrong:
        raise ValueError("'data' must be base64") from wrong


def _text(wanted: Json) -> str:
    text = str(wanted.get("text") or "").strip()
    if not text:
        raise ValueError("a text is needed")
    return text


def _send(person: Person, chat: Chat, wanted: Json) -> Message:
    return person.writes(_text(wanted), chat, **_how(wanted))


def _reply(person: Person, chat: Chat, wanted: Json) -> Message:
    return person.replies(_message(chat, wanted), _text(wanted), **_how(wanted))


def _edit(person: Person, chat: Chat, wanted: Json) -> Message:
    message = _message(chat, wanted)
    if message.raw.get("from", {}).get("id") != person.id:
        raise PermissionError("only one's own messages can be edited")
    person.edits(message, _text(wanted))
    return message


def _press(person: Person, chat: Chat, wanted: Json) -> Press:
    message = _message(chat, wanted)
    if wanted.get("label") is not None:
        return person.presses(message, str(wanted["label"]))
    row, _, column = str(wanted.get("button", "")).partition(".")
    try:
        button = message.buttons[int(row)][int(column)]
        return person.presses_data(message, button["callback_data"])
    except (ValueError, IndexError, KeyError) as wrong:
        raise LookupError("no such button on this message") from wrong


def _press_keyboard(person: Person, chat: Chat, wanted: Json) -> Message:
    return person.presses_keyboard(
        str(wanted.get("label", "")),
        chat,
        latitude=wanted.get("latitude"),
        longitude=wanted.get("longitude"),
        desktop=bool(wanted.get("desktop")),
    )


def _media(person: Person, chat: Chat, kind: str, wanted: Json) -> Message:
    details = {name: wanted[name] for name in ("name", "mime", "caption", "duration") if wanted.get(name)}
    try:
        return person.sends(kind, _data(wanted), chat, **details, **_how(wanted))
    except OSError as wrong:
        raise ValueError("these bytes are no picture") from wrong


def _album(person: Person, chat: Chat, wanted: Json) -> list[Message]:
    items = wanted.get("items")
    read = [item | {"data": _data(item)} for item in items] if items else None
    caption = str(wanted.get("caption") or "")
    try:
        return person.sends_album(int(wanted.get("count", 3)), chat, caption=caption, items=read, **_how(wanted))
    except OSError as wrong:
        raise ValueError("these bytes are no picture") from wrong


def _location(person: Person, chat: Chat, wanted: Json) -> Message:
    return person.sends_location(float(wanted["latitude"]), float(wanted["longitude"]), chat, **_how(wanted))


def _venue(person: Person, chat: Chat, wanted: Json) -> Message:
    at = float(wanted["latitude"]), float(wanted["longitude"])
    return person.sends_venue(*at, str(wanted.get("title", "")), str(wanted.get("address", "")), chat, **_how(wanted))


def _delete(person: Person, chat: Chat, wanted: Json) -> None:
    message = _message(chat, wanted)
    if chat.kind != "private" and message.raw.get("from", {}).get("id") != person.id:
        raise PermissionError("only one's own messages can be deleted")
    chat.remove(message.id)


VERBS: dict[str, Callable[[Person, Chat, Json], Any]] = {
    "start": lambda person, chat, wanted: person.starts(str(wanted.get("payload") or "")),
    "send": _send,
    "command": _send,
    "reply": _reply,
    "edit": _edit,
    "press": _press,
    "press_keyboard": _press_keyboard,
    "album": _album,
    "location": _location,
    "venue": _venue,
    "contact": lambda person, chat, wanted: person.sends_contact(wanted.get("phone"), wanted.get("name"), chat),
    "poll": lambda person, chat, wanted: person.sends_poll(
        str(wanted.get("question", "")), [str(option) for option in wanted.get("options", [])], chat
    ),
    "block": lambda person, chat, wanted: person.blocks(),
    "unblock": lambda person, chat, wanted: person.unblocks(),
    "deactivate": lambda person, chat, wanted: person.deactivates(),
    "join": lambda person, chat, wanted: person.joins(chat),
    "leave": lambda person, chat, wanted: person.leaves(chat),
    "delete": _delete,
}
