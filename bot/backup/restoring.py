"""A database from a backup: looked through to its end first, never over what is there unless that is kept, and left ready to go on.

What the restored past means for people is done before the database can be used (`bot/pipeline/resuming.py`): on SQLite in the copy, before
that takes its place; on PostgreSQL behind a guard that refuses a start until it is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from pyrage.x25519 import Identity
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.backup import postgresql, sealing, sqlite
from bot.backup.making import examine
from bot.backup.wrapping import Label, Unwrapping
from bot.config import Config
from bot.config.machine import SQLITE
from bot.errors import AlwandError, StartRefused
from bot.i18n import render
from bot.pipeline.chance import SystemChance
from bot.pipeline.resuming import Resumed, resume
from bot.pipeline.surroundings import Surroundings
from bot.storage import erasures, lock, migrations, settings, start
from bot.storage.database import Database, dialect_of
from bot.storage.erasures import Erased, Erasures
from bot.storage.errors import StorageUnavailable
from bot.storage.seal import Keyring
from bot.storage.sqlite import path_of

STAMP: Final = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Restored:
    """A database that was restored.

    Attributes:
        label: what the backup was.
        resumed: what was done in it.
        kept: where the earlier database is now, if there was one.
    """

    label: Label
    resumed: Resumed
    kept: str | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be restored, and what the operator has agreed to.

    Attributes:
        replace: to put it in the place of a database that is there, which is kept under another name.
        without_erased: to restore although it is not known what has been erased since.
        lists: lists of erasures from elsewhere, beside the configured one.
    """

    file: Path
    identity: Path
    replace: bool = False
    without_erased: bool = False
    lists: tuple[Path, ...] = ()


async def restore(config: Config, wish: Wish, now: datetime) -> Restored:
    """Restore a database from a backup. Nothing is touched before the whole backup was read.

    Raises:
        AlwandError: it was not restored; what was there still is.
    """
    keys = Keyring.parse(config.key())
    identity = sealing.identity(wish.identity)
    into = _to_sqlite if dialect_of(config.storage.url) == "sqlite" else _to_postgresql
    async with lock.hold_database(config.storage.url):
        try:
            return await into(config, wish, keys, identity, now)
        except (OSError, StorageUnavailable) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise AlwandError(f"nothing was restored: {(why or type(error).__name__).lower()}") from error


async def _to_sqlite(config: Config, wish: Wish, keys: Keyring, identity: Identity, now: datetime) -> Restored:
    path = path_of(config.storage.url)
    interrupted = path.with_name(path.name + start.RESTORING).exists()
    there = path.exists()
    if (there or interrupted) and not wish.replace:
        raise StartRefused(f"{path} is there, and was left as it is: --replace puts the backup in its place, and keeps it beside")
    with sqlite.scratch(path) as folder:
        copy = folder / "copy.db"
        label = await asyncio.to_thread(_unpack, wish.file, copy, keys, identity)
        lines = _lines(config, wish, label, now)
        _fits(label, "sqlite", sqlite.examine(copy))
        resumed = await _resumed(config, SQLITE + str(copy), keys, label, lines, now)
        kept = path.with_name(f"{path.name}.before-restore-{now.astimezone(UTC):{STAMP}}") if there else None
        sqlite.put_in_place(copy, path, kept)
    return Restored(label, resumed, str(kept) if kept else None)


def _unpack(file: Path, copy: Path, keys: Keyring, identity: Identity) -> Label:
    with file.open("rb") as source, copy.open("xb") as out:
        copy.chmod(0o600)
        unwrapping = Unwrapping(keys, lambda _: out)
        _unseal(source, unwrapping, identity)
    return unwrapping.finish()[0]


def _unseal(source: IO[bytes], unwrapping: Unwrapping, identity: Identity) -> None:
    """Decrypt; where it was the taker that failed, tell its reason."""
    try:
        sealing.unseal(source, unwrapping, identity)
    except (AlwandError, OSError):
        if isinstance(unwrapping.fault, AlwandError | OSError):
            raise unwrapping.fault from None
        raise


def _fits(label: Label, dialect: str, schema: str) -> None:
    if label.database != dialect:
        raise AlwandError(f"this is a backup of {label.database}, and [storage] url names {dialect}: they cannot be exchanged")
    if schema not in migrations.REVISIONS:
        raise StartRefused(
            f"this backup has schema {schema}, newer than this program's {migrations.HEAD}: install the newer program ({label.program})"
        )


def _lines(config: Config, wish: Wish, label: Label, now: datetime) -> Sequence[Erased]:
    """Return what was erased, as far as it is known; the configured list holds it all from now on.

    Raises:
        AlwandError: it is not known from the backup's day on.
    """
    keep = config.backup.erased_kept
    lists = [Erasures(path, keep) for path in (config.backup.erased, *wish.lists)]
    reaching = [since for each in lists if (since := each.since()) is not None]
    if not wish.without_erased:
        remedy = "copy it back and name it with --erased, or say --without-erased: people who were erased since are then in it again"
        if not reaching:
            raise AlwandError(f"the list of what was erased ({config.backup.erased}) is not there; {remedy}")
        if min(reaching) > label.made.date() or now - label.made > keep:
            raise AlwandError(f"the list of what was erased does not reach back to {label.made:%Y-%m-%d}; {remedy}")
    lines = erasures.merged(each.after(-1) for each in lists)
    if wish.lists:
        lists[0].adopt(lines, min(reaching, default=now.date()))
    return lines


async def _resumed(config: Config, url: str, keys: Keyring, label: Label, lines: Sequence[Erased], now: datetime) -> Resumed:
    """Bring the copy to this version's tables, and do in it what the restore means."""
    db = await Database.open(url, keys, alone=True)
    try:
        await db.transact(lambda conn: settings.put(conn, keys, settings.RESTORING, label.made.isoformat()))
        around = Surroundings(keys, config.places(), SystemChance(), render, config.times())
        resumed = await resume(db, around, lines, now)
    finally:
        await db.close()
    if resumed is None:
        raise AssertionError("it was marked as restored")
    return resumed


async def _to_postgresql(config: Config, wish: Wish, keys: Keyring, identity: Identity, now: datetime) -> Restored:
    url = config.storage.url
    label = await asyncio.to_thread(examine, wish.file, keys, identity)
    lines = _lines(config, wish, label, now)
    _fits(label, "postgresql", label.schema)
    postgresql.not_older(postgresql.program("pg_restore", config.backup.programs), label.server)
    kept = f"{postgresql.KEPT}{now.astimezone(UTC):%Y%m%d_%H%M%S}"
    moved = await _make_room(url, kept, replace=wish.replace)

    def feed(pipe: IO[bytes]) -> None:
        with wish.file.open("rb") as source:
            _unseal(source, Unwrapping(keys, lambda _: _Pipe(pipe)), identity)

    try:
        await asyncio.to_thread(postgresql.restore, url, config.backup.programs, feed, label.server)
    except BaseException:
        await _move_back(url, kept)
        raise
    resumed = await _behind_the_guard(config, url, keys, label, lines, now)
    return Restored(label, resumed, f"the schema {kept}" if moved else None)


class _Pipe:
    """A pipe takes what it can; this takes all."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe

    def write(self, data: bytes, /) -> int:
        self._pipe.write(data)
        return len(data)


async def _make_room(url: str, kept: str, *, replace: bool) -> bool:
    """Move the tables that are there into a schema of their own, and set up the guard; tell whether there were any."""
    async with _connected(url) as conn:
        tables = await conn.run_sync(lambda connection: inspect(connection).get_table_names())
        if tables and not replace:
            raise StartRefused("the database is not empty, and was left as it is: --replace puts the backup in its place, and keeps it")
        ours = [table for table in tables if table != start.GUARD]
        await _move(conn, "public", kept, ours)
        await conn.execute(text(f"CREATE TABLE IF NOT EXISTS {start.GUARD} (kept text)"))
        return bool(ours)


async def _move_back(url: str, kept: str) -> None:
    """Leave the database as it was before room was made in it."""
    with suppress(AlwandError):
        async with _connected(url) as conn:
            tables = await conn.run_sync(lambda connection: inspect(connection).get_table_names(kept))
            await _move(conn, kept, "public", tables)
            await conn.execute(text(f"DROP SCHEMA IF EXISTS {kept}"))
            await conn.execute(text(f"DROP TABLE {start.GUARD}"))


async def _move(conn: AsyncConnection, source: str, target: str, tables: Sequence[str]) -> None:
    if tables:
        await conn.execute(text(f"CREATE SCHEMA IF NOT EXISTS {target}"))
    quote = conn.dialect.identifier_preparer.quote
    for table in tables:
        await conn.execute(text(f"ALTER TABLE {source}.{quote(table)} SET SCHEMA {target}"))


async def _behind_the_guard(config: Config, url: str, keys: Keyring, label: Label, lines: Sequence[Erased], now: datetime) -> Resumed:
    """Mark the database as restored in the transaction that takes the guard away, so that no start ever finds it unmarked."""
    async with _connected(url) as conn:
        await settings.put(conn, keys, settings.RESTORING, label.made.isoformat())
        await conn.execute(text(f"DROP TABLE {start.GUARD}"))
    return await _resumed(config, url, keys, label, lines, now)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(make_url(url), poolclass=NullPool, hide_parameters=True)
    try:
        async with engine.begin() as conn:
            yield conn
    except (DBAPIError, OSError) as error:
        raise AlwandError(f"PostgreSQL refuses ({type(error).__name__}): nothing was restored") from error
    finally:
        await engine.dispose()
