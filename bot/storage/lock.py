"""One process per database and per token: two would answer everybody twice.

The locks are the kernel's and the server's, so they end with the process, however it ends.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import StartRefused
from bot.storage import sqlite
from bot.storage.database import dialect_of

POSTGRESQL_LOCK = 0x616C77616E
"""The advisory lock that the one running process holds."""
LOOKS: Final = 3
LOOK_SECONDS: Final = 0.05
"""A lock is taken for good only after so many looks, so long apart."""

_SAME_DATABASE = "another Alwand runs on this database: end it first"
_SAME_TOKEN = "another Alwand on this machine runs with this token: end it first, or use another bot"  # noqa: S105


@asynccontextmanager
async def hold(url: str, token: str) -> AsyncIterator[None]:
    """Be the only process on this database, and on this machine with this token, for as long as the block runs (B11, F23).

    Raises:
        StartRefused: another process is.
    """
    with _file(token_lock(token), _SAME_TOKEN):
        async with hold_database(url):
            yield


@asynccontextmanager
async def hold_database(url: str) -> AsyncIterator[None]:
    """Be the only process that runs on this database, for as long as the block runs.

    Raises:
        StartRefused: another process does.
    """
    if dialect_of(url) == "sqlite":
        path = sqlite.path_of(url)
        with _file(path.with_name(path.name + ".lock"), _SAME_DATABASE):
            yield
    else:
        async with _advisory(url):
            yield


def token_lock(token: str) -> Path:
    """Return the lock file of a token: named by its fingerprint, in the runtime directory."""
    runtime = os.environ.get("RUNTIME_DIRECTORY") or os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    fingerprint = hashlib.sha256(b"alwand token lock|" + token.encode()).hexdigest()[:16]
    return Path(runtime.split(":")[0]) / f"alwand-{fingerprint}.lock"


@contextmanager
def _file(path: Path, taken: str) -> Iterator[None]:
    """Hold a lock file; it is left behind, since removing it would let two processes hold two files of one name."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StartRefused(f"the lock file {path} cannot be opened: {error.strerror}") from error
    try:
        if not _locked(handle):
            raise StartRefused(taken)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    """Take the lock; whoever only looks whether it is free (`running`) has it for an instant."""
    for _ in range(LOOKS):
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(LOOK_SECONDS)
    return False


def held(url: str) -> bool:
    """Whether a process runs on this SQLite database."""
    path = sqlite.path_of(url)
    try:
        handle = os.open(path.with_name(path.name + ".lock"), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StartRefused(f"the lock file of {path} cannot be opened: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


_HELD: Final = text(
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND classid = :high AND objid = :low)"
).bindparams(high=POSTGRESQL_LOCK >> 32, low=POSTGRESQL_LOCK & 0xFFFFFFFF)


async def running(conn: AsyncConnection, url: str) -> bool:
    """Whether a process runs on this database, to which the connection is open. Nobody is kept from starting by the question."""
    return held(url) if conn.dialect.name == "sqlite" else bool(await conn.scalar(_HELD))


@asynccontextmanager
async def _advisory(url: str) -> AsyncIterator[None]:
    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True, isolation_level="AUTOCOMMIT")
    try:
        conn = await _connect(engine)
        try:
            if not await conn.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": POSTGRESQL_LOCK}):
                raise StartRefused(_SAME_DATABASE)
            yield
        finally:
            await asyncio.shield(conn.close())
    finally:
        await engine.dispose()


async def _connect(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    except (DBAPIError, OSError) as error:
        raise StartRefused("PostgreSQL cannot be reached: start it, or change [storage] url") from error
