"""What a start finds on a disk: opened by the bot's own code, examined whole, with every seal opened."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StartRefused
from bot.model.messages import Recipient, ToChat, ToForum, ToResident, recipient_of
from bot.storage import copies, erasures, forums, occurrences, queues, residents, tables
from bot.storage.database import Database
from bot.storage.errors import SealBroken, StorageUnavailable
from bot.storage.seal import Keyring, opener
from tests.fire.power import seals
from tests.fire.power.cuts import written
from tests.fire.power.disk import Files

MEMORY: Final = Path("/dev/shm")
"""Where a sync costs nothing: what is looked at is thrown away."""


@dataclass(frozen=True, slots=True)
class Found:
    """A database that can be used.

    Attributes:
        state: names all that is in it: equal for equal rows only.
        rows: how many there are.
        known: the numbers of the updates that were taken over.
        sending: the chats to which something was marked as being sent.
        erased: the number of the last erasure that it contains.
        broken: what is wrong with it.
    """

    state: str
    rows: int
    known: frozenset[str]
    sending: frozenset[str]
    erased: int
    broken: tuple[str, ...]


@dataclass
class Bench:
    """A place where disks are looked at. `root` is the folder that they hold, `name` the database in it."""

    root: Path
    name: str
    keys: Keyring
    place: Path
    _broken: dict[str, tuple[str, ...]] = field(default_factory=dict)

    async def found(self, files: Files) -> Found | str:
        """Return what a start finds on this disk, or why nothing is found."""
        written(files, self.root, self.place)
        try:
            db = await Database.open(f"sqlite+aiosqlite:///{self.place / self.name}", self.keys)
        except StartRefused as refused:
            return f"the start was refused: {refused}"
        try:
            return await db.read(self._look)
        except (StorageUnavailable, SealBroken) as error:
            return f"it cannot be read: {error}"
        finally:
            await db.close()

    async def _look(self, conn: AsyncConnection) -> Found:
        state, rows = await conn.run_sync(lambda sync: fingerprint(lambda query: sync.exec_driver_sql(query).all()))
        if state not in self._broken:
            self._broken[state] = tuple([wrong async for wrong in seals.broken(conn, self.keys)])
        answer = (await conn.exec_driver_sql("PRAGMA integrity_check")).scalar()
        return Found(
            state=state,
            rows=rows,
            known=frozenset(await conn.scalars(select(tables.arrivals.c.source_key).where(tables.arrivals.c.source == "telegram"))),
            sending=frozenset([chat async for chat in _being_sent(conn, self.keys)]),
            erased=await erasures.number(conn, self.keys),
            broken=self._broken[state] if answer == "ok" else (*self._broken[state], str(answer)),
        )


@contextmanager
def bench(root: Path, name: str, keys: Keyring) -> Iterator[Bench]:
    """Set up a place to look at disks."""
    place = Path(tempfile.mkdtemp(prefix="alwand-power-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        yield Bench(root, name, keys, place)
    finally:
        shutil.rmtree(place)


def fingerprint(ask: Callable[[str], Iterable[Sequence[object]]]) -> tuple[str, int]:
    """Return what names all rows of all tables, and how many there are; `ask` answers a query."""
    digest, count = hashlib.sha256(), 0
    names = ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%' ORDER BY name")
    for (name,) in list(names):
        rows = [tuple(row) for row in ask(f'SELECT * FROM "{name}"')]
        count += len(rows)
        digest.update(repr((name, rows)).encode())
    return digest.hexdigest(), count


def plain(file: Path) -> tuple[str | None, str]:
    """Return the revision of the tables in a file, and what names all rows, without any code of the bot.

    Raises:
        AssertionError: it is not whole.
    """
    with closing(sqlite3.connect(file)) as conn:
        (answer,) = conn.execute("PRAGMA integrity_check").fetchone()
        assert answer == "ok", f"{file.name}: {answer}"
        state, rows = fingerprint(lambda query: conn.execute(query).fetchall())
        return conn.execute("SELECT version_num FROM alembic_version").fetchone()[0] if rows else None, state


async def _being_sent(conn: AsyncConnection, keys: Keyring) -> AsyncIterator[str]:
    for row in (await conn.execute(select(tables.outbox).where(tables.outbox.c.state == "sending"))).all():
        yield await _chat(conn, keys, recipient_of((await queues.open_body(conn, keys, row)).recipient))
    for row in (await conn.execute(select(tables.copies).where(tables.copies.c.state == "sending"))).all():
        key = await occurrences.key_of(conn, keys, row.occurrence)
        resident, _, _ = copies._read(opener(key or b"", "copies", "body")(row.lookup, row.body))
        yield await _chat(conn, keys, ToResident(resident))


async def _chat(conn: AsyncConnection, keys: Keyring, recipient: Recipient) -> str:
    """Return the chat that somebody is written to, empty where nobody is there any more."""
    match recipient:
        case ToResident(resident):
            address = await residents.address(conn, keys, resident)
        case ToForum(forum):
            address = await forums.address(conn, forum)
        case ToChat(channel, chat):
            address = channel, chat
        case _:
            address = None
    return address[1] if address else ""
