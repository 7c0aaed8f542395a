"""Files on their way through the bot: fetched, cleaned, and sent on as new ones without a name of their own.

A file is never sent on by its id: that would carry its name, and with it what the sender's phone put inside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from telegram import Bot

from bot import documents
from bot.channels.telegram.contents import DOWNLOAD_LIMIT
from bot.channels.telegram.media import CannotClean, clean_photo, clean_video, clean_voice, ending
from bot.channels.telegram.outcomes import verdict_of
from bot.channels.telegram.transport import AnswerLost, Refused, Transport
from bot.model.messages import Attachment, AttachmentKind

_CLEAN: Final[dict[AttachmentKind, Callable[[bytes], bytes]]] = {"photo": clean_photo, "voice": clean_voice, "video": clean_video}
_AT_ONCE: Final = 2
"""Pictures unpacked at the same time: each takes up to 160 MB of memory, and a core."""
_TRIES: Final = 2
_TOTAL_SECONDS: Final = 90.0


class FileLost(Exception):
    """The file is gone, too big, stalled, or cannot be cleaned: the message has to do without."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A cleaned file, or one of our own. `name` is neutral: the kind and an ending."""

    kind: AttachmentKind
    data: bytes
    name: str
    duration: int


class Files:
    """Fetches what residents and members sent. `recordings` are files of our own, by the name that attachments have for them."""

    def __init__(self, bot: Bot, transport: Transport, *, stalled_seconds: float, recordings: Mapping[str, Path]) -> None:
        self._recordings = recordings
        self._bot = bot
        self._transport = transport
        self._stalled_seconds = stalled_seconds
        self._cleaning = asyncio.Semaphore(_AT_ONCE)

    async def fetch(self, attachment: Attachment) -> Upload:
        """Return the file, cleaned. Raises `FileLost`; and `Refused` or `Unreached` where Telegram as a whole is in trouble."""
        if attachment.made:
            return Upload(attachment.kind, attachment.made.encode(), attachment.file, 0)
        if attachment.too_big:
            raise FileLost
        if (own := self._recordings.get(attachment.file)) is not None:
            return Upload(attachment.kind, await asyncio.to_thread(own.read_bytes), own.name, attachment.duration)
        cleaned = await self._clean(attachment.kind, await self._download(await self._address(attachment)))
        return Upload(attachment.kind, cleaned, attachment.kind + ending(cleaned), attachment.duration)

    async def _clean(self, kind: AttachmentKind, data: bytes) -> bytes:
        if kind == "document":
            document = await documents.clean_pdf(data)
            if document is None:
                raise FileLost
            return document
        async with self._cleaning:
            try:
                return await asyncio.to_thread(_CLEAN[kind], data)
            except CannotClean:
                raise FileLost from None

    async def _address(self, attachment: Attachment) -> str:
        try:
            path = (await self._bot.get_file(attachment.file)).file_path
        except AnswerLost:
            raise Refused(500) from None  # asking is harmless: once more, later
        except Refused as refused:
            if verdict_of(refused) is None:
                raise
            raise FileLost from None
        if path is None:
            raise FileLost
        return path

    async def _download(self, url: str) -> bytes:
        for _ in range(_TRIES):
            try:
                return await self._transport.download(url, limit=DOWNLOAD_LIMIT, stalled=self._stalled_seconds, total=_TOTAL_SECONDS)
            except AnswerLost:
                continue
            except Refused as refused:
                # Here 404 means this file, not the token: getFile has just answered.
                if refused.status in {429, 502, 503, 504}:
                    raise
                raise FileLost from None
        raise FileLost
