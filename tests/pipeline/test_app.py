"""The whole process, as an operator starts it."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.cli import keys
from bot.cli.demo import settings
from bot.config import example, load
from bot.demo.server import StandIn
from bot.model.ids import PROVINCE
from bot.storage.database import Database
from bot.storage.seal import Keyring


@pytest.fixture
def file(telegram: StandIn, tmp_path: Path) -> Path:
    """Return a configuration file for the stand-in, with a group for each forum."""
    member = telegram.world.person("Hiwa")
    districts = load(example()).places().districts
    chats = {str(district.id): telegram.world.group(district.names.en, member).id for district in districts}
    chats[PROVINCE] = telegram.world.group("Diyala", member).id
    path = tmp_path / "config.toml"
    path.write_text(settings(example().read_text(encoding="utf-8"), telegram.url, chats), encoding="utf-8")
    keys.make(tmp_path / "alwand.key")
    return path


@asynccontextmanager
async def started(file: Path, token: str) -> AsyncIterator[Process]:
    """Start the bot as a process, and leave none behind."""
    environment = os.environ | {"ALWAND_TELEGRAM__TOKEN": token, "ALWAND_TELEGRAM__POLL_TIMEOUT": "1"}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", "--config", str(file), env=environment, stderr=PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def end(process: Process) -> tuple[int | None, str]:
    """Wait for the end; return the exit code and the last line on stderr."""
    _, said = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, said.decode().strip().splitlines()[-1]


async def test_it_starts_answers_refuses_a_second_process_and_ends_well(telegram: StandIn, file: Path) -> None:
    """B11, F23, F33."""
    sara = telegram.world.person("Sara")
    async with started(file, telegram.token) as bot, started(file, telegram.token) as other:
        first, second = await _which_lives(bot, other)
        code, said = await end(second)
        assert code == 2
        assert "another Alwand" in said
        sara.starts()
        await sara.hears("choose your language", timeout=15)
        first.terminate()
        assert (await end(first))[0] == 0
    assert telegram.world.violations == []


async def test_one_that_is_told_to_stop_while_it_begins_begins_nothing(telegram: StandIn, file: Path) -> None:
    """F33, F16: Telegram answers nothing, so it has not even been asked for updates when the word comes."""
    silent = telegram.faults.add("stall", times=None)
    async with started(file, telegram.token) as bot:
        await telegram.world.until(lambda: silent.met, timeout=30)
        bot.terminate()
        _, said = await asyncio.wait_for(bot.communicate(), 60)
    assert bot.returncode == 0
    assert "cut short" not in said.decode()
    assert telegram.world.asked("getUpdates") == []


async def _which_lives(one: Process, other: Process) -> tuple[Process, Process]:
    """Wait until one of two has ended, and return it last."""
    waits = {asyncio.create_task(process.wait()): process for process in (one, other)}
    ended, living = await asyncio.wait(waits, timeout=30, return_when=asyncio.FIRST_COMPLETED)
    assert len(ended) == 1
    for task in living:
        task.cancel()
    return waits[living.pop()], waits[ended.pop()]


async def test_a_revoked_token_ends_the_process_with_its_own_exit_code(telegram: StandIn, file: Path) -> None:
    """F22."""
    async with started(file, "123456:" + "A" * 35) as bot:
        code, said = await end(bot)
    assert code == 3
    assert "token" in said
    assert "A" * 35 not in said


SELDOM = (
    "PIL",
    "alembic",
    "asyncpg",
    "bot.backup",
    "bot.check",
    "bot.demo",
    "httpcore",
    "icalendar",
    "mako",
    "matplotlib",
    "pypdf",
    "telegram.ext",
)
"""What takes megabytes and is used by other commands, for an upgrade, or only once somebody sends or asks for something of the kind."""


async def test_a_start_loads_nothing_that_most_hours_do_not_need(sqlite_url: str, keys: Keyring) -> None:
    """FACTS 10: a first start, which makes the tables, may."""
    await (await Database.open(sqlite_url, keys)).close()
    script = f"""
import asyncio, sys
from bot import app
from bot.storage.database import Database
from bot.storage.seal import Keyring

async def starts():
    await (await Database.open({sqlite_url!r}, Keyring(bytes(range(32))))).close()

asyncio.run(starts())
print([name for name in {SELDOM} if name in sys.modules])
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, cwd=Path(__file__).parents[2], stdout=PIPE)
    async with asyncio.timeout(60):
        told, _ = await process.communicate()
    assert told.decode().strip() == "[]"
