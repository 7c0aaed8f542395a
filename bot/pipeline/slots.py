"""Slots: the moments at which something may leave, one after the other, each given to the most urgent who waits then.

What is claimed waits here for the last step. A reply that comes while copies of a broadcast wait takes the very next slot, so it is late by
one slot at most, however many copies were claimed before it; as a rule it goes at once (`pace.py`).
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.model.effects import Priority
from bot.pipeline.pace import Pace
from bot.pipeline.second import Slot


@dataclass(eq=False, slots=True)
class Place:
    """Somebody's place among those who wait. `granted` becomes true with their `slot`, false when they are sent away."""

    priority: Priority
    number: int
    granted: asyncio.Future[bool] = field(repr=False)
    slot: Slot | None = None


class Slots:
    """Gives slots away as `pace` has them; `monotonic` is the clock of both, in seconds."""

    def __init__(self, pace: Pace, monotonic: Callable[[], float]) -> None:
        self._pace = pace
        self._monotonic = monotonic
        self._waiting: list[tuple[Priority, int, Place]] = []
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None
        self._held_until = float("-inf")
        self._closed = False
        self._finishing = False

    def place(self, priority: Priority, among: Priority | None = None) -> Place:
        """Stand in line for a slot: wait in `taken`. `among` whom it stands, if not those of its own priority."""
        self._number += 1
        place = Place(priority, self._number, asyncio.get_running_loop().create_future())
        heapq.heappush(self._waiting, (priority if among is None else among, place.number, place))
        if self._finishing and self.held:
            self.refuse(place)
        self._arm()
        return place

    async def taken(self, place: Place) -> bool:
        """Wait for a place's slot; false where it is sent away. With it the call has to begin, and `ended` be called when it has ended."""
        granted = await place.granted
        if place.slot is not None:
            place.slot.left = self._monotonic()
        return granted

    def ended(self, place: Place, count: int = 1) -> None:
        """The call for which a slot was taken has ended, whatever became of it; it was so many messages."""
        if place.slot is not None:
            self._pace.end_slot(place.slot, self._monotonic(), count)
            self._arm()

    def hurry(self, place: Place, priority: Priority) -> None:
        """Let a place be as urgent as this: somebody more urgent waits behind it."""
        if priority < place.priority and not place.granted.done():
            place.priority = priority
            heapq.heappush(self._waiting, (priority, place.number, place))
            self._arm()

    def refuse(self, place: Place) -> None:
        """Send somebody away without a slot."""
        if not place.granted.done():
            place.granted.set_result(False)

    def hold(self, until: float) -> None:
        """Give no slot away before then."""
        if until > self._held_until:
            self._held_until = until
            self._send_away()
            self._arm()

    def close(self, *, closed: bool) -> None:
        """Give no slot away until it is said otherwise."""
        if closed != self._closed:
            self._closed = closed
            self._send_away()
            self._arm()

    @property
    def held(self) -> bool:
        """Whether no slot is given away at the moment."""
        return self._closed or self._monotonic() < self._held_until

    def finish(self) -> None:
        """From now on, let nobody wait for an end of what holds the slots up."""
        self._finishing = True
        self._send_away()

    def _send_away(self) -> None:
        if self._finishing and self.held:
            for _, _, place in self._waiting:
                self.refuse(place)

    def _arm(self) -> None:
        """Give away what is free now, and come back when the next slot for the most urgent is."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while not self._closed and self._clean():
            rank, _, place = self._waiting[0]
            now = self._monotonic()
            at = max(self._held_until, self._pace.slot_at(rank, now, apart=rank is not place.priority))
            if at > now:
                self._timer = asyncio.get_running_loop().call_later(at - now, self._arm)
                return
            place.slot = self._pace.use_slot(now)
            heapq.heappop(self._waiting)
            place.granted.set_result(True)

    def _clean(self) -> bool:
        """Forget who is gone; tell whether somebody waits."""
        while self._waiting and self._waiting[0][2].granted.done():
            heapq.heappop(self._waiting)
        return bool(self._waiting)
