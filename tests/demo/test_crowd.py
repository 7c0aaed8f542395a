"""A crowd: thousands who only read, counted, with nobody missed or told twice unseen."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.demo.server import StandIn
from bot.demo.world import World, samples
from bot.demo.world.crowd import BLOCKS, GONE, READS
from tests.demo.conftest import Bot

LANGUAGES = ("ar", "ar", "ckb", "en")


@pytest.fixture
async def bot(session: aiohttp.ClientSession) -> AsyncIterator[Bot]:
    async with StandIn.start(limits=False) as telegram:
        yield Bot(telegram, session)


async def test_everybody_in_a_crowd_can_be_written_to_and_is_counted_by_language(bot: Bot) -> None:
    crowd = bot.world.gather(40, LANGUAGES)
    for reader in crowd:
        await bot.sends(reader.id, {"ar": "سلام", "ckb": "سڵاو", "en": "Hello"}[reader.language], buttons=[["A"]])
    assert crowd.reached == crowd.speakers == {"ar": 20, "ckb": 10, "en": 10}
    assert (crowd.missed, crowd.doubled) == (0, 0)
    assert bot.world.people == {}


async def test_who_blocks_the_bot_or_is_gone_refuses_as_telegram_words_it(bot: Bot) -> None:
    crowd = bot.world.gather(400, blocking=0.1, gone=0.05)
    refusals = {BLOCKS: "Forbidden: bot was blocked by the user", GONE: "Forbidden: user is deactivated"}
    for _ in range(2):
        for reader in crowd:
            answer = await bot.answer("sendMessage", chat_id=reader.id, text="T")
            assert answer.get("description") == refusals.get(reader.fate)
    fates = [reader.fate for reader in crowd]
    assert crowd.turned_away == {fate: fates.count(fate) for fate in (BLOCKS, GONE)}
    assert 20 <= fates.count(BLOCKS) <= 60
    assert 8 <= fates.count(GONE) <= 32
    assert crowd.reached["ar"] == crowd.doubled == fates.count(READS)


async def test_a_round_begins_with_a_message_that_nobody_got_before(bot: Bot) -> None:
    crowd = bot.world.gather(4)
    first, second, *_ = crowd
    await bot.sends(first.id, "On Monday")
    await bot.sends(second.id, "On Monday")
    assert (crowd.missed, crowd.doubled) == (2, 0)
    await bot.sends(second.id, "On Monday")
    assert crowd.doubled == 1
    await bot.sends(first.id, "On Tuesday")
    assert (crowd.missed, crowd.doubled, crowd.reached["ar"]) == (3, 0, 1)


async def test_whoever_acts_steps_out_with_their_last_message_before_them(bot: Bot) -> None:
    crowd = bot.world.gather(3, ("ckb",))
    sent = [await bot.sends(reader.id, "سڵاو", buttons=[["وەستان"]]) for reader in crowd][-1]
    person = bot.world.somebody(crowd.first + 2)
    assert person is not None
    assert (person.last.id, person.last.text, person.language_code) == (sent["message_id"], "سڵاو", "ku")
    press = person.presses("وەستان")
    [update] = await bot.updates()
    assert update["callback_query"]["message"]["message_id"] == sent["message_id"]
    await bot.asks("answerCallbackQuery", callback_query_id=press.id)
    await bot.asks("editMessageText", chat_id=person.id, message_id=sent["message_id"], text="باشە")
    assert person.last.text == "باشە"
    assert list(bot.world.people) == [person.id]


async def test_buttons_that_carry_something_of_their_own_are_the_same_message(bot: Bot) -> None:
    """A bot may sign what its buttons carry for each chat alone."""
    crowd = bot.world.gather(3)
    for reader in crowd:
        keyboard = {"inline_keyboard": [[{"text": "Stop", "callback_data": f"stop {reader.id}"}]]}
        await bot.asks("sendMessage", chat_id=reader.id, text="On Monday", reply_markup=keyboard)
    assert (crowd.missed, crowd.doubled) == (0, 0)
    person = bot.world.somebody(crowd.first + 1)
    assert person is not None
    assert person.presses("Stop").data == f"stop {person.id}"


async def test_an_answer_to_one_of_them_is_no_new_round(bot: Bot) -> None:
    crowd = bot.world.gather(3)
    first, second, third = crowd
    person = bot.world.somebody(second.id)
    assert person is not None
    await bot.sends(first.id, "On Monday")
    await bot.sends(second.id, "On Monday")
    person.writes("How are you?")
    await bot.sends(second.id, "Fine")
    await bot.sends(third.id, "On Monday")
    assert (crowd.missed, crowd.doubled, crowd.reached["ar"]) == (0, 0, 3)


async def test_media_reach_a_crowd_by_the_id_of_the_first(bot: Bot) -> None:
    crowd = bot.world.gather(3)
    first, *others = crowd
    sent = await bot.uploads("sendPhoto", {"photo": samples.jpeg()}, chat_id=first.id, caption="C")
    file_id = sent["result"]["photo"][-1]["file_id"]
    for reader in others:
        again = await bot.asks("sendPhoto", chat_id=reader.id, photo=file_id, caption="C")
        assert again["photo"][-1]["file_id"] == file_id
    assert (crowd.missed, crowd.doubled) == (0, 0)


async def test_one_chat_in_the_crowd_takes_one_message_a_second(session: aiohttp.ClientSession) -> None:
    async with StandIn.start() as telegram:
        bot = Bot(telegram, session)
        [reader] = telegram.world.gather(1)
        for _ in range(4):
            await bot.sends(reader.id, "T")
        assert "retry after 1" in await bot.refused("sendMessage", chat_id=reader.id, text="T")


def test_a_million_people_need_a_few_bytes_each() -> None:
    tracemalloc.start()
    try:
        World().gather(1_000_000, LANGUAGES)
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert used < 16e6


async def test_the_crowd_is_made_and_looked_at_over_http(bot: Bot) -> None:
    url = f"{bot.telegram.url}/world/crowd"
    async with bot.session.get(url) as answer:
        assert await answer.json() == {"crowd": None}
    async with bot.session.post(url, json={"size": 4, "languages": ["ar", "en"], "blocking": 1}) as answer:
        made = (await answer.json())["crowd"]
    assert (made["size"], made["speakers"], made["missed"]) == (4, {"ar": 2, "en": 2}, 0)
    await bot.refused("sendMessage", chat_id=made["first"], text="T")
    async with bot.session.get(url) as answer:
        assert (await answer.json())["crowd"] | {"rate": 0} == made | {"blocked": 1, "rate": 0}
    async with bot.session.post(url, json={"size": -1}) as answer:
        assert answer.status == 400
