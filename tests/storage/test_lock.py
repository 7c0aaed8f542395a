from __future__ import annotations

import os
import subprocess
import sys
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


async def refused(url: str, token: str) -> str:
    with pytest.raises(StartRefused) as caught:
        async with hold(url, token):
            pass
    return str(caught.value)


async def test_a_second_process_is_refused_until_the_first_is_gone(database_url: str, tmp_path: Path) -> None:
    """B11, F23: even a kill -9 gives the lock back."""
    command = [sys.executable, "-c", HOLDING, database_url, "1:token"]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert "with this token" in await refused(f"sqlite+aiosqlite:///{tmp_path}/other.db", "1:token")
        assert "on this database" in await refused(database_url, "2:other")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
    async with hold(database_url, "1:token"):
        pass


async def test_two_bots_with_databases_of_their_own_run_side_by_side(database_url: str, tmp_path: Path) -> None:
    async with hold(database_url, "1:token"), hold(f"sqlite+aiosqlite:///{tmp_path}/other.db", "2:other"):
        assert "on this database" in await refused(database_url, "3:third")


async def test_a_lock_that_cannot_be_made_is_told_with_its_place(tmp_path: Path) -> None:
    assert "cannot be opened" in await refused(f"sqlite+aiosqlite:///{tmp_path}/nowhere/alwand.db", "1:token")


def test_the_lock_of_a_token_shows_nothing_of_it(runtime: Path) -> None:
    """B50."""
    path = token_lock("12345:secret")
    assert path.parent == runtime
    assert "12345" not in path.name
    assert "secret" not in path.name
    assert path != token_lock("12345:secreT")
