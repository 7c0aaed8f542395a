from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.errors import StartRefused
from bot.storage.lock import hold, token_lock

HOLDING = """
import asyncio, sys
from bot.storage.lock import hold

async def main():
    async with hold(sys.argv[1], sys.argv[2]):
        print("held", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    return tmp_path


SHARED = "postgresql+asyncpg://alwand@db/alwand"


@contextmanager
def holding(url: str, token: str) -> Iterator[None]:
    """Let another process hold its locks, and kill it in the end."""
    command = [sys.executable, "-c", HOLDING, url, token]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"held\n"
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


async def refused(url: str, token: str) -> str:
    with pytest.raises(StartRefused) as caught:
        async with hold(url, token):
            pass
    return str(caught.value)


async def test_a_second_process_is_refused_until_the_first_is_gone(sqlite_url: str, tmp_path: Path) -> None:
    """B11, F23: even a kill -9 gives the lock back."""
    with holding(sqlite_url, "1:token"):
        assert "with this token" in await refused(f"sqlite+aiosqlite:///{tmp_path}/other.db", "1:token")
        assert "with this token" in await refused(SHARED, "1:token")
        assert "on this database" in await refused(sqlite_url, "2:other")
    async with hold(sqlite_url, "1:token"):
        pass


async def test_several_processes_have_one_token_for_one_postgresql_database(tmp_path: Path) -> None:
    """F23: they know of one another; with another database one would answer everybody a second time."""
    with holding(SHARED, "1:token"), holding(SHARED, "1:token"):
        async with hold("postgresql+asyncpg://another:word@db/alwand", "1:token"):
            pass
        assert "with this token" in await refused("postgresql+asyncpg://db/other", "1:token")
        assert "with this token" in await refused(f"sqlite+aiosqlite:///{tmp_path}/other.db", "1:token")
    async with hold("postgresql+asyncpg://db/other", "1:token"):
        assert "with this token" in await refused(SHARED, "1:token")


async def test_two_bots_with_databases_of_their_own_run_side_by_side(sqlite_url: str, tmp_path: Path) -> None:
    async with hold(sqlite_url, "1:token"), hold(f"sqlite+aiosqlite:///{tmp_path}/other.db", "2:other"), hold(SHARED, "4:fourth"):
        assert "on this database" in await refused(sqlite_url, "3:third")


async def test_a_lock_that_cannot_be_made_is_told_with_its_place(tmp_path: Path) -> None:
    assert "cannot be opened" in await refused(f"sqlite+aiosqlite:///{tmp_path}/nowhere/alwand.db", "1:token")


def test_the_lock_of_a_token_shows_nothing_of_it(runtime: Path) -> None:
    """B50."""
    path = token_lock("12345:secret")
    assert path.parent == runtime
    assert "12345" not in path.name
    assert "secret" not in path.name
    assert path != token_lock("12345:secreT")
