"""Names for the identifiers that travel through the bot. All are random tokens: none is derived from a person."""

from typing import Literal, NewType, Protocol

ResidentId = NewType("ResidentId", str)
MemberId = NewType("MemberId", str)
TicketId = NewType("TicketId", str)
EntryId = NewType("EntryId", str)
SessionId = NewType("SessionId", str)
PromiseId = NewType("PromiseId", str)
RoundId = NewType("RoundId", str)
DraftId = NewType("DraftId", str)
BroadcastId = NewType("BroadcastId", str)
OccurrenceId = NewType("OccurrenceId", str)
ForumId = NewType("ForumId", str)
"""A district's id from the configuration, or `PROVINCE`."""

PROVINCE = ForumId("province")
"""The forum of the provincial head and the coordinators: the parent office and the focal chat for sensitive reports."""

Language = Literal["en", "ar", "ckb"]
LANGUAGES: tuple[Language, ...] = ("ar", "ckb", "en")


class Chance(Protocol):
    """Where new ids come from. Handed in, so that a decision can be replayed."""

    def token(self) -> str:
        """Return a fresh identifier: 12 characters of a-z and 2-7, 60 random bits."""
        ...

    def reference(self) -> str:
        """Return the second half of a public number, such as `7F3K-9Q2M`: 40 random bits that say nothing of volume."""
        ...
