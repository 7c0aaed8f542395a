"""What a person can send besides text."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from bot.demo.world import samples

if TYPE_CHECKING:
    from bot.demo.world.chat import Chat
    from bot.demo.world.files import StoredFile
    from bot.demo.world.message import Message
    from bot.demo.world.world import World

Json = dict[str, Any]


def photo_sizes(sizes: list[StoredFile]) -> list[Json]:
    """The Bot API's PhotoSize objects."""
    return [
        {
            "file_id": size.id,
            "file_unique_id": size.unique_id,
            "file_size": size.size,
            "width": size.width,
            "height": size.height,
        }
        for size in sizes
    ]


def media_object(file: StoredFile) -> Json:
    """The Bot API's Voice, Video, VideoNote, Audio, Document or Sticker object."""
    shown: Json = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}
    if file.kind in {"voice", "video", "audio", "document"}:
        shown["mime_type"] = file.mime
    if file.name and file.kind in {"video", "audio", "document"}:
        shown["file_name"] = file.name
    if file.kind in {"voice", "video", "video_note", "audio"}:
        shown["duration"] = file.duration
    if file.kind == "video":
        shown |= {"width": file.width, "height": file.height}
    elif file.kind == "video_note":
        shown["length"] = file.width
    elif file.kind == "sticker":
        shown |= {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    return shown


class Sharing:
    """Media, places and contacts; a part of `Person`. `how` is what `Person.post` takes."""

    __slots__ = ()
    world: World

    if TYPE_CHECKING:
        id: int
        first_name: str
        last_name: str | None
        phone: str | None
        talk: Chat

        def post(self, chat: Chat | None, content: Json, **how: Any) -> Message:
            """Send any content."""

        def writes(self, text: str, to: Chat | None = None, **how: Any) -> Message:
            """Send a text."""

    def sends(
        self,
        kind: str,
        data: bytes | None = None,
        to: Chat | None = None,
        *,
        caption: str = "",
        name: str = "",
        mime: str = "",
        size: int | None = None,
        duration: int = 3,
        **how: Any,
    ) -> Message:
        """Send a photo, voice, video, video_note, audio, document or sticker; without `data` a built-in sample.

        `size` declares more bytes than there are: a file too large to fetch need not be made.
        """
        content: Json = {kind: self._upload(kind, data, name=name, mime=mime, size=size, duration=duration)}
        if caption:
            content["caption"] = caption
        return self.post(to, content, **how)

    def sends_photo(self, data: bytes | None = None, to: Chat | None = None, **how: Any) -> Message:
        """Send a photo; the sample carries a place, a comment and a thumbnail in its metadata."""
        return self.sends("photo", data, to, **how)

    def sends_voice(self, data: bytes | None = None, to: Chat | None = None, **how: Any) -> Message:
        """Send a voice note."""
        return self.sends("voice", data, to, **how)

    def sends_video(self, data: bytes | None = None, to: Chat | None = None, **how: Any) -> Message:
        """Send a video."""
        return self.sends("video", data, to, **how)

    def sends_document(self, data: bytes | None = None, to: Chat | None = None, **how: Any) -> Message:
        """Send a file."""
        return self.sends("document", data, to, **how)

    def sends_album(
        self, count: int = 3, to: Chat | None = None, *, caption: str = "", items: list[Json] | None = None, **how: Any
    ) -> list[Message]:
        """Send several photos or videos as one album: that many messages with one `media_group_id`."""
        group = str(secrets.randbits(60))
        sent = []
        for number, item in enumerate(items or [{"kind": "photo"}] * count):
            kind = item.get("kind", "photo")
            content: Json = {"media_group_id": group, kind: self._upload(kind, item.get("data"))}
            if caption and number == 0:
                content["caption"] = caption
            sent.append(self.post(to, content, **how))
        return sent

    def sends_location(self, latitude: float, longitude: float, to: Chat | None = None, **how: Any) -> Message:
        """Send a point on the map, in degrees."""
        return self.post(to, {"location": {"latitude": latitude, "longitude": longitude}}, **how)

    def sends_venue(self, latitude: float, longitude: float, title: str, address: str, to: Chat | None = None, **how: Any) -> Message:
        """Send a named place; Telegram puts the point beside it too."""
        location = {"latitude": latitude, "longitude": longitude}
        venue = {"location": location, "title": title, "address": address}
        return self.post(to, {"location": location, "venue": venue}, **how)

    def sends_contact(self, phone: str | None = None, name: str | None = None, to: Chat | None = None) -> Message:
        """Send a phone number, their own unless another is given."""
        contact: Json = {"phone_number": phone or self.phone or "", "first_name": name or self.first_name}
        if phone is None and name is None:
            contact["user_id"] = self.id
        return self.post(to, {"contact": contact})

    def sends_poll(self, question: str, options: list[str], to: Chat | None = None) -> Message:
        """Send a poll of their own."""
        return self.post(to, {"poll": new_poll(question, [{"text": text} for text in options])})

    def presses_keyboard(
        self,
        label: str,
        to: Chat | None = None,
        *,
        latitude: float | None = None,
        longitude: float | None = None,
        desktop: bool = False,
    ) -> Message:
        """Press a button of the reply keyboard: its label is sent, or the place or contact it asks for.

        A desktop app cannot share a place: it sends the label only.
        """
        chat = to or self.talk
        keyboard = chat.keyboard or {"keyboard": []}
        found = [button for row in keyboard["keyboard"] for button in row if button["text"] == label]
        if not found:
            raise LookupError(f"no keyboard button says {label!r}")
        if keyboard.get("one_time_keyboard"):
            chat.keyboard = None
            chat.announce()
        if found[0].get("request_location") and not desktop:
            return self.sends_location(latitude or 34.3489, longitude or 45.3907, to)
        if found[0].get("request_contact") and not desktop:
            return self.sends_contact(to=to)
        return self.writes(label, to)

    def _upload(
        self,
        kind: str,
        data: bytes | None,
        *,
        name: str = "",
        mime: str = "",
        size: int | None = None,
        duration: int = 3,
    ) -> Json | list[Json]:
        files = self.world.files
        sample, usual_mime, usual_name = samples.of(kind)
        if kind == "photo":
            sizes = files.add_photo(sample if data is None else data)
            if size is not None:
                sizes[-1].size = size
            return photo_sizes(sizes)
        file = files.add(
            kind,
            sample if data is None else data,
            mime or usual_mime,
            name=name or usual_name,
            width=240,
            height=240 if kind == "video_note" else 180,
            duration=duration,
            size=size,
        )
        return media_object(file)


def new_poll(question: str, options: list[Json], **settings: Any) -> Json:
    """The Bot API's Poll object, with no votes yet."""
    return {
        "id": str(secrets.randbits(60)),
        "question": question,
        "options": [{"persistent_id": secrets.token_hex(4), "text": option["text"], "voter_count": 0} for option in options],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    } | settings
