"""Buttons under a message, and the one keyboard that can ask for a location.

They are made as the JSON that Telegram takes, and not as the library's objects, which are turned into the same: three buttons made twice
cost as much as all the rest of sending a message.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from bot.channels.base import Sign
from bot.channels.telegram.fields import Json
from bot.model.ids import Language
from bot.model.outgoing import Label, Outgoing

Markup = Json
"""One of Telegram's InlineKeyboardMarkup, ReplyKeyboardMarkup and ForceReply."""

_WIDEST_ROW: Final = 34
"""Letters that a row shows on a phone of 360 points before Telegram cuts labels off with "..."."""
_PADDING: Final = 3
_GRID: Final = {4: 7, 5: 5, 6: 4, 7: 3, 8: 2}
"""Characters that a button of so narrow a row may have: days and hours. A grid is read by its columns, and one button a row is no grid."""
_RIGHT_TO_LEFT: Final[tuple[Language, ...]] = ("ar", "ckb")

Rows = tuple[tuple[Label, ...], ...]


def markup_of(outgoing: Outgoing, sign: Sign, share_location: str, door: str | None) -> Markup | None:
    """Return what belongs under a message: buttons go before a request to reply, since Telegram shows only one of them.

    A location can only be asked for by the keyboard in place of the phone's own. It is a one-time keyboard: it folds away after a press and
    stays one tap away until then, and nothing has to take it down, which would cost a message of its own.

    A reply is asked of those only whom the message answers or mentions: opened for all, the next stray remark in a group would become an
    answer to a resident.

    Args:
        outgoing: the message.
        sign: makes the data of its buttons.
        share_location: the label of the key that shares a location.
        door: the address of the private chat with the bot, for the button that opens it.
    """
    rows = arranged(outgoing.rows, outgoing.language)
    if outgoing.asks_location:
        keys = [[{"text": share_location, "request_location": True}], *([{"text": label.text} for label in row] for row in rows)]
        return {"keyboard": keys, "resize_keyboard": True, "one_time_keyboard": True}
    buttons = [[{"text": label.text, "callback_data": sign(label.action)} for label in row] for row in rows]
    if outgoing.door is not None and door is not None:
        buttons.append([{"text": outgoing.door, "url": door}])
    if buttons:
        return {"inline_keyboard": buttons}
    return {"force_reply": True, "selective": True} if outgoing.expects_reply else None


@lru_cache(maxsize=64)
def arranged(rows: Rows, language: Language) -> Rows:
    """Return the rows as Telegram has to be given them: mirrored for right-to-left readers, one button a row where labels lack room.

    Telegram draws a row from left to right in every language; the first in reading order must come last for whom reads from the right.
    """
    fitting: list[tuple[Label, ...]] = []
    for row in rows:
        if len(row) > 1 and any(_width(label.text) > _room(len(row)) for label in row):
            fitting.extend((label,) for label in row)
        elif row:
            fitting.append(tuple(reversed(row)) if language in _RIGHT_TO_LEFT else row)
    return tuple(fitting)


def _room(columns: int) -> int:
    return _WIDEST_ROW // columns - _PADDING if columns < min(_GRID) else _GRID.get(columns, 0)


def _width(label: str) -> int:
    """Return about how many letters' room a label takes: an emoji two, a mark above or below a letter none."""
    return sum(2 if unicodedata.east_asian_width(c) == "W" else 1 for c in label if unicodedata.category(c) not in {"Mn", "Cf"})
