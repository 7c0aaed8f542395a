"""Lanes: what must be handled in order shares one. A lane's name is an HMAC, so the inbox does not show whose it is."""

from __future__ import annotations

from bot.model.ids import BroadcastId, SessionId, TicketId
from bot.storage.seal import Keyring


def of_chat(keys: Keyring, channel: str, chat: str) -> str:
    """Return the lane of a chat: its arrivals, and the timers of the resident behind it."""
    return keys.lookup("lane", f"{channel}:{chat}")


def of_ticket(keys: Keyring, ticket: TicketId) -> str:
    """Return the lane of a ticket's own events: its timers, what became of its deliveries."""
    return keys.lookup("lane", f"ticket:{ticket}")


def of_session(keys: Keyring, session: SessionId) -> str:
    """Return the lane of a session's own events: its timers, and the rounds that tell people of it."""
    return keys.lookup("lane", f"session:{session}")


def of_broadcast(keys: Keyring, broadcast: BroadcastId) -> str:
    """Return the lane of a broadcast's own events: its timers and those of its occurrences, what was counted, what has ended."""
    return keys.lookup("lane", f"broadcast:{broadcast}")


def of_timer(keys: Keyring, key: str) -> str:
    """Return the lane of a timer that is nobody's."""
    return keys.lookup("lane", f"timer:{key}")
