"""F1 to F6: the power is cut at each point of a report's way. Afterwards there is one ticket, one card and one receipt."""

from __future__ import annotations

from typing import get_args

import pytest

from bot.crash import Point
from bot.demo.world import Message
from tests.fire.faults import eventually
from tests.fire.judge import Kill, copies, died, judge
from tests.fire.kept import kept, settled
from tests.town.people import Resident
from tests.town.town import Town
from tests.town.words import plain

CUTS: dict[str, tuple[Point, tuple[int, ...]]] = {
    "F1": ("after-fetch", (1,)),
    "F2": ("after-store", (1,)),
    "F3": ("after-ack", (1,)),
    "F4": ("in-turn", (1, 4)),
    "F5": ("after-commit", (1,)),
    "F5, sending": ("before-send", (1, 2)),
    "F6": ("after-send", (1, 2)),
}
"""Where, and at which pass: of the effects of the turn that opens the ticket the first and one in the middle, of its sends both."""


def test_every_named_point_is_cut_at() -> None:
    assert {point for point, _ in CUTS.values()} == set(get_args(Point))


async def reviewing(town: Town, story: str = "Wires on the road.") -> Resident:
    """Somebody who has only to press Send."""
    sara = town.resident()
    await sara.reviews(story)
    return sara


async def cut(town: Town, sara: Resident, row: str, times: int = 1) -> Kill:
    """Let her press Send, and the bot die of it."""
    await town.crash_at(CUTS[row][0], times, LIMITS__MESSAGES_PER_SECOND="15")  # one call at a time
    await sara.taps("send")
    assert await town.ends() == -9
    await eventually(lambda: not town.telegram.transports)
    return died(town, 1)


async def goes_on(town: Town, sara: Resident, kill: Kill, under_way: int = 1) -> None:
    """Start again: everything is there, once, but for copies of what was under way when it was killed."""
    await town.starts()
    reference = await sara.gets_receipt()
    await town.forums["khanaqin"].card(reference)
    await settled(town)
    (await judge(town, [kill])).sound()
    assert len((await kept(town)).tickets) == 1
    assert len(copies(town.world, [kill])) <= under_way


async def test_f01_what_was_fetched_and_not_stored_is_fetched_again(town: Town) -> None:
    """F1: Telegram still has it."""
    sara = await reviewing(town)
    kill = await cut(town, sara, "F1")
    assert len(town.world.updates) == 1
    await goes_on(town, sara, kill)


async def test_f02_what_was_stored_and_not_acknowledged_is_one_and_the_same_when_it_comes_again(town: Town) -> None:
    """F2: it is stored and it waits at Telegram; the press makes one ticket."""
    sara = await reviewing(town)
    kill = await cut(town, sara, "F2")
    assert len(town.world.updates) == 1
    assert (await kept(town)).unhandled == 1
    await goes_on(town, sara, kill)


async def test_f03_what_was_acknowledged_is_handled_at_the_restart_in_its_order(town: Town) -> None:
    """F3: Telegram has forgotten it, we have not; and the process dies three times more over it."""
    sara, forum = town.resident(), town.forums["khanaqin"]
    await sara.arrives()
    await sara.goes_to_story()
    await town.kill()
    for number in range(1, 9):
        sara.says(f"Sentence number {number}.")
    for number in range(110):
        forum.ali.writes(f"Chatter {number}", forum.chat)
    town.launches(CRASH="after-ack:1")
    assert await town.ends() == -9
    assert len(town.world.updates) < 118, "the first hundred are acknowledged"
    assert (await kept(town)).unhandled > 0
    for death in ("in-turn:3", "after-commit:2", "after-send:1"):
        town.launches(CRASH=death)
        assert await town.ends() == -9
    await town.starts()
    await sara.taps("done")
    card = await town.forums["khanaqin"].card(await sara.finishes())
    assert sentences(card) == [f"Sentence number {number}." for number in range(1, 9)]


@pytest.mark.parametrize("times", CUTS["F4"][1])
async def test_f04_a_turn_that_is_cut_between_two_effects_has_not_happened(town: Town, times: int) -> None:
    """F4: no ticket, no card, no receipt; then all of it."""
    sara = await reviewing(town)
    kill = await cut(town, sara, "F4", times)
    found = await kept(town)
    assert (found.tickets, found.unsent, found.unhandled, len(found.drafts)) == ({}, 0, 1, 1)
    await goes_on(town, sara, kill)


@pytest.mark.parametrize(("row", "times"), [("F5", 1), ("F5, sending", 1), ("F5, sending", 2)])
async def test_f05_what_was_decided_and_not_sent_is_sent_at_the_restart(town: Town, row: str, times: int) -> None:
    """F5: it was on disk."""
    sara = await reviewing(town)
    before = len(town.world.asked("sendMessage"))
    kill = await cut(town, sara, row, times)
    assert len(town.world.asked("sendMessage")) - before < times
    assert len((await kept(town)).tickets) == 1
    await goes_on(town, sara, kill, under_way=times - 1)


@pytest.mark.parametrize("times", CUTS["F6"][1])
async def test_f06_what_telegram_took_before_we_knew_comes_once_more_at_most(town: Town, times: int) -> None:
    """F6, B3: the copy bears the same number."""
    sara = await reviewing(town)
    await goes_on(town, sara, await cut(town, sara, "F6", times), under_way=times)


@pytest.mark.parametrize("fault", [pytest.param("hang", marks=pytest.mark.slow), "reset_after", "truncated"])
async def test_f06_what_telegram_took_without_an_answer_comes_once_more_at_most(town: Town, fault: str) -> None:
    """F6: nobody died, the answer was lost; `hang` takes the half minute after which we stop waiting. An edit is repeated freely."""
    forum = town.forums["khanaqin"]
    sara = await reviewing(town)
    town.telegram.faults.add(fault, "sendMessage", chat=sara.person.id)
    town.telegram.faults.add(fault, "sendMessage", chat=forum.chat.id)
    await sara.taps("send")
    reference = await sara.gets_receipt()
    await forum.card(reference)
    await settled(town)
    card = forum.about(reference)[-1]
    town.telegram.faults.add(fault, "editMessageText", chat=forum.chat.id)
    await forum.presses(forum.ali, card, "Take").answer()
    await forum.until(lambda: forum.ali.name in plain(card.text))
    await settled(town)
    receipts = [message for message in sara.talk.from_bot if "follow-up number" in message.text and reference in plain(message.text)]
    assert len(receipts) <= 2
    assert len(forum.about(reference)) <= 2


async def test_f06_a_member_who_replies_to_the_first_of_two_cards_is_heard(town: Town) -> None:
    """F6, B61: which message it is nobody told us; which report, its own words do."""
    forum = town.forums["khanaqin"]
    sara = await reviewing(town)
    town.telegram.faults.add("reset_after", "sendMessage", chat=forum.chat.id)
    await sara.taps("send")
    reference = await sara.gets_receipt()
    first, _ = await forum.until(lambda: forum.about(reference)[1:] and forum.about(reference))
    forum.ali.replies(first, "Since when?")
    offer = await forum.hears("Since when?")
    forum.presses(forum.ali, offer, "Send to the person")
    await sara.hears("Since when?", reference)


def sentences(card: Message) -> list[str]:
    """Return the sentences that a card has."""
    return [line for line in plain(card.text).splitlines() if line.startswith("Sentence")]
