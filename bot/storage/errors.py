"""What can go wrong between a transaction and its disk.

`StorageUnavailable`: nothing was stored; the same transaction may be tried again later. `Stale`: somebody else changed the ticket, session,
broadcast, occurrence or calendar since it was read; load and decide again. `SealBroken`: a sealed value does not open: another key, another
row, or damage. `Fenced`: another process has taken over the duty that the transaction belongs to; nothing was stored.
`DayKeyMissing` stays inside this room: the database makes the key and repeats the transaction.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

Reason = Literal["locked", "full", "readonly", "connection", "io", "corrupt"]


class StorageUnavailable(Exception):
    """The storage could not take a transaction, and kept nothing of it.

    `reason` is `locked` (another process holds it for more than 5 s), `full`, `readonly`, `connection` (PostgreSQL is away, or the database
    was closed), `io` (the disk answered with an error) or `corrupt`.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"the storage cannot be written: {reason}")
        self.reason: Reason = reason


class Stale(Exception):
    """The ticket, session, broadcast, occurrence or calendar is no longer in the version that the change was made for."""


class Fenced(Exception):
    """The lease under which the transaction was to be made is another's now. The text names the lease."""


class SealBroken(Exception):
    """A sealed value does not open with this key for this row."""


class DayKeyMissing(Exception):
    """There is no key yet for what is sealed on this day."""

    def __init__(self, purpose: str, day: date) -> None:
        super().__init__("no key for this day yet")
        self.purpose = purpose
        self.day = day
