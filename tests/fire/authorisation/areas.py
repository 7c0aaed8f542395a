"""Goes through the cells of one area of the table, and tells where the bot does not do as it says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import MoveOccurrence
from tests.fire.authorisation import presses
from tests.fire.authorisation.hamlet import CODE, PEOPLE, Hamlet, Somebody
from tests.fire.authorisation.presses import Ways
from tests.fire.authorisation.subjects import PLACE, STORY, WORDS
from tests.fire.authorisation.table import BROADCASTS, LISTS, REPORTS, REQUESTS, SESSIONS, Area
from tests.fire.authorisation.trying import Cell, Reply, tries

EVERY_THIRD: Final = 3
UNASKED: Final = ("owner", "resident", "alone", "author alone")
"""In private nobody is shown a prompt, but a coordinator of what they write there: nothing of theirs can be a reply to one."""

_AREAS: Final[Mapping[str, tuple[Callable[[Hamlet], Mapping[str, Any]], Callable[[Hamlet, Any], Mapping[str, Ways]], Sequence[str]]]] = {
    REPORTS.about: (lambda hamlet: hamlet.reports, presses.about_report, STORY),
    REQUESTS.about: (lambda hamlet: hamlet.requests, presses.about_request, STORY),
    SESSIONS.about: (lambda hamlet: hamlet.meetings, presses.about_session, PLACE),
    BROADCASTS.about: (lambda hamlet: hamlet.casts, presses.about_broadcast, WORDS),
    LISTS.about: (lambda hamlet: {"always": None}, lambda hamlet, _: presses.about_nothing(CODE), (*STORY, *PLACE, *WORDS)),
}


def tried(area: Area, hamlet: Hamlet) -> Mapping[str, Mapping[str, Ways]]:
    """Return how each action is tried in each state."""
    subjects, ways, _ = _AREAS[area.about]
    return {state: ways(hamlet, subject) for state, subject in subjects(hamlet).items()}


async def cells(area: Area, hamlet: Hamlet, conn: AsyncConnection, *, all_of_them: bool) -> AsyncIterator[tuple[str, str, str, Cell]]:
    """Yield who, what, in which state, and what came of it.

    All that the table allows is tried, and everybody who may anything; of those who may nothing at all, without `all_of_them`, every
    third cell.
    """
    hidden, number = _AREAS[area.about][2], 0
    for state, actions in tried(area, hamlet).items():
        for action, ways in actions.items():
            for name in (*area.acting, *area.people):
                number += 1
                if not all_of_them and name in area.people and number % EVERY_THIRD:
                    continue
                for who in _variants(name, number, all_of_them=all_of_them):
                    for said in ways:
                        if isinstance(said, Reply) and said.slot is not None and not _prompted(name, state):
                            continue
                        only = MoveOccurrence if action.startswith("cast_go") else None
                        cell = await tries(hamlet, conn, who, said, hidden=hidden, only=only, doubted=action == "clock")
                        yield name, action, state, cell


def _prompted(name: str, state: str) -> bool:
    return name not in UNASKED or (name == "author alone" and state.startswith("written alone"))


def _variants(name: str, number: int, *, all_of_them: bool) -> Sequence[Somebody]:
    variants = PEOPLE[name]
    return variants if all_of_them else (variants[number % len(variants)],)


def expected(area: Area, name: str, action: str, state: str) -> bool:
    """Whether the table allows it. Who writes in a group is in it, also if they had left: to their words it applies as to a member's."""
    written = action.startswith(("words: ", "/"))
    return state in area.actions[action].who.get("member" if name == "former" and written else name, ())


async def wrong(area: Area, hamlet: Hamlet, conn: AsyncConnection, *, all_of_them: bool = False) -> tuple[int, list[str]]:
    """Return how many cells were tried, and where the bot does not do as the table says."""
    acted: dict[tuple[str, str, str], bool] = {}
    count = 0
    async for name, action, state, cell in cells(area, hamlet, conn, all_of_them=all_of_them):
        acted[name, action, state] = acted.get((name, action, state), False) or cell.acts
        count += 1
    told = {True: "may, against the table", False: "may not, against the table"}
    differing = [key for key, found in acted.items() if found != expected(area, *key)]
    return count, [f"{action} ({state}): {name} {told[acted[name, action, state]]}" for name, action, state in differing]
