"""A power cut at each named point of a report's way: afterwards there is one ticket, its card and its receipt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import get_args

import pytest

from bot.crash import Point
from bot.demo.world import Chat
from tests.town.town import Town
from tests.town.words import REFERENCE, plain

pytestmark = pytest.mark.asyncio(loop_scope="module")

CUTS: list[tuple[Point, int]] = [
    ("after-fetch", 1),
    ("after-store", 1),
    ("after-ack", 1),
    ("in-turn", 1),
    ("in-turn", 4),
    ("after-commit", 1),
    ("before-send", 1),
    ("before-send", 2),
    ("after-send", 1),
    ("after-send", 2),
]
"""Where, and at which pass: of the effects of the turn that opens the ticket the first and one in the middle, of its sends both."""


async def test_every_named_point_is_cut_at() -> None:
    assert {point for point, _ in CUTS} == set(get_args(Point))


def copies(chats: Iterable[Chat]) -> list[str]:
    """What came more often than once into one chat."""
    texts = Counter((chat.id, message.text) for chat in chats for message in chat.from_bot)
    return [text for (_, text), times in texts.items() for _ in range(times - 1)]


@pytest.mark.parametrize(("point", "times"), CUTS)
async def test_a_power_cut_while_a_report_is_sent_leaves_one_ticket_card_and_receipt(town: Town, point: Point, times: int) -> None:
    """B1, B2, B3, B4: handled once, sent after the restart, and at most one copy, which the reference makes known as one."""
    forum, story = town.forums["khanaqin"], f"Cut at {point}, pass {times}."
    sara = town.resident()
    await sara.arrives()
    await sara.goes_to_story()
    sara.says(story)
    await sara.taps("done")
    await sara.answers("when?", "skip")
    await sara.answers("contact?", "yes")
    await sara.hears("Shall we send it")
    await town.crash_at(point, times, LIMITS__MESSAGES_PER_SECOND="15")
    await sara.taps("send")
    assert await town.ends() == -9
    await town.starts()
    reference = await sara.gets_receipt()
    await forum.card(reference)
    sara.says("/status")
    await sara.hears("You have 1 open report", reference)
    about = {found for message in forum.about(story) for found in REFERENCE.findall(plain(message.text))}
    assert about == {reference}
    assert len(copies([sara.talk, forum.chat])) <= 1, copies([sara.talk, forum.chat])
    for message in forum.about(story):
        forum.chat.remove(message.id)


async def test_a_power_cut_before_the_first_turn_loses_nothing_and_handles_nothing_twice(town: Town) -> None:
    """B1, B4: what somebody wrote while the bot was dead, and died again over, is in the report once and in order."""
    sara = town.resident()
    await sara.arrives()
    await sara.goes_to_story()
    await town.kill()
    for number in range(1, 9):
        sara.says(f"Sentence number {number}.")
    for cut in ("after-store:1", "in-turn:3", "after-commit:2", "after-send:1"):
        town.launches(CRASH=cut)
        assert await town.ends() == -9
    await town.starts()
    await sara.taps("done")
    reference = await sara.finishes()
    card = await town.forums["khanaqin"].card(reference)
    told = [line for line in plain(card.text).splitlines() if line.startswith("Sentence")]
    assert told == [f"Sentence number {number}." for number in range(1, 9)]
