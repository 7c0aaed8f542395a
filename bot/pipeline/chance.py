"""Chance for decisions: fresh ids and public numbers from the system's own source."""

from __future__ import annotations

import secrets
from typing import Final

_TOKEN: Final = "abcdefghijklmnopqrstuvwxyz234567"  # noqa: S105 - an alphabet
_REFERENCE: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Digits and capitals without those that are mistaken for one another, read aloud or written by hand: 0 and O, 1 and I."""


class SystemChance:
    """Draws from the operating system. A public number that is already given away makes its turn fail, and be repeated with another."""

    def token(self) -> str:
        """Return a fresh identifier: 12 characters of a-z and 2-7, 60 random bits."""
        return "".join(secrets.choice(_TOKEN) for _ in range(12))

    def reference(self) -> str:
        """Return the second half of a public number, such as `7F3K-9Q2M`: 40 random bits that say nothing of volume."""
        drawn = "".join(secrets.choice(_REFERENCE) for _ in range(8))
        return f"{drawn[:4]}-{drawn[4:]}"
