"""How an action travels inside a button: short enough for Telegram's 64 bytes together with its 11-character signature."""

from __future__ import annotations

from bot.model.ids import BroadcastId, OccurrenceId, SessionId, TicketId
from bot.model.messages import Action

LIMIT = 52
"""Bytes for the action: 64 of callback_data less a dot and the signature."""


def encode(action: Action) -> str:
    """Return `verb~ticket~arg~arg`, with `@session`, `!broadcast` or `=occurrence` in place of a ticket.

    Raises:
        ValueError: it would not fit, or a part holds the separator.
    """
    parts = (action.verb, _about(action), *action.args)
    if any("~" in part for part in parts):
        raise ValueError("a part of an action may not contain '~'")
    encoded = "~".join(parts)
    if len(encoded.encode()) > LIMIT:
        raise ValueError(f"an action may have {LIMIT} bytes, this has {len(encoded.encode())}")
    return encoded


def _about(action: Action) -> str:
    marked = (("@", action.session), ("!", action.broadcast), ("=", action.occurrence))
    return next((mark + id for mark, id in marked if id), action.ticket or "")


def decode(encoded: str) -> Action:
    """Return the action that `encode` wrote."""
    verb, _, rest = encoded.partition("~")
    about, *args = rest.split("~") if rest else ("",)
    match about[:1]:
        case "@":
            return Action(verb, None, tuple(args), session=SessionId(about[1:]))
        case "!":
            return Action(verb, None, tuple(args), broadcast=BroadcastId(about[1:]))
        case "=":
            return Action(verb, None, tuple(args), occurrence=OccurrenceId(about[1:]))
    return Action(verb, TicketId(about) if about else None, tuple(args))
