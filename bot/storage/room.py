"""Room on the disk: whether there is enough to take in more, and a reserve for finishing what has begun.

A disk is filled by others too, by logs above all. So nothing new is taken in while there is still room to handle and send what is here
already. Should the disk be filled to the last byte all the same, the reserve beside the database is given back to it: marks of what was
sent can then still be written, and nobody gets a message twice for want of them.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL

LEAST_BYTES: Final = 200 * 1024**2
LEAST_SHARE: Final = 0.05
"""So much of a disk has to be free, whichever is less: of a large disk 5 % are more than anybody needs, of a small one 200 MB."""
RESERVE: Final = 4 * 1024**2
RESERVED_SHARE: Final = 0.01


class Room:
    """The room for an SQLite database."""

    def __init__(self, database: Path) -> None:
        self._folder = database.parent
        self._reserve = database.with_name(database.name + ".reserve")
        self._kept = False

    @classmethod
    def beside(cls, url: URL) -> Room | None:
        """Return the room for what an engine writes; None where that is on a server's disk."""
        return cls(Path(url.database)) if url.get_backend_name() == "sqlite" and url.database else None

    def short(self) -> bool:
        """Whether there is too little to take in more."""
        try:
            found = os.statvfs(self._folder)
        except OSError:
            return False  # whatever is wrong with it, writing will tell
        return found.f_bavail * found.f_frsize < min(LEAST_BYTES, LEAST_SHARE * found.f_blocks * found.f_frsize)

    def keep(self) -> None:
        """Hold the reserve, if it is not held and there is room for it."""
        if self._kept or self.short():
            return
        with suppress(OSError):
            handle = os.open(self._reserve, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                found = os.fstatvfs(handle)
                os.posix_fallocate(handle, 0, max(1, min(RESERVE, int(RESERVED_SHARE * found.f_blocks * found.f_frsize))))
            finally:
                os.close(handle)
            self._kept = True

    def give(self) -> None:
        """Give the reserve back to the disk."""
        self._kept = False
        with suppress(OSError):
            self._reserve.unlink()
