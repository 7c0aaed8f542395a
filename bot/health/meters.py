"""What is counted and timed while the bot works: a counter costs about a microsecond, and its labels come from fixed sets."""

from __future__ import annotations

import platform
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector, disable_created_metrics

from bot import __version__
from bot.model.effects import Priority
from bot.model.outgoing import Later, Moved, Never, Outcome, Sent, Unsure

TURNS: Final = ("done", "failed", "parked")
OUTCOMES: Final[dict[type[Outcome], str]] = {Sent: "sent", Later: "later", Never: "never", Unsure: "unsure", Moved: "moved"}

_TURN_SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0)
_SEND_SECONDS: Final = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)
_COMMIT_SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)
_LAG_SECONDS: Final = (0.005, 0.02, 0.1, 0.5, 1.0, 5.0)

disable_created_metrics()  # type: ignore[no-untyped-call]


class Meters:
    """The numbers of one process, in a registry of their own. It is the pipeline's `Meter`."""

    def __init__(self, dialect: str) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        turns = Counter("alwand_turns", "Turns, by how they ended.", ["outcome"], registry=own)
        sends = Counter("alwand_sends", "Calls to the channel, by what it answered.", ["priority", "outcome"], registry=own)
        taken = Histogram("alwand_send_seconds", "Calls to the channel.", ["priority"], buckets=_SEND_SECONDS, registry=own)
        self._turns = {outcome: turns.labels(outcome) for outcome in TURNS}
        self._sends = {
            (priority, kind): sends.labels(priority.name.lower(), outcome) for priority in Priority for kind, outcome in OUTCOMES.items()
        }
        self._send_seconds = {priority: taken.labels(priority.name.lower()) for priority in Priority}
        self._turn_seconds = Histogram("alwand_turn_seconds", "Turns, until they are on disk.", buckets=_TURN_SECONDS, registry=own)
        self._commits = Histogram("alwand_commit_seconds", "Transactions, until they are on disk.", buckets=_COMMIT_SECONDS, registry=own)
        self._lag = Histogram("alwand_loop_lag_seconds", "How late the event loop came to a look.", buckets=_LAG_SECONDS, registry=own)
        build = Info("alwand_build", "What runs.", registry=own)
        build.info({"version": __version__, "python": platform.python_version(), "database": dialect})
        ProcessCollector(registry=self.registry)

    def turned(self, outcome: str, seconds: float) -> None:
        """Count a turn."""
        self._turns[outcome].inc()
        self._turn_seconds.observe(seconds)

    def sent(self, priority: Priority, outcome: Outcome, seconds: float) -> None:
        """Count a call to the channel."""
        self._sends[priority, type(outcome)].inc()
        self._send_seconds[priority].observe(seconds)

    def committed(self, seconds: float) -> None:
        """Count a transaction that is on disk."""
        self._commits.observe(seconds)

    def lagged(self, seconds: float) -> None:
        """Count a look at the loop, which came so late."""
        self._lag.observe(seconds)
