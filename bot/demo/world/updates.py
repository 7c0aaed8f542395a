"""What waits at Telegram for the bot.

Updates keep for 24 hours, button presses for 150 seconds, by the world's clock. Their ids rise by one, and start from
a new random number after a week of silence. All three figures are Telegram's.
"""

import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.demo.world.bell import Bell
from bot.demo.world.clock import WorldClock

Json = dict[str, Any]

KEPT_FOR = 24 * 3600.0
PRESS_KEPT_FOR = 150.0
SILENT_WEEK = 7 * 24 * 3600.0
MAX_ID = 2**31 - 1

_KINDS = """message edited_message channel_post edited_channel_post business_connection business_message edited_business_message
deleted_business_messages guest_message message_reaction message_reaction_count inline_query chosen_inline_result
callback_query shipping_query pre_checkout_query purchased_paid_media poll poll_answer my_chat_member chat_member
chat_join_request chat_boost removed_chat_boost managed_bot"""
KINDS = frozenset(_KINDS.split())
ONLY_WHEN_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """One update in the queue, and until when it is worth delivering."""

    update_id: int
    kind: str
    body: Json
    until: float


class UpdateQueue:
    """The bot's updates in order; `bell` rings when one arrives."""

    def __init__(self, clock: WorldClock) -> None:
        self.bell = Bell()
        self.allowed: frozenset[str] = KINDS - ONLY_WHEN_ASKED
        self._clock = clock
        self._waiting: deque[Waiting] = deque()
        self._next_id = random.randrange(10**8, 9 * 10**8)  # noqa: S311 - not a secret
        self._last_at = clock.now()
        self._first_stale_at = float("inf")

    def push(self, kind: str, body: Json) -> int | None:
        """Queue one update and return its id; None when the bot did not ask for this kind."""
        if kind not in self.allowed:
            return None
        now = self._clock.now()
        if now - self._last_at > SILENT_WEEK:
            self._next_id = random.randrange(10**8, MAX_ID // 2)  # noqa: S311 - not a secret
        self._last_at = now
        update_id, self._next_id = self._next_id, self._next_id + 1
        keep = PRESS_KEPT_FOR if kind == "callback_query" else KEPT_FOR
        self._waiting.append(Waiting(update_id, kind, body, now + keep))
        self._first_stale_at = min(self._first_stale_at, now + keep)
        self.bell.ring()
        return update_id

    def restart_ids(self, at: int) -> None:
        """Give the next update this id, as Telegram does after a silent week."""
        self._next_id = at

    def ask_for(self, kinds: Sequence[str]) -> None:
        """Remember `allowed_updates`; an empty list means the default set. Unknown names are ignored, as Telegram does."""
        self.allowed = (frozenset(kinds) & KINDS) or (KINDS - ONLY_WHEN_ASKED)

    def confirm(self, offset: int) -> None:
        """Forget every update before `offset`; a negative offset keeps only that many of the newest."""
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
            return
        while self._waiting and self._waiting[0].update_id < offset:
            self._waiting.popleft()

    def first(self, limit: int) -> list[Json]:
        """The oldest updates that are still worth delivering, as the bot gets them."""
        self._drop_stale()
        found: list[Json] = []
        for waiting in self._waiting:
            if len(found) == limit:
                break
            found.append({"update_id": waiting.update_id, waiting.kind: waiting.body})
        return found

    def __iter__(self) -> Iterator[Waiting]:
        """What waits, oldest first; what went stale is left out."""
        self._drop_stale()
        return iter(self._waiting)

    def forget(self, update_id: int) -> None:
        """Forget one update that was delivered; of one that is to come twice, the first."""
        for position, waiting in enumerate(self._waiting):
            if waiting.update_id == update_id:
                del self._waiting[position]
                return

    @property
    def asks_for_the_usual(self) -> bool:
        """Whether `allowed_updates` is as it is when nobody sets it."""
        return self.allowed == KINDS - ONLY_WHEN_ASKED

    def forget_all(self) -> None:
        """What `drop_pending_updates` does."""
        self._waiting.clear()

    def repeat(self, update_id: int) -> None:
        """Deliver a waiting update a second time, which Telegram does not promise not to do."""
        for position, waiting in enumerate(self._waiting):
            if waiting.update_id == update_id:
                self._waiting.insert(position, waiting)
                self.bell.ring()
                return
        raise LookupError("no such update waits")

    def shuffle(self, chance: random.Random) -> None:
        """Deliver what waits in another order, each with its own number, as may happen on several connections."""
        mixed = [*self._waiting]
        chance.shuffle(mixed)
        self._waiting = deque(mixed)
        self.bell.ring()

    def __len__(self) -> int:
        """How many wait."""
        self._drop_stale()
        return len(self._waiting)

    def _drop_stale(self) -> None:
        now = self._clock.now()
        if now >= self._first_stale_at:
            self._waiting = deque(waiting for waiting in self._waiting if waiting.until > now)
            self._first_stale_at = min((waiting.until for waiting in self._waiting), default=float("inf"))
