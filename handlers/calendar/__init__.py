"""The rules of time in the province's group: what `/calendar` shows, and how coordinators change it.

`panel` is the message with the rules and its buttons, `words` how rules read, `receiving` takes what was pressed or written, `typed` reads
days and hours in any digits, `changing` makes a new version and follows what it means for sessions. The tables here are merged into those
of the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from bot.model.effects import Effect
from bot.model.events import CommandGiven
from bot.model.messages import Action
from bot.model.situation import Situation
from handlers.calendar import receiving
from handlers.calendar.receiving import hearing

CALENDAR_DESK: Mapping[str, Callable[[Situation, Action], Iterable[Effect]]] = {"rules": receiving.press}

CALENDAR_COMMANDS: Mapping[str, Callable[[Situation, CommandGiven], Iterable[Effect]]] = {"calendar": receiving.command}

__all__ = ["CALENDAR_COMMANDS", "CALENDAR_DESK", "hearing"]
