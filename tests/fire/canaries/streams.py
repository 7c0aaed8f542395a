"""Thousands of updates with canaries in all of their fields: every field of a message in every place, and every kind there is."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import telegram

from bot.demo.world import Chat, Person, samples, sharing
from bot.demo.world.chat import ANONYMOUS_ADMIN, TELEGRAM
from bot.demo.world.updates import KINDS as ALL_KINDS
from tests.fire.canaries.classes import AROUND
from tests.fire.canaries.mint import LONGITUDE, Mint
from tests.fire.canaries.shapes import KINDS, MESSAGE_FIELDS, Json, Shapes
from tests.town.people import Forum, Resident
from tests.town.town import Town

POISON: Final = "poison"
"""The word at which a decision raises, its error quoting the whole text."""
_IDENTITY: Final = frozenset({"message_id", "date", "chat", "from_user"})
_BREAKS_THE_PLACE: Final = frozenset({"sender_chat", "is_automatic_forward", "reply_to_message", "message_thread_id", "is_topic_message"})
_WITH_A_PHOTO: Final = frozenset({"caption", "caption_entities", "media_group_id", "has_media_spoiler", "show_caption_above_media"})
_FILES: Final = ("animation", "audio", "document", "video", "video_note", "voice")
_MOVES: Final = frozenset({"migrate_to_chat_id", "left_chat_member"})
_PLACED: Final = frozenset({"location", "venue"})
"""A point asks a talker for the area anew, and would keep them from finishing; wanderers send it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a message is said, in whose name, and what the place adds to it."""

    owner: str
    chat: Chat
    sender: Json
    more: Json
    is_edit: bool = False


@dataclass
class Streams:
    """Sends them. `talkers` are in the middle of a report that they want to finish, `wanderers` are anywhere.

    Attributes:
        sent: how many of each kind.
        fields: in which places each field of a message was sent with canaries.
        files: the ids of the files of residents.
    """

    town: Town
    mint: Mint
    talkers: list[Resident]
    wanderers: list[Resident]
    members: dict[str, Person]
    nowhere: Chat
    sent: Counter[str] = field(default_factory=Counter)
    fields: set[tuple[str, str]] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.shapes = Shapes(self.mint)
        self._turn = itertools.count()
        self._said: dict[int, list[int]] = {}
        self._media = {kind: self._file(kind) for kind in _FILES} | {"photo": self._photo()}

    # Who says it, and where

    def in_private(self) -> Scene:
        return self._of_resident(self._next(self.talkers))

    def as_a_reply_in_private(self) -> Scene:
        resident = self._next(self.talkers)
        answered = {name: value for name, value in resident.talk.last.raw.items() if name != "reply_to_message"}
        return self._of_resident(resident, {"reply_to_message": answered})

    def edited_in_private(self) -> Scene:
        resident = self._next(self.talkers)
        earlier = self._said.get(resident.talk.id) or [resident.talk.last.id]
        return self._of_resident(resident, self._edit_of(earlier), is_edit=True)

    def in_private_anywhere(self) -> Scene:
        return self._of_resident(self._next(self.wanderers))

    def by_a_member(self) -> Scene:
        forum = self._forum()
        return self._of_member(forum)

    def by_a_member_in_answer(self) -> Scene:
        forum = self._forum()
        ours = forum.chat.from_bot
        return self._of_member(forum, {"reply_to_message": ours[-1].raw} if ours else {})

    def by_a_member_edited(self) -> Scene:
        forum = self._forum()
        earlier = self._said.get(forum.chat.id) or [1]
        return self._of_member(forum, self._edit_of(earlier), is_edit=True)

    def by_a_stranger(self) -> Scene:
        return self._in_group(self._forum(), "stranger", self._user())

    def by_an_anonymous_admin(self) -> Scene:
        forum = self._forum()
        return self._in_group(forum, "anonymous", ANONYMOUS_ADMIN, sender_chat=forum.chat.shown)

    def by_a_channel(self) -> Scene:
        self.mint.owner = "channel"
        channel = self.shapes.of(telegram.Chat, "sender_chat") | {"type": "channel"}
        return self._in_group(self._forum(), "channel", TELEGRAM, sender_chat=channel, is_automatic_forward=True)

    def in_a_topic(self) -> Scene:
        opening = {"message_id": 2, "forum_topic_created": self.shapes.of(telegram.ForumTopicCreated, "forum_topic_created")}
        more = {"message_thread_id": 2, "is_topic_message": True, "reply_to_message": opening}
        return self._of_member(self._forum(), more)

    def in_a_group_of_nobodys(self) -> Scene:
        self.mint.owner = "stranger"
        return Scene("stranger", self.nowhere, self._user(), {"chat": self.nowhere.shown})

    # What is said

    def sends_every_field(self) -> None:
        """Send each field of a message in each place: the field alone, or amid all that accompanies a message."""
        for name in MESSAGE_FIELDS:
            for place in PLACES:
                if name in _MOVES and place not in _NOBODY_MOVES:
                    continue
                if name in _PLACED and PLACES[place] in (Streams.in_private, Streams.as_a_reply_in_private):
                    continue
                self.sends(name, place)

    def sends_every_kind(self, times: int) -> None:
        """Send each kind of update so many times."""
        for _ in range(times):
            for kind in KINDS:
                self._send_other(kind)

    def poisons(self) -> None:
        """Let a talker write what makes its decision raise, with all that a message can have beside it."""
        scene = self.in_private()
        words = f"{POISON}\n{self.mint.word('text', said=True)}"
        self._push("message", self._raw(scene, self._whole(self.shapes.message(AROUND - _IDENTITY - _BREAKS_THE_PLACE)) | {"text": words}))

    def sends(self, name: str, place: str) -> None:
        """Send a message with this field, in this place."""
        scene = PLACES[place](self)
        self.mint.owner = scene.owner
        content = self.shapes.message(self._company(name) - _IDENTITY)
        raw = self._raw(scene, self._whole(content))
        self.fields |= {(each, place) for each in raw}
        kind = "edited_message" if scene.is_edit else "message"
        if not scene.is_edit:
            self._said.setdefault(scene.chat.id, []).append(raw["message_id"])
            scene.chat.add(raw)
        self._push(kind, raw)

    def _company(self, name: str) -> set[str]:
        """A field, and half of the time what usually comes with it: words, and everything that can accompany them."""
        chosen = {name}
        if name in _WITH_A_PHOTO:
            chosen |= {"photo", "caption"}
        if self.mint.chance.random() < 0.5:
            chosen.add("text" if not chosen & {"photo", *_FILES} else "caption")
            chosen |= AROUND - _BREAKS_THE_PLACE
        return chosen

    def _raw(self, scene: Scene, content: Json) -> Json:
        base = scene.chat.compose(scene.sender)
        return base | content | {"date": self._now()} | scene.more

    def _whole(self, content: Json) -> Json:
        """Let files be real ones, and places lie in the province."""
        for kind, file in self._media.items():
            if kind in content:
                content[kind] = file if isinstance(file, list) else content[kind] | file | {"file_name": self.mint.word("file_name")}
        if "location" in content or "venue" in content:
            point = {"latitude": self.mint.degrees("location"), "longitude": self.mint.degrees("location", LONGITUDE)}
            content["location"] = content.get("location", {}) | point
            if "venue" in content:
                content["venue"] = content["venue"] | {"location": content["location"]}
        return content

    def _send_other(self, kind: str) -> None:
        resident = self._next(self.wanderers)
        self.mint.owner = owner_of(resident)
        body = self.shapes.body(kind, deep=1)
        user, chat = self._account(resident), self._private_chat(resident)
        for name, known in (("from", user), ("user", user), ("chat", chat)):
            if name in body and self.mint.chance.random() < 0.7:
                body[name] = known
        if kind == "callback_query":
            last = resident.talk.last.raw
            body |= {"id": str(self.mint.number("callback_query.id")), "message": last, "from": user}
        if kind in ("my_chat_member", "chat_member"):
            body |= self._membership(kind, resident, user)
        self._push(kind, body)

    def _membership(self, kind: str, resident: Resident, user: Json) -> Json:
        """Somebody blocks the bot and comes back; somebody comes into a forum's group, or goes."""
        states = ["member", "kicked"] if self.mint.chance.random() < 0.5 else ["kicked", "member"]
        place = self._private_chat(resident) if kind == "my_chat_member" else self._forum().chat.shown
        holders = ("old_chat_member", "new_chat_member")
        about = self.town.world.bot if kind == "my_chat_member" else self._user()
        shown = {name: {"status": state, "user": about} for name, state in zip(holders, states, strict=True)}
        return {"chat": place, "from": user, "date": self._now(), **shown}

    def lacking(self) -> Iterator[tuple[str, str]]:
        """Name the fields that were never sent in a place where they could be, and the place."""
        for name in set(MESSAGE_FIELDS) - _MOVES - _PLACED:
            yield from ((name, place) for place in PLACES if ("from" if name == "from_user" else name, place) not in self.fields)

    # What it is made of

    def _of_resident(self, resident: Resident, more: Json | None = None, *, is_edit: bool = False) -> Scene:
        self.mint.owner = owner_of(resident)
        more = {"chat": self._private_chat(resident)} | (more or {})
        return Scene(self.mint.owner, resident.talk, self._account(resident), more, is_edit)

    def _of_member(self, forum: Forum, more: Json | None = None, *, is_edit: bool = False) -> Scene:
        self.mint.owner = f"member of {forum.id}"
        sender = self._user() | {"id": self.members[forum.id].id}
        return Scene(self.mint.owner, forum.chat, sender, {"chat": forum.chat.shown} | (more or {}), is_edit)

    def _edit_of(self, earlier: list[int]) -> Json:
        return {"message_id": self.mint.chance.choice(earlier), "edit_date": self._now()}

    def _in_group(self, forum: Forum, owner: str, sender: Json, **more: Any) -> Scene:
        return Scene(owner, forum.chat, sender, {"chat": forum.chat.shown} | more)

    def _account(self, resident: Resident) -> Json:
        return self._user() | {"id": resident.person.id}

    def _private_chat(self, resident: Resident) -> Json:
        own = self.shapes.of(telegram.Chat, "chat")
        return own | {"id": resident.person.id, "type": "private", "is_forum": False, "is_direct_messages": False}

    def _user(self) -> Json:
        return self.shapes.of(telegram.User, "from") | {"is_bot": False}

    def _file(self, kind: str) -> Json:
        like = {"document": "photo", "animation": "video"}.get(kind, kind)
        data, mime, _ = samples.of(like)
        file = self.town.world.files.add(like if kind == "animation" else kind, data, mime, width=640, height=480, duration=3)
        self.files.add(file.id)
        return sharing.media_object(file)

    def _photo(self) -> list[Json]:
        sizes = self.town.world.files.add_photo(samples.of("photo")[0])
        self.files |= {size.id for size in sizes}
        return sharing.photo_sizes(sizes)

    def _push(self, kind: str, body: Json) -> None:
        """Send it even if the bot did not ask for this kind."""
        updates = self.town.world.updates
        asked, updates.allowed = updates.allowed, ALL_KINDS
        self.town.world.tell_bot(kind, body)
        updates.allowed = asked
        self.sent[kind] += 1

    def _next(self, people: list[Resident]) -> Resident:
        return people[next(self._turn) % len(people)]

    def _forum(self) -> Forum:
        return list(self.town.forums.values())[next(self._turn) % len(self.town.forums)]

    def _now(self) -> int:
        return self.town.world.clock.stamp()


def owner_of(resident: Resident) -> str:
    """Return in whose name a resident's canaries are made."""
    return f"resident {resident.person.id}"


PLACES: Final[dict[str, Callable[[Streams], Scene]]] = {
    name: getattr(Streams, name)
    for name in (
        "in_private",
        "as_a_reply_in_private",
        "edited_in_private",
        "in_private_anywhere",
        "by_a_member",
        "by_a_member_in_answer",
        "by_a_member_edited",
        "by_a_stranger",
        "by_an_anonymous_admin",
        "by_a_channel",
        "in_a_topic",
        "in_a_group_of_nobodys",
    )
}
_NOBODY_MOVES: Final = ("in_private_anywhere", "in_a_group_of_nobodys", "edited_in_private", "by_a_member_edited")
"""Places in which somebody who is said to have left, or a group that is said to have moved, changes nothing that others need."""
