"""What `alwand check` finds on this machine, and how it says to mend it (B112)."""

import sys
from datetime import date
from pathlib import Path

import pytest

from bot.backup import sealing
from bot.check import machine
from bot.cli.keys import make
from bot.config import Config, example, load
from bot.storage.database import Database
from bot.storage.seal import Keyring


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The example with a key of its own; its database is not there yet."""
    make(tmp_path / "alwand.key")
    return settings(tmp_path)


def settings(folder: Path, old: str = "", new: str = "") -> Config:
    text = example().read_text(encoding="utf-8")
    assert old in text
    (folder / "config.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return load(folder / "config.toml")


async def make_database(config: Config) -> None:
    database = await Database.open(config.storage.url, Keyring.parse(config.key()))
    await database.close()


def test_a_new_key_is_fine(config: Config) -> None:
    assert machine.key_file(config).level == "fine"


def test_a_missing_key_is_told_with_how_to_make_one(tmp_path: Path) -> None:
    found = machine.key_file(settings(tmp_path))
    assert found.level == "wrong"
    assert "make one with `alwand keys new FILE`" in found.remedy


def test_a_key_that_others_can_read_is_told(config: Config) -> None:
    config.key_file().chmod(0o444)
    found = machine.key_file(config)
    assert (found.level, found.remedy) == ("wrong", f"chmod 400 {config.key_file()}")


def test_a_file_that_is_no_key_is_told(config: Config) -> None:
    config.key_file().unlink()
    config.key_file().write_text("# alwand key v1\nbm90IGEga2V5\n")
    assert "does not hold a key" in machine.key_file(config).remedy


async def test_a_database_that_is_not_there_yet_is_no_fault_and_is_not_made(config: Config, tmp_path: Path) -> None:
    found, _ = await machine.database(config)
    assert found.level == "fine"
    assert not (tmp_path / "alwand.db").exists()


async def test_a_whole_database_is_opened_with_its_key(config: Config) -> None:
    await make_database(config)
    found, linked = await machine.database(config)
    assert (found.level, linked) == ("fine", {})


async def test_another_key_is_told(config: Config, tmp_path: Path) -> None:
    """B51, F12."""
    await make_database(config)
    config.key_file().unlink()
    make(tmp_path / "alwand.key")
    found, _ = await machine.database(config)
    assert found.level == "wrong"
    assert "the key does not fit this database" in found.remedy


async def test_a_file_that_is_no_database_is_told_and_kept(config: Config, tmp_path: Path) -> None:
    """F11."""
    (tmp_path / "alwand.db").write_text("a shopping list, and a long one at that")
    found, _ = await machine.database(config)
    assert found.level == "wrong"
    assert "is not an SQLite database" in found.remedy
    assert (tmp_path / "alwand.db").read_text().startswith("a shopping list")


async def test_a_postgresql_server_that_is_not_there_is_told_without_its_password(tmp_path: Path, config: Config) -> None:
    config = settings(tmp_path, "sqlite+aiosqlite:///alwand.db", "postgresql+asyncpg://alwand:hunter2@127.0.0.1:1/alwand")
    found, _ = await machine.database(config)
    assert found.level == "wrong"
    assert "cannot be reached" in found.remedy
    assert "hunter2" not in found.told()


def test_whoever_makes_no_backups_is_reminded(config: Config, tmp_path: Path) -> None:
    found = machine.backup(config)
    assert (found.level, found.remedy) == ("mind", "see docs/backup.md")
    public = settings(tmp_path, '# recipient = "age1..."', f'recipient = "{sealing.pair()[0]}"')
    assert machine.backup(public).level == "fine"


def test_a_disk_with_room_is_fine(config: Config) -> None:
    assert machine.disk(config).level == "fine"


def test_a_full_disk_is_told(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LEAST_BYTES", 2**60)
    found = machine.disk(config)
    assert found.level == "wrong"
    assert "make room on the disk of" in found.remedy


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, config: Config) -> None:
    config = settings(tmp_path, "sqlite+aiosqlite:///alwand.db", "sqlite+aiosqlite:///none/alwand.db")
    assert machine.disk(config).level == "wrong"


@pytest.mark.parametrize(
    ("checked", "level", "words"),
    [
        ("", "wrong", "nobody has said that it was tried"),
        ("checked_on = 2026-11-01", "fine", "tried on 2026-11-01"),
        ("checked_on = 2026-05-24", "fine", "tried on 2026-05-24"),
        ("checked_on = 2026-05-01", "mind", "more than half a year ago"),
        ("checked_on = 2027-01-01", "wrong", "still to come"),
    ],
)
def test_a_number_that_residents_see_is_tried_twice_a_year(tmp_path: Path, checked: str, level: str, words: str) -> None:
    """B105: whoever runs the bot sees when each number was last tried."""
    config = settings(tmp_path, "# checked_on = 2026-01-31            # FILL IN, for each number that is shown", checked)
    (found,) = machine.hotlines(config, date(2026, 11, 22))
    assert (found.level, found.subject) == (level, "number 911")
    assert words in found.words
    assert bool(found.remedy) == (level != "fine")


def test_every_language_is_complete() -> None:
    """B34."""
    assert [found.level for found in machine.languages()] == ["fine", "fine", "fine"]


async def test_numbers_can_be_drawn() -> None:
    assert (await machine.pictures()).level == "fine"


async def test_without_what_draws_the_bot_runs_and_says_what_is_lost(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bare").write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    (tmp_path / "bare").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare"))
    found = await machine.pictures()
    assert found.level == "mind"
    assert "matplotlib" in found.remedy
