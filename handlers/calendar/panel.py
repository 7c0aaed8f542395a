"""The message with the rules of time, and what can be pressed below it. It is edited in place.

Every button carries the version that it was made for: once there is a newer one, it says that it is old.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.model.calendar import Calendar
from bot.model.effects import Priority, Send
from bot.model.ids import PROVINCE
from bot.model.messages import Action, Button, Message, ToForum
from bot.model.situation import Situation
from bot.model.text import C_, N_, Names, Piece, Text, paragraphs
from handlers.calendar.words import FEASTS, Entry, ahead, named, rules, version_named
from handlers.sessions.days import today

Rows = tuple[tuple[Button, ...], ...]


def panel(situation: Situation, token: str, told: Piece | None = None) -> Send:
    """Show the rules in force, below what was just done, if anything."""
    press = _press(situation.calendar, token)
    remove = press(C_("button", "Remove an entry"), "remove")
    versions = press(C_("button", "Earlier versions"), "versions")
    last = (*((remove,) if entries(situation) else ()), *((versions,) if len(situation.calendars) > 1 else ()))
    rows = (
        (press(C_("button", "Add a holiday"), "feasts"),),
        (press(C_("button", "Add Ramadan"), "ramadan"), press(C_("button", "Add an internet shutdown"), "shutdown")),
        *((last,) if last else ()),
    )
    return show(paragraphs(told, rules(situation.calendar, today(situation))), rows, token)


def feasts(situation: Situation, token: str) -> Send:
    """Ask which holiday is to be added."""
    press = _press(situation.calendar, token)
    names = [press(name, "holiday", key) for key, name in FEASTS.items()]
    pairs = tuple(tuple(names[start : start + 2]) for start in range(0, len(names), 2))
    rows = (*pairs, (press(C_("button", "Another holiday"), "holiday", "other"),), _back(situation.calendar, token))
    return show(N_("Which holiday?"), rows, token)


def removable(situation: Situation, token: str) -> Send:
    """Ask which entry is to be removed."""
    press = _press(situation.calendar, token)
    rows = tuple((press(C_("button", "✖ {entry}", entry=named(entry)), "drop", key),) for key, entry in entries(situation).items())
    return show(N_("Which entry shall be removed?"), (*rows, _back(situation.calendar, token)), token)


def versions(situation: Situation, token: str) -> Send:
    """Ask which earlier version is to be looked at."""
    press = _press(situation.calendar, token)
    earlier = [calendar for calendar in situation.calendars if calendar.version != situation.calendar.version]
    rows = tuple((press(version_named(calendar), "version", str(calendar.version)),) for calendar in earlier)
    return show(N_("Which version do you want to see?"), (*rows, _back(situation.calendar, token)), token)


def version(situation: Situation, calendar: Calendar, token: str) -> Send:
    """Show an earlier version, which can be taken back."""
    press = _press(situation.calendar, token)
    take_back = press(C_("button", "Put this version in force again"), "restore", str(calendar.version))
    return show(rules(calendar, today(situation)), ((take_back,), _back(situation.calendar, token)), token)


def entries(situation: Situation) -> dict[str, Entry]:
    """Return what can be removed, by a short key that holds for this version."""
    calendar, now = situation.calendar, today(situation)
    lists: Sequence[tuple[str, Sequence[Entry]]] = (("h", calendar.holidays), ("r", calendar.ramadan), ("s", calendar.shutdowns))
    return {f"{kind}{listed.index(entry)}": entry for kind, listed in lists for entry in ahead(listed, now)}


def show(body: Piece, rows: Rows, token: str) -> Send:
    """Show something in the panel's place in the province's group."""
    return Send(ToForum(PROVINCE), Message(body, rows), Priority.REPLY, slot=f"calendar:{token}")


class _Press(Protocol):
    def __call__(self, label: Text | Names, step: str, detail: str = "") -> Button: ...


def _press(calendar: Calendar, token: str) -> _Press:
    """Return what makes the panel's buttons: of a label, the step, and its detail if it has one."""

    def button(label: Text | Names, step: str, detail: str = "") -> Button:
        return Button(label, Action("rules", None, (step, detail, str(calendar.version), token)))

    return button


def _back(calendar: Calendar, token: str) -> tuple[Button, ...]:
    return (_press(calendar, token)(C_("button", "Back"), "show"),)
