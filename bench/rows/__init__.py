"""What is measured, one file for each subject; each takes `quick` and returns its rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bench.rows import (
    answering,
    backlog,
    broadcast,
    campaigns,
    crowded,
    intake,
    losses,
    paid,
    pause,
    poison,
    processes,
    replay,
    reports,
    start,
    stored,
    subscribers,
    together,
)
from bench.table import Row

Measure = Callable[[bool], Awaitable[list[Row]]]

MEASURES: Mapping[str, Measure] = {
    "losses": losses.measure,
    "intake": intake.measure,
    "reports": reports.measure,
    "answering": answering.measure,
    "backlog": backlog.measure,
    "broadcast": broadcast.measure,
    "paid": paid.measure,
    "subscribers": subscribers.measure,
    "pause": pause.measure,
    "campaigns": campaigns.measure,
    "start": start.measure,
    "poison": poison.measure,
    "replay": replay.measure,
    "stored": stored.measure,
    "crowded": crowded.measure,
    "together": together.measure,
    "processes": processes.measure,
}
