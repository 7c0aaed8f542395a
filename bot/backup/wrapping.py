"""What stands in a backup: a line that says what it is, the copy, and a signature over both; in gzip.

Nothing of it is ever in memory whole.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final, Literal, Protocol

from bot import __version__
from bot.errors import AlwandError
from bot.storage.seal import Keyring

FORMAT: Final = 1
LINE_AT_MOST: Final = 4096
SIGNED: Final = 65
"""Bytes of the signature: 64 hexadecimal digits and the end of the line."""
BLOCK: Final = 256 * 1024
_GZIP: Final = 31


class Readable(Protocol):
    """Something to read bytes from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most so many bytes, none at the end."""


class Writable(Protocol):
    """Something to write bytes to."""

    def write(self, data: bytes, /) -> int | None:
        """Take these bytes."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a backup is.

    Attributes:
        made: UTC; the copy is not older.
        database: what it is a copy of.
        schema: the revision of its tables.
        server: PostgreSQL's major version, 0 for SQLite.
        program: the version of this program that made it.
    """

    made: datetime
    database: Literal["sqlite", "postgresql"]
    schema: str
    server: int = 0
    program: str = __version__

    def line(self) -> bytes:
        """Return the label as the first line of a backup."""
        told = {"alwand backup": FORMAT, **asdict(self), "made": self.made.astimezone(UTC).isoformat()}
        return json.dumps(told).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Label:
        """Return the label that a line holds.

        Raises:
            AlwandError: it holds none that this program understands.
        """
        try:
            told = json.loads(line)
            format = told.pop("alwand backup")
        except (ValueError, KeyError, AttributeError):
            raise AlwandError("this is no backup of Alwand's") from None
        if format != FORMAT:
            raise AlwandError(f"this backup has format {format}, and this program knows only {FORMAT}: install the newer program")
        return cls(**{**told, "made": datetime.fromisoformat(told["made"])})


def signature(keys: Keyring, digest: bytes) -> bytes:
    """Return the signature of what has this SHA-256: whoever has not the bot's key cannot make it."""
    return keys.lookup("backup", digest.hex()).encode() + b"\n"


class Wrapped:
    """A backup as it is read while it is made: label, copy, signature, compressed.

    `beside` gets each block of the copy too.
    """

    def __init__(self, label: Label, copy: Readable, keys: Keyring, beside: Callable[[bytes], object] = lambda _: None) -> None:
        self._copy = copy
        self._keys = keys
        self._beside = beside
        self._digest = hashlib.sha256(label.line())
        self._gzip = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
        self._ready = bytearray(self._gzip.compress(label.line()))
        self._over = False

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes of the backup."""
        wanted = size if size >= 0 else BLOCK
        while len(self._ready) < wanted and not self._over:
            self._go_on()
        taken = bytes(self._ready[:wanted])
        del self._ready[:wanted]
        return taken

    def _go_on(self) -> None:
        block = self._copy.read(BLOCK)
        if block:
            self._digest.update(block)
            self._beside(block)
            self._ready += self._gzip.compress(block)
            return
        self._over = True
        self._ready += self._gzip.compress(signature(self._keys, self._digest.digest()))
        self._ready += self._gzip.flush()


class Unwrapping:
    """Takes a backup's bytes, and gives the copy in it to `out`, which is asked for once the label is known."""

    def __init__(self, keys: Keyring | None, out: Callable[[Label], Writable]) -> None:
        self.label: Label | None = None
        self.fault: Exception | None = None
        self._keys = keys
        self._wanted = out
        self._out: Writable | None = None
        self._gzip = zlib.decompressobj(_GZIP)
        self._digest = hashlib.sha256()
        self._rest = b""

    def write(self, data: bytes, /) -> int:
        """Take the next bytes. What goes wrong is kept in `fault` too: the one who calls may not pass it on."""
        try:
            remaining = bytes(data)
            while remaining:
                self._take(self._gzip.decompress(remaining, BLOCK))
                remaining = self._gzip.unconsumed_tail
        except Exception as error:
            self.fault = self.fault or error
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def _take(self, data: bytes) -> None:
        self._rest += data
        if self._out is None:
            line, found, rest = self._rest.partition(b"\n")
            if not found:
                if len(self._rest) > LINE_AT_MOST:
                    raise AlwandError("this is no backup of Alwand's")
                return
            self.label = Label.read(line)
            self._out = self._wanted(self.label)
            self._digest.update(line + b"\n")
            self._rest = rest
        # The last bytes that came may be the signature.
        passed, self._rest = self._rest[:-SIGNED], self._rest[-SIGNED:]
        self._digest.update(passed)
        self._out.write(passed)

    def finish(self) -> tuple[Label, bytes]:
        """Return the label and the SHA-256 of all that is signed, once the last byte was taken.

        Raises:
            AlwandError: the backup is cut off or damaged, or was made with another key or by somebody else.
        """
        if self.fault is not None:
            raise _damaged() if isinstance(self.fault, zlib.error) else self.fault
        if self.label is None or not self._gzip.eof:
            raise _damaged()
        digest = self._digest.digest()
        if self._keys is not None and not hmac.compare_digest(signature(self._keys, digest), self._rest):
            raise AlwandError(
                "this backup was not made with the key of [keys] file, or was changed since: give the key file that belongs to it; "
                "nothing was touched"
            )
        return self.label, digest


def _damaged() -> AlwandError:
    return AlwandError("this backup is damaged or cut off: take another one")
