from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex

from bot.storage import migrations
from bot.storage.database import Database
from bot.storage.seal import Keyring
from bot.storage.sqlite import path_of
from bot.storage.tables import metadata

KILLED_AT = """
import asyncio, os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from bot.storage.database import Database
from bot.storage.seal import Keyring

left = int(sys.argv[2])

@event.listens_for(Engine, "before_cursor_execute")
def kill(conn, cursor, statement, *rest):
    global left
    if statement.lstrip().startswith(("CREATE", "INSERT", "UPDATE")):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(Database.open(sys.argv[1], Keyring(bytes(range(32)))))
"""


async def test_the_steps_lead_to_the_declared_tables(database: Database) -> None:
    """On both databases Alembic finds no difference, in tables, columns, types, defaults or indexes."""

    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True, "render_as_batch": True}
        context = MigrationContext.configure(connection, opts=options)
        return [*compare_metadata(context, metadata)]

    assert await database.transact(lambda conn: conn.run_sync(differences)) == []


def test_the_listed_steps_are_those_that_exist_in_their_order() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert tuple(step.revision for step in reversed(list(script.walk_revisions()))) == migrations.REVISIONS


async def test_partial_indexes_are_those_declared(sqlite_url: str, sqlite_database: Database) -> None:
    """Alembic does not compare conditions, and a wrong one would only be slow."""
    conn = sqlite3.connect(path_of(sqlite_url))
    found = {" ".join(sql.split()) for (sql,) in conn.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")}
    conn.close()
    declared = {
        " ".join(str(CreateIndex(index).compile(dialect=sqlite.dialect())).split())
        for table in metadata.sorted_tables
        for index in table.indexes
    }
    assert found == declared


@pytest.mark.parametrize("statements", [0, 7, 20, 33])
async def test_a_kill_in_the_middle_of_a_step_leaves_nothing_of_it(sqlite_url: str, keys: Keyring, statements: int) -> None:
    """F13: kill -9 while the tables are made; the next start begins anew."""
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-c", KILLED_AT, sqlite_url, str(statements)]
    assert subprocess.run(command, env=environment, check=False).returncode == -signal.SIGKILL
    db = await Database.open(sqlite_url, keys)
    await db.close()
