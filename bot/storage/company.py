"""The processes that share one PostgreSQL database: each is known to be there, and hears the others.

Each has one connection of its own for that. It holds two locks that end with the process, however it ends: one that all share, so that
nobody restores or upgrades the database under them, and one with the process's own number, by which the others see that it is gone. On the
same connection leases are renewed, so that they do not depend on a crowded pool, and words are passed on (LISTEN and NOTIFY): a turn that
ends in one process wakes the sender in another. A word that gets lost costs time, never a message: everybody looks unasked, too.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.clock import steady
from bot.errors import StartRefused
from bot.storage import leases, migrations
from bot.storage.errors import StorageUnavailable
from bot.storage.leases import Lease, View
from bot.storage.postgresql import LOCKED, RUNNING_LOCK, SESSION, state_of
from bot.storage.start import postgresql_text

log = structlog.get_logger()

T = TypeVar("T")

CHANNEL: Final = "alwand"
LEASES: Final = "leases"
"""The word that a lease may be to be had."""
ANSWER_SECONDS: Final = 3.0
"""So long a statement may take on this connection; then it counts as broken."""
LOCK_MILLISECONDS: Final = 1000
"""So long whoever takes a lease waits for what is being written under the last one."""

_OCCUPIED: Final = "an Alwand of another version runs on this database, or it is being restored: let that end first"
_OTHER_VERSION: Final = "the database is of another version than this program by now: start this process with the program of the others"


class Company:
    """This process among the others. Use it as `async with joined(url, names) as company:`.

    `heard` is called with each word that another process has called; with "leases" also where the connection was lost.

    Attributes:
        broke: steady seconds (`bot.clock.steady`) at which the server was last lost.
    """

    def __init__(self, engine: AsyncEngine, names: Collection[str]) -> None:
        self.number = secrets.randbelow(2**31 - 1) + 1
        self.heard: Callable[[str], None] = lambda _: None
        self.broke = float("-inf")
        self._engine = engine
        self._names = sorted(names)
        self._conn: AsyncConnection | None = None
        self._pid = 0
        self._one = asyncio.Lock()

    async def look(self) -> View:
        """Renew this process's leases and see how things stand.

        Raises:
            StorageUnavailable: the server cannot be asked now.
            StartRefused: this process may not go on, since it has been away too long.
        """
        return await self._do(lambda conn: leases.look(conn, self.number))

    async def take(self, name: str, fence: int) -> Lease | None:
        """Take a lease that stands with this fence, if it is to be had. What was still being written under it is cut off in the end.

        Raises:
            StorageUnavailable: it is not known.
        """

        async def taken(conn: AsyncConnection) -> Lease | None:
            try:
                return await leases.take(conn, self.number, name, fence)
            except DBAPIError as error:
                if state_of(error) != LOCKED:
                    raise
            log.warning("duty", duty=name, outcome="cut off", fence=fence)
            await leases.cut_off(conn, name, fence)
            return await leases.take(conn, self.number, name, fence)

        return await self._do(taken)

    async def release(self, name: str) -> None:
        """Give a lease back, and let the others know.

        Raises:
            StorageUnavailable: it lapses by itself.
        """
        await self._do(lambda conn: leases.release(conn, self.number, name))
        await self.call((LEASES,))

    async def call(self, words: Collection[str]) -> None:
        """Let all others hear these words.

        Raises:
            StorageUnavailable: they may not have heard.
        """
        await self._do(lambda conn: conn.execute(_CALL, {"channel": CHANNEL, "words": list(words)}))

    async def end(self) -> None:
        """Be gone: the others see it at once."""
        if self._conn is not None:
            with suppress(StorageUnavailable):
                await self._do(lambda conn: leases.leave(conn, self.number))
            await self._hang_up()

    async def _do(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async with self._one:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await work(self._conn or await self._dial())
            except (DBAPIError, OSError, TimeoutError) as error:
                self.broke = steady()
                await self._hang_up()
                raise StorageUnavailable("connection") from error
            except BaseException:
                await self._hang_up()  # whatever was under way on it, nobody waits for its answer any more
                raise

    async def _dial(self) -> AsyncConnection:
        self._conn = conn = await self._engine.connect()
        await self._be_present(conn)
        await leases.arrive(conn, self.number, self._names)
        driver: Any = (await conn.get_raw_connection()).driver_connection
        self._pid = driver.get_server_pid()
        await driver.add_listener(CHANNEL, self._hear)
        driver.add_termination_listener(lambda _: self._broken(conn))
        return conn

    async def _be_present(self, conn: AsyncConnection) -> None:
        if not await conn.scalar(text("SELECT pg_try_advisory_lock_shared(:lock)"), {"lock": RUNNING_LOCK}):
            raise StartRefused(_OCCUPIED)
        if await conn.scalar(text("SELECT version_num FROM alembic_version")) != migrations.HEAD:
            raise StartRefused(_OTHER_VERSION)
        if not await conn.scalar(text("SELECT pg_try_advisory_lock(:presence, :me)"), {"presence": leases.PRESENCE, "me": self.number}):
            raise TimeoutError("the server has not noticed yet that the connection before this one has ended")

    def _hear(self, _: object, pid: int, __: str, word: str) -> None:
        if pid != self._pid:
            self.heard(word)

    def _broken(self, conn: AsyncConnection) -> None:
        """Be back soon after the server has ended the connection: until then this process is gone to the others."""
        if conn is self._conn:
            self.broke = steady()
            self.heard(LEASES)

    async def _hang_up(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            with suppress(DBAPIError, OSError, TimeoutError):
                await asyncio.shield(_ended(conn))


_CALL: Final = text("SELECT pg_notify(:channel, word) FROM unnest(CAST(:words AS text[])) AS word")


async def _ended(conn: AsyncConnection) -> None:
    await conn.invalidate()
    await conn.close()


@asynccontextmanager
async def joined(url: str, names: Collection[str]) -> AsyncIterator[Company]:
    """Be one of the processes on this database for as long as the block runs; `names` are the leases that there are.

    Raises:
        StartRefused: the database is occupied, of another version, or cannot be reached.
    """
    settings = SESSION | {"lock_timeout": str(LOCK_MILLISECONDS)}
    engine = create_async_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": ANSWER_SECONDS, "server_settings": settings},
    )
    company = Company(engine, names)
    try:
        await _begun(company, engine.url)
        yield company
    finally:
        await company.end()
        await engine.dispose()


async def _begun(company: Company, url: URL) -> None:
    try:
        await company.look()
    except StorageUnavailable as error:
        raise StartRefused(postgresql_text(error.__cause__, url)) from error
