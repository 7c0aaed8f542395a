"""Public channels: a bot that may post, one that may not, and one that nobody let in."""

from __future__ import annotations

import pytest

from bot.demo.world import samples
from bot.demo.world.chat import ANONYMOUS_ADMIN
from bot.demo.world.membership import bot_becomes
from tests.demo.conftest import Bot

KEYBOARD = {"inline_keyboard": [[{"text": "Open the bot", "url": "https://t.me/alwand_demo_bot"}]]}


@pytest.mark.parametrize("by", ["name", "id"])
async def test_an_administrator_posts_in_the_channels_name(bot: Bot, by: str) -> None:
    channel = bot.world.channel("News", bot="administrator", username="khanaqin_news")
    chat_id = "@Khanaqin_News" if by == "name" else channel.id
    post = await bot.asks("sendMessage", chat_id=chat_id, text="On Monday", reply_markup=KEYBOARD)
    assert post["chat"] == post["sender_chat"] == {"id": channel.id, "type": "channel", "title": "News", "username": "khanaqin_news"}
    assert "from" not in post
    assert channel.last.labels == ["Open the bot"]
    await bot.asks("editMessageText", chat_id=chat_id, message_id=post["message_id"], text="On Tuesday")
    await bot.asks("deleteMessage", chat_id=chat_id, message_id=post["message_id"])
    assert await bot.updates(timeout=0) == []


async def test_the_bot_finds_itself_among_those_who_may_post(bot: Bot) -> None:
    channel = bot.world.channel("News", bot="administrator", username="news")
    member = await bot.asks("getChatMember", chat_id="@news", user_id=bot.world.bot["id"])
    assert (member["status"], member["can_post_messages"]) == ("administrator", True)
    found = await bot.asks("getChat", chat_id="@news")
    assert (found["type"], found["username"], found["id"]) == ("channel", "news", channel.id)


async def test_without_the_right_to_post_nothing_is_posted(bot: Bot) -> None:
    omar = bot.world.person("Omar")
    channel = bot.world.channel("News", bot="administrator")
    bot_becomes(channel, "administrator", omar, lacks=frozenset({"can_post_messages"}))
    told = await bot.refused("sendMessage", chat_id=channel.id, text="T")
    assert told == "Bad Request: need administrator rights in the channel chat"
    bot_becomes(channel, "left", omar)
    assert await bot.refused("sendMessage", chat_id=channel.id, text="T") == "Forbidden: bot is not a member of the channel chat"
    bot_becomes(channel, "kicked", omar)
    assert await bot.refused("sendMessage", chat_id=channel.id, text="T") == "Forbidden: bot was kicked from the channel chat"


async def test_a_name_that_nobody_has_is_not_found(bot: Bot) -> None:
    assert await bot.refused("sendMessage", chat_id="@nobody_here", text="T") == "Bad Request: chat not found"
    assert await bot.refused("sendMessage", chat_id="nobody", text="T") == "Bad Request: chat not found"


async def test_a_linked_group_gets_the_bots_post_with_its_media(bot: Bot) -> None:
    group = bot.world.group("Talk", bot.world.person("Omar"))
    channel = bot.world.channel("News", bot="administrator", linked=group)
    await bot.uploads("sendPhoto", {"photo": samples.jpeg()}, chat_id=channel.id, caption="On Monday")
    [copy] = group.all
    assert (copy.text, copy.media, copy.raw["is_automatic_forward"]) == ("On Monday", "photo", True)
    assert copy.raw["from"]["id"] != ANONYMOUS_ADMIN["id"]
