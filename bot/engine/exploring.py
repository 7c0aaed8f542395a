"""Walks every path of a conversation: for the test that every path ends, for the translators' page and for the docs' diagram."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bot.engine.talk import Ended, Flow, Question, Say, replay
from bot.model.ids import DraftId
from bot.model.people import Draft
from bot.model.situation import Situation

LONGEST = 40
"""Questions in one conversation; more means that it does not end."""


@dataclass(frozen=True, slots=True)
class Walked:
    """One way through a conversation.

    Attributes:
        answers: what was answered, by question.
        asked: the questions in order.
        said: what was said on the way.
        ended: how it ended.
    """

    answers: dict[str, Any]
    asked: tuple[Question[Any], ...]
    said: tuple[Say, ...]
    ended: Ended


def explore(flow: Flow, situation: Situation, name: str = "explored") -> Iterator[Walked]:
    """Yield every way through the flow that its questions' samples open, depth first."""
    draft = situation.draft or Draft(DraftId("explored2345"), name, situation.now)
    yield from _walk(flow, replace(situation, draft=draft), {}, (), ())


def _walk(
    flow: Flow, situation: Situation, answers: dict[str, Any], asked: tuple[Question[Any], ...], said: tuple[Say, ...]
) -> Iterator[Walked]:
    if len(asked) > LONGEST:
        raise RuntimeError(f"after {LONGEST} questions there is still no end: {[question.name for question in asked]}")
    draft = replace(situation.draft, answers=answers) if situation.draft else None
    reached = replay(flow, replace(situation, draft=draft), answers)
    if isinstance(reached, Ended):
        yield Walked(answers, asked, (*said, *reached.said), reached)
        return
    for sample in reached.question.samples(situation):
        further = {**answers, reached.question.name: sample}
        yield from _walk(flow, situation, further, (*asked, reached.question), (*said, *reached.said))
