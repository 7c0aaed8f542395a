"""How one `Outgoing` is laid out over Telegram's messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from telegram.constants import MessageLimit

from bot.channels.base import Sign
from bot.channels.telegram.keyboards import Markup, markup_of
from bot.channels.telegram.splitting import split
from bot.engine.places import SHARE_LOCATION
from bot.model.ids import Language
from bot.model.messages import Attachment
from bot.model.outgoing import Outgoing
from bot.model.text import N_, Piece

TEXT: Final = int(MessageLimit.MAX_TEXT_LENGTH)
CAPTION: Final = int(MessageLimit.CAPTION_LENGTH)


@dataclass(frozen=True, slots=True)
class Part:
    """One message: words with what stands under them, or a number that can be tapped (`call`: number, whose it is), or a point on a map.

    `mentions` is the id of the person whom the first line names.
    """

    text: str
    markup: Markup | None = None
    call: tuple[str, str] | None = None
    pin: tuple[float, float] | None = None
    mentions: str | None = None


def lay_out(
    outgoing: Outgoing, sign: Sign, *, with_file: bool, note: str, render: Callable[[Piece, Language], str], door: str | None
) -> list[Part]:
    """Return the messages in order: the words (the first part is the file's caption, buttons are under the last), the number, the map."""
    text = "\n\n".join(filter(None, (outgoing.text, note)))
    pieces = split(text, CAPTION if with_file else TEXT, TEXT)
    markup = markup_of(outgoing, sign, render(SHARE_LOCATION, outgoing.language) if outgoing.asks_location else "", door)
    parts = [Part(piece) for piece in pieces[:-1]] + [Part(pieces[-1], markup, mentions=outgoing.asked if len(pieces) == 1 else None)]
    if outgoing.call is not None:
        parts.append(Part("", call=outgoing.call))
    if outgoing.pin is not None:
        parts.append(Part("", pin=outgoing.pin))
    return parts


def note_for(attachment: Attachment) -> Piece:
    """Return the sentence that stands in for a file that cannot be shown."""
    match attachment.kind:
        case "photo":
            return N_("(A photo belongs here, but it could not be passed on.)")
        case "voice":
            return N_("(A voice note belongs here, but it could not be passed on.)")
        case "video":
            return N_("(A video belongs here, but it could not be passed on.)")
        case "document":
            return N_("(A file belongs here, but it could not be passed on.)")
