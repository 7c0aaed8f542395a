"""Telegram's flood limits: what a bot may send in a second, to a chat, and into a group."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures: bulk messages a second; bursts to one chat before one a second holds; a group's minute.

    Sends, edits and new topics count; answers to presses do not.
    """

    a_second: int = 30
    chat_burst: int = 4
    chat_seconds: float = 1.0
    group_a_minute: int = 20


class Pace:
    """Counts what was sent. Times are seconds of the world's clock, so a moved clock frees the way."""

    def __init__(self, limits: Limits | None) -> None:
        self.limits = limits
        self._overall: deque[float] = deque()
        self._chats: dict[int, tuple[float, float]] = {}
        self._groups: defaultdict[int, deque[float]] = defaultdict(deque)

    def spend(self, chat_id: int, now: float, count: int = 1) -> int:
        """Count messages to a chat. Returns 0 when that is in order, else the seconds to wait, and counts nothing."""
        if self.limits is None:
            return 0
        wait = max(self._overall_wait(now), self._group_wait(chat_id, now, count) if chat_id < 0 else 0.0)
        level = self._level(chat_id, now)
        if chat_id > 0 and level > 0 and level + count > self.limits.chat_burst:
            wait = max(wait, (level + count - self.limits.chat_burst) * self.limits.chat_seconds)
        if wait > 0:
            return math.ceil(wait)
        self._overall.extend([now] * count)
        if chat_id < 0:
            self._groups[chat_id].extend([now] * count)
        else:
            self._chats[chat_id] = (level + count, now)
        return 0

    def _overall_wait(self, now: float) -> float:
        assert self.limits is not None  # noqa: S101 - `spend` returned before
        while self._overall and self._overall[0] <= now - 1.0:
            self._overall.popleft()
        if len(self._overall) < self.limits.a_second:
            return 0.0
        return self._overall[0] + 1.0 - now

    def _level(self, chat_id: int, now: float) -> float:
        """How full the private chat's bucket is; it leaks one message in `chat_seconds`."""
        assert self.limits is not None  # noqa: S101 - `spend` returned before
        level, since = self._chats.get(chat_id, (0.0, now))
        return max(0.0, level - (now - since) / self.limits.chat_seconds)

    def _group_wait(self, chat_id: int, now: float, count: int) -> float:
        assert self.limits is not None  # noqa: S101 - `spend` returned before
        sent = self._groups[chat_id]
        while sent and sent[0] <= now - 60.0:
            sent.popleft()
        over = len(sent) + count - self.limits.group_a_minute
        if over <= 0 or not sent:
            return 0.0
        return sent[min(over, len(sent)) - 1] + 60.0 - now
