"""Updates as bytes, with their number and chat: cut out of an answer of getUpdates so that one that cannot be read harms no other."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from bot.channels.base import Received

_HEAD = re.compile(r'\s*\{\s*"ok"\s*:\s*true\s*,\s*"result"\s*:\s*\[\s*')
_NEXT = re.compile(r"\s*,\s*")
_TAIL = re.compile(r"\s*\]\s*\}\s*\Z")
_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_NUMBER = re.compile(r'\{\s*"update_id"\s*:\s*(\d{1,18})\b')
LARGEST: Final = (1 << 31) - 1
"""Of an update's numbers. What says it has a larger one has none: acknowledged, it would acknowledge all that nobody has seen yet."""
_DECODE = json.JSONDecoder().raw_decode
PRESS = "callback_query"
_KINDS = ("message", "edited_message", "my_chat_member", "chat_member", PRESS)


@dataclass(frozen=True, slots=True)
class Batch:
    """The updates of one answer. `next_offset` acknowledges them all; None where there is nothing to acknowledge."""

    received: tuple[Received, ...]
    next_offset: int | None


def split_batch(body: bytes) -> Batch:
    """Return the updates of one answer. Raises ValueError if it is not a whole answer with a list of updates."""
    text = body.decode("utf-8", "replace")
    head = _HEAD.match(text)
    if head is None:
        raise ValueError("not an answer with updates")
    received, numbers = [], []
    for raw, update in _updates(text, head.end()):
        number = _number(raw, update)
        if number is not None:
            numbers.append(number)
        received.append(_received(raw, update, number))
    return Batch(tuple(received), max(numbers) + 1 if numbers else None)


def single(body: bytes) -> Received:
    """Return the one update that a webhook was given, whatever it may be: what cannot be read fails alone, later."""
    text = body.decode("utf-8", "replace")
    try:
        update = json.loads(text)
    except (ValueError, RecursionError):
        update = None
    return _received(text, update, _number(text, update))


def _received(raw: str, update: Any, number: int | None) -> Received:
    key = str(number) if number is not None else "unnumbered-" + hashlib.sha256(raw.encode("utf-8", "replace")).hexdigest()[:32]
    kind, held = _held(update)
    return Received(key, _chat(kind, held), raw.encode("utf-8", "replace"), kind == PRESS, _sent(held))


def _updates(text: str, at: int) -> Iterator[tuple[str, Any]]:
    """Yield each update's text and what it holds (None where it cannot be read)."""
    while not _TAIL.match(text, at):
        update: Any = None
        try:
            update, end = _DECODE(text, at)
        except (ValueError, RecursionError):
            # Too deep, or a number too long for a number: where it ends can still be told from its brackets.
            end = _end_of_braces(text, at)
        yield text[at:end], update
        separator = _NEXT.match(text, end)
        if separator is None and not _TAIL.match(text, end):
            raise ValueError("the list of updates is cut off")
        at = separator.end() if separator else end


def _end_of_braces(text: str, at: int) -> int:
    depth = 0
    for mark in _MARK.finditer(text, at):
        if mark[0] in "[{":
            depth += 1
        elif mark[0] in "]}":
            depth -= 1
            if depth <= 0:
                return mark.end()
    raise ValueError("the list of updates is cut off")


def _number(raw: str, update: Any) -> int | None:
    if isinstance(update, dict):
        number = update.get("update_id")
        return number if type(number) is int and 0 <= number <= LARGEST else None
    found = _NUMBER.match(raw)
    return int(found[1]) if found and int(found[1]) <= LARGEST else None


def _held(update: Any) -> tuple[str, dict[str, Any]]:
    """Return what kind of update it is and what it holds; nothing where it shows neither."""
    for kind in _KINDS if isinstance(update, dict) else ():
        if kind in update:
            held = update[kind]
            return kind, held if isinstance(held, dict) else {}
    return "", {}


def _chat(kind: str, held: dict[str, Any]) -> str:
    """Return the address of the chat in whose order the update stands; empty where it shows none."""
    if kind == PRESS:
        return _id_of(held.get("message"), "chat") or _id_of(held, "from")
    return _id_of(held, "chat")


def _sent(held: dict[str, Any]) -> int | None:
    date = held.get("edit_date", held.get("date"))
    return date if type(date) is int else None


def _id_of(holder: Any, name: str) -> str:
    held = holder.get(name) if isinstance(holder, dict) else None
    found = held.get("id") if isinstance(held, dict) else None
    return str(found) if type(found) is int and abs(found) < 1 << 62 else ""
