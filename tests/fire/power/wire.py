"""What was said between a bot and Telegram, and when it left the bot: the requests and answers in a trace, both ways."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tests.fire.power.events import Event, NotUnderstood, Received, Sent

_REQUEST: Final = re.compile(rb"[A-Z]+ (?:/file)?/bot[^/ ]+/(\S+) HTTP/1\.1\r\n")
_TAKEN: Final = b"HTTP/1.1 200 "
_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_CHAT: Final = re.compile(rb'name="chat_id"[^\r]*\r\n(?:[^\r]+\r\n)*\r\n(-?\d+)')


@dataclass(slots=True)
class Asked:
    """One call of the bot: when its last byte left, and the answer if one came."""

    method: str
    parameters: dict[str, Any]
    left: int
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def chat(self) -> str:
        """The chat it was about, empty where it names none."""
        return str(self.parameters.get("chat_id", ""))


@dataclass(frozen=True, slots=True)
class Taken:
    """An update that was brought, and when the word left that it was taken."""

    update: int
    left: int


@dataclass(slots=True)
class Talk:
    """All of it, in order."""

    asked: list[Asked] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)

    def acknowledged(self, at: int) -> set[str]:
        """Return the updates of which Telegram was told before a moment that it may forget them."""
        polls = [each for each in self.asked if each.method == "getUpdates" and each.left < at]
        offset = max((each.parameters.get("offset", 0) for each in polls), default=0)
        given = {update["update_id"] for each in polls for update in each.answer.get("result", ())}
        brought = {each.update for each in self.taken if each.left < at}
        return {str(number) for number in brought | {number for number in given if number < offset}}


@dataclass(slots=True)
class _Line:
    """One connection: whether the bot asks on it, what is not read yet each way, and the questions without an answer."""

    ours: bool
    questions: bytearray = field(default_factory=bytearray)
    answers: bytearray = field(default_factory=bytearray)
    calls: list[Asked] = field(default_factory=list)
    updates: list[int | None] = field(default_factory=list)


def talk(events: Iterable[Event]) -> Talk:
    """Return what was said. Whoever speaks first on a connection is the one who asks there."""
    lines: dict[str, _Line] = {}
    found = Talk()
    for event in events:
        if not isinstance(event, Sent | Received):
            continue
        line = lines.setdefault(event.connection, _Line(isinstance(event, Sent)))
        if isinstance(event, Sent) == line.ours:
            line.questions += event.data
        else:
            line.answers += event.data
        for head, body in _messages(line.questions):
            if line.ours:
                line.calls.append(_asked(head, body, event.began))
                found.asked.append(line.calls[-1])
            else:
                line.updates.append(_object(body).get("update_id"))
        for head, body in _messages(line.answers):
            if line.ours:
                line.calls.pop(0).answer = _object(body)
            elif (update := line.updates.pop(0)) is not None and head.startswith(_TAKEN):
                found.taken.append(Taken(update, event.began))
    return found


def _messages(stream: bytearray) -> Iterator[tuple[bytes, bytes]]:
    """Take the whole messages from the start of a stream."""
    while (end := stream.find(b"\r\n\r\n")) >= 0:
        head = bytes(stream[: end + 4])
        length = _LENGTH.search(head)
        if length is None and b"chunked" in head.lower():
            raise NotUnderstood("a message in chunks")
        size = int(length[1]) if length else 0
        if len(stream) < end + 4 + size:
            return
        yield head, bytes(stream[end + 4 : end + 4 + size])
        del stream[: end + 4 + size]


def _asked(head: bytes, body: bytes, left: int) -> Asked:
    method = _REQUEST.match(head)
    if method is None:
        raise NotUnderstood(f"no request: {head[:40]!r}")
    if b"multipart/" in head:
        chat = _CHAT.search(body)
        return Asked(method[1].decode(), {"chat_id": chat[1].decode()} if chat else {}, left)
    return Asked(method[1].decode(), json.loads(body) if body else {}, left)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
