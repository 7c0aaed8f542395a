"""The tables of writing and approving, as the book takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.model.effects import Effect
from bot.model.events import AudienceCounted, CommandGiven, Event
from bot.model.messages import Action
from bot.model.situation import Situation
from handlers.broadcasts import approving, audience, composing

WRITING_DESK: Mapping[str, Callable[[Situation, Action], Iterable[Effect]]] = {"cast": composing.cast, "cast_ok": approving.cast_ok}

WRITING_COMMANDS: Mapping[str, Callable[[Situation, CommandGiven], Iterable[Effect]]] = {"broadcast": composing.broadcast_command}

WRITING_NEWS: Mapping[type[Event], Callable[[Situation, Any], Iterable[Effect]]] = {AudienceCounted: audience.counted}
