"""Bars drawn of numbers, for members' groups: `draw` gives a PNG that can be read on a phone in each of the languages.

    drawing.py    what a chart looks like: sizes, colours, which way it runs
    lettering.py  the font, and how words are wrapped into their room
    __main__.py   the process of its own in which it is drawn: the bot itself never loads matplotlib, and starts without it

matplotlib is an extra (`pip install alwand[pictures]`). Without it, or when drawing fails, there is no picture: the message says the
numbers in words anyway.
"""

from __future__ import annotations

import asyncio
import json
from typing import Final

import structlog

from bot import apart
from bot.model.ids import Language

log = structlog.get_logger()

Bars = tuple[tuple[str, int, bool], ...]
"""Label, value, whether it is the one to look at."""

_SECONDS: Final = 20.0
_at_once = asyncio.Semaphore(1)


async def picture(title: str, bars: Bars, language: Language) -> bytes | None:
    """Return a chart as a PNG; None where none can be drawn. One is drawn at a time."""
    given = json.dumps({"title": title, "bars": bars, "language": language}).encode()
    async with _at_once:
        return await apart.run("bot.charts", given, seconds=_SECONDS) or None


async def draw(title: str, bars: Bars, language: Language) -> bytes | None:
    """Return what `picture` does, and tell the log where there is none."""
    drawn = await picture(title, bars, language)
    if drawn is None:
        log.warning("chart", outcome="not drawn", meaning="the message goes without its picture; see `alwand check`")
    return drawn
