"""A bot's channel on the stand-in, over real HTTP, with an inbox that a test can wait for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from bot.channels.base import Received
from bot.channels.telegram import TelegramChannel
from bot.demo.server import StandIn
from bot.demo.world.people import Person
from bot.i18n import render
from bot.model.events import Arrival, Event
from bot.model.messages import Action
from bot.model.outgoing import Outcome, Outgoing, Sent


def signed(action: Action) -> str:
    """A button's data as good as any."""
    return "~".join((action.verb, action.ticket or "", *action.args))


class Inbox:
    """A store that remembers, and refuses as often as a test asks it to."""

    def __init__(self) -> None:
        self.batches: list[tuple[Received, ...]] = []
        self.refusals = 0
        self._queue: asyncio.Queue[Received] = asyncio.Queue()

    async def store(self, batch: Sequence[Received]) -> None:
        if self.refusals:
            self.refusals -= 1
            raise OSError("no space left on device")
        self.batches.append(tuple(batch))
        for received in batch:
            self._queue.put_nowait(received)

    async def next(self) -> Received:
        return await asyncio.wait_for(self._queue.get(), 5)

    @property
    def keys(self) -> list[str]:
        return [received.key for batch in self.batches for received in batch]


class Alarms(list[str]):
    """What the channel raised an alarm about, in order; a test can wait for one."""

    def __init__(self) -> None:
        self._news: asyncio.Queue[str] = asyncio.Queue()

    def __call__(self, word: str) -> None:
        self.append(word)
        self._news.put_nowait(word)

    async def next(self) -> str:
        return await asyncio.wait_for(self._news.get(), 5)


class Line:
    """One bot and one Telegram."""

    def __init__(self, telegram: StandIn, channel: TelegramChannel, alarms: Alarms) -> None:
        self.telegram = telegram
        self.world = telegram.world
        self.channel = channel
        self.alarms = alarms
        self.inbox = Inbox()

    @contextlib.asynccontextmanager
    async def receiving(self) -> AsyncIterator[asyncio.Task[None]]:
        """Receive while the block runs."""
        task = asyncio.create_task(self.channel.receive(self.inbox.store))
        try:
            yield task
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def hears_somebody(self) -> None:
        """Somebody begins, and the update comes in without any alarm."""
        self.world.person("Sara").starts()
        async with self.receiving():
            await self.inbox.next()
        assert not self.alarms

    async def is_refused(self, times: int) -> None:
        """The store refuses so often: what somebody wrote comes again, in its order and all of it, and the alarm is raised once."""
        self.inbox.refusals = times
        sara = self.world.person("Sara")
        sara.starts()
        sara.writes("a second message")
        async with self.receiving():
            first, second = await self.inbox.next(), await self.inbox.next()
            await self.world.until(lambda: len(self.world.updates) == 0)
        assert int(second.key) == int(first.key) + 1
        assert self.alarms == ["store_failed"]

    async def arrives(self) -> Arrival:
        """The next update, read."""
        arrival = self.channel.read((await self.inbox.next()).raw)
        assert arrival is not None
        return arrival

    async def event(self) -> Event:
        """What the next update that concerns anybody says."""
        while True:
            arrival = self.channel.read((await self.inbox.next()).raw)
            if arrival is not None:
                return arrival.event

    async def says(self, to: Person | int, outgoing: Outgoing, *, shown: tuple[str, ...] = (), answers: str | None = None) -> Outcome:
        """Show something in a chat."""
        address = str(to if isinstance(to, int) else to.talk.id)
        return await self.channel.send(address, outgoing, shown=shown, answers=answers, sign=signed)

    async def shows(self, to: Person | int, outgoing: Outgoing, **how: Any) -> tuple[str, ...]:
        """Show something that is taken; return the ids."""
        outcome = await self.says(to, outgoing, **how)
        assert isinstance(outcome, Sent), outcome
        return outcome.messages


def channel_to(telegram: StandIn, alarms: Alarms, **options: Any) -> TelegramChannel:
    """A channel with a test's patience."""
    settings: dict[str, Any] = {"token": telegram.token, "poll_seconds": 2, "first_pause": 0.02, "stalled_seconds": 0.3, **options}
    return TelegramChannel(api_url=telegram.url, render=render, alarm=alarms, **settings)


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    alarms = Alarms()
    async with StandIn.start(limits=False) as telegram, channel_to(telegram, alarms) as channel:
        yield Line(telegram, channel, alarms)
        assert [violation.text for violation in telegram.world.violations] == []


@pytest.fixture
async def sara(line: Line) -> Person:
    """A resident who has pressed Start."""
    person = line.world.person("Sara", language_code="ar")
    person.starts()
    return person
