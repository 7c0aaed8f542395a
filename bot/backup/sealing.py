"""Encryption to a public key whose private key is elsewhere: the format of age (age-encryption.org/v1), by the library pyrage.

The library passes errors of what it writes to on only in part, so whoever gives it something to write to looks there too.
"""

from __future__ import annotations

from io import BufferedIOBase
from pathlib import Path
from typing import Final, cast

import pyrage
from pyrage.x25519 import Identity, Recipient

from bot.backup.wrapping import Readable, Writable
from bot.errors import AlwandError, ConfigError

INTRO: Final = b"age-encryption.org/v1\n-> X25519 "
HEADER_AT_MOST: Final = 4096
_MAC: Final = b"\n--- "
_LEAST: Final = 16 + 16
"""Behind the header: a nonce, and at least the tag of one block."""


def pair() -> tuple[str, str]:
    """Return a new public and private key."""
    identity = Identity.generate()
    return str(identity.to_public()), str(identity)


def recipient(text: str) -> Recipient:
    """Return the public key of the settings.

    Raises:
        ConfigError: it is none.
    """
    try:
        return Recipient.from_str(text)
    except pyrage.RecipientError:
        raise ConfigError("[backup] recipient: is mistyped; copy it from the first lines of the private key's file") from None


def identity(file: Path) -> Identity:
    """Return the private key that a file holds.

    Raises:
        AlwandError: the file cannot be read, or holds none.
    """
    try:
        lines = [line.strip() for line in file.read_text(encoding="ascii").splitlines()]
    except OSError as error:
        raise AlwandError(f"{file} cannot be read: {(error.strerror or type(error).__name__).lower()}") from None
    except UnicodeError:
        lines = []
    for line in lines:
        if line.startswith("AGE-SECRET-KEY-"):
            try:
                return Identity.from_str(line)
            except pyrage.IdentityError:
                break
    raise AlwandError(f"{file} holds no private key for backups: it should have a line that begins with AGE-SECRET-KEY-1")


def seal(source: Readable, sink: Writable, to: Recipient) -> None:
    """Encrypt all of the source into the sink.

    Raises:
        OSError: reading or writing failed.
    """
    try:
        pyrage.encrypt_io(cast(BufferedIOBase, source), cast(BufferedIOBase, sink), [to])
    except pyrage.EncryptError as error:
        raise OSError(str(error)) from error


def unseal(source: Readable, sink: Writable, identity: Identity) -> None:
    """Decrypt all of the source into the sink.

    Raises:
        AlwandError: it is for another key, or damaged. What the sink has got until then is genuine, and not all.
    """
    try:
        pyrage.decrypt_io(cast(BufferedIOBase, source), cast(BufferedIOBase, sink), [identity])
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise AlwandError("this backup was encrypted to another key: give the private key that belongs to it") from None
        raise AlwandError("this is no backup, or it is damaged: take another one") from None
    except OSError as error:
        if error.errno is None:  # the library's own word for a block that does not open
            raise AlwandError("this backup is damaged or cut off: take another one") from None
        raise


def looks_sealed(start: bytes, size: int) -> bool:
    """Whether a file of this size that begins so was encrypted to a public key, as far as can be seen without the private one."""
    header, found, rest = start.partition(_MAC)
    mac, end, _ = rest.partition(b"\n")
    return start.startswith(INTRO) and bool(found) and len(mac) == 43 and bool(end) and size >= len(header) + len(_MAC) + 44 + _LEAST
