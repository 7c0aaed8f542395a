"""How a raw update lies in the inbox: under the chat it came from, so that its sender can be answered even if nobody can read it.

Whether it came late is written down with it: whoever handles it may not be who took it in, and have another clock.
"""

from __future__ import annotations

from typing import Final

from bot.channels.base import Received

_LATE: Final = b" late"


def enclose(received: Received, *, late: bool = False) -> bytes:
    """Return what is stored for an update."""
    return received.chat.encode() + (_LATE if late else b"") + b"\n" + received.raw


def disclose(stored: bytes) -> tuple[str, bytes]:
    """Return the chat's address and the update's bytes."""
    chat, _, raw = stored.partition(b"\n")
    return chat.removesuffix(_LATE).decode(), raw


def is_late(stored: bytes) -> bool:
    """Tell whether it was written long before it came in."""
    return stored.partition(b"\n")[0].endswith(_LATE)
