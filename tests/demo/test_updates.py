"""getUpdates: how updates wait, are confirmed, grow old, and who may read them."""

import asyncio

import aiohttp
import pytest

from bot.demo.server import StandIn
from tests.demo.conftest import Bot


async def ids(bot: Bot, **params: object) -> list[int]:
    return [update["update_id"] for update in await bot.asks("getUpdates", **params)]


async def test_updates_come_again_until_a_higher_offset_confirms_them(bot: Bot) -> None:
    sara = bot.world.person()
    for text in ("one", "two", "three"):
        sara.writes(text)
    first = await ids(bot)
    assert first == list(range(first[0], first[0] + 3))
    assert await ids(bot, offset=first[0]) == first
    assert await ids(bot, offset=first[1]) == first[1:]
    assert await ids(bot) == first[1:]
    assert await ids(bot, offset=first[2] + 1) == []
    assert len(bot.world.updates) == 0


async def test_a_negative_offset_forgets_all_but_the_newest(bot: Bot) -> None:
    sara = bot.world.person()
    for number in range(5):
        sara.writes(str(number))
    newest = await bot.asks("getUpdates", offset=-2)
    assert [update["message"]["text"] for update in newest] == ["3", "4"]
    assert len(bot.world.updates) == 2


async def test_at_most_a_hundred_updates_come_at_once(bot: Bot) -> None:
    sara = bot.world.person()
    for number in range(120):
        sara.writes(str(number))
    assert len(await ids(bot)) == 100
    assert len(await ids(bot, limit=1000)) == 100
    assert len(await ids(bot, limit=7)) == 7


async def test_a_waiting_request_is_answered_as_soon_as_something_happens(bot: Bot) -> None:
    polling = asyncio.create_task(bot.updates(timeout=50))
    await bot.world.until(lambda: bot.world.polls_open == 1)
    bot.world.person().writes("now")
    [update] = await asyncio.wait_for(polling, 2)
    assert update["message"]["text"] == "now"


async def test_a_newer_reader_ends_the_older_with_409(bot: Bot) -> None:
    older = asyncio.create_task(bot.answer("getUpdates", timeout=50))
    await bot.world.until(lambda: bot.world.polls_open == 1)
    newer = asyncio.create_task(bot.answer("getUpdates", timeout=50))
    ended = await asyncio.wait_for(older, 2)
    assert ended["error_code"] == 409
    assert ended["description"] == ("Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
    bot.world.person().writes("for the newer")
    assert len((await asyncio.wait_for(newer, 2))["result"]) == 1


async def test_a_webhook_keeps_readers_out(bot: Bot) -> None:
    assert await bot.refused("setWebhook", url="http://plain") == ("Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
    await bot.asks("setWebhook", url="https://bot.example/hook", allowed_updates=["message"])
    assert (await bot.asks("getWebhookInfo"))["url"] == "https://bot.example/hook"
    answer = await bot.answer("getUpdates")
    assert answer["error_code"] == 409
    assert answer["description"] == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    bot.world.person().writes("waiting")
    await bot.asks("deleteWebhook")
    assert len(await ids(bot)) == 1
    await bot.asks("deleteWebhook", drop_pending_updates=True)
    assert await ids(bot) == []


async def test_a_reader_that_went_away_leaves_its_update_to_the_next(bot: Bot) -> None:
    dying = asyncio.create_task(bot.answer("getUpdates", timeout=50))
    await bot.world.until(lambda: bot.world.polls_open == 1)
    dying.cancel()
    bot.world.person().writes("not lost")
    assert len(await bot.updates()) == 1


async def test_chat_member_comes_only_when_asked_for(bot: Bot) -> None:
    omar, sara = bot.world.person("Omar"), bot.world.person("Sara")
    group = bot.world.group("Forum", omar)
    sara.joins(group)
    assert [set(update) - {"update_id"} for update in await bot.updates()] == [{"message"}]
    await bot.asks("getUpdates", allowed_updates=["message", "chat_member"])
    sara.leaves(group)
    assert [set(update) - {"update_id"} for update in await bot.updates()] == [{"chat_member"}, {"message"}]
    omar.writes("/status", group)
    await bot.asks("getUpdates", offset=bot.offset + 10, allowed_updates=["callback_query"])
    omar.writes("/status", group)
    assert await ids(bot) == []


async def test_messages_wait_a_day_and_presses_150_seconds(bot: Bot) -> None:
    sara = bot.world.person()
    sara.writes("old")
    question = await bot.sends(sara.id, "Well?", buttons=[["Yes"]])
    sara.presses("Yes")
    assert len(bot.world.updates) == 2
    bot.world.clock.advance(149)
    assert len(await ids(bot)) == 2
    bot.world.clock.advance(2)
    assert len(await ids(bot)) == 1
    bot.world.clock.advance(24 * 3600 - 200)
    assert len(await ids(bot)) == 1
    bot.world.clock.advance(60)
    assert await ids(bot) == []
    assert question["date"] < bot.world.clock.now()


async def test_ids_start_anew_after_a_silent_week(bot: Bot) -> None:
    sara = bot.world.person()
    sara.writes("before")
    [before] = await ids(bot)
    bot.world.clock.advance(8 * 24 * 3600)
    sara.writes("after")
    [after] = await ids(bot)
    assert after != before + 1


async def test_asking_again_at_once_brings_a_single_update(session: aiohttp.ClientSession) -> None:
    async with StandIn.start(repeat_guard=30.0) as telegram:
        bot = Bot(telegram, session)
        sara = bot.world.person()
        for text in ("one", "two", "three"):
            sara.writes(text)
        every = await ids(bot)
        assert await ids(bot, offset=every[0]) == every
        assert await ids(bot, offset=every[0]) == every[:1]
        assert await ids(bot, offset=every[1]) == every[1:]


async def test_an_update_can_be_delivered_twice_on_order(bot: Bot) -> None:
    bot.world.person().writes("twice")
    [number] = await ids(bot)
    bot.world.updates.repeat(number)
    assert await ids(bot) == [number, number]
    with pytest.raises(LookupError):
        bot.world.updates.repeat(number + 1)
