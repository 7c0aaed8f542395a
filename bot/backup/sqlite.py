"""SQLite: a copy made with `VACUUM INTO` beside a running bot, and a copy put in place of the database.

The copy is one committed state, whatever is written meanwhile, and holds nothing of what was deleted. It costs the writer nothing but the
disk's time.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from bot.errors import AlwandError, StartRefused
from bot.storage.integrity import whole
from bot.storage.sqlite import LOCK_WAIT, unavailable
from bot.storage.start import RESTORING

SCRATCH: Final = ".alwand-copy-"
"""Begins the name of the folder in which a copy stands while it is needed, beside the database and as well kept as that."""
_LOGS: Final = ("-wal", "-shm", "-journal")


@contextmanager
def scratch(database: Path) -> Iterator[Path]:
    """Give a folder of one's own beside the database; what an earlier one left behind when it was killed is removed.

    Raises:
        AlwandError: another backup or restore is under way, or nothing can be written there.
    """
    try:
        handle = os.open(database.with_name(database.name + ".copy.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in database.parent.glob(SCRATCH + "*"):
                shutil.rmtree(left, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=database.parent) as folder:
                yield Path(folder)
        finally:
            os.close(handle)
    except BlockingIOError:
        raise AlwandError(f"another backup or restore of {database} is under way: wait for its end") from None


def copy(database: Path, to: Path) -> str:
    """Copy a database, examine the copy, and return the revision of its tables.

    Raises:
        AlwandError: there is none, it is damaged, or it cannot be copied now.
    """
    if not database.is_file():
        raise AlwandError(f"{database} is not there: `alwand run` makes it")
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True, timeout=LOCK_WAIT, isolation_level=None)) as live:
            live.execute("VACUUM INTO ?", (str(to),))
        to.chmod(0o600)
        return examine(to)
    except sqlite3.Error as error:
        fault = unavailable(error)
        if fault is not None and fault.reason == "corrupt":
            raise AlwandError(f"{database} is damaged, so there is no backup of it: restore the last one") from None
        raise AlwandError(f"{database} cannot be copied ({fault.reason if fault else 'it does not answer'}): nothing was changed") from None


def examine(file: Path) -> str:
    """Read every page of a copy, and return the revision of its tables.

    Raises:
        AlwandError: it is damaged, or none of ours.
        sqlite3.Error: it cannot be read.
    """
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as conn:
        if not whole(conn):
            raise AlwandError("the copy of the database is damaged: restore the last backup that is whole")
        with suppress(sqlite3.OperationalError):
            row = conn.execute("SELECT version_num FROM alembic_version").fetchone()
            if row is not None:
                return str(row[0])
    raise AlwandError("this database holds no tables of Alwand's: see [storage] url")


def put_in_place(copy: Path, database: Path, kept: Path | None) -> None:
    """Let a copy be the database from now on; what stands there is kept under another name.

    A start in the middle is refused, so that nobody writes into what is neither the one nor the other.

    Raises:
        StartRefused: the disk does not let us; the earlier database is there under one of its names.
    """
    try:
        marker = database.with_name(database.name + RESTORING)
        marker.touch(mode=0o600)
        _sync(database.parent)
        for ending in ("", *_LOGS):
            there = database.with_name(database.name + ending)
            if there.exists():
                if kept is not None:
                    os.link(there, kept.with_name(kept.name + ending))
                if ending:
                    there.unlink()
        _sync(copy)
        copy.replace(database)
        _sync(database.parent)
        marker.unlink()
        _sync(database.parent)
    except OSError as error:
        raise StartRefused(f"the database cannot be put in place ({error.strerror}): make that possible and restore once more") from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
