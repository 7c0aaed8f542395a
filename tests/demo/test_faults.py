"""Bad days on order: errors, broken connections, silence, and a network that is gone."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from bot.demo.api.faults import Fault
from bot.demo.world import Person, samples
from tests.demo.conftest import Bot


@pytest.fixture
def sara(bot: Bot) -> Person:
    sara = bot.world.person()
    sara.starts()
    return sara


def said(sara: Person) -> list[str]:
    return [message.text for message in sara.talk.from_bot]


async def test_a_status_is_answered_as_often_as_ordered(bot: Bot, sara: Person) -> None:
    bot.telegram.faults.add("status", "sendMessage", status=500, times=2)
    for _ in range(2):
        answer = await bot.answer("sendMessage", chat_id=sara.id, text="T")
        assert (answer["error_code"], answer["description"]) == (500, "Internal Server Error")
    await bot.sends(sara.id, "T")
    assert said(sara) == ["T"]


async def test_a_429_names_the_seconds_and_hits_only_its_chat(bot: Bot, sara: Person) -> None:
    omar = bot.world.person("Omar")
    omar.starts()
    bot.telegram.faults.add("status", "sendMessage", chat=sara.id, status=429, retry_after=3600)
    await bot.sends(omar.id, "T")
    answer = await bot.answer("sendMessage", chat_id=sara.id, text="T")
    assert answer["parameters"] == {"retry_after": 3600}
    assert answer["description"] == "Too Many Requests: retry after 3600"


async def test_any_bytes_can_be_put_into_telegrams_mouth(bot: Bot, sara: Person) -> None:
    bot.telegram.faults.add("says", "getUpdates", body=b"\xff no list")
    async with bot.session.post(f"{bot.telegram.url}/bot{bot.telegram.token}/getUpdates") as found:
        assert (found.status, await found.read()) == (200, b"\xff no list")
    assert len(bot.world.updates) == 1


async def test_a_proxys_page_is_no_json(bot: Bot, sara: Person) -> None:
    bot.telegram.faults.add("html", "getUpdates")
    async with bot.session.post(f"{bot.telegram.url}/bot{bot.telegram.token}/getUpdates") as found:
        assert found.status == 502
        assert found.content_type == "text/html"
        assert "502 Bad Gateway" in await found.text()
    assert len(await bot.updates()) == 1


async def test_cut_json_was_done_all_the_same(bot: Bot, sara: Person) -> None:
    bot.telegram.faults.add("truncated", "sendMessage")
    with pytest.raises(json.JSONDecodeError):
        await bot.sends(sara.id, "T")
    assert said(sara) == ["T"]


@pytest.mark.parametrize(("kind", "delivered"), [("reset_before", []), ("reset_after", ["T"])])
async def test_a_broken_connection_leaves_the_bot_unsure(bot: Bot, sara: Person, kind: str, delivered: list[str]) -> None:
    bot.telegram.faults.add(kind, "sendMessage")
    with pytest.raises(aiohttp.ClientError):
        await bot.sends(sara.id, "T")
    assert said(sara) == delivered


@pytest.mark.parametrize(("kind", "delivered"), [("hang", ["T"]), ("stall", [])])
async def test_silence_lasts_until_the_bot_gives_up(bot: Bot, sara: Person, kind: str, delivered: list[str]) -> None:
    fault = bot.telegram.faults.add(kind, "sendMessage")
    sending = asyncio.create_task(bot.sends(sara.id, "T"))
    await bot.world.until(lambda: len(bot.world.calls) == 1)
    assert not sending.done()
    assert fault.met == 1
    sending.cancel()
    assert said(sara) == delivered


async def test_a_delayed_call_is_done_late(bot: Bot, sara: Person) -> None:
    bot.telegram.faults.add("delay", "sendMessage", seconds=0.05)
    await bot.sends(sara.id, "T")
    assert said(sara) == ["T"]


async def test_a_download_can_fail_too(bot: Bot, sara: Person) -> None:
    path = (await bot.asks("getFile", file_id=sara.sends_voice().file_ids[0]))["file_path"]
    where = f"{bot.telegram.url}/file/bot{bot.telegram.token}/{path}"
    bot.telegram.faults.add("status", "file", status=404, description="Not Found")
    bot.telegram.faults.add("reset_before", "file", times=2)  # the client itself tries a GET twice
    async with bot.session.get(where) as found:
        assert found.status == 404
    with pytest.raises(aiohttp.ClientError):
        await bot.session.get(where)
    async with bot.session.get(where) as found:
        assert await found.read() == samples.opus()
    assert [call.status for call in bot.world.asked("file")] == [404, 599, 599, 200]


async def test_every_call_takes_as_long_as_the_network_does(bot: Bot, sara: Person) -> None:
    bot.telegram.faults.latency = 0.05
    began = asyncio.get_running_loop().time()
    await bot.asks("getMe")
    assert asyncio.get_running_loop().time() - began >= 0.05


async def test_a_star_means_every_method_but_reading(bot: Bot, sara: Person) -> None:
    bot.telegram.faults.add("status", times=None, status=503)
    assert (await bot.answer("getMe"))["error_code"] == 503
    assert (await bot.answer("sendMessage", chat_id=sara.id, text="T"))["error_code"] == 503
    assert len(await bot.updates()) == 1
    bot.telegram.faults.clear()
    await bot.asks("getMe")
    with pytest.raises(ValueError, match="no such fault"):
        Fault("gremlins")


async def test_a_cut_network_breaks_what_waits_and_refuses_what_comes(bot: Bot, sara: Person) -> None:
    await bot.updates()
    polling = asyncio.create_task(bot.updates(timeout=50))
    await bot.world.until(lambda: bot.world.polls_open == 1)
    bot.world.cut_network()
    with pytest.raises(aiohttp.ClientError):
        await asyncio.wait_for(polling, 2)
    with pytest.raises(aiohttp.ClientError):
        await bot.asks("getMe")
    sara.writes("while it is gone")
    bot.world.mend_network()
    [update] = await bot.updates()
    assert update["message"]["text"] == "while it is gone"
