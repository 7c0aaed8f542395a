"""What a forum does with dialogue sessions: plan, announce, change, hold, and follow what was promised there.

One message carries a session through all of it (`plan`), filled in by taps and replies (`filling`, `receiving`). What many people hear
of goes out as rounds (`announcing`, `promises`). Forums see numbers, never who. The tables here are merged into those of the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.model.effects import Effect
from bot.model.events import CommandGiven, Event, LocationReceived, MediaReceived, TextReceived, UnsupportedReceived
from bot.model.messages import Action
from bot.model.situation import Situation
from handlers.desk import DESK_EVENTS
from handlers.sessions import aftermath, announcing, filling, joining, listing, opening, opinions, promises, receiving

SESSION_DESK: Mapping[str, Callable[[Situation, Action], Iterable[Effect]]] = {
    "schedule": opening.schedule,
    "join": joining.join,
    "open": opening.open_for,
    "anew": opening.anew,
    "plan": filling.plan_step,
    "set": receiving.set_value,
    "announce": announcing.announce,
    "off": announcing.off,
    "came_of": promises.came_of,
    "finish": aftermath.finish,
    "words": opinions.read_words,
    "turn": listing.turn,
}

SESSION_COMMANDS: Mapping[str, Callable[[Situation, CommandGiven], Iterable[Effect]]] = {
    "session": opening.session_command,
    "sessions": listing.sessions_command,
}

SESSION_TIMERS: Mapping[str, Callable[[Situation, Any], Iterable[Effect]]] = {
    "over": aftermath.over,
    "promise": promises.promise_due,
    "summary": aftermath.summary_due,
}

SESSION_EVENTS: Mapping[type[Event], Callable[[Situation, Any], Iterable[Effect]]] = {
    kind: receiving.or_else(DESK_EVENTS[kind]) for kind in (TextReceived, MediaReceived, LocationReceived, UnsupportedReceived)
}
"""In place of the desk's: what does not reply to a prompt of a session goes on to the desk."""
