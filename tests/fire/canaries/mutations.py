"""Updates, and answers with updates, as no Telegram ever sent them: fields gone, of another type, too deep, too large, twice.

Every mutated update still ends where its brackets end, as it is one of several in an answer; `NO_ANSWERS` are not even that.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any, Final

from tests.fire.canaries.shapes import KINDS, MESSAGE_FIELDS, Json, Shapes

MEGABYTE: Final = 1 << 20
MOMENT: Final = 1_790_000_000
_HELD: Final = sorted(set(MESSAGE_FIELDS) - {"message_id", "from_user", "chat", "date"})
_BREAKS: Final = (
    "\ud83d",
    "\0",
    "\u202e",
    "\x1b[2J",
    "x" * 5000,
    "/start",
    "/cancel@somebody_else",
    "<b>",
    "{emergency_number}",
    "%s",
    "'; --",
)
_NUMBERS: Final = (0, -1, 1, 1 << 31, 1 << 53, 1 << 62, -(1 << 63), 10**30, 10**400, 1e308, -0.5, float("nan"), float("inf"))
_EMPTY: Final = ("null", "true", "false", '""', "[]", "{}", "[null]", "[[]]", '{"id": null}', '{"": ""}')

NO_ANSWERS: Final = (
    b"",
    b"null",
    b"[]",
    b"7",
    b"\xff\xfe\x00",
    b"<html><body>Welcome to the hotel's network</body></html>",
    b'{"ok":true}',
    b'{"ok":true,"result":null}',
    b'{"ok":true,"result":{"update_id":1}}',
    b'{"ok":true,"result":"no list"}',
    b'{"ok":false,"error_code":"?","description":7}',
    b'{"ok":true,"result":[{"update_id":1,"message":{"text":"cut o',
    b'{"ok":true,"result":[{"update_id":1}',
    b'{"ok":true,"result":[}]}',
    b'{"ok":true,"result":[{"update_id":1},,]}',
    b'{"ok":true,"result":[1,"two",null,[3]]}',
    b'{"ok":true,"result":' + b"[" * 100_000,
    b'{"ok":true,"result":[' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"]}",
    b'{"ok":true,"result":[{"update_id":' + b"9" * 10_000 + b"}]}",
    b'{"ok":true,"result":[]}' + b" " * MEGABYTE,
    b"\x1f\x8b\x08\x00garbage that says it is gzip",
)
"""Answers with status 200 that are no list of updates, or one of something else."""


def wholesome(shapes: Shapes, chance: Random, people: Sequence[int], groups: Sequence[int]) -> Json:
    """Return an update of any kind as Telegram could send it, from one of these people, in their private chat or in one of these groups."""
    person = chance.choice(people)
    sender = {"id": person, "is_bot": False, "first_name": "Rubbish"}
    private = chance.random() < 0.7
    chat = {"id": person, "type": "private"} if private else {"id": chance.choice(groups), "type": "supergroup", "title": "Rubbish"}
    kind = chance.choice(("message",) * 12 + ("edited_message", "callback_query", "my_chat_member", "chat_member") * 2 + KINDS[-1:])
    message: Json = {"message_id": chance.randrange(1, 1000), "from": sender, "chat": chat, "date": MOMENT}
    if kind in ("message", "edited_message"):
        return {
            kind: message | shapes.message(set(chance.sample(_HELD, 2)), deep=1) | chance.choice(({}, {"text": "Rubbish in the canal"}))
        }
    if kind == "callback_query":
        return {kind: {"id": "1", "from": sender, "message": message, "chat_instance": "1", "data": chance.choice(("report", "x" * 64))}}
    return {kind: shapes.body(kind, deep=1) | {"from": sender, "chat": chat, "date": MOMENT}}


def mutated(update: Json, chance: Random) -> bytes:
    """Return an update with one to four things wrong, as JSON; it is not changed itself."""
    wrong: Json = json.loads(json.dumps(update))
    for _ in range(chance.randint(1, 4)):
        if places := _places(wrong):
            chance.choice(_CHANGES)(wrong, chance.choice(places), chance)
    text = json.dumps(wrong, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    return chance.choice(_SPELLINGS)(text, chance)


def answer(updates: list[bytes]) -> bytes:
    """Return an answer of getUpdates with these updates."""
    return b'{"ok":true,"result":[' + b",".join(updates) + b"]}"


Place = tuple[Any, Any]
"""What holds a value, and the key or index under which it does."""


def _places(holder: Any) -> list[Place]:
    inner = list(holder.items()) if isinstance(holder, dict) else list(enumerate(holder)) if isinstance(holder, list) else []
    return [(holder, key) for key, _ in inner] + [place for _, value in inner for place in _places(value)]


def _drops(_: Json, place: Place, chance: Random) -> None:
    holder, key = place
    if isinstance(holder, dict):
        del holder[key]


def _retypes(_: Json, place: Place, chance: Random) -> None:
    holder, key = place
    holder[key] = chance.choice((chance.choice(_BREAKS), chance.choice(_NUMBERS), json.loads(chance.choice(_EMPTY))))


def _nests(_: Json, place: Place, chance: Random) -> None:
    holder, key = place
    held = holder[key]
    for _level in range(chance.choice((1, 5, 50))):
        held = [held] if chance.random() < 0.5 else {"message": held}
    holder[key] = held


def _swaps(update: Json, place: Place, chance: Random) -> None:
    """Put a copy of something where something else was: a chat for a text, a message in its own reply."""
    holder, key = place
    other, name = chance.choice(_places(update))
    holder[key] = json.loads(json.dumps(other[name]))


def _swells(_: Json, place: Place, chance: Random) -> None:
    holder, key = place
    holder[key] = chance.choice((lambda: "ب" * 20_000, lambda: ["x"] * 1_000, lambda: {f"f{each}": each for each in range(300)}))()


def _bursts(_: Json, place: Place, chance: Random) -> None:
    holder, key = place
    if chance.random() < 0.05:
        holder[key] = "a" * MEGABYTE


_CHANGES: Final = (*[_drops] * 4, *[_retypes] * 6, _nests, _swaps, _swaps, _swells, _bursts)


def _as_it_is(text: bytes, chance: Random) -> bytes:
    return text


def _with_a_key_twice(text: bytes, chance: Random) -> bytes:
    """Let an object hold a name twice, of which readers may take either."""
    return text.replace(b"{", b'{"text":"first","chat":{},"message":7,', 1 + chance.randrange(2))


def _with_broken_letters(text: bytes, chance: Random) -> bytes:
    """Put bytes that are no UTF-8 into a text, and half of a pair of surrogates."""
    at = text.find(b'"', chance.randrange(max(1, len(text)))) + 1
    return text[:at] + chance.choice((b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\\ud83d", b"\\u0000")) + text[at:] if at else text


def _too_deep(text: bytes, chance: Random) -> bytes:
    levels = chance.choice((200, 900, 5_000))
    return text.replace(b"{", b'{"deep":' + b"[" * levels + b"]" * levels + b",", 1)


def _with_room(text: bytes, chance: Random) -> bytes:
    return text.replace(b", ", b" \r\n\t,  ").replace(b": ", b"\n:\t")


_SPELLINGS: Final = (*[_as_it_is] * 6, _with_a_key_twice, _with_broken_letters, _too_deep, _with_room)
