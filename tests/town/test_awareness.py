"""A broadcast as its readers live it: offered, chosen with a tap, read, answered and stopped, while their own report goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.demo.world import Message
from bot.i18n import render
from bot.model.calendar import BAGHDAD
from bot.model.text import C_, Names, Piece
from tests.town.people import Forum, Resident, until
from tests.town.test_times import moves_clock
from tests.town.town import Town, raised
from tests.town.words import label, plain, said

WORDS = "ئەگەر پێویستتان بە یارمەتییە بۆ وازهێنان، کۆڕبەند یارمەتیتان دەدات."
WHY = "داوای یارمەتی دانپێدانان نییە."
QUIZ = f"کێ دەزانێت کێ داوای یارمەتی کردووە؟\nدراوسێکان\n* هیچ کەس\n\n{WHY}"
ANSWER = "ئێمە سەردانتان دەکەین."


def shown(piece: Piece, forum: Forum) -> str:
    """Return a piece as a group reads it."""
    return plain(render(piece, forum.language))


async def presses(forum: Forum, panel: Message, text: str) -> None:
    """Let a member press the button that reads so, once it is there, and wait until the message has changed."""
    pressed = await forum.until(lambda: next((each for each in panel.labels if text in plain(each)), None))
    before = panel.text, panel.labels
    forum.ali.presses(panel, pressed or "")
    await forum.until(lambda: (panel.text, panel.labels) != before)


async def writes_in_answer(forum: Forum, panel: Message, button: str, words: str) -> None:
    """Let a member press what asks for words, and answer it; then it is ticked."""
    pressed = await forum.until(lambda: next((each for each in panel.labels if button in plain(each)), None))
    last = forum.chat.from_bot[-1].id
    forum.ali.presses(panel, pressed or "")
    prompt = await forum.until(lambda: next((one for one in forum.chat.from_bot if one.id > last and not one.labels), None))
    assert prompt is not None
    forum.ali.replies(prompt, words)
    await forum.until(lambda: any(f"✓ {button}" in plain(each) for each in panel.labels))


def morning() -> datetime:
    """Return a moment at which broadcasts are sent: ten o'clock, on a day of next week that is no Friday."""
    day = datetime.now(BAGHDAD).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=7)
    return (day + timedelta(days=1) if day.weekday() == 4 else day).astimezone(UTC)


async def leaves_only_kurdish(forum: Forum, panel: Message) -> None:
    """Let a member send it in Kurdish alone."""
    await presses(forum, panel, label("Audience", forum.language))
    for language in (Names("Arabic", "العربية", "عەرەبی"), Names("English", "الإنجليزية", "ئینگلیزی")):
        await presses(forum, panel, f"✓ {shown(language, forum)}")
    await presses(forum, panel, label("Done", forum.language))


async def begins(forum: Forum) -> Message:
    """Let a member begin a broadcast about drugs, in Kurdish alone; return the message it is written with."""
    forum.ali.writes("/broadcast", forum.chat)
    panel = await forum.hears(said("What is the message about? Only people who asked to hear of this topic get it.", forum.language))
    await presses(forum, panel, shown(C_("topic", "Protection from drugs"), forum))
    await leaves_only_kurdish(forum, panel)
    return panel


async def writes(forum: Forum) -> None:
    """Let a member write a broadcast with a quiz, look at it and submit it."""
    kurdish = Names("Kurdish", "الكردية", "کوردی")
    panel = await begins(forum)
    await writes_in_answer(forum, panel, shown(C_("button", "Text: {language}", language=kurdish), forum), WORDS)
    await presses(forum, panel, label("Quiz", forum.language))
    await writes_in_answer(forum, panel, shown(kurdish, forum), QUIZ)
    await presses(forum, panel, label("Back", forum.language))
    forum.ali.presses(panel, label("Preview", forum.language))
    await forum.hears(WORDS, "هۆشیارکردنەوە")
    await forum.until(
        lambda: said("Everything is there. “Submit” asks the province for its approval.", forum.language) in plain(panel.text)
    )
    forum.ali.presses(panel, label("Submit", forum.language))


async def approves(town: Town) -> None:
    """Let a coordinator approve it."""
    province = town.province
    card = await province.hears(
        said("Please look at every language, then approve it or give it back. Who wrote in it cannot approve it.", province.language)
    )
    await province.presses(province.zainab, card, "Approve").answer()


async def copy_of(resident: Resident) -> Message:
    """Wait for the broadcast on somebody's phone."""

    def there() -> Message | None:
        return next((one for one in resident.talk.from_bot if WORDS in plain(one.text)), None)

    message = await until(resident.talk, there)
    assert message is not None
    return message


async def test_sara_is_offered_messages_reads_one_answers_its_quiz_and_stops(tmp_path: Path) -> None:
    """B94, B95: with the real bot. Her tap on Yes subscribes, her report did not; stopping leaves the report as it was."""
    async with raised(tmp_path, asleep=True) as town:
        moves_clock(town, morning())
        await town.starts()
        forum = town.forums["khanaqin"]
        sara, azad, layla = town.resident("ckb"), town.resident("ckb", "Azad"), town.resident("ar", "Layla")
        for resident in (sara, azad, layla):
            await resident.arrives()
        await azad.reports()
        await azad.taps("No, thank you")
        await layla.taps("My area")
        await layla.taps("khanaqin")
        reference = await sara.reports()
        await (await sara.taps("بەڵێ، بۆ")).answer()
        await sara.hears("پەیامی هۆشیارکردنەوەتان لە کۆڕبەندی")

        await writes(forum)
        await approves(town)
        copy = await copy_of(sara)

        press = sara.acts(lambda person: person.presses(copy, "هیچ کەس"))
        assert WHY in plain(await press.answer())
        press = sara.acts(lambda person: person.presses(copy, "دراوسێکان"))
        assert "پێشتر هەژمار کراوە" in plain(await press.answer())
        await sara.acts(lambda person: person.presses(copy, label("Stop messages", "ckb"))).answer()
        await sara.hears("هەر پێتان دەگات")

        card = await forum.card(reference)
        await forum.presses(forum.ali, card, "Take").answer()
        forum.ali.replies(card, ANSWER)
        question = await forum.hears(ANSWER)
        await forum.presses(forum.ali, question, "Send to the person").answer()
        await sara.hears(ANSWER)
        assert [WORDS in each.screen() for each in (sara, azad, layla)] == [True, False, False]
        panel = await begins(forum)
        await forum.until(lambda: said("Nobody has asked to receive messages in these areas yet.", forum.language) in plain(panel.text))
        told = "\n".join(str(message.raw) for group in town.forums.values() for message in group.chat.from_bot)
        assert str(sara.person.id) not in told
        assert WORDS not in town.log
