"""Restoring: never over what is there by accident, never half, of older releases too, on this machine and on another."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.backup import postgresql, restoring, sqlite
from bot.cli.keys import make
from bot.errors import AlwandError, StartRefused
from bot.storage import entries, lock, migrations, residents, settings, subscribers, tickets
from bot.storage.database import Database
from bot.storage.sqlite import path_of
from tests.backup.conftest import LATER, NOW, PRIVATE, ROOT, Office, furnished
from tests.databases import Server, administer
from tests.storage.samples import SOMEBODY, TODAY, a_ticket
from tests.storage.test_upgrade import ENTRY, SARA, fill, subscribe, to


async def settles(office: Office, reference: str = "ticketaaaaaa") -> None:
    """Let somebody report something."""
    db = await office.opens()

    async def report(conn: AsyncConnection) -> None:
        if await residents.load(conn, db.keys, SOMEBODY.resident) is None:
            await residents.create(conn, db.keys, SOMEBODY.resident, "telegram", "5", "5", TODAY)
        await tickets.open_ticket(conn, db.keys, a_ticket(reference))

    await db.transact(report)
    await db.close()


async def reports(office: Office) -> set[str]:
    """Return the reports that are there."""
    db = await office.opens()
    found = await db.read(lambda conn: tickets.held_by(conn, db.keys, a_ticket().forum))
    await db.close()
    return {ticket.id for ticket in found}


async def test_what_was_there_when_the_backup_was_made_is_there_again(office: Office) -> None:
    """F36: and nothing of what came later; references stay."""
    await settles(office)
    made = await office.backs_up()
    await settles(office, "ticketbbbbbb")
    await office.is_emptied()
    restored = await office.restores(made.file)
    assert restored.kept is None
    assert restored.resumed.made == NOW
    assert await reports(office) == {"ticketaaaaaa"}


async def test_a_database_that_is_there_stays_untouched_unless_it_may_be_replaced_and_then_it_is_kept(office: Office) -> None:
    await settles(office)
    made = await office.backs_up()
    await settles(office, "ticketbbbbbb")
    with pytest.raises(StartRefused, match="--replace"):
        await office.restores(made.file)
    assert await reports(office) == {"ticketaaaaaa", "ticketbbbbbb"}
    restored = await office.restores(made.file, replace=True)
    assert restored.kept is not None
    assert await reports(office) == {"ticketaaaaaa"}
    assert await in_kept(office, restored.kept) == {"ticketaaaaaa", "ticketbbbbbb"}
    again = await office.backs_up(LATER + timedelta(hours=1))
    assert again.size < made.size * 1.5, "what is kept is not backed up with it"
    await office.restores(again.file, LATER + timedelta(hours=2), replace=True)


async def in_kept(office: Office, kept: str) -> set[str]:
    if not kept.startswith("the schema"):
        with closing(sqlite3.connect(kept)) as conn:
            return {id for (id,) in conn.execute("SELECT id FROM tickets")}
    engine = create_async_engine(office.config.storage.url, poolclass=NullPool)
    async with engine.connect() as conn:
        found = set(await conn.scalars(text(f"SELECT id FROM {kept.removeprefix('the schema ')}.tickets")))
    await engine.dispose()
    return found


async def test_what_a_running_writer_had_not_checkpointed_is_kept_too(small_office: Office) -> None:
    """The log of an SQLite database that was killed belongs to the file that is kept, and not to the new one."""
    made = await small_office.backs_up()
    path = path_of(small_office.config.storage.url)
    script = (
        "import os, signal, sqlite3, sys\nconn = sqlite3.connect(sys.argv[1])\n"
        'conn.execute("CREATE TABLE late (x)"); conn.commit(); os.kill(os.getpid(), signal.SIGKILL)'
    )
    subprocess.run([sys.executable, "-c", script, path], check=False)
    assert path.with_name("alwand.db-wal").stat().st_size > 0
    restored = await small_office.restores(made.file, replace=True)
    assert restored.kept is not None
    with closing(sqlite3.connect(restored.kept)) as conn:
        assert conn.execute("SELECT count(*) FROM late").fetchone() == (0,)
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'late'").fetchall()


async def test_beside_a_running_bot_nothing_is_restored(office: Office) -> None:
    made = await office.backs_up()
    async with lock.hold_database(office.config.storage.url):
        with pytest.raises(StartRefused, match="another Alwand runs"):
            await office.restores(made.file, replace=True)


async def test_another_key_is_told_before_anything_is_touched(office: Office) -> None:
    """F12."""
    made = await office.backs_up()
    await settles(office)
    (office.folder / "alwand.key").rename(office.folder / "kept.key")
    make(office.folder / "alwand.key")
    with pytest.raises(AlwandError, match="was not made with the key"):
        await office.restores(made.file, replace=True)
    (office.folder / "kept.key").replace(office.folder / "alwand.key")
    assert await reports(office) == {"ticketaaaaaa"}


async def test_without_the_list_of_erasures_only_who_says_so_restores(office: Office) -> None:
    """F36: people who were erased since would be in it again."""
    made = await office.backs_up()
    await office.is_emptied()
    listed = office.erasures.path.rename(office.folder / "elsewhere")
    with pytest.raises(AlwandError, match="is not there; copy it back"):
        await office.restores(made.file)
    office.erasures.begin((LATER + timedelta(days=2)).date())
    with pytest.raises(AlwandError, match="does not reach back"):
        await office.restores(made.file)
    await office.restores(made.file, lists=(listed,))
    assert office.erasures.since() == NOW.date(), "the list is this machine's own from now on"
    await office.restores(made.file, replace=True)
    office.erasures.path.unlink()
    await office.restores(made.file, LATER + timedelta(seconds=1), replace=True, without_erased=True)


async def test_a_backup_that_is_older_than_the_list_is_kept_is_refused(small_office: Office) -> None:
    made = await small_office.backs_up()
    with pytest.raises(AlwandError, match="does not reach back"):
        await small_office.restores(made.file, NOW + timedelta(days=366), replace=True)


async def test_another_machine_with_another_folder_goes_on(small_office: Office, tmp_path: Path) -> None:
    """F36: settings, key, list and backup are all that is needed."""
    await settles(small_office)
    made = await small_office.backs_up()
    assert made.file is not None
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("config.toml", "alwand.key", "alwand.erased"):
        shutil.copy(small_office.folder / name, elsewhere / name)
    other = Office(elsewhere, {})
    shutil.copy(small_office.private, elsewhere / PRIVATE)
    await other.restores(made.file)
    assert await reports(other) == {"ticketaaaaaa"}


async def test_a_newer_release_is_needed_for_its_backups(small_office: Office) -> None:
    """F13."""
    with closing(sqlite3.connect(path_of(small_office.config.storage.url))) as conn, conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    made = await small_office.backs_up()
    with pytest.raises(StartRefused, match="install the newer program"):
        await small_office.restores(made.file, replace=True)


@pytest.mark.parametrize("revision", ["0001", "0002"])
async def test_a_backup_of_an_older_release_becomes_a_database_of_todays(server: Server | None, tmp_path: Path, revision: str) -> None:
    """F13, F36: with its reports, and with who subscribed."""
    environment: dict[str, str] = {}
    name = f"alwand_backup_{uuid4().hex[:12]}"
    if server:
        from tests.backup.conftest import programs

        await administer(server.url, f"CREATE DATABASE {name}")
        environment = {"ALWAND_STORAGE__URL": server.database(name), "ALWAND_BACKUP__PROGRAMS": programs()}
    office = furnished(tmp_path, environment)
    engine = create_async_engine(office.config.storage.url, poolclass=NullPool)
    async with engine.begin() as conn:
        await conn.run_sync(to, revision)
        if revision == "0001":
            await fill(conn, office.keys)
        else:
            await settings.put(conn, office.keys, settings.KEY_CHECK, settings.KEY_CHECK_TEXT)
            await residents.create(conn, office.keys, SARA, "telegram", "5", "5", TODAY)
            await subscribe(conn, office.keys, SARA, a_ticket().forum)
    await engine.dispose()
    made = await office.backs_up()
    await office.is_emptied()
    restored = await office.restores(made.file)
    assert restored.label.schema == revision
    db = await Database.open(office.config.storage.url, office.keys, migrate=False)
    if revision == "0001":
        assert await db.read(lambda conn: entries.of_ticket(conn, db.keys, a_ticket().id, 9)) == (ENTRY,)
    else:
        assert [each.resident for each in await db.read(lambda conn: subscribers.scan(conn, db.keys, 0, 9))] == [SARA]
    version = await db.read(lambda conn: conn.scalar(text("SELECT version_num FROM alembic_version")))
    assert version == migrations.HEAD
    await db.close()
    if server:
        await administer(server.url, f"DROP DATABASE {name} WITH (FORCE)")


async def test_a_restore_that_fails_on_the_way_leaves_the_database_as_it_was(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails: here it is what follows the unpacking on SQLite, and the server's program on PostgreSQL."""
    await settles(office)
    made = await office.backs_up()
    await settles(office, "ticketbbbbbb")

    def fails(*_: object) -> None:
        raise AlwandError("it failed")

    monkeypatch.setattr(postgresql, "restore", fails)
    monkeypatch.setattr(sqlite, "put_in_place", fails)
    with pytest.raises(AlwandError, match="it failed"):
        await office.restores(made.file, replace=True)
    assert await reports(office) == {"ticketaaaaaa", "ticketbbbbbb"}


KILLED = """
import os, signal, sys
from bot.backup import sqlite
from bot.cli import alwand
calls = int(sys.argv.pop(1))
sync = sqlite._sync
def killing(path):
    global calls
    sync(path)
    calls -= 1
    if calls == 0:
        os.kill(os.getpid(), signal.SIGKILL)
sqlite._sync = killing
alwand()
"""


@pytest.mark.parametrize("step", [1, 2, 3, 4])
async def test_a_power_cut_while_the_database_is_replaced_lets_nobody_start_with_neither(small_office: Office, step: int) -> None:
    """F11, F36: a start is refused until it was restored once more; the earlier one is whole under one of its names."""
    await settles(small_office)
    made = await small_office.backs_up()
    await settles(small_office, "ticketbbbbbb")
    config = small_office.folder / "config.toml"
    arguments = ["restore", made.file, "--config", config, "--identity", small_office.private, "--replace"]
    told = subprocess.run([sys.executable, "-c", KILLED, str(step), *map(str, arguments)], cwd=ROOT, capture_output=True, timeout=60)
    assert told.returncode == -signal.SIGKILL
    if step < 4:
        with pytest.raises(StartRefused, match="a restore was interrupted"):
            await small_office.opens()
    kept = [small_office.folder / "alwand.db", *small_office.folder.glob("alwand.db.before-restore-*")]
    whole = [
        file for file in kept if file.exists() and "wal" not in file.name and await in_kept(small_office, str(file)) >= {"ticketbbbbbb"}
    ]
    assert whole
    await small_office.restores(made.file, NOW + timedelta(days=1), replace=True)
    assert await reports(small_office) == {"ticketaaaaaa"}


@pytest.mark.parametrize("dialect", ["postgresql"])
async def test_a_power_cut_while_postgresql_is_filled_lets_nobody_start(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await settles(office)
    made = await office.backs_up()

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    async def too_late(*_: object) -> None:
        """The process is gone."""

    with monkeypatch.context() as patched:
        patched.setattr(postgresql, "restore", dies)
        patched.setattr(restoring, "_move_back", too_late)
        with pytest.raises(KeyboardInterrupt):
            await office.restores(made.file, replace=True)
    with pytest.raises(StartRefused, match="a restore was interrupted"):
        await office.opens()
    await office.restores(made.file, LATER + timedelta(seconds=1), replace=True)
    assert await reports(office) == {"ticketaaaaaa"}
    db = await office.opens()
    tables = await db.read(lambda conn: conn.run_sync(lambda connection: inspect(connection).get_table_names()))
    await db.close()
    assert "alwand_restoring" not in tables


async def test_the_command_says_what_was_done_and_what_waits(small_office: Office) -> None:
    made = await small_office.backs_up()
    config = small_office.folder / "config.toml"
    there = small_office.runs("restore", made.file or "", "--config", config, "--identity", small_office.private)
    assert there.returncode == 2
    assert b"--replace" in there.stderr
    told = small_office.runs("restore", made.file or "", "--config", config, "--identity", small_office.private, "--replace")
    assert told.returncode == 0, told.stderr
    assert b"Restored: the database as it was on" in told.stdout
    assert b"The earlier database is" in told.stdout
    assert b"Traceback" not in told.stderr
    assert os.access(path_of(small_office.config.storage.url), os.R_OK)
    assert sqlite.examine(path_of(small_office.config.storage.url)) == migrations.HEAD
