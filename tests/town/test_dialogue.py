"""The whole way in each language, as people live it: report, card, take, answer, thread, note, transfer, close, open again."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.demo.world import Message
from bot.model.ids import Language
from tests.conversation.words import SAYS
from tests.town.people import OWN_NAMES, Forum, Resident
from tests.town.town import Town
from tests.town.words import label, parts, plain

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOME: dict[Language, tuple[str, str]] = {"en": ("mandali", "baquba"), "ar": ("jalawla", "khanaqin"), "ckb": ("khanaqin", "khalis")}
"""The forum each resident reports to, and the one that gets the report later."""


NOTE_PROMPT = "Write your note for {reference} as a reply to this message. The reporter does not see notes."


@dataclass
class Story:
    """A resident, their report, and the two forums it comes to."""

    town: Town
    sara: Resident
    first: Forum
    second: Forum
    reference: str = ""

    @property
    def words(self) -> str:
        """What is reported."""
        return f"<b>Pills</b> are sold _near_ the [school] *{self.sara.language}* & nobody cares"

    async def card(self, forum: Forum) -> Message:
        """The report's card in a forum's group."""
        return await forum.card(self.reference)


@pytest.mark.parametrize("town", ["polling", "webhook"], indirect=True)
@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
async def test_a_report_goes_all_the_way_and_back(town: Town, language: Language) -> None:
    """B13, B31, B36, B42, B56-B59, B63, B68, B118: the whole way, in the resident's language here and the group's there."""
    first, second = (town.forums[id] for id in HOME[language])
    story = Story(town, town.resident(language), first, second)
    await arrives(story)
    await reports(story)
    await is_taken_once(story)
    await is_answered(story)
    await is_noted(story)
    await is_transferred(story)
    await is_closed_and_opened_again(story)
    sara = story.sara.screen()
    assert not any(member.first_name in sara for forum in (first, second) for member in forum.members)
    assert "Memberzade" not in sara


async def arrives(story: Story) -> None:
    """Language in its own script, the number, one sentence on privacy; then consent; then the menu."""
    sara = story.sara
    sara.says("/start")
    first = await sara.hears("911")
    assert {"العربية", "کوردی", "English"} <= set(first.labels)
    assert parts("Forum members do not see your name or your number.", sara.language) in plain(first.text)
    await sara.taps(OWN_NAMES[sara.language])
    await sara.is_told("welcome")
    await sara.agrees()
    assert any("911" in text for text in sara.talk.last.labels)


async def reports(story: Story) -> None:
    """To the receipt; the forum gets to the letter what the review showed."""
    sara, first = story.sara, story.first
    names = story.town.config.places().forum_names(first.id)  # type: ignore[arg-type]
    await sara.goes_to_story(district=names.in_language(sara.language))
    sara.says(story.words)
    await sara.taps("done")
    await sara.answers("when?", "skip")
    await sara.answers("contact?", "yes")
    review = await sara.hears(story.words)
    await sara.taps("send", on=review)
    story.reference = await sara.gets_receipt()
    receipt = await sara.hears(story.reference)
    assert names.in_language(sara.language) in receipt.text
    assert {"en": "2 days", "ar": "يومين", "ckb": "2 ڕۆژ"}[sara.language] in plain(receipt.text)
    assert f"\u2068{story.reference}\u2069" in receipt.text, "the number stays readable among right-to-left words"
    card = await story.card(first)
    assert card.is_protected
    assert story.words in card.text
    assert names.in_language(first.language) in card.text
    assert set(card.labels) == {label(each, first.language) for each in ("Take", "Reply", "Note", "Transfer", "Close")}


async def is_taken_once(story: Story) -> None:
    """Two members tap at once: one wins, the other is told who."""
    card = await story.card(story.first)
    members = (story.first.ali, story.first.zainab)
    presses = [story.first.presses(member, card, "Take") for member in members]
    toasts = [await press.answer() for press in presses]
    assert sorted(bool(toast) for toast in toasts) == [False, True]
    winner = members[toasts.index("")]
    assert winner.name in plain(next(filter(None, toasts)))
    await story.town.until(lambda: winner.name in plain(card.text))
    told = parts("A forum member is now following your report {reference}.", story.sara.language, reference=story.reference)
    await story.sara.hears(told)


async def is_answered(story: Story) -> None:
    """Chatter stays in the group; an explicit answer arrives and is ticked; what the resident replies comes to the thread."""
    sara, forum = story.sara, story.first
    card = await story.card(forum)
    forum.zainab.writes(f"Who has time for this today? {sara.language}", forum.chat)
    words = f"Since when do they sell there? {sara.language}"
    forum.ali.replies(card, words)
    offer = await forum.hears(words)
    assert label("Send to the person", forum.language) in offer.labels
    assert words not in sara.screen()
    forum.presses(forum.ali, offer, "Send to the person")
    heard = await sara.hears(words, story.reference)
    await story.town.until(lambda: "✔" in offer.text)
    assert label("Send to the person", forum.language) not in offer.labels
    sara.says(f"Since the summer {sara.language}", reply_to=heard)
    await forum.hears(f"Since the summer {sara.language}", story.reference)
    assert "Who has time" not in sara.screen()


async def is_noted(story: Story) -> None:
    """A note is the forum's own."""
    forum = story.first
    card = await story.card(forum)
    forum.presses(forum.ali, card, "Note")
    prompt = await forum.hears(parts(NOTE_PROMPT, forum.language, reference=story.reference))
    forum.ali.replies(prompt, f"The reporter sounds afraid {story.sara.language}")
    await forum.hears("The reporter sounds afraid", story.reference)
    assert "afraid" not in story.sara.screen()


async def is_transferred(story: Story) -> None:
    """The other forum gets the card and the thread without notes; the first one's card is empty, its old buttons do nothing."""
    sara, first, second = story.sara, story.first, story.second
    names = story.town.config.places().forum_names(second.id)  # type: ignore[arg-type]
    card = await story.card(first)
    old = card.button(label("Close", first.language))["callback_data"]
    first.presses(first.ali, card, "Transfer")
    ask = await first.hears(parts("Which forum should {reference} go to?", first.language, reference=story.reference))
    first.ali.presses(ask, names.in_language(first.language))
    await first.offers(ask, "Yes")
    first.presses(first.ali, ask, "Yes")
    there = await story.card(second)
    assert story.words in there.text
    await second.hears(f"Since the summer {sara.language}")
    await sara.hears(story.reference, names.in_language(sara.language))
    await story.town.until(lambda: story.words not in card.text)
    assert card.labels == []
    await story.town.until(lambda: not first.about(f"Since the summer {sara.language}"))
    assert not second.about("sounds afraid")
    refused = await first.ali.presses_data(card, old).answer()
    assert story.reference in plain(refused)


async def is_closed_and_opened_again(story: Story) -> None:
    """The resident gets the words, never the outcome; one tap opens it again."""
    sara, forum = story.sara, story.second
    card = await story.card(forum)
    forum.presses(forum.ali, card, "Close")
    ask = await forum.hears(parts("Why is {reference} being closed?", forum.language, reference=story.reference))
    outcome = plain(ask.labels[0])
    forum.ali.presses(ask, ask.labels[0])
    skip = label("Skip", forum.language)
    await story.town.until(lambda: any(skip in message.labels and story.reference in message.text for message in forum.chat.from_bot))
    prompt = next(message for message in forum.chat.from_bot if skip in message.labels and story.reference in message.text)
    forum.ali.replies(prompt, f"The shop is closed now {sara.language}")
    closed = await sara.hears(f"The shop is closed now {sara.language}", story.reference)
    await story.town.until(lambda: outcome in plain(card.text))
    await sara.taps("Open again", on=closed)
    await sara.hears(parts("Report {reference} is open again, and the forum knows.", sara.language, reference=story.reference))
    await forum.offers(card, "Take")
    assert outcome not in sara.screen()
    assert SAYS["menu"][sara.language] in sara.screen()
