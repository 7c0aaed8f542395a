"""The stand-in as a process of its own and in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import sys

import aiohttp

from bot.demo.server import StandIn
from tests.demo.conftest import Bot


async def test_the_process_prints_its_address_and_stops_when_told(session: aiohttp.ClientSession) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot.demo", "--no-limits", stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    where = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
    async with session.get(f"{where['url']}/bot{where['token']}/getMe") as found:
        assert (await found.json())["ok"]
    async with session.get(f"{where['url']}/world/events") as events:
        polling = asyncio.create_task(session.get(f"{where['url']}/bot{where['token']}/getUpdates?timeout=50"))
        while (await events.content.readline()).strip() != b"event: bot":
            assert not polling.done()
        await stops(process)
    await asyncio.gather(polling, return_exceptions=True)


async def stops(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 5) == 0


async def test_a_stand_in_in_a_thread_wakes_whoever_waits_elsewhere(session: aiohttp.ClientSession) -> None:
    with StandIn.in_thread(limits=False) as telegram:
        bot = Bot(telegram, session)
        sara = telegram.do(lambda: telegram.world.person("Sara"))
        telegram.do(sara.starts)
        polling = asyncio.create_task(bot.updates(timeout=50))
        assert (await polling)[0]["message"]["text"] == "/start"
        sending = asyncio.create_task(bot.sends(sara.id, "Welcome"))
        assert (await sara.hears("Welcome")).text == "Welcome"
        await sending


async def test_a_stand_in_stops_at_once_though_somebody_waits(session: aiohttp.ClientSession) -> None:
    async with StandIn.start() as telegram:
        polling = asyncio.create_task(Bot(telegram, session).updates(timeout=50))
        await telegram.world.until(lambda: telegram.world.polls_open == 1)
    assert telegram.world.polls_open == 0
    await asyncio.gather(polling, return_exceptions=True)
