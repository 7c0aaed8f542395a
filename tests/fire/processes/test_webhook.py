"""Three processes to which Telegram brings its messages through a proxy: each takes in, and the fall of one loses nothing."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.fire.conversations import CONVERSATIONS
from tests.fire.judge import judge
from tests.fire.kept import settled
from tests.fire.processes.several import Bots, several
from tests.fire.talk import Crowd
from tests.health.asking import free_port


@dataclass
class Proxy:
    """Passes what Telegram brings on to one bot after the other, and past one that is not there."""

    ports: list[int] = field(default_factory=list)
    taken: Counter[int] = field(default_factory=Counter)
    _turns: itertools.count[int] = field(default_factory=itertools.count)

    @asynccontextmanager
    async def open(self, port: int) -> AsyncIterator[Proxy]:
        """Listen where Telegram goes."""
        application = web.Application(client_max_size=1 << 23)
        application.router.add_post("/telegram", self._pass)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        async with aiohttp.ClientSession() as self._session:
            try:
                yield self
            finally:
                await runner.cleanup()

    async def _pass(self, request: web.Request) -> web.Response:
        body, first = await request.read(), next(self._turns)
        for index in range(len(self.ports)):
            port = self.ports[(first + index) % len(self.ports)]
            try:
                async with self._session.post(f"http://127.0.0.1:{port}/telegram", data=body, headers=request.headers) as answer:
                    self.taken[port] += answer.status == 200
                    return web.Response(status=answer.status)
            except aiohttp.ClientError:
                continue
        return web.Response(status=502)


@asynccontextmanager
async def behind_a_proxy(folder: Path, url: str) -> AsyncIterator[tuple[Bots, Proxy]]:
    """Raise a town with three bots behind a proxy."""
    async with several(folder, url, 0, intake="webhook") as bots:
        bots.town.telegram.courier.pace = 0.05
        async with Proxy().open(int(bots.town.environment["ALWAND_TELEGRAM__WEBHOOK_PORT"])) as proxy:
            for _ in range(3):
                proxy.ports.append(free_port())
                await bots.starts(TELEGRAM__WEBHOOK_PORT=str(proxy.ports[-1]))
            yield bots, proxy


@pytest.mark.slow
async def test_every_process_takes_in_and_the_fall_of_one_loses_nothing(tmp_path: Path, own_postgresql_url: str) -> None:
    """B1, B2, F2: stored once whichever took it; nobody polls.

    These people see that their words were sent before they press Done. With a webhook a press may overtake words (decision 13): what
    becomes of those is held by `tests/town/test_webhook.py`.
    """
    async with behind_a_proxy(tmp_path, own_postgresql_url) as (bots, proxy):
        crowd = Crowd(bots.town, random.Random(7), CONVERSATIONS, at_once=20, hurries=False)
        await crowd.lives(10)
        assert all(proxy.taken[port] > 10 for port in proxy.ports)
        await bots.kill(bots.all[0])
        await crowd.lives(10)
        await crowd.comes_back()
        assert crowd.stuck == []
        await settled(bots.town)
        verdict = await judge(bots.town, bots.kills, crowd.threads)
        verdict.sound()
        assert bots.town.world.asked("getUpdates") == []
        assert len({call.params["secret_token"] for call in bots.town.world.asked("setWebhook")}) == 1
        for bot in bots.all:
            assert len(bot.lines("turn")) > 10
