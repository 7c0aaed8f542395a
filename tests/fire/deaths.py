"""A process that dies at one statement of a turn, without the price of a process.

What a death leaves behind is all that counts of it. On SQLite that is the files as they are when the statement is about to run: nothing
comes after. On PostgreSQL the connection is broken off before the statement leaves, and the server rolls back when it likes.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.seeding import opened
from bot.channels.telegram import TelegramChannel
from bot.clock import SystemClock
from bot.engine.decide import decide
from bot.i18n import render
from bot.pipeline.chance import SystemChance
from bot.pipeline.limits import Limits
from bot.pipeline.surroundings import Surroundings
from bot.pipeline.turn import Turns
from bot.storage import inbox, tables
from bot.storage.database import Database
from handlers import BOOK
from tests.town.town import Town

Everything = Mapping[str, Sequence[tuple[Any, ...]]]
FILES = ("alwand.db", "alwand.db-wal")


class Fate:
    """Counts the statements of whoever is handling something, and ends them at one."""

    def __init__(self, town: Town, at: int) -> None:
        self._town = town
        self._left = at
        self._loop = asyncio.get_running_loop()
        self._whose: asyncio.Task[Any] | None = None
        self.met = False

    @property
    def remains(self) -> Path:
        """Where the files are as the death left them."""
        return self._town.folder / "remains"

    def watch(self, db: Database) -> None:
        """See every statement that reaches this database, the first and the last of a transaction among them."""
        engine = db.engine.sync_engine
        if db.dialect == "sqlite":  # what is prepared goes past SQLAlchemy there
            writer: Any = db._writer
            writer._driver._conn.set_trace_callback(lambda _: self._passes(None))
        else:
            event.listen(engine, "before_cursor_execute", lambda conn, *_: self._passes(conn.connection.driver_connection))
            event.listen(engine, "commit", lambda conn: self._passes(conn.connection.driver_connection))

    @contextmanager
    def falls_on(self, task: asyncio.Task[Any] | None) -> Iterator[None]:
        """Let it be this task's for as long as the block runs."""
        self._whose = task
        try:
            yield
        finally:
            self._whose = None

    def _passes(self, connection: Any) -> None:
        if self._whose is None:
            return
        self._left -= 1
        if self._left > 0:
            return
        if connection is not None:
            connection.terminate()
        elif not self.met:
            files = [str(file) for name in FILES if (file := self._town.folder / name).exists()]
            subprocess.run(["cp", *files, str(self.remains)], check=True)  # to open them in this process would let go of its locks
        self.met = True
        self._loop.call_soon_threadsafe(self._whose.cancel)


async def lives(town: Town, at: int) -> tuple[Everything, bool]:
    """Handle what the town's bot has stored, as a new process does, and die at the so-manieth statement.

    Return what there was at the beginning, and whether it came to that: it may have fewer statements.
    """
    fate = Fate(town, at)
    shutil.rmtree(fate.remains, ignore_errors=True)
    fate.remains.mkdir()
    async with opened(town.folder / "config.toml", town.environment) as db, _turns(town, db) as turns:
        found = await db.read(everything)
        fate.watch(db)
        while not fate.met and (lanes := await _waiting(db)):
            for lane in lanes:
                with suppress(asyncio.CancelledError):
                    await asyncio.create_task(_handled(turns, lane, fate))
    if fate.met:
        for name in FILES:
            (town.folder / name).unlink(missing_ok=True)
        for file in fate.remains.iterdir():
            file.rename(town.folder / file.name)
    return found, fate.met


async def _handled(turns: Turns, lane: str, fate: Fate) -> None:
    with fate.falls_on(asyncio.current_task()):
        await turns.handle(lane)


async def _waiting(db: Database) -> list[str]:
    return await db.read(lambda conn: inbox.waiting_lanes(conn, datetime.now(UTC), 10))


@asynccontextmanager
async def _turns(town: Town, db: Database) -> AsyncIterator[Turns]:
    around = Surroundings(db.keys, town.config.places(), SystemChance(), render, town.config.times())
    channel = TelegramChannel(token=town.telegram.token, api_url=town.telegram.url, render=render, alarm=lambda word: None)
    async with channel:
        turns = Turns(
            db, around, {channel.name: channel}, lambda *known: decide(BOOK, *known), Limits(), SystemClock(),
            sends=lambda: None, told=lambda: None,
        )  # fmt: skip
        yield turns
        await turns.at_once.settled(1.0)


async def everything(conn: AsyncConnection) -> Everything:
    """Return every row there is, for comparing; without the days' keys, which are made in transactions of their own."""
    kept = [table for table in tables.metadata.sorted_tables if table is not tables.day_keys]
    return {table.name: [tuple(row) for row in await conn.execute(select(table).order_by(*table.primary_key))] for table in kept}
