"""The list of what was erased, in a file outside the database: a copy of the database that is older than an erasure still has it all.

One line for each: `number day token`. The token is an HMAC, so that the list tells nobody anything without the key; with it, it is known
of what stands in an older copy whether it is to be erased again.

A line is on disk before the transaction that erases is committed, and the number stands in the database from that commit on. So whatever
a copy of the database was made of, the lines with higher numbers than its own are what was erased since, and perhaps one more: that of a
transaction which a crash prevented.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import settings
from bot.storage.errors import Reason, StorageUnavailable
from bot.storage.seal import Keyring
from bot.storage.upsert import hold

What = Literal["ticket", "resident", "subscription"]
"""subscription: somebody wants to be told less than before."""
NAME: Final = "erased"
"""The setting that holds the number of the last line whose erasure the database contains."""

_HEAD = "# Alwand: what was erased, complete since {since}. Tells nothing to whoever has no key. Keep it with the backups, and apart.\n"
_SINCE = re.compile(r"# .* complete since (\d{4}-\d{2}-\d{2})\.")
_LINE = re.compile(r"(\d{1,18}) (\d{4}-\d{2}-\d{2}) ([0-9a-f]{64})")
_REASONS: dict[int, Reason] = {errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EROFS: "readonly", errno.EACCES: "readonly"}


@dataclass(frozen=True, slots=True)
class Erased:
    """One line."""

    number: int
    day: date
    token: str

    def __str__(self) -> str:
        return f"{self.number} {self.day.isoformat()} {self.token}\n"


class Erasures:
    """The list in its file; `keep` is how long a line stays, and so how old a backup may be that is restored."""

    def __init__(self, path: Path, keep: timedelta) -> None:
        self.path = path
        self._keep = keep

    def begin(self, today: date) -> None:
        """Make the file unless it is there.

        Raises:
            StorageUnavailable: it cannot be made.
        """
        with _told(), _locked(self.path):
            self._made(today)

    def _made(self, today: date) -> None:
        if not self.path.exists():
            _write(self.path, [_HEAD.format(since=today.isoformat())])

    def add(self, erased: Erased) -> None:
        """Add a line; when this returns, it is on disk.

        Raises:
            StorageUnavailable: it may not be, and nothing may be erased now.
        """
        with _told(), _locked(self.path):
            self._made(erased.day)
            handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                torn = os.pread(handle, 1, max(0, os.fstat(handle).st_size - 1)) != b"\n"
                line = (b"\n" if torn else b"") + str(erased).encode()
                if os.write(handle, line) != len(line):
                    raise OSError(errno.ENOSPC, "the line was cut")
                os.fsync(handle)
            finally:
                os.close(handle)

    def after(self, number: int) -> tuple[Erased, ...]:
        """Return the lines with higher numbers; one that a power cut tore is none, for nothing was erased with it.

        Raises:
            StorageUnavailable: the list is there and cannot be read.
        """
        with _told():
            return tuple(each for each in _read(self.path) if each.number > number) if self.path.exists() else ()

    def since(self) -> date | None:
        """Return from which day on the list is complete, None where there is none."""
        with _told():
            if not self.path.exists():
                return None
            with self.path.open(encoding="ascii", errors="replace") as lines:
                found = _SINCE.match(lines.readline())
            return date.fromisoformat(found[1]) if found else None

    def forget(self, today: date) -> int:
        """Forget lines that are too old to be needed, and return how many.

        Raises:
            StorageUnavailable: the list is as it was.
        """
        first = today - self._keep
        with _told(), _locked(self.path):
            since = self.since()
            if since is None or since >= first:
                return 0
            lines = list(_read(self.path))
            kept = [each for each in lines if each.day >= first]
            _write(self.path, [_HEAD.format(since=first.isoformat()), *map(str, kept)])
            return len(lines) - len(kept)

    def adopt(self, lines: Iterable[Erased], since: date) -> None:
        """Be the list of these lines from now on, beside one's own.

        Raises:
            StorageUnavailable: the list is as it was.
        """
        with _told(), _locked(self.path):
            own = _read(self.path) if self.path.exists() else ()
            _write(self.path, [_HEAD.format(since=since.isoformat()), *map(str, merged([own, lines]))])


def merged(lists: Iterable[Iterable[Erased]]) -> tuple[Erased, ...]:
    """Return the lines of several lists, as several machines on one database keep them, in the order of their numbers."""
    return tuple(sorted({each for lines in lists for each in lines}, key=lambda each: each.number))


def token_of(keys: Keyring, what: What, id: str) -> str:
    """Return the token of something that is erased."""
    return keys.lookup("erased", f"{what}|{id}")


async def number(conn: AsyncConnection, keys: Keyring) -> int:
    """Return the number of the last line whose erasure the database contains."""
    return int(await settings.get(conn, keys, NAME) or 0)


async def reach(conn: AsyncConnection, keys: Keyring, number: int) -> None:
    """Write down that the database contains all erasures up to this line."""
    await settings.put(conn, keys, NAME, str(number))


async def note(conn: AsyncConnection, keys: Keyring, erasures: Erasures | None, what: What, id: str, today: date) -> None:
    """Put something that this transaction erases on the list, before it does.

    Raises:
        StorageUnavailable: that cannot be done now; the transaction has to be given up.
    """
    if erasures is None:
        return
    await hold(conn, NAME)
    following = await number(conn, keys) + 1
    erasures.add(Erased(following, today, token_of(keys, what, id)))
    await reach(conn, keys, following)


def _read(path: Path) -> Iterator[Erased]:
    with path.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            found = _LINE.fullmatch(line.removesuffix("\n"))
            if found and line.endswith("\n"):
                yield Erased(int(found[1]), date.fromisoformat(found[2]), found[3])


def _write(path: Path, lines: Iterable[str]) -> None:
    """Put a new file in the place of the old one, whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.writelines(lines)
        out.flush()
        os.fsync(handle)
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Be the only one who writes the list."""
    handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(_REASONS.get(error.errno or 0, "io")) from error
