"""Everything that the bot answers to stands in the table: a new button, command, timer or conversation fails here until it does."""

from __future__ import annotations

import ast
import inspect

import pytest

from bot.engine.decide import decide
from bot.model.effects import Send, Toast
from bot.model.events import ButtonPressed, CommandGiven
from bot.model.messages import Action
from handlers import BOOK
from handlers.broadcasts import approving
from tests.fire.authorisation import presses
from tests.fire.authorisation.beside import FLOWS, HAPPENS, MACHINE, OWN, SAID_TO_ALL
from tests.fire.authorisation.document import FILE, document
from tests.fire.authorisation.table import AREAS
from tests.handlers.build import situation, ticket

ENGINE = {"answer", "back", "cancel", "drop", "resume", "language"}
"""The buttons of conversations, which the engine answers itself."""
BELOW_A_BROADCAST = {"quiz", "optout", "about"}
ABOUT_A_REPORT = {"write", "reopen"}
ABOUT_A_SESSION = {"session", "map", "file", "rsvp", "rate", "opine"}
RESIDENTS = ABOUT_A_REPORT | ABOUT_A_SESSION | {"quiz"}


def actions() -> set[str]:
    return {action for area in AREAS for action in area.actions}


def verbs() -> set[str]:
    return {action.partition(":")[0] for action in actions() if not action.startswith(("words: ", "/"))}


def test_every_button_of_a_group_stands_in_the_table() -> None:
    assert set(BOOK.desk) == (verbs() - RESIDENTS) | BELOW_A_BROADCAST


def test_every_button_of_a_resident_stands_in_the_table_or_is_about_themselves() -> None:
    commands = {"start", "status"}
    assert {*BOOK.buttons, *BOOK.always, *ENGINE} == (set(OWN) - commands) | RESIDENTS


def test_every_command_stands_in_the_table() -> None:
    listed = {action.removeprefix("/").partition(" ")[0] for action in actions() if action.startswith("/")}
    assert set(BOOK.desk_commands) == listed | {name.removeprefix("/") for name in SAID_TO_ALL}
    assert set(BOOK.commands) <= set(OWN)


def test_what_falls_due_and_what_happens_stands_in_the_table() -> None:
    assert set(BOOK.timers) == set(MACHINE)
    assert {kind.__name__ for kind in {*BOOK.news, *BOOK.desk_events}} == set(HAPPENS)
    assert set(BOOK.flows) == set(FLOWS)


def test_no_action_stands_in_two_rows() -> None:
    for area in AREAS:
        assert len(area.actions) == sum(len(row.by) for row in area.rows)


def test_the_steps_of_an_approval_are_all_tried() -> None:
    matched = ast.walk(ast.parse(inspect.getsource(approving.cast_ok)))
    steps = {node.value.value for node in matched if isinstance(node, ast.MatchValue) and isinstance(node.value, ast.Constant)}
    assert steps == set(presses.OK_STEPS)


@pytest.mark.parametrize("verb", sorted({*OWN, *RESIDENTS} - {*BOOK.desk}))
def test_what_residents_press_does_nothing_in_a_group(verb: str) -> None:
    [effect] = decide(BOOK, situation(), ButtonPressed(Action(verb, ticket().id)))
    assert isinstance(effect, Toast)


@pytest.mark.parametrize("verb", ["", "nonsense", "take2", "Take", "__class__"])
def test_an_unknown_button_does_nothing(verb: str) -> None:
    [effect] = decide(BOOK, situation(), ButtonPressed(Action(verb)))
    assert isinstance(effect, Toast)


@pytest.mark.parametrize("name", sorted(name.removeprefix("/") for name in SAID_TO_ALL))
def test_what_is_said_to_everybody_is_said_and_nothing_is_done(name: str) -> None:
    [effect] = decide(BOOK, situation(), CommandGiven(name))
    assert isinstance(effect, Send)
    assert effect.to == situation().here


def test_the_document_is_the_table() -> None:
    """`python -m tests.fire.authorisation` writes it anew."""
    assert FILE.read_text(encoding="utf-8") == document()
