"""Show an `Outgoing` in a chat: send it, edit what is shown, or take it back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Final

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import TelegramError

from bot.channels.base import Sign
from bot.channels.telegram.files import FileLost, Files, Upload
from bot.channels.telegram.layout import Part, lay_out, note_for
from bot.channels.telegram.outcomes import RETRY_SECONDS, Verdict, outcome_of, verdict_of
from bot.channels.telegram.posting import Envelope, Poster
from bot.channels.telegram.transport import AnswerLost, Refused, Unreached
from bot.channels.telegram.withdraw import withdraw
from bot.model.ids import Language
from bot.model.outgoing import Outcome, Outgoing, Sent
from bot.model.text import Piece

Render = Callable[[Piece, Language], str]
_PATIENCE: Final = 20.0
"""Seconds that the second part of a long message waits in place, rather than have its first part taken back."""
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


class _Unlike(Exception):
    """What is shown cannot be edited into what shall be shown."""


def _is_made(outgoing: Outgoing) -> bool:
    return outgoing.attachment is not None and bool(outgoing.attachment.made)


class Sender:
    """Sends into chats. One call shows one `Outgoing`, which may be several messages: all of them, or none."""

    def __init__(self, bot: Bot, files: Files, render: Render) -> None:
        self._bot = bot
        self._files = files
        self._render = render
        self._poster = Poster(bot)

    async def send(self, chat: str, outgoing: Outgoing, *, shown: tuple[str, ...], answers: str | None, sign: Sign) -> Outcome:
        """Do as `bot.channels.base.Channel.send` says."""
        address = int(chat)
        try:
            if outgoing.do == "withdraw":
                return await withdraw(self._bot, address, shown)
            if shown:
                return Sent(await self._change(address, outgoing, shown, answers, sign))
            return Sent(await self._show(address, outgoing, answers, sign))
        except TelegramError as error:
            return outcome_of(error, private=address > 0)

    async def _show(self, chat: int, outgoing: Outgoing, answers: str | None, sign: Sign) -> tuple[str, ...]:
        """Send it; if its file cannot be had or shown here, a sentence says so in its place."""
        if outgoing.attachment is not None:
            try:
                upload = await self._files.fetch(outgoing.attachment)
                return await self._post_all(chat, outgoing, self._parts(outgoing, sign, with_file=True), answers, upload)
            except FileLost:
                pass
        return await self._post_all(chat, outgoing, self._parts(outgoing, sign, with_file=False), answers, None)

    async def _post_all(
        self, chat: int, outgoing: Outgoing, parts: Sequence[Part], answers: str | None, upload: Upload | None
    ) -> tuple[str, ...]:
        """Post the parts in order. If one fails for good, those before it are taken back, so that trying again doubles nothing."""
        posted: list[str] = []
        try:
            for part in parts:
                envelope = Envelope(chat, outgoing.protect, outgoing.silent, int(answers) if answers and not posted else None)
                if posted:
                    posted.append(await self._patiently(envelope, part))
                else:
                    posted.append(await self._poster.post(envelope, part, upload))
        except (TelegramError, asyncio.CancelledError):
            await self._take_back(chat, posted)
            raise
        return tuple(posted)

    async def _patiently(self, envelope: Envelope, part: Part) -> str:
        waited = 0.0
        while True:
            try:
                return await self._poster.post(envelope, part, None)
            except (Refused, Unreached) as error:
                pause = getattr(error, "retry_after", None) or RETRY_SECONDS / 5
                passing = isinstance(error, Unreached) or error.status == 429 or error.status >= 500
                waited += pause
                if not passing or waited > _PATIENCE:
                    raise
                await asyncio.sleep(pause)

    async def _take_back(self, chat: int, messages: Sequence[str]) -> None:
        for message in messages:
            with contextlib.suppress(TelegramError):
                await self._bot.delete_message(chat, int(message))

    async def _change(self, chat: int, outgoing: Outgoing, shown: tuple[str, ...], answers: str | None, sign: Sign) -> tuple[str, ...]:
        """Edit what is shown; where that cannot be done, show it anew and then take the old one away."""
        try:
            if not outgoing.asks_location and not _is_made(outgoing):  # that keyboard and another file come with a new message only
                return await self._edit(chat, outgoing, shown, sign)
        except _Unlike:
            pass
        anew = await self._show(chat, outgoing, answers, sign)
        await self._take_back(chat, shown)
        return anew

    async def _edit(self, chat: int, outgoing: Outgoing, shown: tuple[str, ...], sign: Sign) -> tuple[str, ...]:
        """Edit in place; more parts than before are posted after them, superfluous messages deleted."""
        parts = self._parts(outgoing, sign, with_file=outgoing.attachment is not None)
        if outgoing.attachment is not None and not await self._edit_one(chat, shown[0], parts[0], caption=True):
            parts = self._parts(outgoing, sign, with_file=False)
            await self._edit_text(chat, shown[0], parts[0])
        elif outgoing.attachment is None:
            await self._edit_text(chat, shown[0], parts[0])
        kept = min(len(parts), len(shown))
        for part, message in zip(parts[1:], shown[1:], strict=False):
            if part.call is None and part.pin is None:
                await self._edit_text(chat, message, part)
        more = await self._post_all(chat, outgoing, parts[kept:], None, None)
        await self._take_back(chat, shown[kept:])
        return (*shown[:kept], *more)

    async def _edit_text(self, chat: int, message: str, part: Part) -> None:
        if not await self._edit_one(chat, message, part, caption=False):
            raise _Unlike

    async def _edit_one(self, chat: int, message: str, part: Part, *, caption: bool) -> bool:
        """Edit one message; False if it has no caption or no text to edit. Raises `_Unlike` if it cannot be edited at all."""
        markup = part.markup if isinstance(part.markup, InlineKeyboardMarkup) else None
        try:
            if caption:
                await self._bot.edit_message_caption(chat, int(message), caption=part.text, reply_markup=markup)
            else:
                await self._bot.edit_message_text(part.text, chat, int(message), reply_markup=markup, link_preview_options=_NO_PREVIEW)
        except AnswerLost:
            raise Refused(500) from None  # the same edit twice does no harm: later, then, and not unsure
        except Refused as refused:
            match verdict_of(refused):
                case Verdict.SAME:
                    return True
                case Verdict.NO_TEXT | Verdict.NO_CAPTION:
                    return False
                case Verdict.NOT_EDITABLE:
                    raise _Unlike from None
            raise
        return True

    def _parts(self, outgoing: Outgoing, sign: Sign, *, with_file: bool) -> list[Part]:
        note = "" if with_file or outgoing.attachment is None else self._render(note_for(outgoing.attachment), outgoing.language)
        return lay_out(outgoing, sign, with_file=with_file, note=note, render=self._render)
