"""`docs/authorisation.md`, from the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.fire.authorisation.beside import FLOWS, HAPPENS, MACHINE, OWN, SAID_TO_ALL
from tests.fire.authorisation.table import AREAS, LISTS, PEOPLE, Area, Row, States

FILE: Final = Path(__file__).parents[3] / "docs" / "authorisation.md"
HEADINGS: Final = {
    "member": "member, author",
    "coordinator": "coordinator, in the forum's group",
    "head": "coordinator or head, in the province's group",
    "writer": "coordinator who wrote in it, there",
    "author alone": "its author, in private",
    "alone": "coordinator, in private",
    "elsewhere": "member of another forum, in its group",
    "stranger": "somebody in any other group",
}
PREFACE: Final = """# Who may do what

This page is made from `tests/fire/authorisation/table.py` (`python -m tests.fire.authorisation`); tests try every action of the bot by
everybody in every state, and fail where the bot does anything else. **Who is not named in a row may not do it, and at no other time than
it says.** Whether somebody may is asked again at each press and each reply, of the state as it is then.

- A button is signed for the one chat that it was made for. In any other, and with anything in it changed, it does nothing.
- Who left a group or was removed from it is told so when they press a button. Who *writes* there, is in it: to their words the column
  of the members applies again.
- An administrator who remains anonymous, a channel and another bot may nothing, and are told why.
- A coordinator is whoever is in the province's group. The bot does not tell the head apart from the other coordinators.
- Whoever can write in the group of a forum counts as one of its members: the group has to be private (`alwand check` looks).
- Nobody approves a broadcast in which they have written, in whichever group or chat they wrote.
"""


def document() -> str:
    """Return the whole page."""
    return "\n".join([PREFACE, *_people(), *(line for area in AREAS for line in _area(area)), *_rest()])


def _people() -> Iterator[str]:
    yield "## Who is tried"
    yield ""
    yield from (f"- {told}" for told in PEOPLE.values())
    yield ""


def _area(area: Area) -> Iterator[str]:
    yield f"## About {area.about}"
    yield ""
    if area is not LISTS:
        yield "States: " + "; ".join(f"*{state}*: {told}" for state, told in area.states.items() if told) + "."
        if area.several:
            yield (
                "Together: "
                + "; ".join(f"*{name}*: {', '.join(states)}" for name, states in area.several.items() if name != ", ".join(states))
                + "."
            )
        yield ""
    yield "| what | " + " | ".join(HEADINGS.get(name, name) for name in area.acting) + " |"
    yield "| --- |" + " --- |" * len(area.acting)
    for row in area.rows:
        yield f"| {row.done}<br>{_by(row)} | " + " | ".join(_cell(area, row.who.get(name, ())) for name in area.acting) + " |"
    yield ""


def _by(row: Row) -> str:
    return ", ".join(f"`{action}`" for action in row.by)


def _cell(area: Area, states: States) -> str:
    if set(states) == set(area.states):
        return "always"
    left, told = list(states), list[str]()
    for name, several in area.several.items():
        if set(several) <= set(left):
            told.append(name)
            left = [state for state in left if state not in several]
    return ", ".join([*told, *left]) or "–"


def _rest() -> Iterator[str]:
    yield "## About oneself, in private"
    yield ""
    yield "Everybody, at any time: their own conversation, their own wishes and their own data. In a group these buttons do nothing."
    yield ""
    yield from _listed(OWN)
    yield "Their conversations:"
    yield ""
    yield from _listed(FLOWS)
    yield "## Said to everybody in a group"
    yield ""
    yield from _listed(SAID_TO_ALL)
    yield "## By nobody"
    yield ""
    yield "What falls due by itself:"
    yield ""
    yield from _listed(MACHINE)
    yield "What the bot hears of, from Telegram or from itself:"
    yield ""
    yield from _listed(HAPPENS)


def _listed(told: Mapping[str, str]) -> Iterator[str]:
    yield from (f"- `{name}`: {what}" for name, what in told.items())
    yield ""
