"""Documents that members send for others: a PDF is written anew from its pages, and nothing else of it is kept.

    rewriting.py  which parts of a PDF are its pages, and the pictures in it without what their cameras wrote
    __main__.py   the process of its own in which that is done: a broken file can make its reader eat all there is

Other documents are not passed on: of a PDF it can be told what is shown and what is not, of a text processor's file it cannot.
"""

from __future__ import annotations

import asyncio
from typing import Final

from bot import apart

_SECONDS: Final = 30.0
_at_once = asyncio.Semaphore(1)


async def clean_pdf(data: bytes) -> bytes | None:
    """Return a PDF of the same pages, without author, title, times, history, attachments, scripts and notes; None if that cannot be made.

    Refused is what is locked with a password, has more than 100 pages, or is no PDF.
    """
    async with _at_once:
        return await apart.run("bot.documents", data, seconds=_SECONDS) or None
