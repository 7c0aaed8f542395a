"""Telegram's flood limits: what a bot may send in a second, to a chat, and into a group, and what it may pay for."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass

PRICE = 100_000_000
"""Billionths of a Star for each message that was paid for: 0.1 Stars."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures: bulk messages a second, free and paid; bursts to one chat before one a second holds; a group's minute.

    Sends, edits and new topics count; answers to presses do not. `retry_after`: what every 429 says, in seconds; without it the
    shortest wait that helps.
    """

    a_second: int = 30
    chat_burst: int = 4
    chat_seconds: float = 1.0
    group_a_minute: int = 20
    paid_a_second: int = 1000
    retry_after: int | None = None


class Pace:
    """Counts what was sent. Times are seconds of the world's clock, so a moved clock frees the way.

    `charged` is how many messages were paid for: those sent with `paid` beyond the free ones (core.telegram.org/bots/faq).
    """

    def __init__(self, limits: Limits | None) -> None:
        self.limits = limits
        self.charged = 0
        self._unpaid: deque[float] = deque()
        self._paid: deque[float] = deque()
        self._free: deque[float] = deque()
        self._chats: dict[int, tuple[float, float]] = {}
        self._groups: defaultdict[int, deque[float]] = defaultdict(deque)

    def spend(self, chat_id: int, now: float, count: int = 1, *, paid: bool = False) -> int:
        """Count messages to a chat. Returns 0 when that is in order, else the seconds to wait, and counts nothing."""
        limits = self.limits
        if limits is None:
            return 0
        sent, most = (self._paid, limits.paid_a_second) if paid else (self._unpaid, limits.a_second)
        wait = max(_window(sent, now, most), self._group_wait(limits, chat_id, now, count) if chat_id < 0 else 0.0)
        level = self._level(limits, chat_id, now)
        if chat_id > 0 and level > 0 and level + count > limits.chat_burst:
            wait = max(wait, (level + count - limits.chat_burst) * limits.chat_seconds)
        if wait > 0:
            return math.ceil(wait) if limits.retry_after is None else limits.retry_after
        sent.extend([now] * count)
        self._charge(limits, now, count, paid=paid)
        if chat_id < 0:
            self._groups[chat_id].extend([now] * count)
        else:
            self._chats[chat_id] = (level + count, now)
        return 0

    def _charge(self, limits: Limits, now: float, count: int, *, paid: bool) -> None:
        """The first messages of each second are free, whoever would pay for them."""
        free = 0 if _window(self._free, now, limits.a_second) else min(count, limits.a_second - len(self._free))
        self._free.extend([now] * free)
        if paid:
            self.charged += count - free

    def _level(self, limits: Limits, chat_id: int, now: float) -> float:
        """How full the private chat's bucket is; it leaks one message in `chat_seconds`."""
        level, since = self._chats.get(chat_id, (0.0, now))
        return max(0.0, level - (now - since) / limits.chat_seconds)

    def _group_wait(self, limits: Limits, chat_id: int, now: float, count: int) -> float:
        sent = self._groups[chat_id]
        while sent and sent[0] <= now - 60.0:
            sent.popleft()
        over = len(sent) + count - limits.group_a_minute
        if over <= 0 or not sent:
            return 0.0
        return sent[min(over, len(sent)) - 1] + 60.0 - now


def _window(sent: deque[float], now: float, most: int) -> float:
    """Seconds until the last second holds fewer than `most`; 0 when it does."""
    while sent and sent[0] <= now - 1.0:
        sent.popleft()
    return 0.0 if len(sent) < most else sent[len(sent) - most] + 1.0 - now
