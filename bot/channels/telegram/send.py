"""Show an `Outgoing` in a chat: send it, edit what is shown, or take it back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.base import Sign, Sure, always
from bot.channels.telegram.fields import Json
from bot.channels.telegram.files import FileLost, Files, Upload
from bot.channels.telegram.layout import Part, lay_out, note_for
from bot.channels.telegram.outcomes import RETRY_SECONDS, Verdict, outcome_of, verdict_of
from bot.channels.telegram.posting import Envelope, OtherFormNeeded, Posted, Poster, Uploaded, UploadForgotten
from bot.channels.telegram.transport import AnswerLost, Refused, Transport, Unreached
from bot.channels.telegram.withdraw import withdraw
from bot.model.ids import Language
from bot.model.outgoing import UPLOAD_AGAIN, Later, Never, Outcome, Outgoing, Sent
from bot.model.text import Piece

Render = Callable[[Piece, Language], str]
Draw = Callable[[str, tuple[tuple[str, int, bool], ...], Language], Awaitable[bytes | None]]
"""Makes a PNG of a title and its bars (label, value, whether marked); None where that cannot be done."""
_PATIENCE: Final = 20.0
"""Seconds that the second part of a long message waits in place, rather than have its first part taken back."""


class _Unlike(Exception):
    """What is shown cannot be edited into what shall be shown."""


@dataclass(frozen=True, slots=True)
class _Errand:
    """One `Outgoing` on its way into one chat; `poster` awaits `sure` before each of its calls."""

    chat: int | str
    outgoing: Outgoing
    answers: str | None
    sign: Sign
    sure: Sure
    poster: Poster


def _comes_anew(outgoing: Outgoing) -> bool:
    """Whether it cannot be edited into a message: that keyboard, another file and another picture come with a new message only."""
    made = outgoing.attachment is not None and bool(outgoing.attachment.made)
    return made or outgoing.asks_location or outgoing.chart is not None


class Sender:
    """Sends into chats. One call shows one `Outgoing`, which may be several messages: all of them, or none."""

    def __init__(
        self, bot: Bot, transport: Transport, files: Files, render: Render, draw: Draw | None, own_name: Callable[[], Awaitable[str]]
    ) -> None:
        self._bot = bot
        self._files = files
        self._render = render
        self._draw = draw
        self._own_name = own_name
        self._transport = transport

    async def send(
        self, chat: str, outgoing: Outgoing, *, shown: tuple[str, ...], answers: str | None, sign: Sign, sure: Sure = always
    ) -> Outcome:
        """Do as `bot.channels.base.Channel.send` says. `chat` is an id, or the name of a public channel ("@…")."""
        address: int | str = chat if chat.startswith("@") else int(chat)
        errand = _Errand(address, outgoing, answers, sign, sure, Poster(self._bot.base_url, self._transport, sure))
        try:
            if outgoing.do == "withdraw":
                return await withdraw(self._bot, address, shown, sure)
            if shown:
                return Sent(await self._change(errand, shown))
            return _sent(await self._show(errand))
        except UploadForgotten:
            return Later(0.0, UPLOAD_AGAIN)
        except FileLost:
            return Never("refused", Verdict.FILE_LOST.name.lower())
        except TelegramError as error:
            return outcome_of(error, private=isinstance(address, int) and address > 0)

    async def _show(self, errand: _Errand) -> list[Posted]:
        """Send it; if its file cannot be had or shown here, a sentence says so in its place.

        Raises `UploadForgotten`, and `FileLost` where no sentence may stand in.
        """
        outgoing = errand.outgoing
        if outgoing.uploaded is not None:
            with contextlib.suppress(OtherFormNeeded):
                parts = await self._parts(errand, with_file=True)
                return await self._post_all(errand, parts, Uploaded.named(outgoing.uploaded))
        try:
            upload = await self._file(outgoing)
            parts = await self._parts(errand, with_file=upload is not None)
            return await self._post_all(errand, parts, upload)
        except FileLost:
            if outgoing.whole:
                raise
        return await self._post_all(errand, await self._parts(errand, with_file=False), None)

    async def _file(self, outgoing: Outgoing) -> Upload | None:
        """Return the file that goes with it: its attachment, or the picture of its numbers. Raises `FileLost`."""
        if outgoing.attachment is not None:
            return await self._files.fetch(outgoing.attachment)
        if outgoing.chart is not None and self._draw is not None:
            drawn = await self._draw(*outgoing.chart, outgoing.language)
            return None if drawn is None else Upload("photo", drawn, "chart.png", 0)
        return None

    async def _post_all(self, errand: _Errand, parts: Sequence[Part], file: Upload | Uploaded | None) -> list[Posted]:
        """Post the parts in order. If one fails for good, those before it are taken back, so that trying again doubles nothing."""
        outgoing, posted = errand.outgoing, list[Posted]()
        try:
            for part in parts:
                reply_to = int(errand.answers) if errand.answers and not posted else None
                envelope = Envelope(errand.chat, outgoing.protect, outgoing.silent, reply_to, outgoing.paid)
                if posted:
                    posted.append(await self._patiently(errand, envelope, part))
                else:
                    posted.append(await errand.poster.post(envelope, part, file))
        except (TelegramError, asyncio.CancelledError):
            await self._take_back(errand.chat, [each.message for each in posted], always)
            raise
        return posted

    async def _patiently(self, errand: _Errand, envelope: Envelope, part: Part) -> Posted:
        waited = 0.0
        while True:
            try:
                return await errand.poster.post(envelope, part, None)
            except (Refused, Unreached) as error:
                pause = getattr(error, "retry_after", None) or RETRY_SECONDS / 5
                passing = isinstance(error, Unreached) or error.status == 429 or error.status >= 500
                waited += pause
                if not passing or waited > _PATIENCE:
                    raise
                await asyncio.sleep(pause)

    async def _take_back(self, chat: int | str, messages: Sequence[str], sure: Sure) -> None:
        for message in messages:
            await sure()
            with contextlib.suppress(TelegramError):
                await self._bot.delete_message(chat, int(message))

    async def _change(self, errand: _Errand, shown: tuple[str, ...]) -> tuple[str, ...]:
        """Edit what is shown; where that cannot be done, show it anew and then take the old one away."""
        try:
            if not _comes_anew(errand.outgoing):
                return await self._edit(errand, shown)
        except _Unlike:
            pass
        anew = await self._show(errand)
        await self._take_back(errand.chat, shown, errand.sure)
        return tuple(each.message for each in anew)

    async def _edit(self, errand: _Errand, shown: tuple[str, ...]) -> tuple[str, ...]:
        """Edit in place; more parts than before are posted after them, superfluous messages deleted."""
        has_file = errand.outgoing.attachment is not None
        parts = await self._parts(errand, with_file=has_file)
        if has_file and not await self._edit_one(errand, shown[0], parts[0], caption=True):
            parts = await self._parts(errand, with_file=False)
            await self._edit_text(errand, shown[0], parts[0])
        elif not has_file:
            await self._edit_text(errand, shown[0], parts[0])
        kept = min(len(parts), len(shown))
        for part, message in zip(parts[1:], shown[1:], strict=False):
            if part.call is None and part.pin is None:
                await self._edit_text(errand, message, part)
        more = await self._post_all(replace(errand, answers=None), parts[kept:], None)
        await self._take_back(errand.chat, shown[kept:], errand.sure)
        return (*shown[:kept], *(each.message for each in more))

    async def _edit_text(self, errand: _Errand, message: str, part: Part) -> None:
        if not await self._edit_one(errand, message, part, caption=False):
            raise _Unlike

    async def _edit_one(self, errand: _Errand, message: str, part: Part, *, caption: bool) -> bool:
        """Edit one message; False if it has no caption or no text to edit. Raises `_Unlike` if it cannot be edited at all."""
        which: Json = {"chat_id": errand.chat, "message_id": int(message)}
        if part.markup is not None and "inline_keyboard" in part.markup:
            which["reply_markup"] = part.markup
        try:
            if caption:
                await errand.poster.edit("editMessageCaption", {**which, "caption": part.text})
            else:
                await errand.poster.edit("editMessageText", {**which, "text": part.text})
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

    async def _parts(self, errand: _Errand, *, with_file: bool) -> list[Part]:
        outgoing = errand.outgoing
        note = "" if with_file or outgoing.attachment is None else self._render(note_for(outgoing.attachment), outgoing.language)
        door = None if outgoing.door is None else f"https://t.me/{await self._own_name()}"
        return lay_out(outgoing, errand.sign, with_file=with_file, note=note, render=self._render, door=door)


def _sent(posted: Sequence[Posted]) -> Sent:
    uploaded = posted[0].uploaded
    return Sent(tuple(each.message for each in posted), None if uploaded is None else uploaded.name)
