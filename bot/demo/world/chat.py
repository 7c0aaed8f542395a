"""One chat: its members, its messages, and what its people can do to it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.demo.world.entities import auto_entities
from bot.demo.world.message import Message

if TYPE_CHECKING:
    from bot.demo.world.people import Person
    from bot.demo.world.world import World

Json = dict[str, Any]

INSIDE = frozenset({"creator", "administrator", "member"})
IN_CHARGE = frozenset({"creator", "administrator"})
ANONYMOUS_ADMIN: Json = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
TELEGRAM: Json = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
)
CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages")
WRITE_RIGHTS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


@dataclass(slots=True)
class Member:
    """Somebody in a chat. `lacks` names the rights an administrator or a restricted member does not have."""

    user: Json
    status: str
    lacks: frozenset[str] = frozenset()
    is_anonymous: bool = False

    @property
    def is_inside(self) -> bool:
        """Whether they are in the chat now."""
        return self.status in INSIDE or self.status == "restricted"

    def may(self, right: str) -> bool:
        """Whether they hold an administrator's or a member's right."""
        if self.status == "creator":
            return True
        if self.status == "administrator":
            return right not in self.lacks
        return right in WRITE_RIGHTS[:12] and self.is_inside and right not in self.lacks

    def shown(self, kind: str = "") -> Json:
        """The Bot API's ChatMember object, in a chat of this kind."""
        shown: Json = {"status": self.status, "user": self.user}
        match self.status:
            case "creator":
                shown["is_anonymous"] = self.is_anonymous
            case "administrator":
                shown |= {"can_be_edited": False, "is_anonymous": self.is_anonymous}
                rights = (*ADMIN_RIGHTS, *CHANNEL_RIGHTS) if kind == "channel" else ADMIN_RIGHTS
                shown |= {right: right not in self.lacks for right in rights}
            case "restricted":
                shown |= {"is_member": True, "until_date": 0}
                shown |= {right: right not in self.lacks for right in WRITE_RIGHTS}
            case "kicked":
                shown["until_date"] = 0
        return shown


@dataclass(slots=True)
class Topic:
    """A thread of a forum supergroup."""

    id: int
    name: str
    is_closed: bool = False
    is_deleted: bool = False


@dataclass(slots=True, eq=False)
class Chat:
    """A private talk with the bot, a group, a supergroup or a channel. Messages are kept by id, oldest first."""

    world: World
    id: int
    kind: str
    title: str = ""
    is_forum: bool = False
    username: str = ""
    shows_history: bool = False
    person: Person | None = None
    linked: Chat | None = None
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Json] = field(default_factory=dict)
    gone: dict[int, Json] = field(default_factory=dict)
    former: list[Json] = field(default_factory=list)
    touched: dict[int, int] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    keyboard: Json | None = None
    with_keyboard: set[int] = field(default_factory=set)
    asking_reply: dict[int, Json] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    by_bot: set[int] = field(default_factory=set)
    is_deleted: bool = False
    heard_by: dict[int, int] = field(default_factory=dict)
    _ids: Any = None
    _shown: Json | None = None

    @property
    def shown(self) -> Json:
        """The Bot API's Chat object."""
        if self._shown is None:
            self._shown = {"id": self.id, "type": self.kind}
            if self.person is not None:
                self._shown |= {name: value for name, value in self.person.user.items() if name in {"first_name", "last_name", "username"}}
            else:
                self._shown["title"] = self.title
                if self.username:
                    self._shown["username"] = self.username
            if self.is_forum:
                self._shown["is_forum"] = True
        return self._shown

    def forget_shown(self) -> None:
        """The name or the id changed."""
        self._shown = None

    # Messages

    def compose(self, sender: Json | None, **content: Any) -> Json:
        """A new Message object of this chat, with id and date; not yet part of it."""
        if self.kind in {"supergroup", "channel"}:
            self._ids = self._ids or itertools.count(1)
            message_id = next(self._ids)
        else:
            message_id = self.world.next_message_id()
        raw: Json = {"message_id": message_id}
        if sender is not None:
            raw["from"] = sender
        return raw | {"chat": self.shown, "date": self.world.clock.stamp()} | content

    def add(self, raw: Json, event: str = "message") -> Message:
        """Put a message, or its edited state, into the chat."""
        message_id: int = raw["message_id"]
        self.touched[message_id] = self.world.seq + 1
        self.messages[message_id] = raw
        self.world.changed(event, chat_id=self.id, message_id=message_id)
        return Message(self, message_id)

    def remove(self, message_id: int) -> None:
        """Delete a message for everybody."""
        self.gone[message_id] = self.messages.pop(message_id)
        self.world.changed("deleted", chat_id=self.id, message_ids=[message_id])

    def message(self, message_id: int) -> Message:
        """A handle to one message."""
        return Message(self, message_id)

    @property
    def all(self) -> list[Message]:
        """Everything in the chat, oldest first."""
        return [Message(self, message_id) for message_id in self.messages]

    @property
    def from_bot(self) -> list[Message]:
        """What the bot said here, oldest first."""
        return [Message(self, number) for number, raw in self.messages.items() if self.is_bots(raw)]

    def is_bots(self, raw: Json) -> bool:
        """Whether the bot wrote this; in a channel everybody writes in the channel's name."""
        return raw["message_id"] in self.by_bot or raw.get("from", {}).get("id") == self.world.bot["id"]

    @property
    def last(self) -> Message:
        """The bot's newest message."""
        return self.from_bot[-1]

    def find(self, fragment: str) -> Message | None:
        """The bot's newest message that contains this text."""
        return next((message for message in reversed(self.from_bot) if fragment in message.text), None)

    async def hears(self, fragment: str = "", timeout: float | None = None, *, ear: int = 0) -> Message:  # noqa: ASYNC109
        """Wait for a message of the bot, new or edited since the last one heard, that contains this text."""

        def said() -> Message | None:
            since = self.heard_by.get(ear, 0)
            new = (message for message in self.from_bot if self.touched[message.id] > since and fragment in message.text)
            return min(new, key=lambda message: self.touched[message.id], default=None)

        found = await self.world.until(said, timeout)
        assert found is not None  # noqa: S101 - `until` returns only what is true
        self.heard_by[ear] = self.touched[found.id]
        return found

    # What the bot is told

    def bot_sees(self, raw: Json) -> bool:
        """Whether an update about this message goes to the bot: privacy mode, and whether it is here at all."""
        if self.kind == "private":
            return True
        me = self.members.get(self.world.bot["id"])
        if me is None or not me.is_inside or self.is_deleted:
            return False
        if self.kind == "channel" or me.status in IN_CHARGE or self.world.can_read_all_group_messages:
            return True
        if not raw.keys() & {"text", "caption", *("photo", "voice", "video", "video_note", "audio", "document")}:
            return "location" not in raw and "contact" not in raw and "poll" not in raw and "sticker" not in raw
        text: str = raw.get("text") or raw.get("caption") or ""
        answered = raw.get("reply_to_message", {}).get("from", {}).get("id") == self.world.bot["id"]
        handle = f"@{self.world.bot['username']}"
        return answered or handle in text or (text.startswith("/") and "@" not in text.split()[0])

    def receive(self, raw: Json) -> Message:
        """A person's message arrives: everybody sees it, the bot if it may."""
        text = raw.get("text")
        if text:
            entities = auto_entities(text)
            if entities:
                raw["entities"] = entities
        message = self.add(raw)
        if self.bot_sees(raw):
            self.world.tell_bot("channel_post" if self.kind == "channel" else "message", raw)
        return message

    def announce(self) -> None:
        """Members, title, keyboard or topics changed."""
        self.forget_shown()
        self.world.changed("chat", chat_id=self.id)

    def rename(self, title: str, by: Person | None = None) -> None:
        """Give the group another title."""
        self.title = title
        self.announce()
        self.receive(self.compose(by.user if by else TELEGRAM, new_chat_title=title))

    def delete(self) -> None:
        """The group is gone for good."""
        self.is_deleted = True
        self.announce()

    def posts(self, text: str) -> Message:
        """A post of this channel; a linked discussion group gets its copy."""
        post = self.receive(self.compose(None, sender_chat=self.shown, text=text))
        self.copy_to_linked(post.raw)
        return post

    def copy_to_linked(self, post: Json) -> None:
        """Put a post into the discussion group, if there is one."""
        if self.linked is None:
            return
        origin = {"type": "channel", "date": post["date"], "chat": self.shown, "message_id": post["message_id"]}
        content = {name: value for name, value in post.items() if name not in {"message_id", "date", "chat", "sender_chat", "reply_markup"}}
        how = {"sender_chat": self.shown, "forward_origin": origin, "is_automatic_forward": True}
        self.linked.receive(self.linked.compose(TELEGRAM, **how, **content))

    def closes_topic(self, topic: int, by: Person) -> None:
        """Somebody closes a thread."""
        self.topics[topic].is_closed = True
        self.receive(self.compose(by.user, message_thread_id=topic, is_topic_message=True, forum_topic_closed={}))

    def deletes_topic(self, topic: int) -> None:
        """A thread and what was in it are gone; Telegram tells bots nothing."""
        self.topics[topic].is_deleted = True
        for message_id, raw in list(self.messages.items()):
            if raw.get("message_thread_id") == topic:
                self.remove(message_id)
        self.announce()
