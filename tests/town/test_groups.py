"""What happens to the groups themselves: linked, strange, moved, lost, found again; and who may press there."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.demo.world.membership import bot_becomes, change_member, kick_bot, mute_bot, remove
from bot.model.ids import PROVINCE
from tests.town.town import Town, raised
from tests.town.words import label, parts, plain, said

ROOT = Path(__file__).parents[2]


async def code_for(town: Town, forum: str) -> str:
    """Ask the command line for a link code, as an operator does, while the bot runs."""
    command = [sys.executable, "-m", "bot", "forum", "code", forum, "--config", str(town.folder / "config.toml")]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=town.environment, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return out.decode().split("/link ")[1].split()[0]


async def test_a_forum_is_linked_by_a_code_and_gets_what_waited(tmp_path: Path) -> None:
    """B116: no id is typed by hand; until then the province's group stands in."""
    async with raised(tmp_path, unlinked=("mandali",)) as town:
        sara, forum = town.resident("en"), town.forums["mandali"]
        await sara.arrives()
        reference = await sara.reports("The bridge is broken.", district="Mandali")
        await town.province.card(reference)
        assert forum.chat.from_bot == []
        forum.ali.writes("/link 00000000", forum.chat)
        await forum.hears("/link")
        assert not forum.about(reference)
        forum.ali.writes(f"/link {await code_for(town, 'mandali')}", forum.chat)
        card = await forum.card(reference)
        assert "The bridge is broken." in card.text
        stand_in = await town.province.card(reference)
        await town.province.until(lambda: "The bridge is broken." not in stand_in.text)
        await forum.presses(forum.ali, card, "Take").answer()
        await sara.hears("is now following")


async def test_a_strange_group_gets_one_sentence_and_is_left(own_town: Town) -> None:
    strangers = [own_town.world.person("Karim"), own_town.world.person("Salim")]
    group = own_town.world.group("Football", *strangers, bot=None)
    bot_becomes(group, "member", strangers[0])
    await own_town.until(lambda: not group.members[own_town.world.bot["id"]].is_inside)
    words = [plain(message.text) for message in group.from_bot if message.text]
    assert words == [said("This bot works only in the groups of the Community Policing Forums of Diyala.", "ar")]


async def test_a_group_that_removed_the_bot_is_stood_in_for_until_it_comes_back(own_town: Town) -> None:
    """B74: nothing is lost, nothing retried for ever, and the same group takes its reports back."""
    town, forum = own_town, own_town.forums["saadiya"]
    sara = town.resident("en")
    await sara.arrives()
    before = await sara.reports("Before.", district="Sa'diya")
    await forum.card(before)
    kick_bot(forum.chat, forum.hiwa)
    await town.province.hears(parts("The group of the forum of {district} cannot be reached.", "ar", district="السعدية"))
    await town.province.hears(before, "Before.")
    after = await sara.reports("After.", district="Sa'diya")
    stand_in = await town.province.card(after)
    refused = [call for call in town.world.calls if call.chat_id == forum.chat.id and call.status >= 400]
    assert len(refused) <= 1
    bot_becomes(forum.chat, "administrator", forum.hiwa)
    card = await forum.card(after)
    assert "After." in card.text
    await town.province.until(lambda: "After." not in stand_in.text)


async def test_a_muted_bot_waits_for_its_voice(own_town: Town) -> None:
    """B74."""
    town, forum = own_town, own_town.forums["saadiya"]
    mute_bot(forum.chat, forum.hiwa)
    sara = town.resident("en")
    await sara.arrives()
    reference = await sara.reports("Quietly.", district="Sa'diya")
    await town.province.hears(reference, "Quietly.")
    assert not forum.about("Quietly.")
    bot_becomes(forum.chat, "member", forum.hiwa)
    await forum.hears(reference, "Quietly.")


async def test_who_is_not_a_member_presses_in_vain(own_town: Town) -> None:
    """B71, B86: a stranger in the group's name, a channel, somebody who was removed, a resident with the button's data."""
    town, forum, other = own_town, own_town.forums["khanaqin"], own_town.forums["khalis"]
    sara = town.resident("en")
    await sara.arrives()
    reference = await sara.reports("Theft of sheep.")
    card = await forum.card(reference)
    take = card.button(label("Take", forum.language))["callback_data"]
    forum.presses(forum.zainab, card, "Note")
    await forum.hears(
        parts("Write your note for {reference} as a reply to this message. The reporter does not see notes.", "ckb", reference=reference)
    )
    remove(forum.chat, forum.zainab, forum.hiwa)
    await town.until(lambda: len(town.world.updates) == 0)
    gone = await forum.zainab.presses_data(card, take).answer()
    assert plain(gone) == said("You are no longer a member of this forum.", "ckb")
    here = await forum.card(reference)
    await other.ali.presses_data(sara.talk.last, take).answer()
    forum.hiwa.replies(here, "In the name of the group", anonymously=True)
    await forum.hears(
        said("Please turn off “Remain anonymous” in your admin rights, then try again: the bot must know that you are a member.", "ckb")
    )
    channel = town.world.channel("News of Khanaqin", linked=forum.chat)
    channel.posts("A post that is copied into the group")
    toast = await sara.person.presses_data(sara.talk.last, take).answer()
    assert plain(toast) == "This button is old. Please use the newest message."
    await forum.presses(forum.ali, card, "Take").answer()
    await forum.until(lambda: forum.ali.name in plain(card.text))
    assert "In the name" not in sara.screen()


async def test_who_leaves_lets_go_of_what_they_followed(own_town: Town) -> None:
    forum = own_town.forums["khanaqin"]
    sara = own_town.resident("en")
    await sara.arrives()
    reference = await sara.reports("No light in the street.")
    card = await forum.card(reference)
    await forum.presses(forum.ali, card, "Take").answer()
    await forum.until(lambda: forum.ali.name in plain(card.text))
    forum.ali.leaves(forum.chat)
    await forum.offers(card, "Take")
    await forum.hears(forum.ali.name, reference)
    change_member(forum.chat, forum.zainab.user, "administrator", forum.hiwa.user)
    await forum.presses(forum.zainab, card, "Take").answer()
    await forum.until(lambda: forum.zainab.name in plain(card.text))


async def test_a_coordinator_works_from_the_phone(own_town: Town) -> None:
    """The provincial group sees and answers what is its own; a member of a district does not reach into another."""
    sara = own_town.resident("en")
    await sara.arrives()
    reference = await sara.reports("Drugs in the market.")
    forum, other = own_town.forums["khanaqin"], own_town.forums["khalis"]
    card = await forum.card(reference)
    forum.ali.writes("/open", forum.chat)
    await forum.until(lambda: len(forum.about(reference)) > 1)
    other.ali.writes("/open", other.chat)
    await other.hears(said("This forum has no open reports.", "ar"))
    own_town.province.ali.writes("/open", own_town.province.chat)
    await own_town.province.hears(said("This forum has no open reports.", "ar"))
    assert card.labels
    assert own_town.forums[PROVINCE] is own_town.province
