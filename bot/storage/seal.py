"""Keys, and what is done with them: seal, look up, sign.

One key file holds 32 random bytes. HKDF-SHA256 makes separate keys of it: to wrap data keys, to look people up without naming them, to
sign buttons, to know a messenger that knocks, and to seal the few values that have no data key of their own. Data keys are random, one per
resident, per ticket and per day; destroying the wrapped one destroys what it sealed, in every copy made afterwards.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import StartRefused
from bot.storage.errors import SealBroken

KEY_BYTES = 32
NONCE_BYTES = 12
SIGNATURE_BYTES = 8

_FORMAT = b"\x01"


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """A fresh data key: as it seals, and as it is stored."""

    plain: bytes
    wrapped: bytes


def seal(key: bytes, table: str, column: str, row: str, plain: bytes) -> bytes:
    """Return the value sealed for one cell: a format byte, a random nonce, the ciphertext with its tag."""
    return sealer(key, table, column)(row, plain)


def sealer(key: bytes, table: str, column: str) -> Callable[[str, bytes], bytes]:
    """Return `seal` for many rows of one column: most of what one costs is to set up the cipher."""
    cipher = AESGCM(key)

    def sealed(row: str, plain: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return _FORMAT + nonce + cipher.encrypt(nonce, plain, _cell(table, column, row))

    return sealed


def open_sealed(key: bytes, table: str, column: str, row: str, value: bytes) -> bytes:
    """Return what was sealed for this cell.

    Raises:
        SealBroken: it was sealed with another key or for another cell, or it is damaged.
    """
    return opener(key, table, column)(row, value)


def opener(key: bytes, table: str, column: str) -> Callable[[str, bytes], bytes]:
    """Return `open_sealed` for many rows of one column."""
    cipher = AESGCM(key)

    def opened(row: str, value: bytes) -> bytes:
        if value[:1] != _FORMAT:
            raise SealBroken("unknown format of a sealed value")
        try:
            return cipher.decrypt(value[1 : 1 + NONCE_BYTES], value[1 + NONCE_BYTES :], _cell(table, column, row))
        except (InvalidTag, ValueError):
            raise SealBroken("a sealed value does not open") from None

    return opened


def _cell(table: str, column: str, row: str) -> bytes:
    return f"{table}|{column}|{row}".encode()


class Keyring:
    """All that is derived from one key file. Its representation shows nothing."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise ValueError("a key has 32 bytes")
        self._wrapping = _derive(master, b"alwand wrapping 1")
        self._lookup = _derive(master, b"alwand lookup 1")
        self._buttons = _derive(master, b"alwand buttons 1")
        self._shared = _derive(master, b"alwand shared 1")
        self.rest = _derive(master, b"alwand rest 1")
        """Seals what has no data key of its own: settings, names of members, posts, timers."""

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """Return the keyring of a key file's text: comment lines beginning with `#`, then base64 of 32 bytes.

        Raises:
            StartRefused: the text is no key.
        """
        body = "".join(line.strip() for line in text.splitlines() if not line.lstrip().startswith("#"))
        try:
            master = base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            master = b""
        if len(master) != KEY_BYTES:
            raise StartRefused("the key file does not hold a key: make one with `alwand keys new FILE`, or restore the one you saved")
        return cls(master)

    def lookup(self, kind: str, value: str) -> str:
        """Return the token under which a value is found again without being readable: 64 hexadecimal digits."""
        return hmac.new(self._lookup, f"{kind}|{value}".encode(), hashlib.sha256).hexdigest()

    def sign(self, recipient: str, payload: str) -> str:
        """Return the signature of a button's payload for one chat: 11 characters of base64url (64 bits)."""
        digest = hmac.new(self._buttons, f"{recipient}|{payload}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:SIGNATURE_BYTES]).rstrip(b"=").decode()

    def verify(self, recipient: str, payload: str, signature: str) -> bool:
        """Tell, in constant time, whether a signature was made here for this chat and payload."""
        return hmac.compare_digest(self.sign(recipient, payload).encode(), signature.encode(errors="replace"))

    def secret(self, purpose: str) -> str:
        """Return a secret to be shared with a messenger: 43 characters of base64url, the same in every process that has this key."""
        digest = hmac.new(self._shared, purpose.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def new_data_key(self, owner: str) -> DataKey:
        """Return a fresh data key; wrapped, it belongs to `owner` (such as `ticket:<id>`) alone."""
        plain = os.urandom(KEY_BYTES)
        return DataKey(plain, seal(self._wrapping, "keys", "wrapped", owner, plain))

    def unwrap(self, wrapped: bytes, owner: str) -> bytes:
        """Return the data key of `owner`.

        Raises:
            SealBroken: it was wrapped under another key file or for another owner.
        """
        return open_sealed(self._wrapping, "keys", "wrapped", owner, wrapped)


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(master)
