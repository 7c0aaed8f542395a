"""Where the bot may write, and what it may change afterwards."""

from __future__ import annotations

import pytest

from bot.demo.world import Person
from bot.demo.world.chat import WRITE_RIGHTS
from bot.demo.world.membership import bot_becomes, kick_bot, mute_bot
from tests.demo.conftest import Bot


@pytest.fixture
def sara(bot: Bot) -> Person:
    sara = bot.world.person("Sara")
    sara.starts()
    bot.telegram.service.pace.limits = None
    return sara


async def test_a_person_who_never_started_cannot_be_written_to(bot: Bot) -> None:
    omar = bot.world.person("Omar")
    assert await bot.refused("sendMessage", chat_id=omar.id, text="T") == "Bad Request: chat not found"
    bot.world.group("Forum", omar)
    assert await bot.refused("sendMessage", chat_id=omar.id, text="T") == ("Forbidden: bot can't initiate conversation with a user")


async def test_a_person_who_blocks_is_out_of_reach_until_they_unblock(bot: Bot, sara: Person) -> None:
    await bot.updates()
    sara.blocks()
    [update] = await bot.updates()
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert update["my_chat_member"]["chat"]["type"] == "private"
    answer = await bot.answer("sendMessage", chat_id=sara.id, text="T")
    assert (answer["error_code"], answer["description"]) == (403, "Forbidden: bot was blocked by the user")
    sara.unblocks()
    [update] = await bot.updates()
    assert update["my_chat_member"]["new_chat_member"]["status"] == "member"
    await bot.sends(sara.id, "T")


async def test_a_deactivated_account_is_out_of_reach(bot: Bot, sara: Person) -> None:
    sara.deactivates()
    answer = await bot.answer("sendMessage", chat_id=sara.id, text="T")
    assert (answer["error_code"], answer["description"]) == (403, "Forbidden: user is deactivated")


async def test_a_bot_outside_a_group_is_refused_by_what_happened(bot: Bot, sara: Person) -> None:
    group = bot.world.group("Forum", sara, bot=None)

    async def refusal() -> str:
        return await bot.refused("sendMessage", chat_id=group.id, text="T")

    assert await refusal() == "Forbidden: bot is not a member of the supergroup chat"
    bot_becomes(group, "member", sara)
    await bot.sends(group.id, "T")
    kick_bot(group, sara)
    assert await refusal() == "Forbidden: bot was kicked from the supergroup chat"
    group.delete()
    assert await refusal() == "Forbidden: the supergroup chat was deleted"
    small = bot.world.group("Small", sara, kind="group")
    kick_bot(small, sara)
    assert await bot.refused("sendMessage", chat_id=small.id, text="T") == "Forbidden: bot was kicked from the group chat"


async def test_a_muted_bot_may_not_write(bot: Bot, sara: Person) -> None:
    group = bot.world.group("Forum", sara)
    mute_bot(group, sara)
    assert await bot.refused("sendMessage", chat_id=group.id, text="T") == (
        "Bad Request: not enough rights to send text messages to the chat"
    )
    bot_becomes(group, "restricted", sara, lacks=frozenset(WRITE_RIGHTS) - {"can_send_messages"})
    await bot.sends(group.id, "T")
    answer = await bot.uploads("sendVoice", {"voice": b"x"}, chat_id=group.id)
    assert answer["description"] == "Bad Request: not enough rights to send voice notes to the chat"


async def test_voices_can_be_unwelcome(bot: Bot, sara: Person) -> None:
    sara.refuses_voices = True
    answer = await bot.uploads("sendVoice", {"voice": b"x"}, chat_id=sara.id)
    assert answer["description"] == "Bad Request: VOICE_MESSAGES_FORBIDDEN"


async def test_an_edit_must_change_something(bot: Bot, sara: Person) -> None:
    sent = await bot.sends(sara.id, "One", buttons=[["A"]])
    where = {"chat_id": sara.id, "message_id": sent["message_id"]}
    assert await bot.refused("editMessageText", **where, text="One", reply_markup=sent["reply_markup"]) == (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a"
        " current content and reply markup of the message"
    )
    edited = await bot.asks("editMessageText", **where, text="One")
    assert "reply_markup" not in edited
    assert "not modified" in await bot.refused("editMessageReplyMarkup", **where)


async def test_only_ones_own_messages_that_are_there_can_be_edited(bot: Bot, sara: Person) -> None:
    hers = sara.writes("Mine")
    assert await bot.refused("editMessageText", chat_id=sara.id, message_id=hers.id, text="T") == ("Bad Request: message can't be edited")
    assert await bot.refused("editMessageText", chat_id=sara.id, message_id=999999, text="T") == ("Bad Request: message to edit not found")
    place = await bot.asks("sendLocation", chat_id=sara.id, latitude=34.0, longitude=45.0)
    assert await bot.refused("editMessageText", chat_id=sara.id, message_id=place["message_id"], text="T") == (
        "Bad Request: there is no text in the message to edit"
    )
    assert await bot.refused("editMessageCaption", chat_id=sara.id, message_id=place["message_id"], caption="T") == (
        "Bad Request: there is no caption in the message to edit"
    )


async def test_an_answer_needs_its_message_unless_it_may_go_without(bot: Bot, sara: Person) -> None:
    assert await bot.refused("sendMessage", chat_id=sara.id, text="T", reply_parameters={"message_id": 999999}) == (
        "Bad Request: message to be replied not found"
    )
    sent = await bot.sends(sara.id, "T", reply_parameters={"message_id": 999999, "allow_sending_without_reply": True})
    assert "reply_to_message" not in sent
    hers = sara.writes("Question")
    answer = await bot.sends(sara.id, "Answer", reply_parameters={"message_id": hers.id})
    assert answer["reply_to_message"]["text"] == "Question"
    again = sara.replies(sara.last, "Thanks")
    assert "reply_to_message" not in again.raw["reply_to_message"]
    assert await bot.refused("sendMessage", chat_id=sara.id, text="T", reply_parameters={"message_id": hers.id, "quote": "Elsewhere"}) == (
        "Bad Request: QUOTE_TEXT_INVALID"
    )


async def test_messages_are_deleted_within_48_hours_or_with_the_right_to(bot: Bot, sara: Person) -> None:
    old = sara.writes("Old")
    bot.world.clock.advance(48 * 3600 + 1)
    assert await bot.refused("deleteMessage", chat_id=sara.id, message_id=old.id) == ("Bad Request: message can't be deleted")
    new = sara.writes("New")
    await bot.asks("deleteMessage", chat_id=sara.id, message_id=new.id)
    assert new.is_gone
    assert await bot.refused("deleteMessage", chat_id=sara.id, message_id=new.id) == ("Bad Request: message to delete not found")
    group = bot.world.group("Forum", sara, bot="member")
    hers = sara.writes("Hers", group)
    assert "can't be deleted" in await bot.refused("deleteMessage", chat_id=group.id, message_id=hers.id)
    bot_becomes(group, "administrator", sara)
    own = await bot.sends(group.id, "Own")
    await bot.asks("deleteMessages", chat_id=group.id, message_ids=[hers.id, own["message_id"], 999])
    assert hers.is_gone


async def test_a_protected_message_stays_protected(bot: Bot, sara: Person) -> None:
    await bot.sends(sara.id, "Secret", protect_content=True, buttons=[["A"]])
    assert sara.last.is_protected
    await bot.asks("editMessageText", chat_id=sara.id, message_id=sara.last.id, text="Other")
    assert sara.last.is_protected


async def test_actions_are_those_telegram_knows(bot: Bot, sara: Person) -> None:
    await bot.asks("sendChatAction", chat_id=sara.id, action="typing")
    assert await bot.refused("sendChatAction", chat_id=sara.id, action="dancing") == ("Bad Request: wrong parameter action in request")


async def test_a_press_is_answered_once_and_within_150_seconds(bot: Bot, sara: Person) -> None:
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    await bot.sends(sara.id, "Well?", buttons=[["Yes"]])
    press = sara.presses("Yes")
    assert await bot.refused("answerCallbackQuery", callback_query_id=press.id, text="x" * 201) == ("Bad Request: MESSAGE_TOO_LONG")
    await bot.asks("answerCallbackQuery", callback_query_id=press.id, text="x" * 200, show_alert=True)
    assert (press.text, press.is_alert) == ("x" * 200, True)
    assert await bot.refused("answerCallbackQuery", callback_query_id=press.id) == too_old
    assert await bot.refused("answerCallbackQuery", callback_query_id="1") == too_old
    late = sara.presses("Yes")
    bot.world.clock.advance(151)
    assert await bot.refused("answerCallbackQuery", callback_query_id=late.id) == too_old


async def test_a_press_on_a_deleted_message_shows_that_it_is_gone(bot: Bot, sara: Person) -> None:
    await bot.sends(sara.id, "Well?", buttons=[["Yes"]])
    question = sara.last
    await bot.asks("deleteMessage", chat_id=sara.id, message_id=question.id)
    await bot.updates()
    sara.presses(question, "Yes")
    [update] = await bot.updates()
    assert update["callback_query"]["message"]["date"] == 0
