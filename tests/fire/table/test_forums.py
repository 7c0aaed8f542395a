"""F20 and F21: a forum's group that throws the bot out, mutes it, vanishes, or gets another address."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.demo.world.membership import bot_becomes, kick_bot, migrate, mute_bot, tell_migration
from tests.fire.faults import others_are_served
from tests.fire.judge import judge
from tests.fire.kept import settled
from tests.fire.table.conftest import Raise
from tests.town.people import Forum
from tests.town.town import Town
from tests.town.words import label, parts

LOST: dict[str, Callable[[Forum], None]] = {
    "kicked": lambda forum: kick_bot(forum.chat, forum.hiwa),
    "left": lambda forum: bot_becomes(forum.chat, "left", forum.hiwa),
    "muted": lambda forum: mute_bot(forum.chat, forum.hiwa),
}
REFUSALS = (
    "Bad Request: TOPIC_CLOSED",
    "Bad Request: not enough rights to send text messages to the chat",
    "Bad Request: chat not found",
    "Bad Request: need administrator rights in the channel chat",
    "Forbidden: the group chat was deleted",
)
AWAY = "The group of the forum of {district} cannot be reached."


async def is_told_to_the_province(town: Town) -> None:
    """Both the coordinators and the head sit in the province's group."""
    await town.province.hears(parts(AWAY, town.province.language, district="السعدية"))


@pytest.mark.parametrize("how", LOST)
async def test_f20_a_group_that_is_lost_is_stood_in_for_until_it_comes_back(town: Town, how: str) -> None:
    """F20, B74: nothing is dropped, nothing sent there again and again, nothing goes to a wrong chat, and others do not wait."""
    forum = town.forums["saadiya"]
    sara = town.resident("en")
    await sara.arrives()
    before = await sara.reports("Before.", district="Sa'diya")
    await forum.card(before)
    LOST[how](forum)
    await is_told_to_the_province(town)
    after = await sara.reports("After.", district="Sa'diya")
    stand_in = await town.province.card(after)
    await others_are_served(town)
    refused = [call for call in town.world.calls if call.chat_id == forum.chat.id and call.status >= 400]
    assert len(refused) <= 1
    assert not forum.about("After.")
    bot_becomes(forum.chat, "administrator", forum.hiwa)
    card = await forum.card(after)
    assert "After." in card.text
    await town.province.until(lambda: "After." not in stand_in.text)
    await settled(town)
    (await judge(town)).sound()


@pytest.mark.parametrize("description", REFUSALS)
async def test_f20_a_group_that_takes_nothing_any_more_is_noticed_by_the_first_refusal(sqlite_town: Town, description: str) -> None:
    """F20: no update told of it; one refusal is enough, whatever its words, and what was refused is not lost."""
    town, forum = sqlite_town, sqlite_town.forums["saadiya"]
    sara = town.resident("en")
    await sara.arrives()
    status = 403 if description.startswith("Forbidden") else 400
    fault = town.telegram.faults.add("status", chat=forum.chat.id, times=None, status=status, description=description)
    reference = await sara.reports("Quietly.", district="Sa'diya")
    await is_told_to_the_province(town)
    await town.province.card(reference)
    await settled(town)
    assert fault.met == 1
    town.telegram.faults.clear()
    bot_becomes(forum.chat, "left", forum.hiwa)  # as the province was told to ask for
    bot_becomes(forum.chat, "member", forum.hiwa)
    card = await forum.card(reference)
    assert "Quietly." in card.text
    await forum.presses(forum.ali, card, "Take").answer()
    await forum.until(lambda: label("Take", forum.language) not in card.labels)


async def test_f20_a_group_that_takes_messages_again_is_found_without_anybody_doing_anything(raise_town: Raise) -> None:
    """F20: its members could not write for a while, of which no bot is told; what it missed comes, once, and the province knows."""
    async with raise_town("quick eager") as town:
        forum, refusal = town.forums["saadiya"], REFUSALS[1]
        sara = town.resident("en")
        await sara.arrives()
        fault = town.telegram.faults.add("status", chat=forum.chat.id, times=None, status=400, description=refusal)
        reference = await sara.reports("Quietly.", district="Sa'diya")
        stand_in = await town.province.card(reference)
        await town.until(lambda: fault.met >= 5)
        assert [call.method for call in town.world.calls if call.chat_id == forum.chat.id].count("sendMessage") == 1
        assert not forum.about("Quietly.")
        town.telegram.faults.clear()
        card = await forum.card(reference)
        assert "Quietly." in card.text
        await town.province.until(lambda: "Quietly." not in stand_in.text)
        await forum.presses(forum.ali, card, "Take").answer()
        await forum.until(lambda: label("Take", forum.language) not in card.labels)
        await settled(town)
        (await judge(town)).sound()
        assert len(town.province.about(parts(AWAY, town.province.language, district="السعدية"))) == 1


@pytest.mark.parametrize("first", ["the service message", "an error"])
async def test_f21_a_group_that_becomes_a_supergroup_keeps_its_reports(town: Town, first: str) -> None:
    """F21, B73, B61: told by the service message or met as an error; the card is shown afresh, works, and there is one chat."""
    small = town.forums["khalis"]
    await town.stop()
    small.chat.kind = "group"
    small.chat.forget_shown()
    await town.starts()
    sara = town.resident("en")
    await sara.arrives()
    reference = await sara.reports("Shots at night.", district="Khalis")
    await small.card(reference)
    old = small.chat.id
    migrate(small.chat, quietly=first == "an error")
    if first == "an error":
        second = await sara.reports("Shots again.", district="Khalis")
        await small.hears(second)
        tell_migration(small.chat, old)
    await small.hears(reference)
    await settled(town)
    (card,) = [message for message in small.about(reference) if message.labels]
    small.ali.replies(card, "Which street?")
    offer = await small.hears("Which street?")
    small.presses(small.ali, offer, "Send to the person")
    await sara.hears("Which street?")
    late = await sara.reports("A third time.", district="Khalis")
    await small.hears(late)
    assert old not in town.world.chats
    assert len([call for call in town.world.calls if call.chat_id == old and call.error and "upgraded" in call.error]) <= 1
