"""One stored Telegram update as an `Arrival`.

Read from the JSON itself, field by field from an allow-list, and not through `telegram.Update.de_json`: what is not named here cannot get
into the bot, a new kind of update cannot break it, nothing of the content ends up in a parser's exception, and it is ten times cheaper.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from bot.channels.telegram.contents import ForAnotherBot, attachment_of, event_of, said
from bot.channels.telegram.fields import Json, identifier, moment, number, record, supergroup, words
from bot.model.events import (
    Arrival,
    BotBlocked,
    BotUnblocked,
    ButtonPressed,
    Event,
    GroupJoined,
    GroupLost,
    GroupMoved,
    MediaReceived,
    MemberJoined,
    MemberLeft,
    Speaker,
    TextEdited,
    TextReceived,
)
from bot.model.tickets import number_in

NAME: Final = "telegram"
_ANONYMOUS_ADMIN: Final = 1087968824  # @GroupAnonymousBot, in whose name admins speak without theirs
_CHANNEL_BOT: Final = 136817688  # @Channel_Bot, in whose name channels speak in groups
_PLACES: Final[dict[str, Literal["private", "group"]]] = {"private": "private", "group": "group", "supergroup": "group"}


@dataclass(frozen=True, slots=True)
class _Where:
    place: Literal["private", "group"]
    chat: str


def read(raw: bytes, *, account: int, username: str | None, now: Callable[[], datetime]) -> Arrival | None:
    """Return what an update says; None if it concerns nobody. Raises ValueError, and nothing else, if it cannot be understood.

    `account` and `username` are the bot's own id and name. A button press carries no time of its own: it gets `now`, and is at most the
    150 s old for which Telegram keeps it.
    """
    try:
        update = json.loads(raw)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(update, dict):
        raise ValueError("not an update")
    if (message := record(update, "message")) is not None:
        return _message(message, username)
    if (edited := record(update, "edited_message")) is not None:
        return _edited(edited)
    if (press := record(update, "callback_query")) is not None:
        return _press(press, now())
    if (mine := record(update, "my_chat_member")) is not None:
        return _own_membership(mine, account)
    if (theirs := record(update, "chat_member")) is not None:
        return _membership(theirs)
    return None


def _message(message: Json, username: str | None) -> Arrival | None:
    where = _where(message)
    if where is None:
        return None
    if where.place == "group" and (change := _change(message)) is not None:
        return _arrival(message, where, change)
    try:
        event = event_of(message, username=username, documents=_answers_us(message, username))
    except ForAnotherBot:
        return None
    if isinstance(event, TextReceived | MediaReceived):  # by its number a later edit is recognised
        event = replace(event, message=identifier(message, "message_id"))
    if event is None:
        return None
    return replace(_arrival(message, where, event), reply_about=_about(message, username))


def _change(message: Json) -> MemberLeft | GroupMoved | None:
    leaver = record(message, "left_chat_member")
    if leaver is not None and leaver.get("is_bot") is not True:
        return MemberLeft(identifier(leaver))
    moved = supergroup(message, "migrate_to_chat_id")
    return None if moved is None or not _is_basic_group(message) else GroupMoved(str(moved))


def _is_basic_group(message: Json) -> bool:
    """Whether it was said in a group that can become a supergroup, which no group does twice."""
    return words(record(message, "chat") or {}, "type") == "group"


def _edited(message: Json) -> Arrival | None:
    where = _where(message)
    text = said(message, "text") or said(message, "caption")
    # A live location moves on as an edit: the place it was first shared at counts. A caption may have been taken away.
    if where is None or (not text and attachment_of(message) is None):
        return None
    return _arrival(message, where, TextEdited(text, identifier(message, "message_id")))


def _arrival(message: Json, where: _Where, event: Event) -> Arrival:
    sender = record(message, "from") or {}
    speaker = _speaker(message, sender)
    return Arrival(
        channel=NAME,
        place=where.place,
        chat=where.chat,
        person=identifier(sender) if speaker == "person" and sender else None,
        speaker=speaker,
        name=_name(sender, where) if speaker == "person" else "",
        at=moment(message, "date"),
        event=event,
        message=identifier(message, "message_id"),
        reply_to=_answered(message),
    )


def _speaker(message: Json, sender: Json) -> Speaker:
    if (on_behalf := record(message, "sender_chat")) is not None:
        return "anonymous" if number(on_behalf, "id") == number(record(message, "chat") or {}, "id") else "channel"
    account = number(sender, "id")
    if account == _ANONYMOUS_ADMIN:
        return "anonymous"
    if account == _CHANNEL_BOT or message.get("is_automatic_forward") is True:
        return "channel"
    return "bot" if sender.get("is_bot") is True else "person"


def _press(press: Json, at: datetime) -> Arrival | None:
    message = record(press, "message")
    where = None if message is None else _where(message)
    if message is None or where is None:  # only messages that others' inline queries made have none: the bot makes no such
        return None
    sender = record(press, "from") or {}
    return Arrival(
        channel=NAME,
        place=where.place,
        chat=where.chat,
        person=identifier(sender),
        speaker="bot" if sender.get("is_bot") is True else "person",
        name=_name(sender, where),
        at=at,
        event=ButtonPressed(None),
        message=identifier(message, "message_id"),
        press=words(press, "id") or None,
        button=words(press, "data") or None,
    )


def _own_membership(change: Json, account: int) -> Arrival | None:
    where = _where(change)
    before, after = _status(change, "old_chat_member"), _status(change, "new_chat_member")
    if any(identifier(record(member, "user")) != str(account) for member in (before, after)):
        raise ValueError("another's membership")  # believed, it would take a forum's group from it
    if where is None:
        return None
    if where.place == "private":
        blocked = after.get("status") == "kicked"
        return _changed(change, where, BotBlocked() if blocked else BotUnblocked())
    could, can = _may_write(before), _may_write(after)
    if could == can:
        return None
    return _changed(change, where, GroupJoined() if can else GroupLost())


def _membership(change: Json) -> Arrival | None:
    where, after = _where(change), _status(change, "new_chat_member")
    member = record(after, "user") or {}
    if where is None or where.place == "private" or member.get("is_bot") is True:
        return None
    return _changed(change, where, (MemberJoined if _belongs(after) else MemberLeft)(identifier(member)))


def _changed(change: Json, where: _Where, event: Event) -> Arrival:
    actor = record(change, "from") or {}
    return Arrival(
        channel=NAME,
        place=where.place,
        chat=where.chat,
        person=identifier(actor),
        speaker="bot" if actor.get("is_bot") is True and number(actor, "id") != _ANONYMOUS_ADMIN else "person",
        name=_name(actor, where),
        at=moment(change, "date"),
        event=event,
    )


def _where(holder: Json) -> _Where | None:
    chat = record(holder, "chat") or {}
    place = _PLACES.get(words(chat, "type"))
    return None if place is None else _Where(place, identifier(chat))


def _name(person: Json, where: _Where) -> str:
    """A member's display name; a resident's is never read."""
    if where.place == "private":
        return ""
    return " ".join(filter(None, (words(person, "first_name"), words(person, "last_name"))))


def _answered(message: Json) -> str | None:
    answered = record(message, "reply_to_message")
    if answered is None or "forum_topic_created" in answered:  # in a topic every message "answers" the one that opened it
        return None
    return identifier(answered, "message_id")


def _about(message: Json, username: str | None) -> str | None:
    """Return which ticket a message of ours that is answered names: by that number a copy is known of which we know no other."""
    answered = record(message, "reply_to_message") or {}
    return number_in(words(answered, "text") or words(answered, "caption")) if _answers_us(message, username) else None


def _answers_us(message: Json, username: str | None) -> bool:
    """Whether a message replies to one of the bot's own: what is sent among members otherwise is not looked into."""
    author = record(record(message, "reply_to_message") or {}, "from") or {}
    return author.get("is_bot") is True and (not username or words(author, "username").lower() == username.lower())


def _status(change: Json, name: str) -> Json:
    found = record(change, name)
    if found is None or not words(found, "status"):
        raise ValueError(f"no {name}")
    return found


def _belongs(member: Json) -> bool:
    match member.get("status"):
        case "creator" | "administrator" | "member":
            return True
        case "restricted":
            return member.get("is_member") is True
    return False


def _may_write(member: Json) -> bool:
    return _belongs(member) and (member.get("status") != "restricted" or member.get("can_send_messages") is True)
