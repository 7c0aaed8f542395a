"""MarkdownV2 into text and entities."""

import re
from typing import Any

from bot.demo.api.refusals import Refused, bad
from bot.demo.world.entities import units

Json = dict[str, Any]

RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
# Longer marks first: "__" is not two "_".
MARKS = {"||": "spoiler", "__": "underline", "*": "bold", "_": "italic", "~": "strikethrough"}
LAST_ASCII = 126


def parse_markdown(written: str) -> tuple[str, list[Json]]:
    """Raises Refused for an unescaped reserved character and for an entity that does not end."""
    return _Reader(written).read()


class _Reader:
    """Goes through the written text once; `_length` is how much of the plain text there is so far, in UTF-16 units."""

    def __init__(self, written: str) -> None:
        self._written = written
        self._at = 0
        self._text: list[str] = []
        self._length = 0
        self._entities: list[Json] = []
        self._open: list[tuple[str, int, int]] = []

    def read(self) -> tuple[str, list[Json]]:
        while self._at < len(self._written):
            sign = self._written[self._at]
            if sign == "\\" and self._at + 1 < len(self._written) and ord(self._written[self._at + 1]) <= LAST_ASCII:
                self._take(self._written[self._at + 1], 2)
            elif sign == "`":
                self._code()
            elif mark := next((mark for mark in MARKS if self._written.startswith(mark, self._at)), None):
                self._mark(mark)
            elif sign == "[":
                self._open.append(("[", self._length, self._where()))
                self._at += 1
            elif sign == "]" and self._open and self._open[-1][0] == "[":
                self._link()
            elif sign in RESERVED:
                raise _reserved(sign)
            else:
                self._take(sign, 1)
        if self._open:
            mark, _, where = self._open[-1]
            raise _endless("Textlink" if mark == "[" else MARKS[mark].capitalize(), where)
        return "".join(self._text), self._entities

    def _take(self, plain: str, steps: int) -> None:
        self._text.append(plain)
        self._length += units(plain)
        self._at += steps

    def _where(self) -> int:
        return len(self._written[: self._at].encode())

    def _mark(self, mark: str) -> None:
        if self._open and self._open[-1][0] == mark:
            self._close(MARKS[mark])
        else:
            self._open.append((mark, self._length, self._where()))
        self._at += len(mark)

    def _close(self, kind: str, **details: str) -> None:
        _, since, _ = self._open.pop()
        if self._length > since:
            self._entities.append({"type": kind, "offset": since, "length": self._length - since} | details)

    def _code(self) -> None:
        mark, kind = ("```", "pre") if self._written.startswith("```", self._at) else ("`", "code")
        found = re.compile(rf"((?:\\.|[^\\])*?){mark}", re.DOTALL).match(self._written, self._at + len(mark))
        if found is None:
            raise _endless(kind.capitalize(), self._where())
        self._open.append((mark, self._length, self._where()))
        self._take(re.sub(r"\\(.)", r"\1", found.group(1)), found.end() - self._at)
        self._close(kind)

    def _link(self) -> None:
        if not self._written.startswith("](", self._at):
            raise _reserved("]")
        end = self._written.find(")", self._at)
        if end < 0:
            raise bad(f"can't parse entities: Can't find end of a URL at byte offset {self._where()}")
        self._close("text_link", url=self._written[self._at + 2 : end].replace("\\", ""))
        self._at = end + 1


def _reserved(sign: str) -> Refused:
    return bad(f"can't parse entities: Character '{sign}' is reserved and must be escaped with the preceding '\\'")


def _endless(kind: str, where: int) -> Refused:
    return bad(f"can't parse entities: Can't find end of {kind} entity at byte offset {where}")
