"""Take back what a slot shows: delete it, and where it is too old for that (48 h), empty it."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Sequence
from typing import Final

from telegram import Bot, InputMediaPhoto

from bot.channels.base import Sure
from bot.channels.telegram.outcomes import Verdict, verdict_of
from bot.channels.telegram.transport import AnswerLost, Refused
from bot.model.outgoing import Never, Sent

_NOTHING: Final = "—"
_BLANK: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAAAAABWESUoAAAAGElEQVR42mP8z4AfMDGMKhhVMKpghCoAAKM9AT8q/1PbAAAAAElFTkSuQmCC"
)


async def withdraw(bot: Bot, chat: int | str, messages: Sequence[str], sure: Sure) -> Sent | Never:
    """Take the messages back, each once it is `sure` to be ours to do; what is gone already is taken back.

    Raises as the transport does; doing it twice does no harm.
    """
    try:
        emptied = [await _withdraw_one(bot, chat, int(message), sure) for message in messages]
    except AnswerLost:
        raise Refused(500) from None
    return Sent() if all(emptied) else Never("refused", "not_deletable")


async def _withdraw_one(bot: Bot, chat: int | str, message: int, sure: Sure) -> bool:
    await sure()
    try:
        await bot.delete_message(chat, message)
    except Refused as refused:
        match verdict_of(refused):
            case Verdict.GONE | Verdict.NOT_EDITABLE:
                return True
            case Verdict.NOT_DELETABLE:
                return await _empty(bot, chat, message)
        raise
    return True


async def _empty(bot: Bot, chat: int | str, message: int) -> bool:
    """Put a dash in place of a text, a blank in place of a picture; a recording cannot be replaced, so it loses its caption only."""
    if await _done(bot.edit_message_text(_NOTHING, chat, message)):
        return True
    if await _done(bot.edit_message_media(InputMediaPhoto(_BLANK, filename="blank.png"), chat, message)):
        return True
    await _done(bot.edit_message_caption(chat, message, caption=""))
    return False


async def _done(edit: Awaitable[object]) -> bool:
    """Return whether an edit was carried out or not needed; False if the message cannot be edited like that."""
    try:
        await edit
    except Refused as refused:
        verdict = verdict_of(refused)
        if verdict is None:
            raise
        return verdict is Verdict.SAME
    return True
