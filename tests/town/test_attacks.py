"""What a stranger tries who did not build this: edits, floods, groups that were lost, content that should be gone."""

from __future__ import annotations

from tests.town.people import Resident
from tests.town.town import Town
from tests.town.words import plain


async def test_an_edited_message_changes_the_unfinished_report(own_town: Town) -> None:
    """B32: the resident takes a name out of what they wrote, before anybody reads it."""
    sara = own_town.resident("en")
    await sara.arrives()
    await sara.goes_to_story()
    first = sara.says("Omar sells pills.")
    await sara.hears("We have your words")
    sara.acts(lambda person: person.edits(first, "Somebody sells pills."))
    await sara.hears("We have your words")
    await sara.taps("done")
    reference = await sara.finishes()
    card = await own_town.forums["khanaqin"].card(reference)
    assert "Somebody sells pills." in plain(card.text)
    assert "Omar" not in plain(card.text)


async def answered(town: Town, sara: Resident) -> str:
    """Report something and be answered; returns the reference."""
    reference = await sara.reports("Pills near the school.")
    forum = town.forums["khanaqin"]
    card = await forum.offers(await forum.card(reference), "Reply")
    forum.presses(forum.ali, card, "Reply")
    await town.until(lambda: forum.chat.last.id != card.id)
    forum.ali.replies(forum.chat.last, "How many were there?")
    await sara.hears("How many were there?")
    return reference


async def test_a_reply_to_the_forum_during_a_report_goes_to_the_forum(own_town: Town) -> None:
    """The answer is no part of the report that is being written, which would show that both are one person's."""
    sara = own_town.resident("en")
    await sara.arrives()
    reference = await answered(own_town, sara)
    asked = sara.talk.last
    sara.says("/report")
    await sara.is_told("danger?")
    sara.acts(lambda person: person.replies(asked, "3"))
    await sara.hears("Your answer went to the forum")
    khanaqin = own_town.forums["khanaqin"]
    await khanaqin.until(lambda: [one for one in khanaqin.about(reference) if plain(one.text).rstrip().endswith("3")])


async def test_the_longest_report_gets_into_a_group_with_limits(own_town: Town) -> None:
    """A report of sixty long messages is cut off kindly, and the next one's card still arrives."""
    sara, dara = own_town.resident("en"), own_town.resident("en", "Dara")
    await sara.arrives()
    await dara.arrives()
    await sara.goes_to_story()
    for number in range(20):
        sara.says(f"{number} " + "long " * 800)
    await sara.hears("That is a lot already")
    await sara.taps("done")
    first = await sara.finishes()
    second = await dara.reports("A short one.")
    forum = own_town.forums["khanaqin"]
    await forum.card(second)
    assert len(forum.about("long")) <= 6
    assert forum.about(first)
