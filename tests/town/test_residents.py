"""What residents may expect whatever they do: doubled and old taps, a blocked bot, their data deleted."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from contextlib import closing

from bot.demo.world import Message
from tests.town.people import Forum, Resident
from tests.town.town import Town
from tests.town.words import REFERENCE, parts, plain, said


async def to_review(sara: Resident, story: str) -> Message:
    """Go to the review of a report in English."""
    await sara.goes_to_story(district="Khanaqin")
    sara.says(story)
    await sara.taps("done")
    await sara.answers("when?", "skip")
    await sara.answers("contact?", "yes")
    return await sara.hears(story)


def rows(town: Town, table: str) -> int:
    """Count a table's rows, as somebody with a copy of the database would."""
    with closing(sqlite3.connect(f"file:{town.folder}/alwand.db?mode=ro", uri=True)) as database:
        (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(count)


async def test_a_double_tap_on_send_makes_one_report(own_town: Town) -> None:
    """B21."""
    sara = own_town.resident("en")
    await sara.arrives()
    review = await to_review(sara, "A stolen motorcycle.")
    presses = [sara.person.presses(review, "Send") for _ in range(2)]
    toasts = [await press.answer() for press in presses]
    assert plain(toasts[1]) == "This step is already done."
    sara.says("/status")
    await sara.hears("You have 1 open report")
    forum = own_town.forums["khanaqin"]
    assert len({found for message in forum.chat.from_bot for found in REFERENCE.findall(message.text)}) == 1


async def test_an_old_button_does_no_harm_and_says_so(own_town: Town) -> None:
    """B20, B45, B83: one of a step that is done, one of another chat, one that nobody made: each is answered."""
    sara, dara = own_town.resident("en"), own_town.resident("en")
    await sara.arrives()
    await dara.arrives()
    review = await to_review(sara, "Somebody empties the wells.")
    danger = next(message for message in sara.talk.from_bot if "Is anyone in danger" in message.text)
    toast = await sara.person.presses(danger, "No").answer()
    assert plain(toast) == "This step is already done."
    for data in (review.button("Send")["callback_data"], "take~x.AAAAAAAAAAA", "nonsense"):
        answer = await dara.person.presses_data(dara.talk.last, data).answer()
        assert plain(answer) == "This button is old. Please use the newest message."
        assert len(data) <= 64
        assert str(sara.person.id) not in data
    assert own_town.forums["khanaqin"].chat.from_bot == []
    await sara.taps("send", on=review)
    await sara.gets_receipt()


async def test_a_press_that_telegram_has_given_up_still_happens_once(own_town: Town) -> None:
    """B83: the bot was away, so nobody can be answered; what was pressed is done all the same."""
    sara = own_town.resident("en")
    await sara.arrives()
    review = await to_review(sara, "A burnt field.")
    own_town.telegram.faults.add("status", "answerCallbackQuery", status=400, description="Bad Request: query is too old", times=2)
    await sara.taps("send", on=review)
    await sara.gets_receipt()
    sara.says("/status")
    await sara.hears("You have 1 open report")


async def answers(forum: Forum, card: Message, words: str) -> Message:
    """Let a member answer; returns the message that tells what became of it."""
    forum.ali.replies(card, words)
    offer = await forum.hears(words)
    forum.presses(forum.ali, offer, "Send to the person")
    return offer


async def test_a_resident_who_blocks_the_bot_is_marked_and_comes_back(own_town: Town) -> None:
    """B59, B81: ✖ at the answer and on the card, nothing more is sent; unblocked, the mark goes and answers arrive."""
    town, forum = own_town, own_town.forums["khanaqin"]
    sara = town.resident("en")
    await sara.arrives()
    reference = await sara.reports("Wild dogs at the school.")
    card = await forum.card(reference)
    await sara.hears("Do you want them?")  # the last thing that is said to her
    sara.person.is_blocking = True  # as the bot first meets it, when Telegram's own word is late
    entry = await answers(forum, card, "How many are there?")
    await forum.until(lambda: "✖" in entry.text)
    await forum.until(lambda: "✖" in card.text)
    refused = len([call for call in town.world.calls if call.chat_id == sara.person.id and call.status == 403])
    assert refused == 1
    sara.person.unblocks()
    await forum.until(lambda: "✖" not in card.text)
    again = await answers(forum, card, "And where exactly?")
    await sara.hears("And where exactly?")
    await forum.until(lambda: "✔" in again.text)


async def test_deleted_data_is_gone_from_groups_and_database(own_town: Town) -> None:
    """The notice's promise: cards emptied, threads and files taken back, and nobody left in the database."""
    town, forum = own_town, own_town.forums["khanaqin"]
    sara = town.resident("en")
    await sara.arrives()
    await sara.goes_to_story(district="Khanaqin")
    sara.says("Secret words about a neighbour.")
    sara.acts(lambda person: person.sends("photo"))
    await sara.hears("1 file")
    await sara.taps("done")
    await sara.answers("media?", "yes")
    reference = await sara.finishes()
    card = await forum.card(reference)
    await forum.until(lambda: any(message.media for message in forum.chat.from_bot))
    sara.says("And one more secret.", reply_to=next(one for one in reversed(sara.talk.from_bot) if reference in one.text))
    sara.says("/privacy")
    await sara.taps("Delete my data")
    question = await sara.hears("Do you want to delete all your data?")
    await sara.taps("Delete my data", on=question)
    await sara.hears("Your data is deleted.")
    gone = parts(
        "The data of report {reference} was deleted at the reporter's request. Please delete any copies you made.",
        "ckb",
        reference=reference,
    )
    await forum.until(lambda: plain(card.text) == gone)
    await forum.until(lambda: not any(message.media or "secret" in message.text.lower() for message in forum.chat.from_bot))
    (town.folder / "clock").write_text("200")
    await town.restart()
    await until_empty(town, ("residents", "drafts"))
    assert kept_of(town, ["Secret words", "one more secret"]) == []


async def until_empty(town: Town, tables: Iterable[str]) -> None:
    """Wait until these tables hold nobody: the chore runs at the bot's own pace, which rings no bell."""
    async with asyncio.timeout(30):
        while any(rows(town, table) for table in tables):  # noqa: ASYNC110 - a database rings no bell
            await asyncio.sleep(0.05)


def kept_of(town: Town, words: Iterable[str]) -> list[str]:
    """Return which words are in any file that the bot wrote."""
    held = b"".join(file.read_bytes() for file in town.files)
    return [word for word in words if word.encode() in held]


async def test_who_does_not_agree_leaves_nothing_behind(own_town: Town) -> None:
    sara = own_town.resident("en")
    sara.says("/start")
    await sara.chooses_language()
    await sara.is_told("consent")
    await sara.taps("disagree")
    await sara.hears(said("That is all right. We keep nothing of what you wrote.", "en"))
    (own_town.folder / "clock").write_text("200")
    await own_town.restart()
    await until_empty(own_town, ("residents", "drafts"))
