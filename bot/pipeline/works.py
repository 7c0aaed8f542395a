"""What only one process may do at a time: one piece of work each, which begins afresh from the disk wherever it begins."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final, Literal, Protocol, assert_never

import structlog

from bot.channels.base import Channel
from bot.pipeline.bell import Word
from bot.pipeline.fanout.feeder import Feeder
from bot.pipeline.sender import Sender
from bot.storage.database import Database

log = structlog.get_logger()

Duty = Literal["receive", "tick", "send"]
DUTIES: Final[tuple[Duty, ...]] = ("receive", "tick", "send")
"""send: the outbox and broadcasts. tick: what falls due. receive: asks the channel, where only one may ask."""

SILENCE_SECONDS: Final = 2.0
"""A channel that has answered nothing for so long is not waited for at the end: on a slow network an answer takes half of that."""


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
    """Sends what waits, and finds the people of what is sent to many.

    Told to stop, it waits for the answers to what is under way as long as there is somebody who answers: `answers` asks.
    """

    def __init__(self, sender: Sender, feeder: Feeder, answers: Callable[[], Awaitable[bool]]) -> None:
        self.sender = sender
        self.feeder = feeder
        self._answers = answers
        self._stopped = asyncio.Event()

    @property
    def rounds(self) -> Mapping[str, float]:
        """The sender's."""
        return {"send": self.sender.last_round}

    async def run(self) -> None:
        """Send until stopped."""
        async with asyncio.TaskGroup() as tasks:
            feeding = tasks.create_task(self.feeder.run(), name="feed")
            sending = tasks.create_task(self.sender.run(), name="send")
            ending = tasks.create_task(self._end(feeding, sending), name="end")
            await asyncio.wait([sending])
            feeding.cancel()
            ending.cancel()

    def stop(self) -> None:
        """Find nobody more, and finish what is on its way."""
        self.sender.stop()
        self._stopped.set()

    async def _end(self, feeding: asyncio.Task[None], sending: asyncio.Task[None]) -> None:
        """Once stopped, leave what is under way as it stands if nobody answers: whoever sends next takes it for unsure."""
        await self._stopped.wait()
        feeding.cancel()
        if not await self._heard():
            log.warning("cut short", tasks=[sending.get_name()], meaning="the channel does not answer")
            sending.cancel()

    async def _heard(self) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(SILENCE_SECONDS):
                while not await self._answers():  # noqa: ASYNC110 - whoever answers again rings no bell
                    await asyncio.sleep(SILENCE_SECONDS / 10)
                return True
        return False

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
