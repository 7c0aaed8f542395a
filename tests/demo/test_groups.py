"""Groups: who is there, what the bot hears of it, and how a group becomes a supergroup."""

from __future__ import annotations

from typing import Any

import pytest

from bot.demo.world import Chat
from bot.demo.world.membership import bot_becomes, demote, kick_bot, migrate, promote, remove, tell_migration
from tests.demo.conftest import Bot

Json = dict[str, Any]


async def heard(bot: Bot) -> list[str]:
    return [update["message"].get("text", "") for update in await bot.updates(timeout=0) if "message" in update]


async def test_in_privacy_mode_a_plain_member_hears_only_what_is_meant_for_it(bot: Bot) -> None:
    omar = bot.world.person("Omar")
    group = bot.world.group("Forum", omar, bot="member")
    await bot.sends(group.id, "Card")
    card = group.last
    omar.writes("chatter", group)
    omar.sends_photo(to=group, caption="more chatter")
    omar.sends_location(34.0, 45.0, group)
    omar.writes("/status", group)
    omar.writes("/status@alwand_demo_bot", group)
    omar.writes("/status@another_bot", group)
    omar.writes("ask @alwand_demo_bot", group)
    omar.replies(card, "an answer")
    assert await heard(bot) == ["/status", "/status@alwand_demo_bot", "ask @alwand_demo_bot", "an answer"]


async def test_an_administrator_or_a_bot_without_privacy_mode_hears_everything(bot: Bot) -> None:
    omar = bot.world.person("Omar")
    group = bot.world.group("Forum", omar, bot="administrator")
    omar.writes("chatter", group)
    bot_becomes(group, "member", omar)
    omar.writes("unheard", group)
    bot.world.can_read_all_group_messages = True
    omar.writes("heard", group)
    assert await heard(bot) == ["chatter", "heard"]
    assert (await bot.asks("getMe"))["can_read_all_group_messages"] is True


async def test_coming_and_going_is_told_twice(bot: Bot) -> None:
    omar, layla = bot.world.person("Omar"), bot.world.person("Layla")
    group = bot.world.group("Forum", omar)
    bot.world.updates.ask_for(["message", "chat_member", "my_chat_member"])
    layla.joins(group, by=omar)
    layla.leaves(group)
    updates = await bot.updates()
    statuses = [update["chat_member"]["new_chat_member"]["status"] for update in updates if "chat_member" in update]
    assert statuses == ["member", "left"]
    services = [set(update["message"]) for update in updates if "message" in update]
    assert "new_chat_members" in services[0]
    assert "left_chat_member" in services[1]
    with pytest.raises(PermissionError):
        layla.writes("still here?", group)


async def test_the_bot_learns_its_own_standing(bot: Bot) -> None:
    omar = bot.world.person("Omar")
    group = bot.world.group("Forum", omar, bot=None)
    bot_becomes(group, "member", omar)
    bot_becomes(group, "administrator", omar)
    kick_bot(group, omar)
    omar.writes("/status", group)
    updates = await bot.updates()
    changes = [
        (change["old_chat_member"]["status"], change["new_chat_member"]["status"], change["from"]["id"])
        for change in (update["my_chat_member"] for update in updates if "my_chat_member" in update)
    ]
    assert changes == [("left", "member", omar.id), ("member", "administrator", omar.id), ("administrator", "kicked", omar.id)]
    assert sum("message" in update for update in updates) == 1


async def test_members_and_administrators_can_be_asked_for(bot: Bot) -> None:
    omar, layla, zain = (bot.world.person(name) for name in ("Omar", "Layla", "Zain"))
    group = bot.world.group("Forum", omar, layla, admins=(omar,))

    async def status(user_id: int) -> str:
        found: str = (await bot.asks("getChatMember", chat_id=group.id, user_id=user_id))["status"]
        return found

    assert [await status(person.id) for person in (omar, layla, zain)] == ["creator", "member", "left"]
    assert await bot.refused("getChatMember", chat_id=group.id, user_id=5) == "Bad Request: PARTICIPANT_ID_INVALID"
    promote(group, layla, omar)
    assert await status(layla.id) == "administrator"
    assert await bot.asks("getChatMemberCount", chat_id=group.id) == 3
    admins = [member["user"]["first_name"] for member in await bot.asks("getChatAdministrators", chat_id=group.id)]
    assert admins == ["Omar", "Layla", "Alwand"]
    demote(group, layla, omar)
    remove(group, layla, omar)
    assert await status(layla.id) == "kicked"
    layla.starts()
    assert await bot.refused("getChatAdministrators", chat_id=layla.id) == ("Bad Request: there are no administrators in the private chat")


async def test_an_anonymous_admin_writes_as_the_group_but_presses_as_themselves(bot: Bot) -> None:
    omar = bot.world.person("Omar")
    group = bot.world.group("Forum", omar)
    promote(group, omar, omar, anonymously=True)
    await bot.sends(group.id, "Card", buttons=[["Take"]])
    omar.writes("hidden", group)
    omar.presses(group.last, "Take")
    written, pressed = await bot.updates()
    assert written["message"]["from"]["id"] == 1087968824
    assert written["message"]["sender_chat"]["id"] == group.id
    assert pressed["callback_query"]["from"]["id"] == omar.id


async def test_a_linked_channels_post_arrives_in_the_group(bot: Bot) -> None:
    group = bot.world.group("Forum", bot.world.person("Omar"))
    news = bot.world.channel("News", linked=group)
    news.posts("Water is back")
    [update] = await bot.updates()
    message = update["message"]
    assert message["from"]["id"] == 777000
    assert message["is_automatic_forward"] is True
    assert message["sender_chat"]["id"] == news.id
    assert (await bot.asks("getChat", chat_id=group.id))["linked_chat_id"] == news.id


@pytest.fixture
def small(bot: Bot) -> Chat:
    return bot.world.group("Forum", bot.world.person("Omar"), kind="group")


async def test_a_migration_shows_as_two_service_messages(bot: Bot, small: Chat) -> None:
    old_id = small.id
    new_id = migrate(small)
    before, after = await bot.updates()
    assert before["message"]["chat"]["id"] == old_id
    assert before["message"]["migrate_to_chat_id"] == new_id
    assert after["message"]["chat"] == {"id": new_id, "type": "supergroup", "title": "Forum"}
    assert after["message"]["migrate_from_chat_id"] == old_id


async def test_a_migration_shows_as_an_error_that_names_the_new_group(bot: Bot, small: Chat) -> None:
    old_id = small.id
    card = await bot.sends(old_id, "Card")
    new_id = migrate(small, quietly=True)
    assert await bot.updates(timeout=0) == []
    for method, params in (
        ("sendMessage", {"text": "T"}),
        ("editMessageText", {"text": "T", "message_id": card["message_id"]}),
        ("getChat", {}),
    ):
        answer = await bot.answer(method, chat_id=old_id, **params)
        assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
        assert answer["parameters"] == {"migrate_to_chat_id": new_id}
    tell_migration(small, old_id)
    assert len(await bot.updates()) == 2
    await bot.sends(new_id, "After")
    assert small.last.text == "After"


async def test_topics_are_opened_written_into_closed_and_deleted(bot: Bot) -> None:
    omar = bot.world.person("Omar")
    group = bot.world.group("Forum", omar, forum=True)
    topic = (await bot.asks("createForumTopic", chat_id=group.id, name="KHN-1"))["message_thread_id"]
    sent = await bot.sends(group.id, "Card", message_thread_id=topic)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (topic, True)
    answer = omar.replies(group.last, "Seen")
    assert answer.raw["message_thread_id"] == topic
    await bot.asks("closeForumTopic", chat_id=group.id, message_thread_id=topic)
    assert await bot.refused("closeForumTopic", chat_id=group.id, message_thread_id=topic) == ("Bad Request: TOPIC_NOT_MODIFIED")
    group.members[bot.world.bot["id"]].lacks = frozenset({"can_manage_topics"})
    assert await bot.refused("sendMessage", chat_id=group.id, text="T", message_thread_id=topic) == ("Bad Request: TOPIC_CLOSED")
    assert await bot.refused("createForumTopic", chat_id=group.id, name="More") == ("Bad Request: not enough rights to create a topic")
    group.deletes_topic(topic)
    assert await bot.refused("sendMessage", chat_id=group.id, text="T", message_thread_id=topic) == (
        "Bad Request: message thread not found"
    )
    plain = bot.world.group("Plain", omar)
    assert await bot.refused("createForumTopic", chat_id=plain.id, name="T") == "Bad Request: the chat is not a forum"


async def test_leaving_is_final(bot: Bot) -> None:
    group = bot.world.group("Forum", bot.world.person("Omar"))
    await bot.asks("leaveChat", chat_id=group.id)
    assert await bot.refused("sendMessage", chat_id=group.id, text="T") == ("Forbidden: bot is not a member of the supergroup chat")


async def test_pinning_needs_the_right_and_shows_in_the_chat(bot: Bot) -> None:
    omar = bot.world.person("Omar")
    group = bot.world.group("Forum", omar, bot="member")
    card = await bot.sends(group.id, "Card")
    where: Json = {"chat_id": group.id, "message_id": card["message_id"]}
    assert await bot.refused("pinChatMessage", **where) == ("Bad Request: not enough rights to manage pinned messages in the chat")
    bot_becomes(group, "administrator", omar)
    await bot.asks("pinChatMessage", **where)
    assert (await bot.asks("getChat", chat_id=group.id))["pinned_message"]["text"] == "Card"
    assert await bot.refused("pinChatMessage", chat_id=group.id, message_id=9999) == ("Bad Request: message to pin not found")
