"""What a process does to its files and its connections, one event a call.

Each event has two moments: when the call began and when it came back (None: never). Of any two moments it is known which was first, also
across threads. Calls that failed are no events.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """A call: when it began, and when it came back."""

    began: int
    ended: int | None


@dataclass(frozen=True, slots=True)
class OnDisk(Event):
    """A call that concerned a file or a folder."""

    path: str


@dataclass(frozen=True, slots=True)
class Created(OnDisk):
    """A file was opened that may be new; `emptied` if it was to be empty."""

    emptied: bool


@dataclass(frozen=True, slots=True)
class Written(OnDisk):
    """Bytes were written; `at` None: at the file's end."""

    at: int | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Sized(OnDisk):
    """A file's length was set."""

    size: int


class Truncated(Sized):
    """A file has another length."""


class Allocated(Sized):
    """A file has at least this length."""


class Synced(OnDisk):
    """A file or a folder was made durable."""


@dataclass(frozen=True, slots=True)
class Named(OnDisk):
    """A file was given a name."""

    to: str


class Renamed(Named):
    """A file has another name."""


class Linked(Named):
    """A file has one more name."""


class Unlinked(OnDisk):
    """A file has one name less."""


class Mapped(OnDisk):
    """A file is written to through memory, which no trace shows."""


@dataclass(frozen=True, slots=True)
class OnConnection(Event):
    """Bytes went over a connection."""

    connection: str
    data: bytes


class Sent(OnConnection):
    """Bytes left on a connection."""


class Received(OnConnection):
    """Bytes came on a connection."""


class NotUnderstood(AssertionError):
    """The trace shows something that this module cannot read: a judgement would rest on sand."""
