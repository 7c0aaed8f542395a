"""Flood limits: what counts, when 429 comes, and when the way is free again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.demo.api.limits import Limits, Pace
from bot.demo.server import StandIn
from bot.demo.world import WorldClock
from tests.demo.conftest import Bot


@pytest.fixture
async def bot(session: aiohttp.ClientSession) -> AsyncIterator[Bot]:
    """A bot in a world whose time moves only when it is moved."""
    async with StandIn.start(clock=WorldClock(lambda: 1_800_000_000.0)) as telegram:
        yield Bot(telegram, session)


async def test_a_private_chat_takes_a_short_burst_and_then_one_a_second(bot: Bot) -> None:
    sara, omar = bot.world.person("Sara"), bot.world.person("Omar")
    sara.starts()
    omar.starts()
    for number in range(4):
        await bot.sends(sara.id, str(number))
    answer = await bot.answer("sendMessage", chat_id=sara.id, text="too much")
    assert (answer["error_code"], answer["description"]) == (429, "Too Many Requests: retry after 1")
    assert answer["parameters"] == {"retry_after": 1}
    await bot.sends(omar.id, "another chat is free")
    bot.world.clock.advance(1)
    await bot.sends(sara.id, "now")
    assert "retry after 1" in await bot.refused("sendMessage", chat_id=sara.id, text="again too much")


async def test_a_group_takes_twenty_a_minute_edits_and_topics_among_them(bot: Bot) -> None:
    omar = bot.world.person("Omar")
    group = bot.world.group("Forum", omar, forum=True)
    card = await bot.sends(group.id, "Card 0")
    for number in range(1, 19):
        await bot.asks("editMessageText", chat_id=group.id, message_id=card["message_id"], text=f"Card {number}")
        bot.world.clock.advance(1)
    await bot.asks("createForumTopic", chat_id=group.id, name="T")
    assert await bot.refused("sendMessage", chat_id=group.id, text="T") == "Too Many Requests: retry after 42"
    assert await bot.refused("editMessageText", chat_id=group.id, message_id=card["message_id"], text="T") == (
        "Too Many Requests: retry after 42"
    )
    press = omar.presses_data(group.last, "free")
    await bot.asks("answerCallbackQuery", callback_query_id=press.id)
    bot.world.clock.advance(42)
    await bot.sends(group.id, "T")


async def test_all_chats_together_take_thirty_a_second(bot: Bot) -> None:
    people = [bot.world.person(f"P{number}") for number in range(31)]
    for person in people:
        person.starts()
    for person in people[:30]:
        await bot.sends(person.id, "T")
    assert await bot.refused("sendMessage", chat_id=people[30].id, text="T") == "Too Many Requests: retry after 1"
    bot.world.clock.advance(1)
    await bot.sends(people[30].id, "T")


async def test_what_was_refused_counts_for_nothing(bot: Bot) -> None:
    sara = bot.world.person()
    sara.starts()
    for _ in range(10):
        await bot.refused("sendMessage", chat_id=sara.id, text="")
    await bot.sends(sara.id, "T")


async def test_limits_can_be_switched_off(session: aiohttp.ClientSession) -> None:
    async with StandIn.start(limits=False) as telegram:
        bot = Bot(telegram, session)
        sara = bot.world.person()
        sara.starts()
        for number in range(50):
            await bot.sends(sara.id, str(number))


def test_an_album_counts_each_of_its_messages() -> None:
    pace = Pace(Limits(group_a_minute=5))
    assert pace.spend(-1, 0.0, 3) == 0
    assert pace.spend(-1, 10.0, 3) == 50
    assert pace.spend(-1, 10.0, 2) == 0
    assert pace.spend(-1, 60.0, 3) == 0


async def test_a_wait_can_be_fixed(session: aiohttp.ClientSession) -> None:
    async with StandIn.start(limits=Limits(retry_after=5)) as telegram:
        bot = Bot(telegram, session)
        sara = bot.world.person()
        sara.starts()
        for _ in range(4):
            await bot.sends(sara.id, "T")
        assert (await bot.answer("sendMessage", chat_id=sara.id, text="T"))["parameters"] == {"retry_after": 5}


def test_paid_messages_go_out_at_a_thousand_a_second_beside_the_free_ones() -> None:
    pace = Pace(Limits())
    assert [pace.spend(chat, 0.0, paid=True) for chat in range(1, 1002)] == [0] * 1000 + [1]
    assert [pace.spend(chat, 0.5) for chat in range(2001, 2032)] == [0] * 30 + [1]
    assert pace.charged == 1000 - 30


async def test_stars_pay_for_what_is_beyond_the_free_messages(session: aiohttp.ClientSession) -> None:
    """0.1 Stars a message; without Stars the free limits hold."""
    async with StandIn.start(clock=WorldClock(lambda: 1_800_000_000.0)) as telegram:
        bot = Bot(telegram, session)
        telegram.world.stars = 1
        people = [reader.id for reader in telegram.world.gather(41)]
        for person in people[:40]:
            await bot.asks("sendMessage", chat_id=person, text="T", allow_paid_broadcast=True)
        assert await bot.asks("getMyStarBalance") == {"amount": 0}
        telegram.world.stars = 3
        await bot.asks("sendMessage", chat_id=people[40], text="T", allow_paid_broadcast=True)
        assert await bot.asks("getMyStarBalance") == {"amount": 1, "nanostar_amount": 900_000_000}


async def test_who_cannot_pay_is_held_to_the_free_limit(bot: Bot) -> None:
    people = [reader.id for reader in bot.world.gather(31)]
    for person in people[:30]:
        await bot.asks("sendMessage", chat_id=person, text="T", allow_paid_broadcast=True)
    assert "retry after 1" in await bot.refused("sendMessage", chat_id=people[30], text="T", allow_paid_broadcast=True)
