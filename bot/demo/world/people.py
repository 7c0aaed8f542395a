"""A person in Telegram, and everything they can do there."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.demo.world.chat import ANONYMOUS_ADMIN, Chat
from bot.demo.world.membership import change_member
from bot.demo.world.message import Message
from bot.demo.world.sharing import Sharing

if TYPE_CHECKING:
    from bot.demo.world.world import World

Json = dict[str, Any]

CHAT_INSTANCE = str(random.randrange(10**17, 10**18))  # noqa: S311 - not a secret


@dataclass(slots=True)
class Press:
    """A button pressed, and the answer once the bot gave one."""

    world: World
    id: str
    person: Person
    message: Message
    data: str
    at: float
    is_answered: bool = False
    text: str = ""
    is_alert: bool = False

    async def answer(self, timeout: float | None = None) -> str:  # noqa: ASYNC109 - `until` raises its own error
        """Wait for the bot's answer and return the toast's text."""
        await self.world.until(lambda: self.is_answered, timeout)
        return self.text


@dataclass(slots=True, eq=False)
class Person(Sharing):
    """Somebody with a Telegram account. `talk` is their private chat with the bot."""

    world: World
    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    phone: str | None = None
    language_code: str | None = None
    is_blocking: bool = False
    is_deactivated: bool = False
    has_started: bool = False
    refuses_voices: bool = False
    talk: Chat = field(init=False)
    user: Json = field(init=False)

    def __post_init__(self) -> None:
        """Make the account and its empty talk with the bot."""
        self.user = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if getattr(self, name):
                self.user[name] = getattr(self, name)
        self.talk = Chat(self.world, self.id, "private", person=self)

    @property
    def name(self) -> str:
        """As a Telegram app shows it."""
        return f"{self.first_name} {self.last_name or ''}".strip()

    @property
    def messages(self) -> list[Message]:
        """Their talk with the bot, oldest first."""
        return self.talk.all

    @property
    def last(self) -> Message:
        """The bot's newest message to them."""
        return self.talk.last

    async def hears(self, fragment: str = "", in_: Chat | None = None, timeout: float | None = None) -> Message:  # noqa: ASYNC109
        """Wait for a message of the bot, new or edited since the last one heard, that contains this text."""
        return await (in_ or self.talk).hears(fragment, timeout, ear=self.id)

    def post(self, chat: Chat | None, content: Json, **how: Any) -> Message:
        """Send any content. `how`: reply_to (Message or id), topic, anonymously, forwarded_from (a name), update_bot."""
        chat = chat or self.talk
        member = chat.members.get(self.id)
        if chat.kind != "private" and (member is None or not member.is_inside):
            raise PermissionError(f"{self.name} is not in {chat.title}")
        if self.is_deactivated:
            raise PermissionError(f"{self.name} is deactivated")
        if chat is self.talk:
            self.unblocks()
            self.has_started = True
        anonymously = how.get("anonymously") or (member is not None and member.is_anonymous)
        raw = chat.compose(ANONYMOUS_ADMIN if anonymously else self.user)
        if anonymously:
            raw["sender_chat"] = chat.shown
        topic = how.get("topic")
        reply_to = how.get("reply_to")
        if reply_to is not None:
            answered = chat.messages[reply_to if isinstance(reply_to, int) else reply_to.id]
            raw["reply_to_message"] = {key: value for key, value in answered.items() if key != "reply_to_message"}
            topic = topic or (answered.get("message_thread_id") if answered.get("is_topic_message") else None)
        if topic is not None:
            raw |= {"message_thread_id": topic, "is_topic_message": True}
        if how.get("forwarded_from"):
            origin = {"type": "hidden_user", "date": raw["date"], "sender_user_name": how["forwarded_from"]}
            raw["forward_origin"] = origin
        return chat.receive(raw | content)

    def writes(self, text: str, to: Chat | None = None, **how: Any) -> Message:
        """Send a text, to the bot unless a chat is given."""
        return self.post(to, {"text": text}, **how)

    def starts(self, payload: str = "") -> Message:
        """Press Start, or follow a deep link with this payload."""
        return self.writes(f"/start {payload}".strip())

    def replies(self, message: Message, text: str, **how: Any) -> Message:
        """Answer one message."""
        return self.writes(text, message.chat, reply_to=message, **how)

    def edits(self, message: Message, text: str) -> None:
        """Change the text or caption of a message of theirs."""
        raw = dict(message.raw)
        raw["text" if "text" in raw else "caption"] = text
        raw["edit_date"] = self.world.clock.stamp()
        message.chat.add(raw, "edited")
        if message.chat.bot_sees(raw):
            self.world.tell_bot("edited_message", raw)

    def presses(self, message: Message | str, label: str | None = None) -> Press:
        """Press a button by its label; a label alone means the newest message in their own talk that carries it."""
        if isinstance(message, str):
            label = message
            carrying = [found for found in self.talk.from_bot if any(label in text for text in found.labels)]
            if not carrying:
                raise LookupError(f"no button says {label!r}")
            message = carrying[-1]
        button = message.button(label or "")
        if "callback_data" not in button:
            raise LookupError(f"{label!r} is not a callback button")
        return self.presses_data(message, button["callback_data"])

    def presses_data(self, message: Message, data: str) -> Press:
        """Press what carries this callback data, even on a message as it was long ago."""
        press = Press(self.world, str(secrets.randbits(62)), self, message, data, self.world.clock.now())
        self.world.presses[press.id] = press
        shown = message.raw
        if message.is_gone:
            shown = {"chat": message.chat.shown, "message_id": message.id, "date": 0}
        self.world.tell_bot(
            "callback_query",
            {"id": press.id, "from": self.user, "message": shown, "chat_instance": CHAT_INSTANCE, "data": data},
        )
        self.world.changed("pressed", chat_id=message.chat.id, message_id=message.id, callback_id=press.id, user_id=self.id)
        return press

    def joins(self, chat: Chat, *, by: Person | None = None) -> None:
        """Come into a group, by themselves or added by somebody."""
        change_member(chat, self.user, "member", by.user if by else self.user)

    def leaves(self, chat: Chat) -> None:
        """Go out of a group."""
        change_member(chat, self.user, "left", self.user)

    def blocks(self) -> None:
        """Stop the bot from writing to them."""
        if not self.is_blocking:
            self.is_blocking = True
            self._tell_block("member", "kicked")

    def unblocks(self) -> None:
        """Let the bot write again."""
        if self.is_blocking:
            self.is_blocking = False
            self._tell_block("kicked", "member")

    def deactivates(self) -> None:
        """Delete the account. Telegram tells bots nothing."""
        self.is_deactivated = True
        self.world.changed("person", person_id=self.id)

    def _tell_block(self, before: str, after: str) -> None:
        states = [{"status": state, "user": self.world.bot} | ({"until_date": 0} if state == "kicked" else {}) for state in (before, after)]
        self.world.tell_bot(
            "my_chat_member",
            {
                "chat": self.talk.shown,
                "from": self.user,
                "date": self.world.clock.stamp(),
                "old_chat_member": states[0],
                "new_chat_member": states[1],
            },
        )
        self.world.changed("person", person_id=self.id)
