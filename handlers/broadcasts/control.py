"""The tables of time, sending and the clock, as the book takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.model.effects import Effect
from bot.model.events import ClockDoubted, CommandGiven, Event, OccurrenceEnded, TimerFired
from bot.model.messages import Action
from bot.model.situation import Situation
from handlers import clock
from handlers.broadcasts import controlling, listing, starting, timing, watching

CONTROL_DESK: Mapping[str, Callable[[Situation, Action], Iterable[Effect]]] = {
    "cast_when": timing.choose,
    "cast_go": controlling.go,
    "casts": listing.casts,
    "clock": clock.trust,
}

CONTROL_COMMANDS: Mapping[str, Callable[[Situation, CommandGiven], Iterable[Effect]]] = {"broadcasts": listing.casts_command}

CONTROL_TIMERS: Mapping[str, Callable[[Situation, TimerFired], Iterable[Effect]]] = {
    "cast_due": starting.due,
    "cast_progress": watching.look,
}

CONTROL_NEWS: Mapping[type[Event], Callable[[Situation, Any], Iterable[Effect]]] = {
    OccurrenceEnded: watching.ended,
    ClockDoubted: clock.doubted,
}
