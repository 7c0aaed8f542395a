"""What every channel gives the pipeline. One contract, one test suite for all (`tests/channels`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.model.events import Arrival
from bot.model.ids import Language
from bot.model.messages import Action
from bot.model.outgoing import Outcome, Outgoing

Sign = Callable[[Action], str]
"""Turns an action into button data that is valid in one chat only."""
Sure = Callable[[], Awaitable[None]]
"""Returns once it is sure that a call is ours to make."""


async def always() -> None:
    """Nobody else sends."""


@dataclass(frozen=True, slots=True)
class Received:
    """One raw update: its id at the channel, the address of the chat whose order it belongs to, and the bytes as they came.

    `press`: somebody pressed a button and looks at it until it is answered. `sent`: when it was sent (Unix seconds), where that is told.
    """

    key: str
    chat: str
    raw: bytes
    press: bool = False
    sent: int | None = None


Store = Callable[[Sequence[Received]], Awaitable[None]]
"""Makes a batch durable; only after it returns may the channel acknowledge. Raises when it could not."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can show. Lengths in UTF-16 units, as messengers count.

    Attributes:
        text, caption: longest message and caption.
        buttons: whether it has buttons; without them an outgoing message numbers its choices.
        edits: whether a message once sent can be changed.
        group_per_minute: how many sends and edits one group takes in a minute; 0 for no such limit.
        per_chat_seconds: shortest time between two sends into one chat.
    """

    text: int
    caption: int
    buttons: bool
    edits: bool
    group_per_minute: int
    per_chat_seconds: float


class Channel(Protocol):
    """A messenger."""

    name: str
    capabilities: Capabilities

    @property
    def heard(self) -> float | None:
        """Monotonic time at which it last answered properly when it was asked for updates; None before the first time."""
        ...

    @property
    def alone(self) -> bool:
        """Whether one process alone may receive at a time."""
        ...

    @property
    def waiting(self) -> int | None:
        """How many updates the channel held for us when it last told; None where it does not tell."""
        ...

    def read(self, raw: bytes) -> Arrival | None:
        """Read one stored update. None if it concerns nobody; raises ValueError if it cannot be understood."""
        ...

    async def receive(self, store: Store) -> None:
        """Ask for updates, or let them be brought, until cancelled: acknowledge nothing that `store` has not returned for."""
        ...

    async def send(
        self, chat: str, outgoing: Outgoing, *, shown: tuple[str, ...], answers: str | None, sign: Sign, sure: Sure = always
    ) -> Outcome:
        """Show it in the chat: edit the messages `shown`, or send; `answers` is the message to reply to.

        It may take several calls, and `sure` is awaited before each. Never raises for what a channel answers.
        """
        ...

    async def answers(self) -> bool:
        """Ask something harmless: whether an answer comes. Never raises."""
        ...

    async def acknowledge(self, press: str, text: str, *, alert: bool) -> None:
        """Answer a button press at once. Too old or failed: nothing is lost, nothing raised."""
        ...

    async def set_chat_menu(self, chat: str, language: Language) -> bool:
        """Show a private chat's commands in the language chosen there; return whether that worked. Never raises."""
        ...

    async def takes(self, chat: str) -> bool:
        """Try, without showing or changing anything, whether a chat can be written to. Never raises."""
        ...

    async def leave(self, chat: str) -> None:
        """Leave a group."""
        ...
