"""How a raw update lies in the inbox: under the chat it came from, so that its sender can be answered even if nobody can read it."""

from __future__ import annotations

from bot.channels.base import Received


def enclose(received: Received) -> bytes:
    """Return what is stored for an update."""
    return received.chat.encode() + b"\n" + received.raw


def disclose(stored: bytes) -> tuple[str, bytes]:
    """Return the chat's address and the update's bytes."""
    chat, _, raw = stored.partition(b"\n")
    return chat.decode(), raw
