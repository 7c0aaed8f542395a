"""PostgreSQL: each caller in a pooled transaction of its own, repeated whole when the server asks for it or goes away."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.storage.errors import Reason, StorageUnavailable

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]

RUNNING_LOCK = 0x616C77616E
"""The advisory lock that all running processes share, and that whoever wants the database alone holds alone."""
ATTEMPTS = 6
"""How often a transaction is tried; the pauses between add up to about three seconds."""
FIRST_PAUSE = 0.05

SESSION = {
    "application_name": "alwand",
    "timezone": "UTC",
    # A machine that lost its power says no goodbye: what it held is free again after 25 s, not after two hours.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
TIMEOUTS = {
    "lock_timeout": "5000",
    "statement_timeout": "60000",
    # Longer than a decision may take, and no longer: what a process holds that was stopped in a turn, others wait for.
    "idle_in_transaction_session_timeout": "15000",
}

_READ_ONLY = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
LOCKED = "55P03"
_REPEATABLE = frozenset({"40001", "40P01"})
_REASONS: dict[str, Reason] = {
    "25006": "readonly",
    "25P03": "connection",
    "53100": "full",
    LOCKED: "locked",
    "57014": "locked",
    "58030": "io",
    "XX001": "corrupt",
    "XX002": "corrupt",
    "53300": "connection",
    "57P01": "connection",
    "57P02": "connection",
    "57P03": "connection",
}


def engine(url: str) -> AsyncEngine:
    """Return a pooled engine that waits at most 5 s for a lock and hides values from error texts."""
    options: dict[str, Any] = {"timeout": 10, "server_settings": SESSION | TIMEOUTS}
    return create_async_engine(url, hide_parameters=True, pool_size=8, max_overflow=8, pool_timeout=5, connect_args=options)


def state_of(error: BaseException) -> str | None:
    """Return the five-character SQLSTATE of an error, if the server gave one."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or getattr(cause.__cause__, "sqlstate", None) if cause else None
    return state if isinstance(state, str) else None


def unavailable(error: BaseException) -> StorageUnavailable | None:
    """Return what an error means for the whole transaction; None if it is only the statement's own."""
    state = state_of(error)
    if state is not None:
        reason = "connection" if state.startswith("08") else _REASONS.get(state)
        return StorageUnavailable(reason) if reason else None
    if isinstance(error, DBAPIError) and (error.connection_invalidated or type(error.orig).__name__ == "InterfaceError"):
        return StorageUnavailable("connection")
    return None


async def transact(engine: AsyncEngine, work: Work[T], *, read_only: bool = False) -> T:
    """Run the work in a transaction and return when it is committed.

    A transaction that lost against another (40001, 40P01), or whose connection was lost, is repeated whole. A connection lost during the
    commit leaves open whether it counted, so the work begins by looking (`inbox.take` finds nothing then).

    Raises:
        StorageUnavailable: nothing of it was stored.
    """
    pause = FIRST_PAUSE
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await _once(engine, work, read_only=read_only)
        except StorageUnavailable as error:
            if error.reason != "connection" or attempt == ATTEMPTS:
                raise
        except DBAPIError as error:
            if state_of(error) not in _REPEATABLE:
                raise
            if attempt == ATTEMPTS:
                raise StorageUnavailable("locked") from error
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads repeats, protects nothing
        pause *= 2
    raise AssertionError("unreachable")


async def _once(engine: AsyncEngine, work: Work[T], *, read_only: bool) -> T:
    try:
        conn = await engine.connect()
    except (DBAPIError, PoolTimeout, OSError) as error:
        raise unavailable(error) or StorageUnavailable("connection") from error
    try:
        async with conn.begin():
            if read_only:
                await conn.execute(_READ_ONLY)
            return await work(conn)
    except DBAPIError as error:
        _hide_values(error)
        raise unavailable(error) or error from error
    finally:
        await conn.close()


def _hide_values(error: DBAPIError) -> None:
    """Cut off what the server adds to its message: of a refused row it quotes the values."""
    error.args = tuple(str(arg).partition("\nDETAIL")[0] for arg in error.args)
    cause: BaseException | None = error.orig
    while cause is not None:
        cause.args = tuple(str(arg).partition("\nDETAIL")[0] for arg in cause.args)
        if hasattr(cause, "detail"):
            cause.detail = None
        cause = cause.__cause__
