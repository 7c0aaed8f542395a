"""Every row of the fault table has its test of the whole bot, named after it, and enough of them run on PostgreSQL too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOM = Path(__file__).parents[1] / "fire"
ROWS = {
    1: "crash after fetch, before store",
    2: "crash after store, before acknowledge",
    3: "crash after acknowledge, before processing",
    4: "crash inside processing",
    5: "crash after commit, before send",
    6: "crash after Telegram accepted, before it was marked",
    7: "power loss at any write",
    8: "disk full",
    9: "database or disk read-only",
    10: "database locked",
    11: "database corrupt, its log missing, another file",
    12: "key wrong or missing",
    16: "5xx, HTML, truncated JSON, reset, nobody there, a name that leads nowhere, TLS failure",
    17: "429 with retry_after",
    18: "400 for good",
    19: "403 blocked or deactivated",
    20: "forum: kicked, left, muted, deleted",
    21: "group migrated",
    22: "401 token revoked, 404",
    23: "409, two processes",
    25: "updates doubled, in disorder, renumbered, late",
    26: "poisoned update",
    27: "poisoned message",
    28: "killed in a broadcast",
    29: "two schedulers",
    30: "down at the due time",
    31: "clock jumps",
    32: "zone rule changes",
    33: "told to stop in the middle",
    34: "loop blocked, memory, descriptors",
    35: "PostgreSQL goes away",
    37: "settings broken",
    38: "log cannot be written",
}
NAME = re.compile(r"test_f(\d\d)_")
ON_POSTGRESQL = {"town", "raise_town", "postgresql_town", "frail"}
"""Fixtures with which a test runs on PostgreSQL."""


def rows_tried() -> Iterator[tuple[int, ast.AsyncFunctionDef | ast.FunctionDef, str]]:
    """Yield the row, the function and the file of each test that is named after a row."""
    for file in sorted(ROOM.rglob("test_*.py")):
        source = file.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and (found := NAME.match(node.name)):
                yield int(found[1]), node, source


def test_every_row_has_its_test() -> None:
    assert set(ROWS) - {row for row, _, _ in rows_tried()} == set()


def test_at_least_fifteen_rows_are_tried_on_postgresql_too() -> None:
    found = {row for row, node, _ in rows_tried() if ON_POSTGRESQL & {argument.arg for argument in node.args.args}}
    assert len(found & set(ROWS)) >= 15, sorted(found)


def test_each_of_these_tests_names_its_row_in_its_first_line() -> None:
    nameless = [node.name for row, node, _ in rows_tried() if f"F{row}" not in (ast.get_docstring(node) or "").split("\n")[0]]
    assert nameless == []
