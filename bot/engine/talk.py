"""A conversation is a function that awaits named questions.

It is never put on an event loop: `replay` runs it from the top, hands every question its stored answer and stops at the first question
without one. What is stored between two messages is the flow's name and the answers by name, so that a draft survives restarts and a step
that an upgrade added is simply asked. A question's name is stored data: new meaning, new name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from bot.model.effects import Effect
from bot.model.events import Event
from bot.model.ids import SessionId, TicketId
from bot.model.messages import Button
from bot.model.situation import Situation
from bot.model.text import Names, Piece, Text

T = TypeVar("T")
Label = Text | Names


@dataclass(frozen=True, slots=True)
class Begin:
    """Open this conversation with what was just sent, about a ticket if it is for its thread, or about a session.

    `answers` are those that are known already, by question.
    """

    flow: str
    about: TicketId | None = None
    session: SessionId | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)


Flow = Callable[[Situation], Coroutine[Any, Any, Iterable[Effect | Begin]]]
"""A conversation. What it returns is done when its last question is answered; until then running it has no effect at all."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The event answers the question; `stored` is JSON."""

    stored: Any


@dataclass(frozen=True, slots=True)
class Progress:
    """The event brings the question further, but it stays open; `notice` is said above it.

    With `in_place` the question's message changes where it stands, instead of a new one below.
    """

    stored: Any
    notice: Piece | None = None
    album: str = ""
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class GoTo:
    """The person wants to answer another question again."""

    name: str


@dataclass(frozen=True, slots=True)
class Misfit:
    """The event does not answer the question. What was sent is kept all the same; `notice` says kindly what is wanted."""

    notice: Piece | None = None


Taken = Answered | Progress | GoTo | Misfit


@dataclass(frozen=True, slots=True)
class Shown:
    """How a question looks: its words and its choices, each a label with the key that a press sends back."""

    body: Piece
    choices: tuple[tuple[tuple[Label, str], ...], ...] = ()
    extras: tuple[Button, ...] = ()
    asks_location: bool = False


class Question(ABC, Generic[T]):
    """Something asked by name. Awaiting it gives the answer. `in_place`: its message can change where it stands."""

    name: str
    in_place = False

    def __await__(self) -> Generator[Question[Any], T, T]:
        """Hand itself to `replay` and give back what that sends."""
        return (yield self)

    @abstractmethod
    def show(self, situation: Situation, stored: Any) -> Shown:
        """Return how the question looks, given what is stored of an unfinished answer (None at first)."""

    @abstractmethod
    def take(self, situation: Situation, event: Event, stored: Any) -> Taken:
        """Return what an event means to this question."""

    @abstractmethod
    def choose(self, situation: Situation, key: str, stored: Any) -> Taken:
        """Return what the press of one of its choices means; also used for typed digits and labels."""

    @abstractmethod
    def parse(self, situation: Situation, stored: Any) -> T:
        """Return the answer from what is stored; raises Unanswered if it is unfinished or no longer makes sense."""

    @abstractmethod
    def samples(self, situation: Situation) -> Sequence[Any]:
        """Return stored answers that lead every way, for `exploring`."""


class Unanswered(Exception):
    """What is stored is no complete answer."""


@dataclass(frozen=True, slots=True)
class Say:
    """Something said on the way to the next question. With `call`, a number that can be tapped."""

    body: Text
    call: tuple[str, Piece] | None = None

    def __await__(self) -> Generator[Say, None, None]:
        """Hand itself to `replay`."""
        yield self


@dataclass(frozen=True, slots=True)
class Asking:
    """The flow waits at a question; `said` since the last answer; `path` are the questions passed, this one last."""

    question: Question[Any]
    said: tuple[Say, ...]
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """The flow is through."""

    effects: tuple[Effect | Begin, ...]
    said: tuple[Say, ...]
    path: tuple[str, ...]


def replay(flow: Flow, situation: Situation, answers: Mapping[str, Any], at: str | None = None) -> Asking | Ended:
    """Run a flow from the top over stored answers, to its first open question (or to the question `at`, answered or not)."""
    path: list[str] = []
    said: list[Say] = []
    coroutine = flow(situation)
    value: Any = None
    try:
        while True:
            step = coroutine.send(value)
            if isinstance(step, Say):
                said.append(step)
                value = None
                continue
            if step.name in path:
                raise RuntimeError(f"the question {step.name!r} is asked twice in one conversation")
            path.append(step.name)
            if step.name == at or step.name not in answers:
                return Asking(step, tuple(said), tuple(path))
            try:
                value = step.parse(situation, answers[step.name])
            except Unanswered:
                return Asking(step, tuple(said), tuple(path))
            said.clear()
    except StopIteration as end:
        return Ended(tuple(end.value), tuple(said), tuple(path))
    finally:
        coroutine.close()
