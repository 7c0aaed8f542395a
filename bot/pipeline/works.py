"""What only one process may do at a time: one piece of work each, which begins afresh from the disk wherever it begins."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Literal, Protocol, assert_never

from bot.channels.base import Channel
from bot.pipeline.bell import Word
from bot.pipeline.fanout.feeder import Feeder
from bot.pipeline.sender import Sender
from bot.storage.database import Database

Duty = Literal["receive", "tick", "send"]
DUTIES: Final[tuple[Duty, ...]] = ("receive", "tick", "send")
"""send: the outbox and broadcasts. tick: what falls due. receive: asks the channel, where only one may ask."""


class Work(Protocol):
    """One process's doing of a duty."""

    @property
    def rounds(self) -> Mapping[str, float]:
        """Monotonic times at which its loops last went round."""
        ...

    async def run(self) -> None:
        """Do it, until stopped or cancelled."""
        ...

    def stop(self) -> None:
        """Finish what is under way, then let `run` return."""
        ...

    def hear(self, word: Word) -> None:
        """There is something to do, perhaps."""
        ...


Begin = Callable[[Database, Channel], Work]
"""Begins a work with the database and the channel that it may use for as long as the duty is this process's."""


class Sending:
    """Sends what waits, and finds the people of what is sent to many."""

    def __init__(self, sender: Sender, feeder: Feeder) -> None:
        self.sender = sender
        self.feeder = feeder
        self._feeding: asyncio.Task[None] | None = None

    @property
    def rounds(self) -> Mapping[str, float]:
        """The sender's."""
        return {"send": self.sender.last_round}

    async def run(self) -> None:
        """Send until stopped."""
        async with asyncio.TaskGroup() as tasks:
            self._feeding = tasks.create_task(self.feeder.run(), name="feed")
            await self.sender.run()
            self._feeding.cancel()

    def stop(self) -> None:
        """Find nobody more, and finish what is on its way."""
        self.sender.stop()
        if self._feeding is not None:
            self._feeding.cancel()

    def hear(self, word: Word) -> None:
        """Look at the outbox, or at the broadcasts."""
        match word:
            case "sends":
                self.sender.wake()
            case "casts":
                self.feeder.wake()
            case "told":
                pass
            case _:
                assert_never(word)


class Going:
    """What goes on until it is told to end, and may be ended at any moment."""

    def __init__(self, *goes: Callable[[], Awaitable[None]], rounds: Callable[[], Mapping[str, float]] = dict) -> None:
        self._goes = goes
        self._rounds = rounds
        self._going: list[asyncio.Task[None]] = []
        self._stopped = False

    @property
    def rounds(self) -> Mapping[str, float]:
        """What goes round in it."""
        return self._rounds()

    async def run(self) -> None:
        """Go on until stopped."""
        async with asyncio.TaskGroup() as tasks:
            self._going = [tasks.create_task(_awaited(goes())) for goes in self._goes if not self._stopped]

    def stop(self) -> None:
        """End it, also before it has begun."""
        self._stopped = True
        for going in self._going:
            going.cancel()

    def hear(self, word: Word) -> None:
        """Nothing is waited for here."""


async def _awaited(something: Awaitable[None]) -> None:
    await something
