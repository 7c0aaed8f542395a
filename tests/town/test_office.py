"""A coordinator alone with the bot: a broadcast is written in private, approved by another in the group, and read by who asked for it."""

from __future__ import annotations

from pathlib import Path

from bot.demo.world import Message, Person
from bot.model.text import C_, N_, Names
from tests.town.people import Forum, Resident, until
from tests.town.test_awareness import approves, morning, shown
from tests.town.test_times import moves_clock
from tests.town.town import Town, raised
from tests.town.words import label, plain, said

WORDS = "ئەگەر پێویستتان بە یارمەتییە بۆ وازهێنان، کۆڕبەند یارمەتیتان دەدات."
STORY = "لە ماڵی خۆماندا مادە دەفرۆشرێت."
NOT_CLEAR = (
    "It is not clear whether this is for the broadcast, so it was not taken. For the broadcast, please send it once more as a reply to "
    "this message. For anything else, send it once more without a reply."
)
ARABIC, KURDISH, ENGLISH = (
    Names("Arabic", "العربية", "عەرەبی"),
    Names("Kurdish", "الكردية", "کوردی"),
    Names("English", "الإنجليزية", "ئینگلیزی"),
)


def in_private(coordinator: Person, town: Town) -> Resident:
    """Return a coordinator in their own chat with the bot; it speaks the language of the province, for they have chosen none."""
    return Resident(coordinator, town.province.language)


async def presses(office: Resident, panel: Message, text: str) -> None:
    """Press the button that reads so, once it is there, and wait until the message has changed."""
    pressed = await until(office.talk, lambda: next((each for each in panel.labels if text in plain(each)), None))
    before = panel.text, panel.labels
    office.acts(lambda person: person.presses(panel, pressed or ""))
    await until(office.talk, lambda: (panel.text, panel.labels) != before)


async def begins(office: Resident, group: Forum) -> Message:
    """Begin a broadcast about drugs, in Kurdish alone."""
    office.says("/broadcast")
    panel = await office.hears(said("What is the message about? Only people who asked to hear of this topic get it.", office.language))
    await presses(office, panel, shown(C_("topic", "Protection from drugs"), group))
    await presses(office, panel, label("Audience", office.language))
    for language in (ARABIC, ENGLISH):
        await presses(office, panel, f"✓ {shown(language, group)}")
    await presses(office, panel, label("Done", office.language))
    return panel


async def knows_her(town: Town) -> None:
    """Let the coordinators be known in the group of the province: they have asked for something there."""
    province = town.province
    for person in (province.ali, province.zainab):
        last = len(province.chat.from_bot)
        person.writes("/broadcasts", province.chat)
        await province.until(lambda last=last: len(province.chat.from_bot) > last)  # type: ignore[misc]


async def test_a_coordinator_writes_in_private_another_approves_and_a_subscriber_reads_it(tmp_path: Path) -> None:
    """B87: with the real bot. Nothing of it is in a group before it is submitted, and her own report in the same chat stays hers."""
    async with raised(tmp_path, asleep=True) as town:
        moves_clock(town, morning())
        await town.starts()
        province = town.province
        sara, azad = town.resident("ckb"), town.resident("ckb", "Azad")
        for resident in (sara, azad):
            await resident.arrives()
        await sara.reports()
        await (await sara.taps("بەڵێ، بۆ")).answer()
        await knows_her(town)
        before = len(province.chat.from_bot)

        office = in_private(province.ali, town)
        panel = await begins(office, province)
        text = shown(C_("button", "Text: {language}", language=KURDISH), province)
        pressed = await until(office.talk, lambda: next((each for each in panel.labels if text in plain(each)), None))
        office.acts(lambda person: person.presses(panel, pressed or ""))
        question = N_(
            "Write the text as a reply to this message. Language: {language}. It may have {limit} letters at most.",
            language=KURDISH,
            limit=3500,
        )
        prompt = await office.hears(shown(question, province))
        office.says(WORDS)
        await office.hears(said("Taken, thank you. Please go on in this message.", office.language))
        await until(office.talk, lambda: WORDS[:40] in plain(panel.text))
        await presses(office, panel, label("Preview", office.language))
        await office.hears(WORDS, "هۆشیارکردنەوە")
        await until(
            office.talk,
            lambda: said("Everything is there. “Submit” asks the province for its approval.", office.language) in plain(panel.text),
        )
        assert len(province.chat.from_bot) == before

        office.says("/report")
        office.acts(lambda person: person.replies(prompt, STORY))
        await office.hears(said(NOT_CLEAR, office.language))
        assert STORY not in plain(panel.text)
        office.says("/cancel")

        office.acts(lambda person: person.presses(panel, label("Submit", office.language)))
        await approves(town)
        await sara.hears(WORDS)
        await office.hears(said("It has been sent.", office.language))
        await province.hears(said("It has been sent.", province.language))
        told = "\n".join(str(message.raw) for forum in town.forums.values() for message in forum.chat.from_bot)
        assert STORY not in told
        assert str(sara.person.id) not in told
        assert WORDS not in azad.screen()
        assert WORDS not in town.log
        assert STORY not in town.log
