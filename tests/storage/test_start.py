"""Opening: what refuses the start, in one line that says what to do, and leaves the file as it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StartRefused
from bot.storage import migrations, settings
from bot.storage.database import Database
from bot.storage.postgresql import engine
from bot.storage.seal import Keyring
from bot.storage.sqlite import path_of
from tests.storage.samples import NOW

OTHER = Keyring(bytes([9]) * 32)


@pytest.fixture
def path(sqlite_url: str) -> Path:
    return path_of(sqlite_url)


async def made(url: str, keys: Keyring) -> None:
    await (await Database.open(url, keys)).close()


def change(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as conn:
        for statement in statements:
            conn.execute(statement)
    conn.close()


async def refused(url: str, keys: Keyring | None, *, migrate: bool = True) -> str:
    with pytest.raises(StartRefused) as caught:
        await Database.open(url, keys, migrate=migrate)
    text = str(caught.value)
    assert "\n" not in text
    return text


async def test_a_database_opens_again_with_its_key(database_url: str, keys: Keyring) -> None:
    first = await Database.open(database_url, keys)
    await first.transact(lambda conn: settings.beat(conn, keys, NOW))
    await first.close()
    second = await Database.open(database_url, keys, migrate=False)
    assert await second.read(lambda conn: settings.heartbeat(conn, keys)) == NOW
    await second.close()


async def test_a_wrong_key_is_refused_before_anything_is_done(database_url: str, keys: Keyring) -> None:
    """F12, B51."""
    await made(database_url, keys)
    assert "key does not fit" in await refused(database_url, OTHER)
    await made(database_url, keys)


async def test_a_sealed_database_without_a_key_is_refused(database_url: str, keys: Keyring) -> None:
    """F12, B51."""
    await made(database_url, keys)
    assert "[keys] file" in await refused(database_url, None)


async def test_no_database_is_made_without_a_key(sqlite_url: str, path: Path) -> None:
    """B51: nobody is ever stored in clear."""
    assert "alwand keys new" in await refused(sqlite_url, None)
    change(path, "CREATE TABLE proof (x)")  # nothing of ours is in it
    assert sqlite3.connect(path).execute("SELECT count(*) FROM sqlite_master WHERE name = 'residents'").fetchone() == (0,)


async def test_a_newer_schema_is_refused(database_url: str, keys: Keyring) -> None:
    """F13."""
    db = await Database.open(database_url, keys)
    await db.transact(lambda conn: conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    await db.close()
    text = await refused(database_url, keys)
    assert "9999" in text
    assert migrations.HEAD in text


async def test_tables_that_are_missing_are_refused_by_those_who_only_look(sqlite_url: str, keys: Keyring) -> None:
    assert "alwand run" in await refused(sqlite_url, keys, migrate=False)


async def test_somebody_elses_database_is_left_alone(sqlite_url: str, path: Path, keys: Keyring) -> None:
    """F11: a wrong file."""
    change(path, "CREATE TABLE photos (x)")
    before = path.read_bytes()
    assert "not Alwand's" in await refused(sqlite_url, keys)
    assert path.read_bytes()[100:] == before[100:]


async def test_what_a_first_start_left_half_when_the_power_went_is_begun_anew(sqlite_url: str, path: Path, keys: Keyring) -> None:
    """F7: the journal beside it says that there was nothing before."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.executescript("BEGIN; CREATE TABLE half (x)")
        conn.execute("PRAGMA cache_size = 1")
        conn.execute("INSERT INTO half VALUES (zeroblob(100000))")
        half = {each: each.read_bytes() for each in (path, path.with_name(path.name + "-journal"))}
    for file, data in half.items():
        file.write_bytes(bytes(len(data)) if file == path else data)
    await (await Database.open(sqlite_url, keys)).close()


async def test_junk_is_refused_and_kept(sqlite_url: str, path: Path, keys: Keyring) -> None:
    """F11."""
    path.write_bytes(b"this is a letter to my aunt" * 400)
    before = path.read_bytes()
    assert "is not an SQLite database" in await refused(sqlite_url, keys)
    assert path.read_bytes() == before


@pytest.mark.parametrize("how", ["overwritten", "cut short"])
async def test_a_damaged_database_is_refused_and_kept(sqlite_url: str, path: Path, keys: Keyring, how: str) -> None:
    """F11."""
    await made(sqlite_url, keys)
    content = bytearray(path.read_bytes())
    if how == "overwritten":
        content[4096 : 4096 * 12] = b"\xa5" * 4096 * 11
    else:
        del content[len(content) // 2 :]
    path.write_bytes(content)
    assert "restore the last backup" in await refused(sqlite_url, keys)
    assert path.read_bytes() == content


async def test_a_lost_log_of_a_closed_database_does_no_harm(sqlite_url: str, path: Path, keys: Keyring) -> None:
    """F11: an empty file in its place is no reason to stop."""
    await made(sqlite_url, keys)
    path.with_name(path.name + "-wal").write_bytes(b"")
    await made(sqlite_url, keys)


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("mysql://x/y", "must begin with"),
        ("not a url", "must begin with"),
        ("sqlite+aiosqlite://", "no database file"),
        ("sqlite+aiosqlite:////nowhere/at/all.db", "does not exist"),
        ("sqlite+aiosqlite:////tmp", "is a directory"),
        ("postgresql+asyncpg://nobody@127.0.0.1:1/none", "cannot be reached"),
    ],
)
async def test_a_url_that_leads_nowhere_is_refused_with_a_remedy(url: str, word: str, keys: Keyring) -> None:
    assert word in await refused(url, keys)


async def test_a_missing_postgresql_database_is_named(postgresql_url: str, keys: Keyring) -> None:
    url = engine(postgresql_url).url.set(database="nothing_here")
    assert "no database of the name" in await refused(url.render_as_string(hide_password=False), keys)


async def test_a_read_only_postgresql_is_refused(own_postgresql_url: str, keys: Keyring) -> None:
    """F9: 25006 is found when something would be written."""
    db = await Database.open(own_postgresql_url, keys)
    name = db.engine.url.database
    await db.transact(lambda conn: conn.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'"))
    await db.transact(lambda conn: conn.exec_driver_sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    await db.close()
    assert "0000" in await refused(own_postgresql_url, keys)


async def test_an_upgrade_of_a_filled_database_leaves_a_copy_of_the_old_one(
    sqlite_url: str, path: Path, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F13: and when the upgrade fails, the database is as it was."""
    await made(sqlite_url, keys)

    def breaks(connection: object) -> None:
        connection.exec_driver_sql("CREATE TABLE half (x)")  # type: ignore[attr-defined]
        raise sqlite3.OperationalError("in the middle")

    monkeypatch.setattr(migrations, "REVISIONS", (migrations.HEAD, "next"))
    monkeypatch.setattr(migrations, "HEAD", "next")
    monkeypatch.setattr(migrations, "upgrade", breaks)
    await refused(sqlite_url, keys)
    monkeypatch.undo()
    (copy,) = path.parent.glob("*.before-next-was-*")
    assert copy.stat().st_mode & 0o777 == 0o600
    for file in (path, copy):
        conn = sqlite3.connect(file)
        assert conn.execute("SELECT version_num FROM alembic_version").fetchone() == (migrations.HEAD,)
        assert conn.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half'").fetchone() == (0,)
        conn.close()
    await made(sqlite_url, keys)
