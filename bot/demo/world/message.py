"""A message as a person holds it in their hand: always its newest state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.demo.world.chat import Chat

Json = dict[str, Any]

MEDIA = ("photo", "voice", "video", "video_note", "audio", "document", "sticker")


class Message:
    """A handle to one message of a chat; it follows later edits."""

    __slots__ = ("chat", "id")

    def __init__(self, chat: Chat, message_id: int) -> None:
        self.chat = chat
        self.id = message_id

    @property
    def raw(self) -> Json:
        """The Bot API's Message object."""
        found = self.chat.messages.get(self.id) or self.chat.gone.get(self.id)
        if found is not None:
            return found
        for former in self.chat.former:
            if former["message_id"] == self.id:
                return former
        raise LookupError(f"no message {self.id} in chat {self.chat.id}")

    @property
    def is_gone(self) -> bool:
        """Whether it was deleted."""
        return self.id not in self.chat.messages

    @property
    def text(self) -> str:
        """Its text, or the caption of its media."""
        raw = self.raw
        found: str = raw.get("text") or raw.get("caption") or ""
        return found

    @property
    def is_edited(self) -> bool:
        """Whether its content was changed after it was sent."""
        return "edit_date" in self.raw

    @property
    def is_protected(self) -> bool:
        """Whether it cannot be forwarded or saved."""
        return bool(self.raw.get("has_protected_content"))

    @property
    def media(self) -> str | None:
        """The kind of its media: "photo", "voice", ..."""
        return next((kind for kind in MEDIA if kind in self.raw), None)

    @property
    def file_ids(self) -> list[str]:
        """The ids of its media's files, smallest photo first."""
        kind = self.media
        if kind is None:
            return []
        held = self.raw[kind]
        return [size["file_id"] for size in held] if kind == "photo" else [held["file_id"]]

    @property
    def data(self) -> bytes:
        """The bytes of its media (of the largest photo)."""
        return self.chat.world.files.by_id[self.file_ids[-1]].data

    @property
    def reply_to(self) -> Message | None:
        """The message it answers."""
        answered = self.raw.get("reply_to_message")
        return Message(self.chat, answered["message_id"]) if answered else None

    @property
    def buttons(self) -> list[list[Json]]:
        """Its buttons, row by row."""
        found: list[list[Json]] = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return found

    @property
    def labels(self) -> list[str]:
        """What is written on its buttons, in reading order."""
        return [button["text"] for row in self.buttons for button in row]

    def button(self, label: str) -> Json:
        """The button with this label, else the only one that contains it."""
        every = [button for row in self.buttons for button in row]
        exact = [button for button in every if button["text"] == label]
        found = exact or [button for button in every if label in button["text"]]
        if len(found) != 1:
            raise LookupError(f"{len(found)} buttons say {label!r} among {self.labels}")
        return found[0]

    def __eq__(self, other: object) -> bool:
        """Two handles of one message are equal."""
        return isinstance(other, Message) and other.id == self.id and other.chat is self.chat

    def __hash__(self) -> int:
        """By chat and id."""
        return hash((id(self.chat), self.id))

    def __repr__(self) -> str:
        """What a failing test shows."""
        return f"<Message {self.id} {self.text!r} {self.labels}>"
