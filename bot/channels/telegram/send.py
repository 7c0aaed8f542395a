"""Show an `Outgoing` in a chat: send it, edit what is shown, or take it back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.base import Sign
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
        self._poster = Poster(bot.base_url, transport)

    async def send(self, chat: str, outgoing: Outgoing, *, shown: tuple[str, ...], answers: str | None, sign: Sign) -> Outcome:
        """Do as `bot.channels.base.Channel.send` says. `chat` is an id, or the name of a public channel ("@…")."""
        address: int | str = chat if chat.startswith("@") else int(chat)
        try:
            if outgoing.do == "withdraw":
                return await withdraw(self._bot, address, shown)
            if shown:
                return Sent(await self._change(address, outgoing, shown, answers, sign))
            return _sent(await self._show(address, outgoing, answers, sign))
        except UploadForgotten:
            return Later(0.0, UPLOAD_AGAIN)
        except FileLost:
            return Never("refused", Verdict.FILE_LOST.name.lower())
        except TelegramError as error:
            return outcome_of(error, private=isinstance(address, int) and address > 0)

    async def _show(self, chat: int | str, outgoing: Outgoing, answers: str | None, sign: Sign) -> list[Posted]:
        """Send it; if its file cannot be had or shown here, a sentence says so in its place.

        Raises `UploadForgotten`, and `FileLost` where no sentence may stand in.
        """
        if outgoing.uploaded is not None:
            with contextlib.suppress(OtherFormNeeded):
                parts = await self._parts(outgoing, sign, with_file=True)
                return await self._post_all(chat, outgoing, parts, answers, Uploaded.named(outgoing.uploaded))
        try:
            upload = await self._file(outgoing)
            parts = await self._parts(outgoing, sign, with_file=upload is not None)
            return await self._post_all(chat, outgoing, parts, answers, upload)
        except FileLost:
            if outgoing.whole:
                raise
        return await self._post_all(chat, outgoing, await self._parts(outgoing, sign, with_file=False), answers, None)

    async def _file(self, outgoing: Outgoing) -> Upload | None:
        """Return the file that goes with it: its attachment, or the picture of its numbers. Raises `FileLost`."""
        if outgoing.attachment is not None:
            return await self._files.fetch(outgoing.attachment)
        if outgoing.chart is not None and self._draw is not None:
            drawn = await self._draw(*outgoing.chart, outgoing.language)
            return None if drawn is None else Upload("photo", drawn, "chart.png", 0)
        return None

    async def _post_all(
        self, chat: int | str, outgoing: Outgoing, parts: Sequence[Part], answers: str | None, file: Upload | Uploaded | None
    ) -> list[Posted]:
        """Post the parts in order. If one fails for good, those before it are taken back, so that trying again doubles nothing."""
        posted: list[Posted] = []
        try:
            for part in parts:
                reply_to = int(answers) if answers and not posted else None
                envelope = Envelope(chat, outgoing.protect, outgoing.silent, reply_to, outgoing.paid)
                if posted:
                    posted.append(await self._patiently(envelope, part))
                else:
                    posted.append(await self._poster.post(envelope, part, file))
        except (TelegramError, asyncio.CancelledError):
            await self._take_back(chat, [each.message for each in posted])
            raise
        return posted

    async def _patiently(self, envelope: Envelope, part: Part) -> Posted:
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

    async def _take_back(self, chat: int | str, messages: Sequence[str]) -> None:
        for message in messages:
            with contextlib.suppress(TelegramError):
                await self._bot.delete_message(chat, int(message))

    async def _change(
        self, chat: int | str, outgoing: Outgoing, shown: tuple[str, ...], answers: str | None, sign: Sign
    ) -> tuple[str, ...]:
        """Edit what is shown; where that cannot be done, show it anew and then take the old one away."""
        try:
            if not _comes_anew(outgoing):
                return await self._edit(chat, outgoing, shown, sign)
        except _Unlike:
            pass
        anew = await self._show(chat, outgoing, answers, sign)
        await self._take_back(chat, shown)
        return tuple(each.message for each in anew)

    async def _edit(self, chat: int | str, outgoing: Outgoing, shown: tuple[str, ...], sign: Sign) -> tuple[str, ...]:
        """Edit in place; more parts than before are posted after them, superfluous messages deleted."""
        parts = await self._parts(outgoing, sign, with_file=outgoing.attachment is not None)
        if outgoing.attachment is not None and not await self._edit_one(chat, shown[0], parts[0], caption=True):
            parts = await self._parts(outgoing, sign, with_file=False)
            await self._edit_text(chat, shown[0], parts[0])
        elif outgoing.attachment is None:
            await self._edit_text(chat, shown[0], parts[0])
        kept = min(len(parts), len(shown))
        for part, message in zip(parts[1:], shown[1:], strict=False):
            if part.call is None and part.pin is None:
                await self._edit_text(chat, message, part)
        more = await self._post_all(chat, outgoing, parts[kept:], None, None)
        await self._take_back(chat, shown[kept:])
        return (*shown[:kept], *(each.message for each in more))

    async def _edit_text(self, chat: int | str, message: str, part: Part) -> None:
        if not await self._edit_one(chat, message, part, caption=False):
            raise _Unlike

    async def _edit_one(self, chat: int | str, message: str, part: Part, *, caption: bool) -> bool:
        """Edit one message; False if it has no caption or no text to edit. Raises `_Unlike` if it cannot be edited at all."""
        which: Json = {"chat_id": chat, "message_id": int(message)}
        if part.markup is not None and "inline_keyboard" in part.markup:
            which["reply_markup"] = part.markup
        try:
            if caption:
                await self._poster.edit("editMessageCaption", {**which, "caption": part.text})
            else:
                await self._poster.edit("editMessageText", {**which, "text": part.text})
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

    async def _parts(self, outgoing: Outgoing, sign: Sign, *, with_file: bool) -> list[Part]:
        note = "" if with_file or outgoing.attachment is None else self._render(note_for(outgoing.attachment), outgoing.language)
        door = None if outgoing.door is None else f"https://t.me/{await self._own_name()}"
        return lay_out(outgoing, sign, with_file=with_file, note=note, render=self._render, door=door)


def _sent(posted: Sequence[Posted]) -> Sent:
    uploaded = posted[0].uploaded
    return Sent(tuple(each.message for each in posted), None if uploaded is None else uploaded.name)
