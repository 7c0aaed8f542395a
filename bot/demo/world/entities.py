"""Lengths as Telegram counts them, and the entities it finds in plain text by itself."""

import re
from typing import Any

Json = dict[str, Any]

_FINDABLE = re.compile(
    r"(?P<bot_command>(?<![\w/@])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?![\w/]))"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[A-Za-z]{2,})"
    r"|(?P<mention>(?<![\w@])@[A-Za-z]\w{3,31})"
    r"|(?P<url>https?://[^\s<>\"]+)"
    r"|(?P<hashtag>(?<!\w)#\w+)"
)


def units(text: str) -> int:
    """The length in UTF-16 code units, which every limit and offset of the Bot API is counted in."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def auto_entities(text: str) -> list[Json]:
    """Commands, links, mentions, addresses and hashtags in a text, in order."""
    if not any(sign in text for sign in "/@#"):
        return []
    return [
        {
            "type": found.lastgroup or "",
            "offset": units(text[: found.start()]),
            "length": units(found.group()),
        }
        for found in _FINDABLE.finditer(text)
    ]
