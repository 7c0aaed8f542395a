"""`alwand keys new`: one key, kept well, never overwritten."""

import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.keys import make
from bot.errors import StartRefused
from bot.storage.seal import Keyring


def alwand(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_new_key_is_32_random_bytes_that_only_its_owner_can_read(tmp_path: Path) -> None:
    made = []
    for name in ("one.key", "two.key"):
        make(tmp_path / name)
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o400
        lines = (tmp_path / name).read_text().splitlines()
        assert lines[0] == "# alwand key v1"
        made.append(base64.b64decode("".join(line for line in lines if not line.startswith("#")), validate=True))
    assert [len(key) for key in made] == [32, 32]
    assert made[0] != made[1]


def test_the_mode_does_not_depend_on_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o777)
    try:
        make(tmp_path / "alwand.key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "alwand.key").stat().st_mode) == 0o400


def test_the_storage_reads_a_new_key(tmp_path: Path) -> None:
    make(tmp_path / "alwand.key")
    first = Keyring.parse((tmp_path / "alwand.key").read_text())
    assert first.lookup("kind", "value") == Keyring.parse((tmp_path / "alwand.key").read_text()).lookup("kind", "value")


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    make(tmp_path / "alwand.key")
    kept = (tmp_path / "alwand.key").read_bytes()
    again = alwand("keys", "new", tmp_path / "alwand.key")
    assert again.returncode == 2
    assert "exists already and was left as it is" in again.stderr
    assert (tmp_path / "alwand.key").read_bytes() == kept


def test_a_link_to_somewhere_else_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "alwand.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StartRefused, match="exists already"):
        make(tmp_path / "alwand.key")
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    told = alwand("keys", "new", tmp_path / "none" / "alwand.key")
    assert told.returncode == 2
    assert told.stderr.strip().endswith("alwand.key cannot be made: no such file or directory")
    assert len(told.stderr.strip().splitlines()) == 1


def test_the_command_says_where_the_key_is_and_what_to_do_but_not_what_it_is(tmp_path: Path) -> None:
    told = alwand("keys", "new", tmp_path / "alwand.key")
    assert told.returncode == 0
    assert "keep a copy in a safe place" in told.stdout
    key = (tmp_path / "alwand.key").read_text().splitlines()[-1]
    assert key not in told.stdout + told.stderr
