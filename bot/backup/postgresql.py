"""PostgreSQL: a dump by the server's own program, from one snapshot, read by its counterpart as it is made; and one put in place.

Passwords travel in the environment of these programs, never in their arguments.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.backup.wrapping import Label
from bot.errors import AlwandError

KEPT: Final = "before_restore_"
"""Begins the name of a schema to which the tables of an earlier database were moved."""
_SSL: Final = {"require": "require", "verify-ca": "verify-ca", "verify-full": "verify-full", "prefer": "prefer", "disable": "disable"}


class Dump:
    """A dump while it is made."""

    def __init__(self, label: Label, dumping: subprocess.Popen[bytes], reading: subprocess.Popen[bytes]) -> None:
        self.label = label
        self._dumping = dumping
        self._reading = reading

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes of the dump."""
        return _pipe(self._dumping.stdout).read(size)

    def beside(self, block: bytes) -> None:
        """Let `pg_restore` read it too, which finds what is wrong with it."""
        with suppress(BrokenPipeError):
            _pipe(self._reading.stdin).write(block)

    def finish(self) -> None:
        """Wait for both programs.

        Raises:
            AlwandError: one of them was not content.
        """
        with suppress(BrokenPipeError):
            _pipe(self._reading.stdin).close()
        for name, process in (("pg_dump", self._dumping), ("pg_restore", self._reading)):
            if process.wait() != 0:
                raise AlwandError(f"{name} failed, so there is no backup: {_last_words(process)}")


@contextmanager
def dumped(url: str, programs: Path | None, now: datetime) -> Iterator[Dump]:
    """Dump a database as it is at one moment.

    Raises:
        AlwandError: the server or a program cannot be had, or the program is too old for the server.
    """
    pg_dump, pg_restore = program("pg_dump", programs), program("pg_restore", programs)
    with _snapshot(url) as (snapshot, schema, server):
        for found in (pg_dump, pg_restore):
            not_older(found, server)
        arguments = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        arguments += [f"--exclude-schema={KEPT}*", "--no-password"]
        dumping = _start([pg_dump, *arguments], url, stdout=subprocess.PIPE)
        reading = _start([pg_restore, "--file=/dev/null"], url, stdin=subprocess.PIPE)
        try:
            yield Dump(Label(now, "postgresql", schema, server), dumping, reading)
        finally:
            for process in (dumping, reading):
                _end(process)


def program(name: str, folder: Path | None) -> Path:
    """Return a program of PostgreSQL's.

    Raises:
        AlwandError: it is not there.
    """
    found = shutil.which(name, path=str(folder) if folder else None)
    if found is None:
        where = f"in {folder}" if folder else "on this machine"
        raise AlwandError(f"{name} is not {where}: install PostgreSQL's client programs, or name their folder in [backup] programs")
    return Path(found)


def not_older(found: Path, server: int) -> None:
    """Make sure that a program understands a server of this major version.

    Raises:
        AlwandError: it is older.
    """
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - found above
    version = re.search(r"(\d+)(?:\.\d+)*", told)
    if version is None or int(version[1]) < server:
        has = f"version {version[1]}" if version else "of no known version"
        raise AlwandError(
            f"{found} is {has}, and the server is PostgreSQL {server}: install the client programs of that version, "
            "and name their folder in [backup] programs"
        )


def restore(url: str, programs: Path | None, feed: Callable[[IO[bytes]], None], server: int) -> None:
    """Put all tables of a dump into an empty database, or none; `feed` writes the dump.

    Raises:
        AlwandError: the dump or the server was refused.
    """
    pg_restore = program("pg_restore", programs)
    not_older(pg_restore, server)
    name = make_url(url).database or "postgres"
    arguments = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", "--no-password", f"--dbname={name}"]
    process = _start([pg_restore, *arguments], url, stdin=subprocess.PIPE)
    try:
        with suppress(BrokenPipeError):
            feed(_pipe(process.stdin))
            _pipe(process.stdin).close()
        if process.wait() != 0:
            raise AlwandError(f"pg_restore failed: {_last_words(process)}")
    finally:
        _end(process)


@contextmanager
def _snapshot(url: str) -> Iterator[tuple[str, str, int]]:
    """Hold one state of the database; yield its name, the revision of its tables, and the server's major version."""
    with asyncio.Runner() as runner:
        engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True, isolation_level="REPEATABLE READ")
        try:
            conn = runner.run(_connect(engine))
            try:
                yield runner.run(_held(conn))
            finally:
                runner.run(conn.close())
        finally:
            runner.run(engine.dispose())


async def _connect(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    except (DBAPIError, OSError, TimeoutError):
        raise AlwandError("PostgreSQL cannot be reached: start it, or change [storage] url") from None


async def _held(conn: AsyncConnection) -> tuple[str, str, int]:
    if not await conn.run_sync(lambda connection: inspect(connection).has_table("alembic_version")):
        raise AlwandError("this database holds no tables of Alwand's: see [storage] url")
    schema = await conn.scalar(text("SELECT version_num FROM alembic_version"))
    server = await conn.scalar(text("SHOW server_version_num"))
    return str(await conn.scalar(text("SELECT pg_export_snapshot()"))), str(schema), int(server or 0) // 10_000


def environment(url: str) -> Mapping[str, str]:
    """Return what names a server to PostgreSQL's programs."""
    there = make_url(url)
    query = {name: value if isinstance(value, str) else value[0] for name, value in there.query.items()}
    given = {
        "PGHOST": there.host or query.get("host"),
        "PGPORT": str(there.port) if there.port else query.get("port"),
        "PGUSER": there.username or query.get("user"),
        "PGPASSWORD": there.password or query.get("password"),
        "PGDATABASE": there.database,
        "PGSSLMODE": _SSL.get(query.get("ssl", "")),
    }
    return {name: str(value) for name, value in given.items() if value}


def _start(command: list[str | Path], url: str, **pipes: int) -> subprocess.Popen[bytes]:
    there = {**os.environ, **environment(url), "PGCONNECT_TIMEOUT": "10"}
    return subprocess.Popen(command, env=there, stderr=subprocess.PIPE, **pipes)  # type: ignore[call-overload,no-any-return]  # noqa: S603


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    process.wait()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise AssertionError("it was opened")
    return pipe


def _last_words(process: subprocess.Popen[bytes]) -> str:
    """Return the last line of a program's complaint; it names tables and servers, never what is in them."""
    told = _pipe(process.stderr).read().decode(errors="replace").strip().splitlines()
    return re.sub(r"^(pg_dump|pg_restore): (error: )?", "", told[0]) if told else f"exit code {process.returncode}"
