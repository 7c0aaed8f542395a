"""What was asked of Telegram, and when the question had left: the requests and answers in a trace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tests.fire.power.trace import Event, NotUnderstood, Received, Sent

_REQUEST: Final = re.compile(rb"[A-Z]+ (?:/file)?/bot[^/ ]+/(\S+) HTTP/1\.1\r\n")
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


@dataclass(slots=True)
class _Line:
    """One connection, each way what is not read yet."""

    out: bytearray = field(default_factory=bytearray)
    back: bytearray = field(default_factory=bytearray)
    unanswered: list[Asked] = field(default_factory=list)


def asked(events: Iterable[Event]) -> list[Asked]:
    """Return all that was asked, in its order."""
    lines: dict[str, _Line] = {}
    found: list[Asked] = []
    for event in events:
        if isinstance(event, Sent):
            line = lines.setdefault(event.connection, _Line())
            line.out += event.data
            for head, body in _messages(line.out):
                line.unanswered.append(_asked(head, body, event.began))
                found.append(line.unanswered[-1])
        elif isinstance(event, Received) and event.connection in lines:
            line = lines[event.connection]
            line.back += event.data
            for _, body in _messages(line.back):
                if line.unanswered:
                    line.unanswered.pop(0).answer = _answer(body)
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


def _answer(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
