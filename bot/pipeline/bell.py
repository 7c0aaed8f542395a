"""Wakes whoever waits for what was just written down, here and in the other processes.

Here at once. To the others a word goes a few milliseconds later, with all that was said meanwhile: after the turn's commit and not inside
it, since the server lets transactions with a word for others commit one by one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Literal, get_args

from bot.storage.company import Company
from bot.storage.errors import StorageUnavailable

Word = Literal["told", "sends", "casts"]
"""told: something entered the inbox. sends: something waits to be sent. casts: a broadcast begins, goes on or stops."""

WORDS: Final[tuple[Word, ...]] = get_args(Word)
GAP_SECONDS: Final = 0.005
"""Between two calls to the others."""


class Bell:
    """Rings. `hear` is called with each word here; `needed` tells whether another process has to hear it too."""

    def __init__(self, company: Company | None, hear: Callable[[Word], None], needed: Callable[[Word], bool]) -> None:
        self._company = company
        self._hear = hear
        self._needed = needed
        self._words: set[Word] = set()
        self._rung = asyncio.Event()

    def ring(self, word: Word) -> None:
        """Let everybody hear a word."""
        self._hear(word)
        if self._company is not None and self._needed(word):
            self._words.add(word)
            self._rung.set()

    async def run(self) -> None:
        """Call the others, until cancelled. What cannot be called now they find unasked, half a second or a few later."""
        while True:
            await self._rung.wait()
            self._rung.clear()
            words, self._words = self._words, set()
            if self._company is not None:
                with suppress(StorageUnavailable):
                    await self._company.call(words)
            await asyncio.sleep(GAP_SECONDS)
