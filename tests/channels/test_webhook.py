"""Having updates brought: nothing is taken before it is stored, and what Telegram is told and says of it is looked after."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
import pytest

from bot import serving
from bot.channels.base import Received
from bot.channels.telegram import Webhook, webhook
from bot.channels.telegram.batch import single
from bot.demo.server import StandIn
from bot.errors import TokenRefused
from bot.serving import listening
from tests.channels.conftest import Alarms, Line, channel_to
from tests.health.asking import free_port

SECRET = "a-secret_of-the-two"
HEADER = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


@contextlib.asynccontextmanager
async def told(telegram: StandIn, *, connections: int = 40, **options: Any) -> AsyncIterator[tuple[Line, str]]:
    """A channel that has its updates brought, and the address."""
    alarms, port = Alarms(), free_port()
    url = f"http://127.0.0.1:{port}/telegram"
    with listening("127.0.0.1", port, setting="port") as sock:
        assert sock is not None
        async with channel_to(telegram, alarms, webhook=Webhook(url, SECRET, sock, connections), **options) as channel:
            yield Line(telegram, channel, alarms), url


@pytest.fixture
async def telegram() -> AsyncIterator[StandIn]:
    async with StandIn.start(limits=False, repeat_guard=0, courier_pace=0.02) as found:
        yield found


@pytest.fixture
async def line(telegram: StandIn) -> AsyncIterator[Line]:
    async with told(telegram) as (line, _):
        yield line


async def post(url: str, body: bytes, headers: dict[str, str] = HEADER) -> int:
    """Bring something; return the status."""
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status


async def test_telegram_is_told_where_to_bring_what_and_nothing_is_dropped(line: Line) -> None:
    line.world.person("Sara").starts()
    async with line.receiving():
        await line.inbox.next()
    [told] = line.world.asked("setWebhook")
    assert told.params["secret_token"] == SECRET
    assert told.params["max_connections"] == 40
    assert told.params["drop_pending_updates"] is False
    assert set(told.params["allowed_updates"]) == {"message", "edited_message", "callback_query", "my_chat_member", "chat_member"}
    assert line.world.asked("getUpdates") == []
    assert line.channel.alone is False


async def test_what_could_not_be_stored_is_brought_again_in_its_order(line: Line) -> None:
    """F8: the alarm is raised once, and Telegram is asked to come again soon."""
    await line.is_refused(3)
    assert [visit.status for visit in line.telegram.courier.visits] == [503, 503, 503, 200, 200]


async def test_telegram_is_asked_to_come_again_soon_with_what_could_not_be_stored(telegram: StandIn) -> None:
    """Unasked, it would wait twice as long after each failure."""
    async with told(telegram) as (line, url), line.receiving():
        await line.world.until(lambda: line.telegram.courier.webhook is not None)
        line.inbox.refusals = 1
        async with aiohttp.ClientSession() as session, session.post(url, data=b'{"update_id": 1}', headers=HEADER) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "2")


async def test_nothing_is_taken_while_the_store_has_not_returned(line: Line) -> None:
    """B1."""
    let_go, began = asyncio.Event(), asyncio.Event()

    async def slow(batch: Sequence[Received]) -> None:
        began.set()
        await let_go.wait()
        await line.inbox.store(batch)

    line.world.person("Sara").starts()
    task = asyncio.create_task(line.channel.receive(slow))
    await asyncio.wait_for(began.wait(), 5)
    assert len(line.world.updates) == 1
    assert line.telegram.courier.visits == []
    let_go.set()
    await line.world.until(lambda: len(line.world.updates) == 0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_who_comes_while_something_is_stored_goes_together_with_the_next(line: Line) -> None:
    """One transaction for many, without making anybody wait for others to come."""
    let_go = asyncio.Event()

    async def slow(batch: Sequence[Received]) -> None:
        await let_go.wait()
        await line.inbox.store(batch)

    task = asyncio.create_task(line.channel.receive(slow))
    for number in range(21):
        line.world.person(f"Sara {number}").starts()
    await line.world.until(lambda: line.telegram.courier.under_way == 21)
    let_go.set()
    await line.world.until(lambda: len(line.world.updates) == 0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert len(line.inbox.batches) < 21
    assert len({*line.inbox.keys}) == len(line.inbox.keys) == 21


async def test_a_stop_answers_what_has_begun(line: Line) -> None:
    """F33: what is being stored when the bot is told to stop is stored, and taken."""
    began = asyncio.Event()

    async def slow(batch: Sequence[Received]) -> None:
        began.set()
        await asyncio.sleep(0.05)
        await line.inbox.store(batch)

    line.world.person("Sara").starts()
    task = asyncio.create_task(line.channel.receive(slow))
    await asyncio.wait_for(began.wait(), 5)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await line.world.until(lambda: line.telegram.courier.visits)
    assert line.telegram.courier.visits[0].status == 200
    assert len(line.inbox.keys) == 1


async def test_a_webhook_that_somebody_took_away_is_told_and_set_again(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "LOOK_SECONDS", 0.02)
    async with line.receiving():
        await line.world.until(lambda: line.telegram.courier.webhook is not None)
        line.telegram.courier.turn_to(None)
        assert await line.alarms.next() == "webhook_gone"
        line.world.person("Sara").starts()
        await line.inbox.next()
    assert line.alarms == ["webhook_gone"]


@pytest.mark.parametrize(("minutes", "anew"), [(1, 1), (60, 0)], ids=["a minute ago", "an hour ago"])
async def test_what_waits_at_a_start_is_brought_anew_only_where_telegram_has_failed_at_it(line: Line, minutes: int, anew: int) -> None:
    """F15: an hour ago it failed at something else. What waits just now is being taken in by others, whom a new beginning would disturb."""
    line.telegram.faults.add("delay", "webhook", times=None, seconds=1)
    url = line.channel._intake._webhook.url  # type: ignore[attr-defined]
    await line.channel.bot.set_webhook(url, secret_token=SECRET)
    courier = line.telegram.courier.webhook
    assert courier is not None
    courier.failure, courier.failed_at = "Connection refused", int(line.world.clock.now()) - minutes * 60
    line.world.person("Sara").starts()
    async with line.receiving():
        await line.world.until(lambda: len(line.world.asked("setWebhook")) == 2)
    assert len(line.world.asked("deleteWebhook")) == anew


async def test_an_address_that_telegram_does_not_take_is_told_and_tried_again(line: Line) -> None:
    line.telegram.faults.add("status", "setWebhook", times=2, status=400, description="Bad Request: bad webhook: Failed to resolve host")
    line.world.person("Sara").starts()
    async with line.receiving():
        assert await line.alarms.next() == "webhook_refused"
        await line.inbox.next()
    assert line.alarms == ["webhook_refused"]


async def test_too_many_changes_are_tried_again_when_telegram_says(line: Line) -> None:
    """Several processes that start together set it together."""
    line.telegram.faults.add("status", "setWebhook", times=1, status=429, retry_after=0)
    await line.hears_somebody()


async def test_that_telegram_cannot_reach_us_is_told_and_not_taken_for_silence(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """`heard` stands still while people write and nothing comes through, so that a gap of a day would be seen (F15)."""
    monkeypatch.setattr(webhook, "LOOK_SECONDS", 0.02)
    async with line.receiving():
        await line.world.until(lambda: line.channel.waiting == 0)
        line.telegram.faults.add("reset_before", "webhook", times=None)
        line.world.clock.advance(60)
        line.world.person("Sara").starts()
        assert await line.alarms.next() == "undelivered"
        assert line.channel.waiting == 1
        heard = line.channel.heard
        looks = len(line.world.asked("getWebhookInfo"))
        await line.world.until(lambda: len(line.world.asked("getWebhookInfo")) > looks + 2)
        assert heard is not None
        assert line.channel.heard == heard
        line.telegram.faults.clear()
        await line.inbox.next()
        await line.world.until(lambda: line.channel.waiting == 0)
        assert line.channel.heard > heard
    assert line.alarms == ["undelivered"]


async def test_a_refused_token_ends_it(telegram: StandIn) -> None:
    """F22."""
    async with told(telegram, token="1:wrong") as (line, _):
        with pytest.raises(TokenRefused):
            await asyncio.wait_for(line.channel.receive(line.inbox.store), 10)
        assert line.alarms == ["token_rejected"]


async def test_somebody_who_is_slow_to_say_what_they_want_is_cut_off(telegram: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that says nothing, half a head, and a body that does not come."""
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.1)
    monkeypatch.setattr(webhook, "BODY_SECONDS", 0.1)
    async with told(telegram) as (line, url), line.receiving():
        await line.world.until(lambda: line.telegram.courier.webhook is not None)
        port = int(url.split(":")[2].split("/")[0])
        head = f"POST /telegram HTTP/1.1\r\nHost: x\r\n{'; '.join(f'{name}: {value}' for name, value in HEADER.items())}\r\n"
        for said, answered in ((b"", b""), (head.encode(), b""), (f"{head}Content-Length: 10\r\n\r\n123".encode(), b"HTTP/1.1 408")):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(said)
            assert (await asyncio.wait_for(reader.read(), 5)).startswith(answered)
            writer.close()
    assert line.inbox.keys == []


async def test_no_more_connections_are_held_than_are_needed(telegram: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "SPARE", 2)
    async with told(telegram, connections=1) as (line, url), line.receiving():
        await line.world.until(lambda: line.telegram.courier.webhook is not None)
        port = int(url.split(":")[2].split("/")[0])
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        with contextlib.suppress(ConnectionResetError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await asyncio.wait_for(reader.read(), 5) == b""
            writer.close()
        for _, writer in held:
            writer.close()


async def test_nothing_that_is_brought_is_said_in_any_log(telegram: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    """B50: neither words nor the secret, at any level of any library."""
    caplog.set_level(logging.DEBUG)
    async with told(telegram) as (line, url), line.receiving():
        await line.world.until(lambda: line.telegram.courier.webhook is not None)
        caplog.clear()
        assert await post(url, b'{"update_id": 1, "message": {"text": "canary"}}') == 200
        assert await post(url, b"canary", {}) == 401
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.split(":")[2].split("/")[0]))
        writer.write(b"canary\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 400")
        writer.close()
    assert "canary" not in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in repr(Webhook(url, SECRET, None))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "key", "chat"),
    [
        (b'{"update_id":7,"message":{"chat":{"id":-5}}}', "7", "-5"),
        (b'{"update_id":7,"callback_query":{"from":{"id":9},"message":{"chat":{"id":-5}}}}', "7", "-5"),
        (b'{"update_id":8,"message":' + b"[" * 5000 + b"]" * 5000 + b"}", "8", ""),
        (b'{"update_id":8,"message":{"date":' + b"9" * 5000 + b"}}", "8", ""),
        (b'{"update_id":9', "9", ""),
    ],
)
def test_what_is_brought_is_kept_as_it_came_under_its_number(body: bytes, key: str, chat: str) -> None:
    """F26."""
    received = single(body)
    assert (received.key, received.chat, received.raw) == (key, chat, body)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"null", b"[]", b'{"update_id": true}', b'{"update_id": -1}'])
def test_what_has_no_number_is_kept_under_its_hash(body: bytes) -> None:
    assert single(body).key.startswith("unnumbered-")
    assert single(body) == single(body)
