"""Being told to stop at the very moment in which there is something to do: it stops all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.channels.telegram import TelegramChannel
from bot.i18n import render
from bot.pipeline.machine import Machine
from tests.pipeline.house import House, surroundings


@pytest.mark.parametrize("part", ["feeder", "sender", "dispatcher"])
@pytest.mark.parametrize("steps", range(6))
async def test_a_cancellation_while_it_is_woken_ends_it(house: House, part: str, steps: int) -> None:
    """F33: a wake and a cancellation within a few steps of the loop; `asyncio.wait_for` of Python 3.11 swallows the second."""
    channel = TelegramChannel(token="1:a", api_url=house.telegram.url, render=render, alarm=lambda word: None, now=house.clock.now)
    machine = Machine(house.db, channel, surroundings(house.db.keys), house.decide, house.limits, house.clock)

    async def nothing(lane: str) -> bool:
        return False

    sending = machine.sending(house.db, channel)
    parts: dict[str, tuple[Callable[[], Awaitable[None]], Callable[[], None]]] = {
        "feeder": (sending.feeder.run, sending.feeder.wake),
        "sender": (sending.sender.run, sending.sender.wake),
        "dispatcher": (lambda: machine.dispatcher.run(nothing), machine.dispatcher.wake),
    }
    run, wake = parts[part]
    task = asyncio.ensure_future(run())
    await asyncio.sleep(0.3)  # it has done its first round and waits
    wake()
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    ended, _ = await asyncio.wait([task], timeout=3)
    if not ended:
        task.cancel()  # so that it is this test that fails, and not the whole run that stands still
    assert ended
