"""Text with its entities: plain, given as a list, or written in HTML or MarkdownV2."""

import html
import re
from functools import lru_cache
from typing import Any

from bot.demo.api.markdown import parse_markdown
from bot.demo.api.refusals import bad, impossible
from bot.demo.world.entities import auto_entities, units

Json = dict[str, Any]

LONGEST_TEXT = 4096  # UTF-16 units after parsing
LONGEST_CAPTION = 1024

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)?((?:\s+[A-Za-z-]+(?:=(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*>?")
_ATTRIBUTE = re.compile(r"([A-Za-z-]+)(?:=(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")


def formatted(written: str, mode: str | None, entities: list[Json] | None, longest: int) -> tuple[str, list[Json]]:
    """Text and entities as they are stored. Raises Refused for what cannot be parsed, and for what is too long."""
    if entities:
        return _formatted(written, mode, entities, longest)
    text, found = _formatted_once(written, mode, longest)
    return text, list(found)


@lru_cache(maxsize=256)
def _formatted_once(written: str, mode: str | None, longest: int) -> tuple[str, tuple[Json, ...]]:
    """The same text goes to thousands: it is read once, and nobody changes the entities that come of it."""
    text, found = _formatted(written, mode, None, longest)
    return text, tuple(found)


def _formatted(written: str, mode: str | None, entities: list[Json] | None, longest: int) -> tuple[str, list[Json]]:
    if mode is None or mode == "":
        text, found = written, [dict(entity) for entity in entities or []]
    elif mode.lower() == "html":
        text, found = parse_html(written)
    elif mode.lower() == "markdownv2":
        text, found = parse_markdown(written)
    elif mode.lower() == "markdown":
        raise impossible("parse mode Markdown is a legacy of Telegram and not spoken here")
    else:
        raise bad("unsupported parse_mode")
    text, found = _trim(text, found)
    if units(text) > longest:
        raise bad("message is too long" if longest == LONGEST_TEXT else "message caption is too long")
    _check_offsets(text, found)
    given = {(entity["offset"], entity["length"]) for entity in found}
    found += [entity for entity in auto_entities(text) if (entity["offset"], entity["length"]) not in given]
    found.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return text, found


def parse_html(written: str) -> tuple[str, list[Json]]:
    """Telegram's HTML into text and entities, with Telegram's complaints."""
    if "<" not in written and "&" not in written:
        return written, []
    parts: list[str] = []
    entities: list[Json] = []
    stack: list[tuple[str, int, int, Json]] = []
    length = at = 0
    while at < len(written):
        sign = written.find("<", at)
        plain = _unescape(written[at : sign if sign >= 0 else len(written)])
        parts.append(plain)
        length += units(plain)
        if sign < 0:
            break
        where = len(written[:sign].encode())
        tag = _TAG.match(written, sign)
        assert tag is not None  # noqa: S101 - everything but the "<" is optional
        is_end, name, attributes = tag.group(1), (tag.group(2) or "").lower(), tag.group(3) or ""
        if not tag.group().endswith(">"):
            raise _unparsed(f"Unclosed start tag at byte offset {where}" if name else f'Unsupported start tag "" at byte offset {where}')
        if is_end:
            entities += _close(stack, name, where, length)
        else:
            stack.append((name, where, length, _opened(name, attributes, where)))
        at = tag.end()
    if stack:
        raise _unparsed(f'Can\'t find end tag corresponding to start tag "{stack[-1][0]}"')
    return "".join(parts), entities


def _close(stack: list[tuple[str, int, int, Json]], name: str, where: int, length: int) -> list[Json]:
    if not stack:
        raise _unparsed(f"Unexpected end tag at byte offset {where}")
    opened, _, since, entity = stack.pop()
    if name not in {"", opened}:
        raise _unparsed(f'Unmatched end tag at byte offset {where}, expected "</{opened}>", found "</{name}>"')
    if length == since or not entity:
        return []
    return [{"type": entity["type"], "offset": since, "length": length - since} | entity]


def _opened(name: str, attributes: str, where: int) -> Json:
    if name not in TAGS:
        raise _unparsed(f'Unsupported start tag "{name}" at byte offset {where}')
    given = {found[0].lower(): html.unescape(found[1] or found[2] or found[3]) for found in _ATTRIBUTE.findall(attributes)}
    if name == "span" and given.get("class") != "tg-spoiler":
        raise _unparsed(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
    if name == "a":
        return {"type": "text_link", "url": given["href"]} if given.get("href") else {}
    if name == "blockquote" and "expandable" in given:
        return {"type": "expandable_blockquote"}
    if name == "code" and given.get("class", "").startswith("language-"):
        return {"type": "code"}
    return {"type": TAGS[name]}


def _unescape(text: str) -> str:
    return _REFERENCE.sub(lambda found: html.unescape(found.group()), text) if "&" in text else text


def _trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Cut white space from both ends, as Telegram does, and move the entities along."""
    start = units(text) - units(text.lstrip())
    trimmed = text.strip()
    if trimmed == text:
        return text, entities
    end = units(trimmed)
    moved = []
    for entity in entities:
        first = max(0, entity["offset"] - start)
        last = min(end, entity["offset"] - start + entity["length"])
        if last > first:
            moved.append(entity | {"offset": first, "length": last - first})
    return trimmed, moved


def _check_offsets(text: str, entities: list[Json]) -> None:
    end = units(text)
    for entity in entities:
        offset, length = entity["offset"], entity["length"]
        if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length < 1:
            raise bad("can't parse MessageEntity: field must be of type Integer")
        if offset + length > end:
            raise bad(f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {offset + length}")


def _unparsed(reason: str) -> Exception:
    return bad(f"can't parse entities: {reason}")
