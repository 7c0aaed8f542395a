"""Opening a database: is it one, whole, ours, of our time, and is this its key? Anything else refuses the start in one line."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StartRefused
from bot.storage import adopting, integrity, migrations, postgresql, settings, sqlite
from bot.storage.errors import SealBroken
from bot.storage.seal import Keyring
from bot.storage.tables import metadata

MIGRATION_LOCK = 0x616C77616E64
"""The PostgreSQL advisory lock under which tables are made and upgraded."""

NOT_YET = "the database has no tables of this version yet: `alwand run` makes them"

RESTORING = ".restoring"
"""Ends the name of a file beside an SQLite database that is being replaced; `bot/backup` makes and removes it."""
GUARD = "alwand_restoring"
"""A table that is in a PostgreSQL database as long as that is being filled from a backup."""

_MAGIC = b"SQLite format 3\x00"
_JOURNAL_MAGIC = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
_HALF = "a restore was interrupted, and the database is neither the old nor the new one: run `alwand restore` once more with --replace"


def needed(keys: Keyring | None) -> Keyring:
    """Return the keys.

    Raises:
        StartRefused: there are none; nobody is ever stored in clear.
    """
    if keys is None:
        raise StartRefused("no key: name its file in [keys] file, or make one with `alwand keys new FILE`")
    return keys


async def open_sqlite(url: str, keys: Keyring | None, *, migrate: bool) -> tuple[AsyncEngine, AsyncConnection]:
    """Return an engine over the checked file and the connection that will be its writer.

    Raises:
        StartRefused: see the module.
    """
    path = sqlite.path_of(url)
    _look_at(path)
    engine = sqlite.engine(path)
    conn: AsyncConnection | None = None
    try:
        conn = await engine.connect()
        driver = await sqlite.near(conn)
        version = await conn.run_sync(_version)
        upgrades = migrate and version not in (None, migrations.HEAD)
        if upgrades or integrity.small(path):
            await _look_over(conn, path)
        if version is not None and upgrades:
            await _back_up(driver, path, version)
        await driver.far("BEGIN IMMEDIATE")
        await _settle(conn, keys, version, migrate=migrate)
        if migrate:
            await _forget_statistics(conn)
        await driver.far("COMMIT")
    except BaseException as error:
        if conn is not None:
            with suppress(DBAPIError, sqlite3.Error):
                await conn.close()
        await engine.dispose()
        if isinstance(error, DBAPIError | sqlite3.Error):
            raise StartRefused(_sqlite_text(error, path)) from error
        raise
    return engine, conn


async def look_sqlite(url: str, keys: Keyring) -> AsyncEngine:
    """Return an engine over the file for whoever only reads: it is not examined whole, and no writer has to wait.

    Raises:
        StartRefused: see the module; also where there is no file.
    """
    path = sqlite.path_of(url)
    _look_at(path)
    if not path.exists():
        raise StartRefused(NOT_YET)
    engine = sqlite.engine(path)
    try:
        async with engine.connect() as conn:
            await _settle(conn, keys, await conn.run_sync(_version), migrate=False)
    except BaseException as error:
        await engine.dispose()
        if isinstance(error, DBAPIError | sqlite3.Error):
            raise StartRefused(_sqlite_text(error, path)) from error
        raise
    return engine


def _look_at(path: Path) -> None:
    """Refuse what is certainly no database before the driver touches it."""
    if not path.parent.is_dir():
        raise StartRefused(f"the directory {path.parent} of the database does not exist: make it, or change [storage] url")
    if path.with_name(path.name + RESTORING).exists():
        raise StartRefused(_HALF)
    if path.is_dir():
        raise StartRefused(f"{path} is a directory: [storage] url names a file")
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except FileNotFoundError:
        return
    except OSError as error:
        raise StartRefused(f"{path} cannot be read: {error.strerror}") from error
    if start and start != _MAGIC and not _to_be_rolled_back(path):
        raise StartRefused(f"{path} is not an SQLite database: it was left as it is; restore a backup, or change [storage] url")


def _to_be_rolled_back(path: Path) -> bool:
    """Whether a power cut in the very first start left a file that the driver will empty, as its journal says."""
    try:
        with path.with_name(path.name + "-journal").open("rb") as journal:
            return journal.read(len(_JOURNAL_MAGIC)) == _JOURNAL_MAGIC
    except OSError:
        return False


async def _look_over(conn: AsyncConnection, path: Path) -> None:
    answer = (await conn.exec_driver_sql("PRAGMA quick_check(1)")).scalar()
    if answer != "ok":
        raise StartRefused(_damaged(path))


def _damaged(path: Path) -> str:
    return f"{path} is damaged: it was left as it is; restore the last backup beside it and start with that"


def _sqlite_text(error: BaseException, path: Path) -> str:
    fault = sqlite.unavailable(error)
    match fault.reason if fault else None:
        case "corrupt":
            return _damaged(path)
        case "readonly":
            return f"{path} cannot be written: give the bot's user the right to write the file and its directory"
        case "locked":
            return f"{path} is held by another process: end it, or wait until it is done"
        case "full":
            return f"there is no space left for {path}: make room"
        case _:
            return f"{path} cannot be opened: the disk answered with an error"


async def _forget_statistics(conn: AsyncConnection) -> None:
    """Let SQLite expect a million rows in each table, and so look by the index that is meant for it.

    What `ANALYZE` found while the tables were all but empty made it read the whole table of posts for each edit, until the next analysis.
    """
    for table in ("sqlite_stat1", "sqlite_stat4"):
        await conn.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")


async def _back_up(driver: sqlite.NearConnection, path: Path, version: str) -> None:
    """Keep the database as it was before an upgrade, beside it; an earlier copy of the same version is replaced."""
    copy = path.with_name(f"{path.name}.before-{migrations.HEAD}-was-{version}")
    copy.unlink(missing_ok=True)
    quoted = str(copy).replace("'", "''")
    await driver.far(f"VACUUM INTO '{quoted}'")
    copy.chmod(0o600)


async def open_postgresql(url: str, keys: Keyring | None, *, migrate: bool, alone: bool = False) -> AsyncEngine:
    """Return an engine over the checked database; `alone`: whoever asks has it to themselves already.

    Raises:
        StartRefused: see the module.
    """
    engine = postgresql.engine(url)
    try:
        async with engine.connect() as conn, conn.begin():
            await conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            version = await conn.run_sync(_version)
            if version in migrations.REVISIONS[:-1] and migrate and not alone:
                await _be_alone(conn)
            await _settle(conn, keys, version, migrate=migrate)
    except BaseException as error:
        await engine.dispose()
        if isinstance(error, DBAPIError | OSError):
            raise StartRefused(postgresql_text(error, make_url(url))) from error
        raise
    return engine


async def _be_alone(conn: AsyncConnection) -> None:
    """Make sure that no process of the older program runs while its tables are changed, nor begins to."""
    if not await conn.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": postgresql.RUNNING_LOCK}):
        raise StartRefused("processes of an older version run on this database: end them all, then start this one, which upgrades it")


def postgresql_text(error: BaseException | None, url: URL) -> str:
    """Return why PostgreSQL does not let us start, and what to do."""
    name = f"PostgreSQL at {url.host or 'its socket'}"
    state = postgresql.state_of(error) if error is not None else None
    if state is not None and state.startswith("28"):
        return f"{name} refuses the user or password of [storage] url"
    if state == "3D000":
        return f"{name} has no database of the name in [storage] url: create it"
    if state == "42501":
        return f"{name} does not let this user create tables: grant it the schema"
    if state == "25006":
        return f"{name} is read-only: name the primary server in [storage] url"
    return f"{name} cannot be reached: start it, or change [storage] url"


def _version(connection: Connection) -> str | None:
    """Return the schema's revision, None for an empty database.

    Raises:
        StartRefused: the tables are somebody else's.
    """
    present = set(inspect(connection).get_table_names())
    if GUARD in present:
        raise StartRefused(_HALF)
    if "alembic_version" in present:
        found: Any = connection.scalar(text("SELECT version_num FROM alembic_version"))
        if found is not None:
            return str(found)
        present.discard("alembic_version")
    if present:
        ours = " older than its first release" if present & set(metadata.tables) else ""
        raise StartRefused(f"the database holds tables that are not Alwand's{ours}: give it one of its own in [storage] url")
    return None


async def _settle(conn: AsyncConnection, keys: Keyring | None, version: str | None, *, migrate: bool) -> None:
    if version is not None and version not in migrations.REVISIONS:
        raise StartRefused(
            f"the database has schema {version}, newer than this program's {migrations.HEAD}: install the newer program again, "
            "or restore the backup from before its upgrade"
        )
    if version is not None:
        await _check_key(conn, keys)
    if version != migrations.HEAD:
        if not migrate:
            raise StartRefused(NOT_YET)
        await conn.run_sync(migrations.upgrade)
        await adopting.adopt(conn, needed(keys))
    if version is None:
        await settings.put(conn, needed(keys), settings.KEY_CHECK, settings.KEY_CHECK_TEXT)


async def _check_key(conn: AsyncConnection, keys: Keyring | None) -> None:
    if keys is None:
        raise StartRefused("this database is sealed and no key is given: name its file in [keys] file")
    try:
        found = await settings.get(conn, keys, settings.KEY_CHECK)
    except SealBroken:
        raise StartRefused("the key does not fit this database: name the key file it was made with in [keys] file") from None
    if found != settings.KEY_CHECK_TEXT:
        raise StartRefused("the database has lost its key check: restore a backup")
