"""The figures by which the pipeline lives, as numbers: what the configuration and the channel say, without either."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much, how often, how long.

    Attributes:
        per_second: messages into all chats together, evenly spaced.
        paid_per_second: messages of broadcasts that are sent at the channel's price, beside the others; 0 where nothing is paid for.
        per_chat_seconds: one message to a private chat in so many seconds, after a short burst.
        group_per_minute: sends and edits into one group in any minute; 0 for no such limit.
        handler_seconds: how long a decision may take before it is cut off.
        press_seconds: so long a button press waits for its turn's words; then it is answered without any.
        attempts: how often a turn is tried before it is parked.
        pauses: seconds before the second, the third and each further try of a turn.
        lanes: how many chats are worked for side by side: enough to share commits, few enough to leave room for what comes in.
        in_flight: how many sends may wait for the channel's answer at once.
        paid_in_flight: as many again of what is paid for.
        waiting_alarm: seconds for which something may wait to be sent before the operator is told.
    """

    per_second: float = 30.0
    paid_per_second: float = 0.0
    per_chat_seconds: float = 1.0
    group_per_minute: int = 20
    handler_seconds: float = 10.0
    press_seconds: float = 0.8
    attempts: int = 3
    pauses: tuple[float, ...] = (0.5, 5.0)
    lanes: int = 12
    in_flight: int = 64
    paid_in_flight: int = 192
    waiting_alarm: float = 600.0

    def pause(self, attempt: int) -> float:
        """Return the seconds to wait after a turn failed for the `attempt`th time, counted from 1."""
        return self.pauses[min(attempt, len(self.pauses)) - 1]
