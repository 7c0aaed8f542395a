"""HTTP of a bot's connection: however its requests are cut up, each gets its answer, and what is unusual still works."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.demo.server import StandIn
from bot.demo.world import samples
from tests.demo.conftest import Bot

Json = dict[str, Any]


def request(telegram: StandIn, method: str, head: str = "", body: bytes | None = None, **params: Any) -> bytes:
    sent = json.dumps(params).encode() if body is None else body
    length = "" if "chunked" in head else f"Content-Length: {len(sent)}\r\n"
    first = f"POST /bot{telegram.token}/{method} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{length}{head}\r\n"
    return first.encode() + sent


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def answer(self) -> Json:
        """The next answer."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        found: Json = json.loads(await self.reader.readexactly(length))
        return found


async def dial(telegram: StandIn) -> Wire:
    return Wire(*await asyncio.open_connection("127.0.0.1", telegram.port))


@pytest.mark.parametrize("size", [1, 7, 10_000])
async def test_requests_that_arrive_in_pieces_are_answered_in_order(telegram: StandIn, size: int) -> None:
    wire = await dial(telegram)
    sent = request(telegram, "getMe") + request(telegram, "getChat", chat_id=1) + request(telegram, "getMe")
    for at in range(0, len(sent), size):
        wire.writer.write(sent[at : at + size])
        await wire.writer.drain()
        await asyncio.sleep(0)
    assert [(await wire.answer())["ok"] for _ in range(3)] == [True, False, True]
    wire.writer.close()


async def test_a_body_in_chunks_and_one_that_ends_the_connection_are_understood(telegram: StandIn) -> None:
    wire = await dial(telegram)
    wire.writer.write(request(telegram, "getMe"))
    assert (await wire.answer())["ok"]
    wire.writer.write(request(telegram, "getMe", "Transfer-Encoding: chunked\r\n", b"2\r\n{}\r\n0\r\n\r\n"))
    assert (await wire.answer())["ok"]
    wire.writer.write(request(telegram, "getMe", "Connection: close\r\n"))
    assert (await wire.answer())["ok"]
    assert await wire.reader.read() == b""
    wire.writer.close()


async def test_the_page_and_the_bot_may_share_a_connection(telegram: StandIn) -> None:
    wire = await dial(telegram)
    wire.writer.write(request(telegram, "getMe"))
    assert (await wire.answer())["ok"]
    wire.writer.write(b"GET /world/violations HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await wire.answer() == {"violations": []}
    wire.writer.write(request(telegram, "getMe"))
    assert (await wire.answer())["ok"]
    wire.writer.close()


@pytest.mark.parametrize(
    "nonsense", [b"POST /bot\r\n\r\n", b"POST /bot1/getMe HTTP/1.1\r\ncontent-length: x\r\n\r\n", b"GET /bot" + b"a" * 70_000]
)
async def test_nonsense_is_refused_and_hurts_nobody_else(telegram: StandIn, bot: Bot, nonsense: bytes) -> None:
    wire = await dial(telegram)
    wire.writer.write(nonsense)
    assert b" 400 " in await wire.reader.readline()
    wire.writer.close()
    assert await bot.asks("getMe")


async def test_a_large_upload_arrives_whole(bot: Bot) -> None:
    sara = bot.world.person()
    sara.starts()
    film = samples.mp4() + bytes(5_000_000)
    sent = await bot.uploads("sendVideo", {"video": film}, chat_id=sara.id)
    assert bot.world.files.by_id[sent["result"]["video"]["file_id"]].data == film


async def test_a_bug_in_the_stand_in_is_answered_with_500(telegram: StandIn, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(telegram.gate, "_answer", broken)
    async with bot.session.post(f"{telegram.url}/bot{telegram.token}/getMe") as answer:
        assert answer.status == 500
