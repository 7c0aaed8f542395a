"""Slots: whoever is most urgent when one comes has it."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from bot.model.effects import Priority
from bot.pipeline.limits import Limits
from bot.pipeline.pace import EARLY, Pace
from bot.pipeline.second import SECOND
from bot.pipeline.slots import Place, Slots

RATE = 50.0


class Gate:
    """Slots, and in which order and when they were given away."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.time = loop.time
        self.slots = Slots(Pace(Limits(per_second=RATE)), loop.time)
        self.given: list[tuple[str, float]] = []
        self.sent_away: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []

    def comes(self, name: str, priority: Priority, among: Priority | None = None) -> Place:
        place = self.slots.place(priority, among)

        async def waits() -> None:
            if await self.slots.taken(place):
                self.given.append((name, self.time()))
            else:
                self.sent_away.append(name)

        self._tasks.append(asyncio.create_task(waits()))
        return place

    async def all(self) -> list[str]:
        await asyncio.gather(*self._tasks)
        return [name for name, _ in self.given]


async def test_a_reply_takes_the_next_slot_whatever_waits() -> None:
    """B91."""
    gate = Gate()
    for number in range(6):
        gate.comes(f"copy {number}", Priority.BROADCAST)
    await asyncio.sleep(1.5 / RATE)
    came = gate.time()
    gate.comes("reply", Priority.REPLY)
    order = await gate.all()
    assert order.index("reply") <= 3
    assert dict(gate.given)["reply"] - came <= 1.2 / RATE + 0.02
    assert [name for name in order if name != "reply"] == [f"copy {number}" for number in range(6)]


async def test_slots_are_evenly_spaced_also_after_nobody_came_for_a_while() -> None:
    """B91: nothing is caught up."""
    gate = Gate()
    for number in range(3):
        gate.comes(str(number), Priority.NOTICE)
    await gate.all()
    await asyncio.sleep(0.3)
    for number in range(5):
        gate.comes(str(number), Priority.NOTICE)
    await gate.all()
    times = [time for _, time in gate.given]
    assert all(later - earlier > 0.6 / RATE for earlier, later in pairwise(times))


async def test_somebody_for_whose_sake_it_is_urgent_goes_first() -> None:
    gate = Gate()
    gate.comes("first", Priority.BROADCAST)
    gate.comes("second", Priority.BROADCAST)
    last = gate.comes("last", Priority.BROADCAST)
    gate.slots.hurry(last, Priority.REPLY)
    assert await gate.all() == ["first", "last", "second"]


async def test_a_card_among_the_replies_leaves_a_step_after_them_and_holds_nobody_up() -> None:
    """Row 7: neither does it wait for all the slots that they took before their time, nor do those behind it."""
    gate = Gate()
    began = gate.time()
    for number in range(EARLY - 1):
        gate.comes(f"reply {number}", Priority.REPLY)
    gate.comes("card", Priority.CARD, among=Priority.REPLY)
    gate.comes("last reply", Priority.REPLY)
    assert (await gate.all())[-2:] == ["card", "last reply"]
    assert dict(gate.given)["card"] - dict(gate.given)[f"reply {EARLY - 2}"] >= 0.9 / RATE
    assert max(time for _, time in gate.given) - began < 2.5 / RATE


async def test_who_is_sent_away_takes_nobodys_slot() -> None:
    gate = Gate()
    gate.comes("first", Priority.BROADCAST)
    gate.slots.refuse(gate.comes("second", Priority.BROADCAST))
    gate.comes("third", Priority.BROADCAST)
    began = gate.time()
    assert await gate.all() == ["first", "third"]
    assert gate.sent_away == ["second"]
    assert gate.time() - began < 1.8 / RATE


async def test_while_the_channel_takes_nothing_no_slot_is_given_and_then_they_go_on_evenly() -> None:
    """F17."""
    gate = Gate()
    until = gate.time() + 0.2
    gate.slots.hold(until)
    gate.comes("copy", Priority.BROADCAST)
    gate.comes("another", Priority.BROADCAST)
    gate.comes("reply", Priority.REPLY)
    assert gate.slots.held
    assert await gate.all() == ["reply", "copy", "another"]
    assert gate.given[0][1] >= until - 0.002
    assert gate.given[2][1] - gate.given[0][1] >= 1.6 / RATE


async def test_at_the_end_nobody_waits_for_slots_that_are_held_up() -> None:
    gate = Gate()
    gate.slots.hold(gate.time() + 60)
    for number in range(3):
        gate.comes(str(number), Priority.REPLY)
    gate.slots.finish()
    gate.comes("late", Priority.REPLY)
    assert await gate.all() == []
    assert len(gate.sent_away) == 4


async def test_a_call_counts_until_a_second_after_its_end() -> None:
    """Row 5: what is open may be counted at any time yet; of a first call nobody knows how long its way back takes."""
    now = asyncio.get_running_loop().time
    slots = Slots(Pace(Limits(per_second=3)), now)
    calls = [slots.place(Priority.REPLY) for _ in range(3)]
    assert all([await slots.taken(call) for call in calls])
    fourth = asyncio.create_task(slots.taken(slots.place(Priority.REPLY)))
    await asyncio.sleep(0.4)
    ended = now()
    slots.ended(calls[0])
    assert await fourth
    assert now() == pytest.approx(ended + SECOND, abs=0.1)
