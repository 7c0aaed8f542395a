"""Whether a SQLite database is whole: every page is read, so that damage is noticed while the backup before it still exists.

A million reports are more than a gigabyte, and to read that from a disk takes longer than residents should wait for a bot that starts. So
only a small file is looked over before anything else (`start.py`), a larger one beside the work, in a thread to which everybody else goes
first.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from bot.storage import sqlite
from bot.storage.errors import StorageUnavailable

SMALL: Final = 64 * 2**20
"""Bytes that a start may read before it does anything else: half a second from a slow disk."""
LEAST_URGENT: Final = 19
"""The niceness of who yields to everybody."""
AGAIN_SECONDS: Final = 0.01

Look = Callable[[sqlite3.Connection], bool]


def small(path: Path) -> bool:
    """Tell whether a file is small enough to be looked over before it is worked with."""
    return path.stat().st_size <= SMALL


def sound(conn: sqlite3.Connection) -> bool:
    """Read everything; tell whether each page is as it should be. What indexes say is not held against their tables.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    return bool(conn.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")


def whole(conn: sqlite3.Connection) -> bool:
    """Read everything; tell whether each page, index and reference is as it should be.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    intact = conn.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
    return intact and conn.execute("PRAGMA foreign_key_check").fetchone() is None


async def examined(path: Path, look: Look) -> bool:
    """Tell what a look at a database file finds; whoever works with it meanwhile is not held up. Cancelled, it ends at once.

    Raises:
        StorageUnavailable: it cannot be read now.
    """
    try:
        with closing(_opened(path)) as conn, ThreadPoolExecutor(1, "examine", _yield_to_everybody) as thread:
            looking = asyncio.get_running_loop().run_in_executor(thread, look, conn)
            try:
                await asyncio.wait([looking])
            finally:
                await _end(looking, conn)
            return looking.result()
    except sqlite3.Error as error:
        fault = sqlite.unavailable(error)
        if fault is not None and fault.reason == "corrupt":
            return False
        raise fault or StorageUnavailable("io") from error


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)


async def _end(looking: asyncio.Future[bool], conn: sqlite3.Connection) -> None:
    """Break off what has not come to its end; asked before it has begun, SQLite forgets that it was asked."""
    while not looking.done():
        conn.interrupt()
        await asyncio.wait([looking], timeout=AGAIN_SECONDS)
    looking.exception()  # nobody asks for it any more, where this is the end


def _yield_to_everybody() -> None:
    with suppress(OSError):  # on Linux each thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LEAST_URGENT)
