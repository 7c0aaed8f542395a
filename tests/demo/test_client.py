"""python-telegram-bot's own client finds nothing to complain about."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
from telegram import Bot as Client
from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter

from bot.demo.server import StandIn
from bot.demo.world import samples
from bot.demo.world.membership import migrate


@pytest.fixture
async def client(telegram: StandIn) -> AsyncIterator[Client]:
    base = f"{telegram.url}/bot"
    async with Client(telegram.token, base_url=base, base_file_url=f"{telegram.url}/file/bot") as found:
        yield found


async def test_the_main_calls_round_trip(telegram: StandIn, client: Client) -> None:
    telegram.service.pace.limits = None
    sara = telegram.world.person("Sara", language_code="ckb")
    sara.starts("abc")
    sara.sends_photo()
    updates = await client.get_updates(timeout=5, allowed_updates=Update.ALL_TYPES)
    assert updates[0].message is not None
    assert updates[0].message.text == "/start abc"
    photo = updates[1].message.photo[-1] if updates[1].message else None
    assert photo is not None
    assert bytes(await (await client.get_file(photo.file_id)).download_as_bytearray()) == samples.jpeg()

    buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
    sent = await client.send_message(sara.id, "<b>Well?</b>", parse_mode="HTML", reply_markup=buttons, protect_content=True)
    assert sent.text == "Well?"
    press = sara.presses("Yes")
    [update] = await client.get_updates(offset=updates[-1].update_id + 1, timeout=5)
    assert update.callback_query is not None
    await update.callback_query.answer("Good")
    assert press.text == "Good"
    await client.edit_message_text("Done", chat_id=sara.id, message_id=sent.message_id)
    await client.send_voice(sara.id, io.BytesIO(samples.opus()), reply_parameters=ReplyParameters(sent.message_id))
    assert sara.last.data == samples.opus()
    await client.send_photo(sara.id, samples.jpeg(), caption="Road")
    await client.send_media_group(sara.id, [InputMediaPhoto(samples.jpeg()), InputMediaPhoto(photo.file_id)])
    await client.set_my_commands([BotCommand("start", "Begin")], scope=BotCommandScopeAllGroupChats(), language_code="ku")
    assert (await client.get_my_commands(BotCommandScopeAllGroupChats(), "ku"))[0].command == "start"
    assert telegram.world.violations == []


async def test_groups_round_trip(telegram: StandIn, client: Client) -> None:
    omar = telegram.world.person("Omar")
    group = telegram.world.group("Forum", omar, forum=True)
    chat = await client.get_chat(group.id)
    assert chat.is_forum
    assert (await client.get_chat_member(group.id, client.id)).status == "administrator"
    assert len(await client.get_chat_administrators(group.id)) == 2
    topic = await client.create_forum_topic(group.id, "T")
    sent = await client.send_message(group.id, "Card", message_thread_id=topic.message_thread_id)
    await client.pin_chat_message(group.id, sent.message_id)
    await client.delete_message(group.id, sent.message_id)
    await client.leave_chat(group.id)
    assert telegram.world.violations == []


async def test_refusals_become_the_clients_errors(telegram: StandIn, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    sara = telegram.world.person("Sara")
    sara.starts()
    with pytest.raises(BadRequest, match="Chat not found"):
        await client.send_message(5, "T")
    sara.blocks()
    with pytest.raises(Forbidden, match="blocked by the user"):
        await client.send_message(sara.id, "T")
    group = telegram.world.group("Forum", sara, kind="group")
    old_id = group.id
    migrate(group)
    with pytest.raises(ChatMigrated) as moved:
        await client.send_message(old_id, "T")
    assert moved.value.new_chat_id == group.id
    telegram.faults.add("status", "sendMessage", status=429, retry_after=7)
    with pytest.raises(RetryAfter):
        await client.send_message(group.id, "T")
    with pytest.raises(InvalidToken):
        async with Client("1:wrong", base_url=f"{telegram.url}/bot"):
            pass
