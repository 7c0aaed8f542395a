"""The question with several answers: options that are ticked and unticked, until Done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.engine.questions import Option, rows
from bot.engine.talk import Answered, Label, Misfit, Progress, Question, Shown, Taken, Unanswered
from bot.engine.typed import chosen
from bot.model.events import Event, TextReceived
from bot.model.folding import digits
from bot.model.situation import Situation
from bot.model.text import C_, Piece

_BETWEEN = re.compile(r"[\s,،؛;+/-]+")
"""What people put between the numbers when they type several at once."""


@dataclass(frozen=True)
class Several(Question[tuple[str, ...]]):
    """Any number of options. Stored: `{"chosen": [key, …], "done": bool}`.

    Attributes:
        none: what the last button is called while nothing is ticked; with something ticked it is Done.
    """

    name: str
    prompt: Piece
    options: tuple[Option, ...]
    none: Label
    columns: int = 1
    in_place = True

    def show(self, situation: Situation, stored: Any) -> Shown:
        """Show each option, with ✓ where it is ticked, and the last button."""
        ticked = _ticked(stored)
        faces = [Option(option.key, _face(option, ticked)) for option in self.options]
        last: Label = C_("button", "Done") if ticked else self.none
        return Shown(self.prompt, (*rows(faces, self.columns), ((last, "done"),)))

    def take(self, situation: Situation, event: Event, stored: Any) -> Taken:
        """Take a typed label, a number, or several numbers at once; any of them counts as a press."""
        if not isinstance(event, TextReceived):
            return Misfit()
        numbers = [digits(part) for part in _BETWEEN.split(event.text.strip()) if part]
        keys = [option.key for option in self.options]
        if len(numbers) > 1 and all(number is not None and 1 <= number <= len(keys) for number in numbers):
            return Progress(_stored([key for key in keys if key in {*_ticked(stored), *(keys[(n or 1) - 1] for n in numbers)}]))
        done = [self.none, C_("button", "Done")]
        index = chosen(situation, event.text, [*(option.label for option in self.options), *done])
        if index is None:
            return Misfit()
        taken = self.choose(situation, [*keys, "done", "done"][index], stored)
        return Progress(taken.stored) if isinstance(taken, Progress) else taken

    def choose(self, situation: Situation, key: str, stored: Any) -> Taken:
        """Tick or untick, or finish."""
        ticked = _ticked(stored)
        if key == "done":
            return Answered({**_stored(ticked), "done": True})
        keys = [option.key for option in self.options]
        if key not in keys:
            return Misfit()
        return Progress(_stored([each for each in keys if (each in ticked) != (each == key)]), in_place=True)

    def parse(self, situation: Situation, stored: Any) -> tuple[str, ...]:
        """Return what was ticked, in the order of the options; only Done completes it."""
        ticked = _ticked(stored)
        if not isinstance(stored, dict) or not stored.get("done") or not {*ticked} <= {option.key for option in self.options}:
            raise Unanswered
        return tuple(option.key for option in self.options if option.key in ticked)

    def samples(self, situation: Situation) -> Sequence[Any]:
        """Nothing, and everything."""
        return [{"chosen": [], "done": True}, {"chosen": [option.key for option in self.options], "done": True}]


def several(name: str, prompt: Piece, options: Sequence[Option], *, none: Label, columns: int = 1) -> Several:
    """Ask for any number of options; `none` is what it means to tick nothing."""
    return Several(name, prompt, tuple(options), none, columns)


def _face(option: Option, ticked: Sequence[str]) -> Label:
    return C_("ticked", "✓ {option}", option=option.label) if option.key in ticked else option.label


def _ticked(stored: Any) -> list[str]:
    return list(stored.get("chosen", ())) if isinstance(stored, dict) else []


def _stored(ticked: list[str]) -> dict[str, Any]:
    return {"chosen": ticked, "done": False}
