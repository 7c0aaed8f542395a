"""When the next message may go: overall, to one chat, into one group. Seconds are those of a monotonic clock.

Not provoking a 429 matters more than handling it: `retry_after` runs from seconds to hours. Therefore:

- Overall, evenly spaced slots, a little wider than the rate asks (`MARGIN`), since what leaves here evenly does not arrive evenly. After
  a pause nothing is caught up: the next slot is now, and the one after it a full step later. A reply may take a slot up to `EARLY` steps
  before its time, and everything after it goes as much later: of some people who write in the same moment none waits for the others. A
  card that stands among the replies may do so too, a step after whatever left before it: a crash repeats what is under way, and that
  should be the receipt or the card. However it comes, no more than the rate is counted in any of the channel's seconds (`second.py`).
- To a private chat, a leaky bucket: a few at once (`BURST`, so a question follows its answer without a wait), then one per
  `per_chat_seconds`.
- Into a group, where sends and edits share a budget, a sliding window: as many as the minute allows, at least `GAP` apart. Even steps of
  three seconds would be as safe, but would make the first card of a quiet group's burst as slow as the last. Of a minute's places
  `RESERVE` are kept for replies and urgent cards, which would otherwise wait behind a burst for up to a minute, and three in ten for
  replies and lists alone (`lists.py`): a list each ten seconds, however long new tickets come faster than their cards can go.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import Final

from bot.model.effects import Priority
from bot.pipeline.limits import Limits
from bot.pipeline.second import Second, Slot

MARGIN: Final = 1.04
"""So much longer than the rate asks is a step: the longest call of a second may take 30 ms more than the quickest before that costs
anything more of the rate."""
EARLY: Final = 8
"""At two thirds of the rate, evenly spaced slots would let one reply in a hundred wait for more than six steps."""
LATENESS: Final = 0.015
"""Seconds by which a slot may be late without moving those after it: what a busy event loop costs."""
BURST: Final = 3
GAP: Final = 1.0
MINUTE: Final = 60.5
RESERVE: Final = 2
LISTS: Final = 0.3
"""So much of a group's minute is kept for lists."""
KEPT: Final = 10_000
"""So many chats are remembered before those that are free again are forgotten."""


class Pace:
    """Remembers what was sent when. `groups` are the recipients, by their token in the outbox, that are groups."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._step = MARGIN / limits.per_second
        self._slot = float("-inf")
        self._used = float("-inf")
        self._second = Second(math.ceil(limits.per_second))
        self._private: dict[str, float] = {}
        self._groups: dict[str, deque[float]] = {}
        self.groups: frozenset[str] = frozenset()

    def slot_at(self, priority: Priority, now: float, *, apart: bool = False) -> float:
        """Return when the next slot for something of this priority is, `now` if at once; `apart`, a step after the one before at least."""
        at = self._following(now) - (EARLY * self._step if priority is Priority.REPLY else 0.0)
        if apart:
            at = max(at, self._used + self._step)
        return max(at, self._second.free_at(now))

    def use_slot(self, now: float) -> Slot:
        """A call begins now, or a little later: then its slot is to be told. `end_slot` when it has ended."""
        self._slot = self._following(now)
        self._used = now
        return self._second.begin(now)

    def end_slot(self, slot: Slot, now: float, count: int = 1) -> None:
        """The slot's call has ended now, whatever became of it; it was so many messages."""
        self._second.end(slot, now, count)

    def _following(self, now: float) -> float:
        following = self._slot + self._step
        return following if following >= now - LATENESS else now

    def free_at(self, recipient: str, priority: Priority, now: float) -> float:
        """Return when the recipient may get a message of this priority, `now` if at once."""
        if recipient in self.groups:
            return self._group_free_at(recipient, priority, now)
        # The bucket is kept as the time at which it will be empty; each message fills it by one span.
        full = (BURST - 1) * self._limits.per_chat_seconds
        return max(now, self._private.get(recipient, now) - full)

    def spend(self, recipient: str, now: float, count: int = 1) -> None:
        """Count sends or edits that have ended now: the channel counts them at some moment before, so it never sees more than we do."""
        if recipient in self.groups:
            sent = self._groups.setdefault(recipient, deque(maxlen=self._limits.group_per_minute or 1))
            sent.extend([now] * count)
            return
        self._private[recipient] = max(now, self._private.get(recipient, now)) + self._limits.per_chat_seconds * count
        if len(self._private) > KEPT:
            self._private = {chat: empty for chat, empty in self._private.items() if empty > now}

    def minute(self, recipient: str, now: float) -> list[float]:
        """Return how many seconds ago each send into a group was, oldest first, as far as it still matters."""
        return [now - sent for sent in self._groups.get(recipient, ()) if sent > now - MINUTE]

    def recall(self, recipient: str, ages: Sequence[float], now: float) -> None:
        """Count sends into a group that an earlier process made."""
        for age in ages:
            self.spend(recipient, now - age)

    @property
    def lists(self) -> int:
        """How many places of a group's minute are kept for lists, at least one; 0 where there is no such limit."""
        limit = self._limits.group_per_minute
        return max(1, int(limit * LISTS)) if limit else 0

    def places(self, recipient: str, now: float) -> float:
        """Return how many cards a group can be shown at once or nearly so, before it has to wait for its minute to pass."""
        limit = self._limits.group_per_minute
        if recipient not in self.groups or not limit:
            return math.inf
        return max(0, limit - self._kept(Priority.CARD) - len(self.minute(recipient, now)))

    def _kept(self, priority: Priority) -> int:
        kept = {Priority.REPLY: 0, Priority.URGENT: self.lists}.get(priority, self.lists + RESERVE)
        return min(kept, self._limits.group_per_minute - 1)

    def _group_free_at(self, recipient: str, priority: Priority, now: float) -> float:
        sent = self._groups.get(recipient)
        if not sent or not self._limits.group_per_minute:
            return now
        while sent and sent[0] <= now - MINUTE:
            sent.popleft()
        places = self._limits.group_per_minute - self._kept(priority)
        free = sent[-1] + GAP if sent else now
        if len(sent) >= places:
            free = max(free, sent[len(sent) - places] + MINUTE)
        return max(now, free)
