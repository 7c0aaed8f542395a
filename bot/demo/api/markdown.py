"""MarkdownV2 into text and entities."""

from typing import Any

from bot.demo.api.refusals import bad
from bot.demo.world.entities import units

Json = dict[str, Any]

RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
MARKS = {"*": "bold", "__": "underline", "_": "italic", "~": "strikethrough", "||": "spoiler"}


def parse_markdown(written: str) -> tuple[str, list[Json]]:
    """Raises Refused for an unescaped reserved character and for an entity that does not end."""
    text: list[str] = []
    entities: list[Json] = []
    open_marks: list[tuple[str, int, int]] = []
    at = length = 0

    def where() -> int:
        return len(written[:at].encode())

    while at < len(written):
        sign = written[at]
        if sign == "\\" and at + 1 < len(written) and ord(written[at + 1]) < 127:
            text.append(written[at + 1])
            length += 1
            at += 2
            continue
        if sign == "`":
            body, at, kind = _code(written, at, where())
            text.append(body)
            entities.append({"type": kind, "offset": length, "length": units(body)})
            length += units(body)
            continue
        mark = next((mark for mark in ("||", "__", "*", "_", "~") if written.startswith(mark, at)), None)
        if mark is not None:
            if open_marks and open_marks[-1][0] == mark:
                _, since, _ = open_marks.pop()
                if length > since:
                    entities.append({"type": MARKS[mark], "offset": since, "length": length - since})
            else:
                open_marks.append((mark, length, where()))
            at += len(mark)
            continue
        if sign == "[":
            open_marks.append(("[", length, where()))
            at += 1
            continue
        if sign == "]" and open_marks and open_marks[-1][0] == "[":
            _, since, _ = open_marks.pop()
            url, at = _link(written, at)
            entities.append({"type": "text_link", "offset": since, "length": length - since, "url": url})
            continue
        if sign in RESERVED:
            raise bad(f"can't parse entities: Character '{sign}' is reserved and must be escaped with the preceding '\\'")
        text.append(sign)
        length += units(sign)
        at += 1
    if open_marks:
        mark, _, offset = open_marks[-1]
        kind = "link" if mark == "[" else MARKS[mark]
        raise bad(f"can't parse entities: Can't find end of {kind.capitalize()} entity at byte offset {offset}")
    return "".join(text), entities


def _code(written: str, at: int, where: int) -> tuple[str, int, str]:
    mark, kind = ("```", "pre") if written.startswith("```", at) else ("`", "code")
    end = written.find(mark, at + len(mark))
    if end < 0:
        raise bad(f"can't parse entities: Can't find end of {kind.capitalize()} entity at byte offset {where}")
    return written[at + len(mark) : end].replace("\\`", "`").replace("\\\\", "\\"), end + len(mark), kind


def _link(written: str, at: int) -> tuple[str, int]:
    if not written.startswith("](", at):
        raise bad("can't parse entities: Character ']' is reserved and must be escaped with the preceding '\\'")
    end = written.find(")", at)
    if end < 0:
        raise bad("can't parse entities: Can't find end of a URL at byte offset " + str(len(written[:at].encode())))
    return written[at + 2 : end].replace("\\", ""), end + 1
