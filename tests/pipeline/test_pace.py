"""The pace, in simulated time, judged by the stand-in's own counting of Telegram's limits."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import pairwise

import pytest

from bot.demo.api import limits as telegram
from bot.model.effects import Priority
from bot.pipeline.limits import Limits
from bot.pipeline.pace import MARGIN, Pace

GROUPS = {"group": -1, "other group": -2}


def simulate(
    pace: Pace,
    judge: telegram.Pace,
    chats: dict[str, int],
    seconds: float,
    *,
    seed: int = 1,
    priorities: Sequence[Priority] = (Priority.CARD,),
    late: float = 0.0,
) -> list[tuple[float, str]]:
    """Send into all chats as fast as the pace lets us, over a network of up to 150 ms, uneven by 29; return what was sent when.

    `late`: by so many seconds may something leave after its slot, as where the event loop is busy.
    """
    chance = random.Random(seed)
    arrivals: list[tuple[float, str]] = []
    free = dict.fromkeys(chats, 0.0)
    now = 0.0
    while now < seconds:
        ready = [chat for chat in chats if free[chat] <= now and pace.free_at(chat, Priority.REPLY, now) <= now]
        if not ready:
            now += 0.005
            continue
        chat = chance.choice(ready)
        slot = pace.slot_at(chance.choice(priorities), now)
        left = pace.use_slot(slot).left = slot + late * chance.random() ** 4
        arrived = left + chance.uniform(0.0, 0.029)
        free[chat] = left + chance.uniform(0.03, 0.15)
        pace.spend(chat, free[chat])
        arrivals.append((arrived, chat))
        now = slot
    refused = [chat for at, chat in sorted(arrivals) if judge.spend(chats[chat], at)]
    assert refused == []
    return arrivals


@pytest.mark.parametrize("priorities", [(Priority.CARD,), (Priority.REPLY,), (Priority.REPLY, Priority.BROADCAST)])
@pytest.mark.parametrize("late", [0.0, 0.2])
@pytest.mark.parametrize("seed", range(5))
def test_nothing_that_the_pace_allows_is_refused_by_telegram(seed: int, late: float, priorities: Sequence[Priority]) -> None:
    pace = Pace(Limits())
    pace.groups = frozenset(GROUPS)
    chats = {f"person {number}": number for number in range(1, 60)} | GROUPS
    simulate(pace, telegram.Pace(telegram.Limits()), chats, 150.0, seed=seed, priorities=priorities, late=late)


def test_the_allowed_rate_is_used_to_95_percent() -> None:
    pace = Pace(Limits())
    chats = {f"person {number}": number for number in range(1, 300)}
    sent = simulate(pace, telegram.Pace(telegram.Limits()), chats, 60.0)
    assert len(sent) / (30 * 60) >= 0.95


def taken(pace: Pace, priority: Priority, now: float) -> float:
    slot = pace.slot_at(priority, now)
    pace.use_slot(slot)
    return slot


def test_a_few_replies_leave_at_once_and_what_comes_then_pays_for_it() -> None:
    """Row 6: of five people who write in the same moment none waits for the others."""
    pace = Pace(Limits(per_second=10))
    step = MARGIN / 10
    replies = [taken(pace, Priority.REPLY, 0.0) for _ in range(6)]
    assert replies == pytest.approx([0.0] * 5 + [step])
    assert pace.slot_at(Priority.REPLY, 0.1) == pytest.approx(2 * step)
    assert pace.slot_at(Priority.BROADCAST, 0.1) == pytest.approx(6 * step)


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
