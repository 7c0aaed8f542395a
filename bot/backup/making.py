"""A backup from the copy to its folder: it has its name only once it was read back, so whatever has the name is whole."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from pyrage.x25519 import Identity

from bot.backup import postgresql, sealing, sqlite
from bot.backup.wrapping import BLOCK, Label, Unwrapping, Wrapped
from bot.config import Config
from bot.errors import AlwandError, ConfigError
from bot.storage.database import dialect_of
from bot.storage.seal import Keyring
from bot.storage.sqlite import path_of

NAME: Final = re.compile(r"alwand-\d{8}T\d{6}Z\.backup\.age")
PART: Final = ".part"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: where, if in a folder, its size and SHA-256, and how many older ones were removed."""

    file: Path | None
    size: int
    sha256: str
    removed: int = 0


class Copy(Protocol):
    """A copy to read, and what it is."""

    label: Label

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""

    def beside(self, block: bytes) -> None:
        """Examine a block that was read."""

    def finish(self) -> None:
        """Say whether the copy was whole. Raises AlwandError."""


class _File:
    """A copy that stands in a file."""

    def __init__(self, label: Label, file: BinaryIO) -> None:
        self.label = label
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        return self._file.read(size)

    def beside(self, block: bytes) -> None:
        """It was examined before."""

    def finish(self) -> None:
        """It was whole before."""


class _Sink:
    """Passes on what is written, counts and hashes it, and remembers what went wrong, which the library does not."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._sha256 = hashlib.sha256()
        self.size = 0
        self.fault: OSError | None = None

    def write(self, data: bytes, /) -> int:
        """Write all of it."""
        try:
            self._out.write(data)
        except OSError as error:
            self.fault = self.fault or error
            raise
        self._sha256.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Only the end is flushed."""

    @property
    def sha256(self) -> str:
        """The hash of all that was written."""
        return self._sha256.hexdigest()


def to_stream(config: Config, now: datetime, out: BinaryIO) -> Made:
    """Write a backup where nobody can read it back.

    Raises:
        AlwandError: there is none; what was written is worth nothing.
    """
    try:
        sink = _written(config, now, out)
        out.flush()
    except OSError as error:
        raise AlwandError(f"the backup was not taken: {(error.strerror or 'whoever reads it has gone').lower()}") from None
    return Made(None, sink.size, sink.sha256)


def to_folder(config: Config, now: datetime, folder: Path, identity: Identity | None = None) -> Made:
    """Make a backup in a folder, and remove the oldest beyond those that are kept.

    With the private key it is decrypted to the end, without it is read back and seen to be encrypted.

    Raises:
        AlwandError: there is no new backup, and the earlier ones are as they were.
    """
    if not folder.is_dir():
        raise AlwandError(f"{folder} is no folder: make it, or bring its disk back; nothing was written elsewhere")
    target = folder / f"alwand-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup.age"
    part = target.with_name(target.name + PART)
    try:
        with _new(part) as out:
            sink = _written(config, now, out)
            out.flush()
            os.fsync(out.fileno())
        _read_back(part, sink)
        if identity is not None:
            examine(part, Keyring.parse(config.key()), identity)
        part.replace(target)
        _sync(folder)
        removed = _remove_oldest(folder, config.backup.keep, target)
    except OSError as error:
        raise AlwandError(f"no backup was made in {folder}: {(error.strerror or 'the disk does not take it').lower()}") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return Made(target, sink.size, sink.sha256, removed)


def examine(file: Path, keys: Keyring, identity: Identity) -> Label:
    """Decrypt a backup to its end without keeping anything of it, and return what it is.

    Raises:
        AlwandError: it is damaged, for another key, or not made with this bot's.
    """
    unwrapping = Unwrapping(keys, lambda _: _NOWHERE)
    with file.open("rb") as source:
        sealing.unseal(source, unwrapping, identity)
    return unwrapping.finish()[0]


class _Nowhere:
    def write(self, data: bytes, /) -> int:
        return len(data)


_NOWHERE: Final = _Nowhere()


def _written(config: Config, now: datetime, out: BinaryIO) -> _Sink:
    if config.backup.recipient is None:
        raise ConfigError("[backup] recipient: is missing; `alwand backup keys FILE` makes it, with the private key that opens the backups")
    to = sealing.recipient(config.backup.recipient)
    keys = Keyring.parse(config.key())
    sink = _Sink(out)
    with _copy(config, now) as copy:
        try:
            sealing.seal(Wrapped(copy.label, copy, keys, copy.beside), sink, to)
        except OSError:
            copy.finish()
            raise sink.fault or AlwandError("the copy of the database could not be read: nothing was kept") from None
        if sink.fault is not None:
            raise sink.fault
        copy.finish()
    return sink


@contextmanager
def _copy(config: Config, now: datetime) -> Iterator[Copy]:
    if dialect_of(config.storage.url) == "postgresql":
        with postgresql.dumped(config.storage.url, config.backup.programs, now) as dump:
            yield dump
        return
    database = path_of(config.storage.url)
    with sqlite.scratch(database) as folder:
        label = Label(now, "sqlite", "")
        label = replace(label, schema=sqlite.copy(database, folder / "copy.db"))
        with (folder / "copy.db").open("rb") as file:
            yield _File(label, file)


@contextmanager
def _new(part: Path) -> Iterator[BinaryIO]:
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as out:
        yield out


def _read_back(part: Path, sink: _Sink) -> None:
    """Read from the disk what is to be a backup, and compare it with what was written."""
    found = hashlib.sha256()
    with part.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        start = block = file.read(BLOCK)
        while block:
            found.update(block)
            block = file.read(BLOCK)
    if found.hexdigest() != sink.sha256 or not sealing.looks_sealed(start[: sealing.HEADER_AT_MOST], sink.size):
        raise AlwandError(f"what was written to {part.parent} reads back otherwise: its disk is failing; no backup was made")


def _remove_oldest(folder: Path, keep: int, newest: Path) -> int:
    """Remove the oldest backups; the new one stays, whatever the clock said when it was made."""
    others = sorted(file for file in folder.iterdir() if NAME.fullmatch(file.name) and file != newest)
    doomed = others[: max(0, len(others) - (keep - 1))]
    for file in doomed:
        file.unlink()
    return len(doomed)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
