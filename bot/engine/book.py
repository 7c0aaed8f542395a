"""The table of contents that `handlers` hands to the machine: which function answers what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.engine.talk import Begin, Flow
from bot.model.effects import Effect
from bot.model.events import CommandGiven, Event
from bot.model.messages import Action
from bot.model.situation import Situation

Effects = Iterable[Effect]
ByEvent = Callable[[Situation, Any], Effects]


ByAction = Callable[[Situation, Action], Effects | Begin]
ByCommand = Callable[[Situation, CommandGiven], Effects | Begin]


@dataclass(frozen=True, slots=True)
class Book:
    """What the bot says and does, by what causes it.

    Attributes:
        flows: conversations with a resident, by the name that drafts are stored under.
        first: the flow that a resident without language or consent is in; ends before any other begins.
        home: shows the resident's main menu.
        languages: shows the first screen, on which a language is chosen.
        where: the question of a report that a point on the map answers, also when it is sent before it is asked for.
        reflex: what comes before anything else that a resident's words cause (the emergency number at words of danger).
        always: a resident's buttons that work before a language is chosen.
        buttons: a resident's buttons outside a conversation, by verb.
        commands: a resident's commands.
        typed: what short words mean outside a conversation, where they name something that can be opened.
        messages: a resident's words while no conversation is open: what they do to a ticket's thread, or the conversation they begin.
        desk: a forum's buttons, by verb.
        desk_commands: a group's commands.
        desk_events: everything else in a group, by the event's type.
        timers: what falls due, by kind.
        news: what the machine itself learnt and what the channel tells of a chat, by the event's type.
    """

    flows: Mapping[str, Flow]
    first: str
    home: Callable[[Situation], Effects]
    languages: Callable[[Situation], Effects]
    where: str = "district"
    reflex: Callable[[Situation, Event], Effects] = lambda situation, event: ()
    always: Mapping[str, Callable[[Situation, Action], Effects]] = field(default_factory=dict)
    buttons: Mapping[str, ByAction] = field(default_factory=dict)
    commands: Mapping[str, ByCommand] = field(default_factory=dict)
    typed: Callable[[Situation, str], Action | None] = lambda situation, text: None
    messages: Callable[[Situation, Event], Effects | Begin] = lambda situation, event: ()
    desk: Mapping[str, Callable[[Situation, Action], Effects]] = field(default_factory=dict)
    desk_commands: Mapping[str, Callable[[Situation, CommandGiven], Effects]] = field(default_factory=dict)
    desk_events: Mapping[type[Event], ByEvent] = field(default_factory=dict)
    timers: Mapping[str, ByEvent] = field(default_factory=dict)
    news: Mapping[type[Event], ByEvent] = field(default_factory=dict)
