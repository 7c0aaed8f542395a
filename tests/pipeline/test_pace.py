"""The pace, in simulated time, judged by the stand-in's own counting of Telegram's limits."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from bot.demo.api import limits as telegram
from bot.model.effects import Priority
from bot.pipeline.limits import Limits
from bot.pipeline.pace import EARLY, MARGIN, Pace
from bot.pipeline.second import Slot

GROUPS = {"group": -1, "other group": -2}


Way = Callable[[random.Random], float]
"""How many seconds a call takes to the channel, or back."""


def even(chance: random.Random) -> float:
    return 0.05 + chance.uniform(0.0, 0.005)


def uneven(chance: random.Random) -> float:
    return chance.uniform(0.0, 0.3)


def stalling(chance: random.Random) -> float:
    """As where the channel or the way to it stops for a while now and then."""
    return 0.02 if chance.random() < 0.95 else chance.uniform(0.1, 0.9)


def simulate(
    chats: dict[str, int], seconds: float, *, way: Way, seed: int = 1, priorities: Sequence[Priority] = (Priority.CARD,), late: float = 0.0
) -> list[float]:
    """Send into all chats as fast as the pace lets us; return when what was taken came to the channel. Nothing may be refused.

    `late`: by so many seconds may something leave after its slot, as where the event loop is busy.
    """
    pace = Pace(Limits())
    pace.groups = frozenset(GROUPS)
    judge = telegram.Pace(telegram.Limits())
    chance = random.Random(seed)
    ready, ends = list(chats), list[tuple[float, str, Slot]]()
    arrivals: list[tuple[float, str]] = []
    now, limit = 0.0, 0.0
    while now < seconds:
        while ends and ends[0][0] <= now:
            at, chat, slot = heapq.heappop(ends)
            pace.end_slot(slot, at)
            pace.spend(chat, at)
            ready.append(chat)
        waits = ends[0][0] if ends else math.inf
        free = [chat for chat in ready if pace.free_at(chat, Priority.REPLY, now) <= now]
        at = max(limit, pace.slot_at(chance.choice(priorities), now)) if free else now + 0.005
        if at > now or not free:
            now = min(at, waits)
            continue
        chat = chance.choice(free)
        ready.remove(chat)
        slot = pace.use_slot(now)
        limit = slot.left = now + late * chance.random() ** 4
        arrived = slot.left + way(chance)
        arrivals.append((arrived, chat))
        heapq.heappush(ends, (arrived + way(chance), chat, slot))
    refused = [at for at, chat in sorted(arrivals) if judge.spend(chats[chat], at)]
    assert refused == []
    return [at for at, _ in arrivals]


@pytest.mark.parametrize("priorities", [(Priority.CARD,), (Priority.REPLY,), (Priority.REPLY, Priority.BROADCAST)])
@pytest.mark.parametrize("late", [0.0, 0.2])
@pytest.mark.parametrize("way", [even, uneven, stalling])
@pytest.mark.parametrize("seed", range(3))
def test_nothing_that_the_pace_allows_is_refused_by_telegram(way: Way, seed: int, late: float, priorities: Sequence[Priority]) -> None:
    """Row 5: on whatever network."""
    chats = {f"person {number}": number for number in range(1, 60)} | GROUPS
    simulate(chats, 150.0, way=way, seed=seed, priorities=priorities, late=late)


def test_the_allowed_rate_is_used_to_95_percent() -> None:
    chats = {f"person {number}": number for number in range(1, 300)}
    assert len(simulate(chats, 60.0, way=even)) / (30 * 60) >= 0.95


def taken(pace: Pace, priority: Priority, now: float) -> float:
    at = pace.slot_at(priority, now)
    pace.end_slot(pace.use_slot(at), at)
    return at


def test_some_replies_leave_at_once_and_what_comes_then_pays_for_it() -> None:
    """Row 6: of nine people who write in the same moment none waits for the others."""
    pace = Pace(Limits(per_second=20))
    step = MARGIN / 20
    replies = [taken(pace, Priority.REPLY, 0.0) for _ in range(EARLY + 2)]
    assert replies == pytest.approx([0.0] * (EARLY + 1) + [step])
    assert pace.slot_at(Priority.REPLY, step) == pytest.approx(2 * step)
    assert pace.slot_at(Priority.BROADCAST, step) == pytest.approx((EARLY + 2) * step)


def test_in_no_second_more_replies_leave_than_are_allowed() -> None:
    pace = Pace(Limits())
    times = [taken(pace, Priority.REPLY, 0.0) for _ in range(15)] + [taken(pace, Priority.REPLY, 2.0) for _ in range(100)]
    assert all(later - earlier >= 1.0 for earlier, later in zip(times, times[30:], strict=False))


def test_nothing_is_caught_up_after_a_pause() -> None:
    pace = Pace(Limits(per_second=10))
    slots = [taken(pace, Priority.CARD, 0.0) for _ in range(3)] + [taken(pace, Priority.CARD, 100.0) for _ in range(3)]
    gaps = [later - earlier for earlier, later in pairwise(slots[3:])]
    assert slots[3] == 100.0
    assert all(gap > 0.09 for gap in gaps)


def test_a_few_messages_follow_one_another_at_once_and_then_one_a_second() -> None:
    pace = Pace(Limits())
    waits = []
    for _ in range(6):
        waits.append(round(pace.free_at("somebody", Priority.REPLY, 0.0), 3))
        pace.spend("somebody", 0.0)
    assert waits == [0.0, 0.0, 0.0, 1.0, 2.0, 3.0]


def test_a_group_takes_twenty_a_minute_the_first_at_once_and_places_are_kept_for_what_is_urgent_and_for_lists() -> None:
    """B78: cards leave two places to replies and urgent cards, and six to lists, one each ten seconds."""
    pace = Pace(Limits())
    pace.groups = frozenset(GROUPS)
    now, left = 0.0, []
    for number in range(20):
        priority = Priority.CARD if number < 12 else Priority.URGENT if number < 14 else Priority.REPLY
        left.append(pace.places("group", now))
        now = pace.free_at("group", priority, now)
        assert now == number
        pace.spend("group", now)
        if number in (11, 13, 19):
            assert pace.free_at("group", priority, now) > 60.0
    assert left == [*range(12, 0, -1), *[0] * 8]
    assert pace.lists == 6


def test_a_group_without_a_limit_needs_no_lists() -> None:
    pace = Pace(Limits(group_per_minute=0))
    pace.groups = frozenset(GROUPS)
    for _ in range(50):
        pace.spend("group", 0.0)
    assert pace.lists == 0
    assert pace.places("group", 0.0) == math.inf


def test_an_earlier_processs_minute_counts() -> None:
    pace = Pace(Limits())
    pace.groups = frozenset(GROUPS)
    pace.recall("group", [30.0 - number for number in range(20)], 1000.0)
    assert pace.free_at("group", Priority.REPLY, 1000.0) == pytest.approx(1030.5)
    assert pace.minute("group", 1000.0)[0] == pytest.approx(30.0)
