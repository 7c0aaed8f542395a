"""One process for an SQLite database, several that know of one another for a PostgreSQL one, and one database for a token.

Two that know nothing of one another would answer everybody twice. The locks are the kernel's and the server's, so they end with the
process, however it ends.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import StartRefused
from bot.storage import sqlite
from bot.storage.database import dialect_of
from bot.storage.postgresql import RUNNING_LOCK

LOOKS: Final = 3
LOOK_SECONDS: Final = 0.05
"""A lock is taken for good only after so many looks, so long apart."""

_SAME_DATABASE = "another Alwand runs on this database: end it first"
_SAME_TOKEN = "another Alwand on this machine runs with this token: end it first, or use another bot"  # noqa: S105


@asynccontextmanager
async def hold(url: str, token: str) -> AsyncIterator[None]:
    """Run on this database, and on this machine with this token, for as long as the block runs (B11, F23).

    On SQLite nobody else does. On PostgreSQL others may, but none with this token and another database; they know of one another by
    `bot/storage/company.py`.

    Raises:
        StartRefused: another process is in the way.
    """
    if dialect_of(url) == "sqlite":
        with _file(token_lock(token), _SAME_TOKEN):
            async with hold_database(url):
                yield
    else:
        with _shared(token_lock(token), _place(url)):
            yield


@asynccontextmanager
async def hold_database(url: str) -> AsyncIterator[None]:
    """Have this database alone, for as long as the block runs.

    Raises:
        StartRefused: a process runs on it.
    """
    if dialect_of(url) == "sqlite":
        path = sqlite.path_of(url)
        with _file(path.with_name(path.name + ".lock"), _SAME_DATABASE):
            yield
    else:
        async with _advisory(url):
            yield


def _place(url: str) -> bytes:
    """Return the fingerprint of where a PostgreSQL database is."""
    parts = make_url(url)
    host = parts.host or parts.query.get("host", "")
    return hashlib.sha256(f"{host}:{parts.port or 5432}/{parts.database}".encode()).hexdigest().encode()


def token_lock(token: str) -> Path:
    """Return the lock file of a token: named by its fingerprint, in the runtime directory."""
    runtime = os.environ.get("RUNTIME_DIRECTORY") or os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    fingerprint = hashlib.sha256(b"alwand token lock|" + token.encode()).hexdigest()[:16]
    return Path(runtime.split(":")[0]) / f"alwand-{fingerprint}.lock"


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open a lock file; it is left behind, since removing it would let two processes hold two files of one name."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StartRefused(f"the lock file {path} cannot be opened: {error.strerror}") from error
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _file(path: Path, taken: str) -> Iterator[None]:
    """Hold a lock file alone."""
    with _opened(path) as handle:
        if not any(_tries(handle, fcntl.LOCK_EX)):
            raise StartRefused(taken)
        yield


@contextmanager
def _shared(path: Path, place: bytes) -> Iterator[None]:
    """Hold a lock file with all those who have the same words in it: whoever finds it unheld writes theirs."""
    with _opened(path) as handle:
        for alone in _tries(handle, fcntl.LOCK_EX):
            if alone:
                os.ftruncate(handle, 0)
                os.pwrite(handle, place, 0)
            if any(_tries(handle, fcntl.LOCK_SH)) and os.pread(handle, 2 * len(place), 0) == place:
                break
        else:
            raise StartRefused(_SAME_TOKEN)
        yield


def _tries(handle: int, how: int) -> Iterator[bool]:
    """Try to take the lock a few times, and tell each time whether it was had: whoever only looks (`held`) has it for an instant."""
    for _ in range(LOOKS):
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
        except OSError:
            yield False
            time.sleep(LOOK_SECONDS)
        else:
            yield True


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
).bindparams(high=RUNNING_LOCK >> 32, low=RUNNING_LOCK & 0xFFFFFFFF)


async def running(conn: AsyncConnection, url: str) -> bool:
    """Whether a process runs on this database, to which the connection is open. Nobody is kept from starting by the question."""
    return held(url) if conn.dialect.name == "sqlite" else bool(await conn.scalar(_HELD))


@asynccontextmanager
async def _advisory(url: str) -> AsyncIterator[None]:
    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True, isolation_level="AUTOCOMMIT")
    try:
        conn = await _connect(engine)
        try:
            if not await conn.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": RUNNING_LOCK}):
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
