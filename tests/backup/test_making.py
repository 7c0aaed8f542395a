"""Backups: whole or not there, readable by the holder of the private key alone, and as many as are wanted."""

from __future__ import annotations

import errno
import gzip
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, cast

import pyrage
import pytest

from bot.backup import making, sealing, sqlite
from bot.backup.wrapping import Label, Unwrapping, Wrapped
from bot.cli.keys import make
from bot.errors import AlwandError
from bot.storage import residents
from bot.storage.database import Database
from bot.storage.seal import Keyring
from bot.storage.sqlite import path_of
from tests.backup.conftest import NOW, ROOT, Office
from tests.storage.samples import SOMEBODY, TODAY


async def settles(db: Database) -> None:
    """Store somebody."""
    await db.transact(lambda conn: residents.create(conn, db.keys, SOMEBODY.resident, "telegram", "51000042", "51000042", TODAY))


async def test_a_backup_beside_an_open_database_is_whole_and_only_its_owners_to_read(office: Office) -> None:
    """F36, on both kinds of database: named last, mode 0600, and not a byte of the database in clear."""
    db = await office.opens()
    await settles(db)
    made = await office.backs_up()
    await db.close()
    assert made.file is not None
    assert [file.name for file in office.backups.iterdir()] == [made.file.name]
    assert making.NAME.fullmatch(made.file.name)
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    content = made.file.read_bytes()
    assert len(content) == made.size
    assert b"alembic_version" not in content
    label = making.examine(made.file, office.keys, sealing.identity(office.private))
    assert label.made == NOW
    assert label.database in office.config.storage.url


async def test_the_bots_own_key_is_not_in_it_and_that_is_said_aloud(office: Office) -> None:
    """Whoever keeps only backups keeps nothing: the command says so each time."""
    told = office.runs("backup", office.backups, "--config", office.folder / "config.toml", "--identity", office.private)
    assert told.returncode == 0, told.stderr
    assert b"NOT in it: the bot's key" in told.stderr
    assert b"decrypted as a test" in told.stdout
    (file,) = office.backups.iterdir()
    key = (office.folder / "alwand.key").read_text().splitlines()[-1].encode()
    assert key not in _opened(file, office.private)


async def test_cron_hears_nothing_if_all_is_well_and_another_exit_code_if_not(small_office: Office) -> None:
    """0, 1 and 2; what was there before stays."""
    config = small_office.folder / "config.toml"
    quiet = small_office.runs("backup", small_office.backups, "--config", config, "-q")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, b"", b"")
    before = list(small_office.backups.iterdir())
    nowhere = small_office.runs("backup", small_office.folder / "unmounted", "--config", config)
    assert nowhere.returncode == 1
    assert b"is no folder" in nowhere.stderr
    config.write_text(config.read_text().replace("recipient = ", "# recipient = "))
    unset = small_office.runs("backup", small_office.backups, "--config", config)
    assert unset.returncode == 2
    assert b"[backup] recipient: is missing" in unset.stderr
    assert list(small_office.backups.iterdir()) == before


def test_a_private_key_in_the_settings_is_refused(tmp_path: Path) -> None:
    """It must not be on the machine that the backups are to outlive."""
    from tests.backup.conftest import furnished

    office = furnished(tmp_path, {})
    config = tmp_path / "config.toml"
    private = office.private.read_text().strip()
    config.write_text(config.read_text().replace(f'recipient = "{office.config.backup.recipient}"', f'recipient = "{private}"'))
    told = office.runs("backup", office.backups, "--config", config)
    assert told.returncode == 2
    assert b"is the private key" in told.stderr
    assert private.encode() not in told.stderr


async def test_a_backup_can_be_sent_elsewhere_as_it_is_made(small_office: Office, tmp_path: Path) -> None:
    told = small_office.runs("backup", "--stdout", "--config", small_office.folder / "config.toml")
    assert told.returncode == 0, told.stderr
    (tmp_path / "elsewhere").write_bytes(told.stdout)
    assert making.examine(tmp_path / "elsewhere", small_office.keys, sealing.identity(small_office.private)).schema


def test_the_two_keys_of_backups_are_made_once_and_only_one_is_shown(tmp_path: Path) -> None:
    office = Office(tmp_path, {})
    told = office.runs("backup", "keys", tmp_path / "private.key")
    assert told.returncode == 0, told.stderr
    assert stat.S_IMODE((tmp_path / "private.key").stat().st_mode) == 0o400
    public = str(sealing.identity(tmp_path / "private.key").to_public())
    assert f'recipient = "{public}"'.encode() in told.stdout
    assert b"AGE-SECRET-KEY" not in told.stdout + told.stderr
    assert office.runs("backup", "keys", tmp_path / "private.key").returncode == 2


async def test_only_so_many_stay_and_never_goes_the_new_one(small_office: Office) -> None:
    """Also if a clock that was set back makes its name the oldest; what has another name is nobody's business."""
    other = small_office.backups / "alwand.key.copy"
    other.write_text("mine")
    for day in range(16):
        await small_office.backs_up(NOW + timedelta(days=day))
    assert len(list(small_office.backups.glob("*.age"))) == 14
    made = await small_office.backs_up(NOW - timedelta(days=9000))
    assert made.file is not None
    assert made.file.exists()
    assert len(list(small_office.backups.glob("*.age"))) == 14
    assert other.exists()


async def test_what_does_not_read_back_as_it_was_written_is_no_backup(small_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes everything and keeps something else."""
    sync = os.fsync

    def forgetful(handle: int) -> None:
        sync(handle)
        if stat.S_ISREG(os.fstat(handle).st_mode):
            with open(f"/proc/self/fd/{handle}", "r+b") as file:  # noqa: PTH123 - a file that has no path of its own here
                file.seek(500)
                file.write(b"?")

    monkeypatch.setattr(os, "fsync", forgetful)
    with pytest.raises(AlwandError, match="reads back otherwise"):
        await small_office.backs_up()
    assert list(small_office.backups.iterdir()) == []


FULL = """
import resource, sys
from bot.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
main()
"""


@pytest.mark.parametrize("size", [100, 9_000, 60_000])
async def test_a_full_disk_leaves_no_half_backup(small_office: Office, size: int) -> None:
    """F8: wherever it ends, also in the last bytes, whose loss the library does not tell."""
    arguments = ["backup", small_office.backups, "--config", small_office.folder / "config.toml"]
    command = [sys.executable, "-c", FULL, str(size), *map(str, arguments)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert told.returncode == 1, told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
    assert list(small_office.backups.iterdir()) == []


class Tight:
    """Takes so many bytes and no more."""

    def __init__(self, room: int) -> None:
        self.room = room

    def write(self, data: bytes, /) -> int:
        self.room -= len(data)
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return len(data)

    def flush(self) -> None:
        """It keeps nothing back."""


@pytest.mark.parametrize("missing", [100, 5_000])
async def test_the_loss_of_the_last_bytes_is_noticed(small_office: Office, missing: int) -> None:
    """The library drops the error of its last write: measured, a whole backup of less than 8 KiB can vanish so."""
    whole = making.to_stream(small_office.config, NOW, cast("BinaryIO", Tight(10**9)))
    with pytest.raises(AlwandError, match="no space left"):
        making.to_stream(small_office.config, NOW, cast("BinaryIO", Tight(whole.size - missing)))


async def test_a_damaged_database_is_told_and_not_backed_up(small_office: Office) -> None:
    """F11: the last good backup is not pushed out by bad ones."""
    path = path_of(small_office.config.storage.url)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(os.urandom(size // 3))
    with pytest.raises(AlwandError, match="damaged"):
        await small_office.backs_up()
    assert list(small_office.backups.iterdir()) == []


async def test_two_backups_at_once_do_not_meet(small_office: Office) -> None:
    with sqlite.scratch(path_of(small_office.config.storage.url)), pytest.raises(AlwandError, match="is under way"):
        await small_office.backs_up()


async def test_what_a_killed_backup_left_behind_goes_with_the_next(small_office: Office) -> None:
    left = small_office.folder / ".alwand-copy-killed"
    left.mkdir()
    (left / "copy.db").write_bytes(b"a copy")
    await small_office.backs_up()
    assert not left.exists()


async def test_the_memory_of_a_backup_does_not_grow_with_the_database(small_office: Office) -> None:
    """Twenty times the data, as much memory."""
    peaks = []
    for megabytes in (2, 40):
        with closing(sqlite3.connect(path_of(small_office.config.storage.url))) as conn, conn:
            conn.execute("CREATE TABLE IF NOT EXISTS ballast (block BLOB)")
            for _ in range(megabytes):
                conn.execute("INSERT INTO ballast VALUES (?)", (os.urandom(1_000_000),))
        arguments = ["backup", small_office.backups, "--config", small_office.folder / "config.toml", "--identity", small_office.private]
        script = (
            "import resource\nfrom bot.cli import alwand\ntry:\n    alwand()\nfinally:\n    print('peak', resource.getrusage(0).ru_maxrss)"
        )
        command = [sys.executable, "-c", script, *map(str, arguments)]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert told.returncode == 0, told.stderr
        peaks.append(int(told.stdout.rsplit("peak ", 1)[1]) * 1024)
    assert peaks[1] - peaks[0] < 16 * 1024**2, peaks


async def test_an_operator_without_this_program_can_open_a_backup(small_office: Office) -> None:
    """With age, gunzip, tail and head, as the documentation says."""
    db = await small_office.opens()
    await settles(db)
    made = await small_office.backs_up()
    await db.close()
    assert made.file is not None
    plain = _opened(made.file, small_office.private)
    _, _, rest = plain.partition(b"\n")
    (small_office.folder / "by-hand.db").write_bytes(rest[:-65])
    with closing(sqlite3.connect(small_office.folder / "by-hand.db")) as conn:
        assert conn.execute("SELECT count(*) FROM residents").fetchone() == (1,)


def _opened(file: Path, private: Path) -> bytes:
    identity = sealing.identity(private)
    return gzip.decompress(pyrage.decrypt(file.read_bytes(), [identity]))


class Block:
    """Bytes to read."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, size: int = -1, /) -> bytes:
        taken, self.data = self.data[:size], self.data[size:]
        return taken


class Heap:
    """Bytes that were written."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes, /) -> int:
        self.data += bytes(data)
        return len(data)

    def flush(self) -> None:
        pass


@pytest.mark.parametrize("damage", ["cut", "one byte less", "turned", "empty", "nonsense"])
def test_a_damaged_backup_is_never_taken_for_a_whole_one(damage: str, tmp_path: Path) -> None:
    public, private = sealing.pair()
    (tmp_path / "key").write_text(private)
    keys = Keyring(bytes(range(32)))
    sealed = Heap()
    sealing.seal(Wrapped(Label(NOW, "sqlite", "0003"), Block(os.urandom(200_000)), keys), sealed, sealing.recipient(public))
    whole = sealed.data
    turned = bytearray(whole)
    turned[150_000] ^= 1
    data = {"cut": whole[:70_000], "one byte less": whole[:-1], "turned": bytes(turned), "empty": b"", "nonsense": os.urandom(5000)}
    (tmp_path / "backup").write_bytes(data[damage])
    with pytest.raises(AlwandError):
        making.examine(tmp_path / "backup", keys, sealing.identity(tmp_path / "key"))
    (tmp_path / "backup").write_bytes(whole)
    assert making.examine(tmp_path / "backup", keys, sealing.identity(tmp_path / "key")).schema == "0003"


async def test_a_backup_that_somebody_else_encrypted_to_us_is_refused(small_office: Office, tmp_path: Path) -> None:
    """The public key is public: only the signature with the bot's own key says that a backup is ours."""
    public = small_office.config.backup.recipient
    assert public is not None
    (tmp_path / "other").mkdir()
    make(tmp_path / "other" / "their.key")
    theirs = Keyring.parse((tmp_path / "other" / "their.key").read_text())
    forged = Heap()
    sealing.seal(Wrapped(Label(NOW, "sqlite", "0003"), Block(b"a database of their making"), theirs), forged, sealing.recipient(public))
    (tmp_path / "forged").write_bytes(forged.data)
    with pytest.raises(AlwandError, match="was not made with the key"):
        making.examine(tmp_path / "forged", small_office.keys, sealing.identity(small_office.private))
    with pytest.raises(AlwandError, match="was not made with the key"):
        await small_office.restores(tmp_path / "forged", replace=True)


def test_a_private_key_that_is_another_is_told(tmp_path: Path) -> None:
    public, _ = sealing.pair()
    (tmp_path / "key").write_text(sealing.pair()[1])
    sealed = Heap()
    sealing.seal(Wrapped(Label(NOW, "sqlite", "0003"), Block(b"x"), Keyring(bytes(32))), sealed, sealing.recipient(public))
    (tmp_path / "backup").write_bytes(sealed.data)
    with pytest.raises(AlwandError, match="encrypted to another key"):
        making.examine(tmp_path / "backup", Keyring(bytes(32)), sealing.identity(tmp_path / "key"))


def test_a_label_in_pieces_and_a_signature_in_pieces_are_put_together() -> None:
    """Whatever the sizes in which the bytes come."""
    keys = Keyring(bytes(32))
    wrapped = Wrapped(Label(NOW, "sqlite", "0003"), Block(b"copy" * 9), keys)
    whole = b"".join(iter(lambda: wrapped.read(1), b""))
    for size in (1, 7, 64, 65, 66, 1000):
        heap = Heap()
        unwrapping = Unwrapping(keys, lambda _, heap=heap: heap)  # type: ignore[misc]
        for start in range(0, len(whole), size):
            unwrapping.write(whole[start : start + size])
        assert unwrapping.finish()[0].made == NOW
        assert heap.data == b"copy" * 9


@pytest.mark.parametrize("dialect", ["postgresql"])
async def test_a_program_that_is_too_old_or_missing_is_told_with_the_remedy(office: Office, tmp_path: Path) -> None:
    """Debian's pg_dump 15 cannot read a server of version 18."""
    old = tmp_path / "old"
    old.mkdir()
    for name in ("pg_dump", "pg_restore"):
        (old / name).write_text('#!/bin/sh\necho "pg_dump (PostgreSQL) 9.6.24"\n')
        (old / name).chmod(0o700)
    for folder, words in ((old, b"is version 9, and the server is PostgreSQL"), (tmp_path, b"pg_dump is not in")):
        settings = (office.folder / "config.toml").read_text()
        lines = [f'programs = "{folder}"' if line.startswith(("programs", "# programs")) else line for line in settings.splitlines()]
        (tmp_path / "other.toml").write_text("\n".join(lines))
        told = office.runs("backup", office.backups, "--config", tmp_path / "other.toml")
        assert told.returncode == 1
        assert words in told.stderr
        assert b"[backup] programs" in told.stderr
    assert list(office.backups.iterdir()) == []
