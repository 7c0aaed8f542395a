"""A stand-in for each test, and a bot that speaks plain HTTP to it."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.demo.server import StandIn
from bot.demo.world import World

Json = dict[str, Any]


class Bot:
    """The shortest bot: it asks, and remembers how far it has read."""

    def __init__(self, telegram: StandIn, session: aiohttp.ClientSession) -> None:
        self.telegram = telegram
        self.world: World = telegram.world
        self.session = session
        self.offset = 0

    async def answer(self, method: str, **params: Any) -> Json:
        """The whole answer, as JSON."""
        async with self.session.post(f"{self.telegram.url}/bot{self.telegram.token}/{method}", json=params) as found:
            answer: Json = await found.json()
            assert answer["ok"] == (found.status == 200)
            return answer

    async def asks(self, method: str, **params: Any) -> Any:
        """The result; fails when refused."""
        answer = await self.answer(method, **params)
        assert answer["ok"], answer
        return answer["result"]

    async def refused(self, method: str, **params: Any) -> str:
        """How it was refused; fails when it was not."""
        answer = await self.answer(method, **params)
        assert not answer["ok"], answer
        description: str = answer["description"]
        return description

    async def uploads(self, method: str, files: dict[str, bytes], **params: Any) -> Json:
        """The whole answer to a multipart request."""
        form = aiohttp.FormData(default_to_multipart=True)
        for name, value in params.items():
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        for name, data in files.items():
            form.add_field(name, io.BytesIO(data), filename=f"{name}.bin", content_type="application/octet-stream")
        async with self.session.post(f"{self.telegram.url}/bot{self.telegram.token}/{method}", data=form) as found:
            answer: Json = await found.json()
            return answer

    async def updates(self, timeout: int = 5, **params: Any) -> list[Json]:  # noqa: ASYNC109 - the Bot API's own
        """What is new; confirms what was read before."""
        found: list[Json] = await self.asks("getUpdates", offset=self.offset, timeout=timeout, **params)
        if found:
            self.offset = found[-1]["update_id"] + 1
        return found

    async def sends(self, chat_id: int, text: str, *, buttons: list[list[str]] | None = None, **params: Any) -> Json:
        """Send a text; a button's data is its label."""
        if buttons:
            rows = [[{"text": label, "callback_data": label} for label in row] for row in buttons]
            params["reply_markup"] = {"inline_keyboard": rows}
        found: Json = await self.asks("sendMessage", chat_id=chat_id, text=text, **params)
        return found


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as found:
        yield found


@pytest.fixture
async def telegram() -> AsyncIterator[StandIn]:
    async with StandIn.start(repeat_guard=0) as found:
        yield found


@pytest.fixture
async def bot(telegram: StandIn, session: aiohttp.ClientSession) -> Bot:
    return Bot(telegram, session)
