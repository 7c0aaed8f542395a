"""Slots: the moments at which something may leave, one after the other, each given to the most urgent who waits then.

What is claimed waits here for the last step. A reply that comes while copies of a broadcast wait takes the very next slot, so it is late by
one slot at most, however many copies were claimed before it.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.model.effects import Priority


@dataclass(eq=False, slots=True)
class Place:
    """Somebody's place among those who wait. `granted` becomes true with their slot, false when they are sent away."""

    priority: Priority
    number: int
    granted: asyncio.Future[bool] = field(repr=False)


class Slots:
    """Gives slots away. `next_slot` reserves one and returns its time; `monotonic` is the clock of both, in seconds."""

    def __init__(self, next_slot: Callable[[float], float], monotonic: Callable[[], float]) -> None:
        self._next_slot = next_slot
        self._monotonic = monotonic
        self._waiting: list[tuple[int, int, Place]] = []
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None
        self._held_until = float("-inf")
        self._closed = False
        self._finishing = False

    def place(self, priority: Priority) -> Place:
        """Wait for a slot: await the place's `granted`."""
        self._number += 1
        place = Place(priority, self._number, asyncio.get_running_loop().create_future())
        heapq.heappush(self._waiting, (priority, place.number, place))
        if self._finishing and self.held:
            self.refuse(place)
        self._arm()
        return place

    def hurry(self, place: Place, priority: Priority) -> None:
        """Let a place be as urgent as this: somebody more urgent waits behind it."""
        if priority < place.priority and not place.granted.done():
            place.priority = priority
            heapq.heappush(self._waiting, (priority, place.number, place))

    def refuse(self, place: Place) -> None:
        """Send somebody away without a slot."""
        if not place.granted.done():
            place.granted.set_result(False)

    def hold(self, until: float) -> None:
        """Give no slot away before then."""
        if until > self._held_until:
            self._held_until = until
            self._rearm()

    def close(self, *, closed: bool) -> None:
        """Give no slot away until it is said otherwise."""
        if closed != self._closed:
            self._closed = closed
            self._rearm()

    @property
    def held(self) -> bool:
        """Whether no slot is given away at the moment."""
        return self._closed or self._monotonic() < self._held_until

    def _rearm(self) -> None:
        if self._finishing and self.held:
            for _, _, place in self._waiting:
                self.refuse(place)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._arm()

    def finish(self) -> None:
        """From now on, let nobody wait for an end of what holds the slots up."""
        self._finishing = True
        self._rearm()

    def _arm(self) -> None:
        """Reserve slots for those who wait, and give away at once what is free at once."""
        while self._timer is None and not self._closed and self._clean():
            now = self._monotonic()
            if now < self._held_until:
                self._timer = asyncio.get_running_loop().call_later(self._held_until - now, self._held_no_more)
                return
            at = self._next_slot(now)
            if at > now:
                self._timer = asyncio.get_running_loop().call_later(at - now, self._grant)
                return
            self._give()

    def _held_no_more(self) -> None:
        self._timer = None
        self._arm()

    def _grant(self) -> None:
        self._timer = None
        self._give()
        self._arm()

    def _give(self) -> None:
        if self._clean():
            heapq.heappop(self._waiting)[2].granted.set_result(True)

    def _clean(self) -> bool:
        """Forget who is gone; tell whether somebody waits."""
        while self._waiting and self._waiting[0][2].granted.done():
            heapq.heappop(self._waiting)
        return bool(self._waiting)
