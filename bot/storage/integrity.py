"""Whether a SQLite database is whole: every page is read, so that damage is noticed while the backup before it still exists."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.storage import sqlite
from bot.storage.errors import StorageUnavailable


def whole(conn: sqlite3.Connection) -> bool:
    """Read everything; tell whether each page, index and reference is as it should be.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    sound = conn.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
    return sound and conn.execute("PRAGMA foreign_key_check").fetchone() is None


def file_whole(path: Path) -> bool:
    """Tell whether a database file is whole; whoever works with it meanwhile is not held up.

    Raises:
        StorageUnavailable: it cannot be read now.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as conn:
            return whole(conn)
    except sqlite3.Error as error:
        fault = sqlite.unavailable(error)
        if fault is not None and fault.reason == "corrupt":
            return False
        raise fault or StorageUnavailable("io") from error
