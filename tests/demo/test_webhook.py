"""The stand-in's webhook: what is brought, in which order, and what becomes of an update that is not taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.demo.server import StandIn
from bot.demo.world import World
from tests.demo.conftest import Bot

Json = dict[str, Any]

SECRET = "not-much-of-a_SECRET"


@dataclass
class Door:
    """A bot's address. `answers` says what to answer an update; without it each is taken."""

    world: World
    url: str = ""
    got: list[Json] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    open: int = 0
    most_open: int = 0
    answers: Callable[[Json], web.Response] = lambda _: web.Response()
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        """Take one update; not before `let_go` is set."""
        update = await request.json()
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        self.got.append(update)
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""))
        self.world.bell.ring()
        await self.let_go.wait()
        self.open -= 1
        return self.answers(update)

    @property
    def texts(self) -> list[str]:
        """What the messages said that were brought, or what the pressed buttons held."""
        return [update["message"]["text"] if "message" in update else update["callback_query"]["data"] for update in self.got]


@pytest.fixture
async def telegram() -> AsyncIterator[StandIn]:
    async with StandIn.start(repeat_guard=0, courier_pace=0.01) as found:
        yield found


@pytest.fixture
async def door(telegram: StandIn) -> AsyncIterator[Door]:
    found = Door(telegram.world)
    found.let_go.set()
    application = web.Application()
    application.router.add_post("/hook", found.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield found
    found.let_go.set()
    await runner.cleanup()


async def test_an_update_is_brought_with_the_secret_and_is_gone_once_it_was_taken(bot: Bot, door: Door) -> None:
    await bot.asks("setWebhook", url=door.url, secret_token=SECRET)
    bot.world.person().writes("hello")
    await bot.world.until(lambda: door.got and len(bot.world.updates) == 0)
    assert (door.texts, door.secrets) == (["hello"], [SECRET])
    assert (await bot.asks("getWebhookInfo"))["pending_update_count"] == 0


async def test_what_waited_is_brought_in_the_order_of_each_chat_and_chats_side_by_side(bot: Bot, door: Door) -> None:
    sara, omar = bot.world.person("Sara"), bot.world.person("Omar")
    for person in (sara, omar):
        for number in range(3):
            person.writes(f"{person.first_name} {number}")
    door.let_go.clear()
    await bot.asks("setWebhook", url=door.url)
    await bot.world.until(lambda: door.open == 2)
    assert door.texts == ["Sara 0", "Omar 0"]
    door.let_go.set()
    await bot.world.until(lambda: len(bot.world.updates) == 0)
    assert [text for text in door.texts if "Sara" in text] == ["Sara 0", "Sara 1", "Sara 2"]
    assert [text for text in door.texts if "Omar" in text] == ["Omar 0", "Omar 1", "Omar 2"]


async def test_a_press_does_not_wait_for_the_messages_of_its_chat(bot: Bot, door: Door) -> None:
    """FACTS: one serial queue per chat for messages, another per person for presses."""
    sara = bot.world.person()
    sara.starts()
    await bot.updates()
    await bot.updates(timeout=0)
    await bot.sends(sara.id, "Well?", buttons=[["Yes"]])
    door.let_go.clear()
    sara.writes("first")
    sara.writes("second")
    sara.presses("Yes")
    await bot.asks("setWebhook", url=door.url)
    await bot.world.until(lambda: door.open == 2)
    assert sorted(door.texts) == ["Yes", "first"]


async def test_no_more_connections_than_were_allowed(bot: Bot, door: Door) -> None:
    for number in range(6):
        bot.world.person(f"Sara {number}").writes("hello")
    door.let_go.clear()
    await bot.asks("setWebhook", url=door.url, max_connections=2)
    await bot.world.until(lambda: door.open == 2)
    door.let_go.set()
    await bot.world.until(lambda: len(bot.world.updates) == 0)
    assert door.most_open == 2


async def test_what_is_not_taken_is_brought_again_and_holds_up_its_own_chat_alone(bot: Bot, door: Door) -> None:
    refused = 3

    def answers(update: Json) -> web.Response:
        nonlocal refused
        if update["message"]["text"] == "one" and refused:
            refused -= 1
            return web.Response(status=503)
        return web.Response()

    door.answers = answers
    await bot.asks("setWebhook", url=door.url)
    sara = bot.world.person("Sara")
    sara.writes("one")
    sara.writes("two")
    bot.world.person("Omar").writes("beside them")
    await bot.world.until(lambda: len(bot.world.updates) == 0)
    assert [text for text in door.texts if text != "beside them"] == ["one"] * 4 + ["two"]
    info = await bot.asks("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
    assert info["last_error_date"] <= bot.world.clock.now() + 1


async def test_the_bot_may_say_when_to_come_again(bot: Bot, door: Door) -> None:
    door.answers = lambda update: web.Response(
        status=503, headers={"Retry-After": "3600"} if update["message"]["text"] == "in an hour" else {}
    )
    await bot.asks("setWebhook", url=door.url)
    bot.world.person("Sara").writes("in an hour")
    bot.world.person("Omar").writes("soon")
    await bot.world.until(lambda: door.texts.count("soon") == 4)
    assert door.texts.count("in an hour") == 1


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
async def test_a_connection_that_breaks_brings_it_again(bot: Bot, door: Door, kind: str) -> None:
    bot.telegram.faults.add(kind, "webhook")
    await bot.asks("setWebhook", url=door.url)
    bot.world.person().writes("hello")
    await bot.world.until(lambda: len(bot.world.updates) == 0)
    assert door.texts == ["hello"] * (2 if kind == "reset_after" else 1)


async def test_without_a_network_nothing_is_brought_and_nothing_lost(bot: Bot, door: Door) -> None:
    await bot.asks("setWebhook", url=door.url)
    door.let_go.clear()
    bot.world.person("Sara").writes("cut off")
    await bot.world.until(lambda: door.open == 1)
    bot.world.cut_network()
    bot.world.person("Omar").writes("into the dark")
    await bot.world.until(lambda: {visit.status for visit in bot.telegram.courier.visits} == {0})
    door.let_go.set()
    bot.world.mend_network()
    await bot.world.until(lambda: len(bot.world.updates) == 0)
    assert sorted(set(door.texts)) == ["cut off", "into the dark"]


async def test_who_waits_for_updates_is_sent_away_when_a_webhook_is_set(bot: Bot, door: Door) -> None:
    polling = asyncio.create_task(bot.refused("getUpdates", timeout=50))
    await bot.world.until(lambda: bot.world.polls_open == 1)
    await bot.asks("setWebhook", url=door.url)
    assert await asyncio.wait_for(polling, 5) == "Conflict: terminated by setWebhook request"
    assert "while webhook is active" in await bot.refused("getUpdates")


async def test_what_was_not_taken_waits_for_getupdates_when_the_webhook_is_deleted(bot: Bot, door: Door) -> None:
    door.answers = lambda _: web.Response(status=500)
    await bot.asks("setWebhook", url=door.url)
    bot.world.person().writes("hello")
    await bot.world.until(lambda: door.got)
    await bot.asks("deleteWebhook")
    assert (await bot.updates())[0]["message"]["text"] == "hello"
    assert (await bot.asks("getWebhookInfo"))["url"] == ""


async def test_the_same_webhook_again_changes_nothing_under_way(bot: Bot, door: Door) -> None:
    door.let_go.clear()
    await bot.asks("setWebhook", url=door.url, secret_token=SECRET)
    bot.world.person().writes("hello")
    await bot.world.until(lambda: door.open == 1)
    await bot.asks("setWebhook", url=door.url, secret_token=SECRET)
    door.let_go.set()
    await bot.world.until(lambda: len(bot.world.updates) == 0)
    assert door.texts == ["hello"]


async def test_to_change_it_twice_within_a_second_is_too_often(bot: Bot, door: Door) -> None:
    bot.telegram.service.repeat_guard = 30.0
    await bot.asks("setWebhook", url=door.url)
    await bot.asks("setWebhook", url=door.url)
    assert await bot.refused("deleteWebhook") == "Too Many Requests: retry after 1"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"url": "http://bot.example/hook"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "http://10.0.0.1/hook"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://bot.example:8080/hook"}, "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ({"url": "https:///hook"}, "invalid webhook URL specified"),
        ({"url": "https://bot.example", "secret_token": "x" * 257}, "secret token is too long"),
        ({"url": "https://bot.example", "secret_token": "a+b"}, "secret token contains unallowed characters"),
        ({"url": "https://bot.example", "max_connections": 101}, "max_connections must be between 1 and 100"),
    ],
)
async def test_what_telegram_would_not_take_is_refused(bot: Bot, wrong: Json, words: str) -> None:
    assert await bot.refused("setWebhook", **wrong) == f"Bad Request: {words}"
    assert (await bot.asks("getWebhookInfo"))["url"] == ""
