"""The bot runs: a report goes from the first word to the forum, and the answer comes back."""

from __future__ import annotations

import pytest

from tests.conversation.words import STORY
from tests.town.town import Town
from tests.town.words import label


@pytest.mark.parametrize("own_town", ["polling", "webhook"], indirect=True)
async def test_a_report_reaches_its_forum_and_the_answer_comes_back(own_town: Town) -> None:
    sara = own_town.resident("ar")
    await sara.arrives()
    reference = await sara.reports()
    forum = own_town.forums["khanaqin"]
    card = await forum.card(reference)
    assert STORY["ar"] in card.text
    await forum.presses(forum.ali, card, "Take").answer()
    await own_town.until(lambda: forum.ali.first_name in card.text)
    words = forum.ali.replies(card, "We are looking into it.")
    offer = await forum.hears("We are looking into it.")
    assert offer.id > words.id
    forum.presses(forum.ali, offer, "Send to the person")
    await sara.hears("We are looking into it.", reference)
    await own_town.until(lambda: "✔" in offer.text)
    assert label("Send to the person", forum.language) not in offer.labels
