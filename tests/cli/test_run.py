"""`alwand run`, as a service manager runs it: its exit codes, and one line that says why."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cli.keys import make
from bot.config import example
from bot.demo.server import StandIn

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def telegram() -> AsyncIterator[StandIn]:
    async with StandIn.start() as stand_in:
        yield stand_in


@pytest.fixture
def settings(telegram: StandIn, tmp_path: Path) -> Path:
    make(tmp_path / "alwand.key")
    text = example().read_text(encoding="utf-8").replace("https://api.telegram.org", telegram.url)
    (tmp_path / "config.toml").write_text(text.replace("poll_timeout = 50", "poll_timeout = 2"), encoding="utf-8")
    return tmp_path / "config.toml"


async def started(settings: Path, token: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", "--config", settings, cwd=ROOT, env={**os.environ, "ALWAND_TELEGRAM__TOKEN": token},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def ended(process: asyncio.subprocess.Process) -> tuple[int, str]:
    """Wait for the end; return the exit code and the last line that was told."""
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert out == b""
    return process.returncode or 0, err.decode().splitlines()[-1]


async def test_a_bot_that_is_told_to_stop_ends_with_0(telegram: StandIn, settings: Path) -> None:
    """F33."""
    process = await started(settings, telegram.token)
    await telegram.world.until(lambda: telegram.world.bot_is_up, timeout=30)
    process.send_signal(signal.SIGTERM)
    code, last = await ended(process)
    assert (code, json.loads(last)["event"]) == (0, "stopped")


async def test_what_the_bot_writes_is_for_its_own_account_alone(telegram: StandIn, settings: Path) -> None:
    """Nobody else on the machine reads the database, whatever the account's own habit is."""
    process = await started(settings, telegram.token)
    await telegram.world.until(lambda: telegram.world.bot_is_up, timeout=30)
    modes = {file.name: file.stat().st_mode & 0o077 for file in settings.parent.glob("alwand.db*")}
    process.send_signal(signal.SIGTERM)
    await ended(process)
    assert modes["alwand.db"] == 0
    assert set(modes.values()) == {0}


async def test_a_second_bot_on_the_same_token_ends_with_2(telegram: StandIn, settings: Path) -> None:
    """B11."""
    first = await started(settings, telegram.token)
    await telegram.world.until(lambda: telegram.world.bot_is_up, timeout=30)
    code, last = await ended(await started(settings, telegram.token))
    first.send_signal(signal.SIGTERM)
    assert (code, (await ended(first))[0]) == (2, 0)
    assert "another" in last
    assert telegram.token.partition(":")[2] not in last


async def test_another_key_ends_with_2_before_anything_is_asked(telegram: StandIn, settings: Path) -> None:
    """B51."""
    first = await started(settings, telegram.token)
    await telegram.world.until(lambda: telegram.world.bot_is_up, timeout=30)
    first.send_signal(signal.SIGTERM)
    await ended(first)
    (settings.parent / "alwand.key").unlink()
    make(settings.parent / "alwand.key")
    before = len(telegram.world.calls)
    code, last = await ended(await started(settings, telegram.token))
    assert (code, last) == (2, "the key does not fit this database: name the key file it was made with in [keys] file")
    assert len(telegram.world.calls) == before


async def test_a_token_that_telegram_does_not_know_ends_with_3(telegram: StandIn, settings: Path) -> None:
    token = "7000000003:AAHcanary-canary_canaryCANARYcanary12"
    process = await started(settings, token)
    code, last = await ended(process)
    assert code == 3
    assert "@BotFather" in last
    assert "canary" not in last
