"""The token is seen by nobody: not in the list of processes, not in an error of the line. The canaries look elsewhere."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from telegram.error import TelegramError

from bot.demo.server import StandIn
from tests.channels.conftest import Alarms, channel_to
from tests.fire.canaries.story import forms, found
from tests.town.process import ROOT
from tests.town.town import raised


async def test_the_list_of_processes_shows_neither_token_nor_key(tmp_path: Path) -> None:
    """As `ps` shows it to everybody on the machine: the arguments of the bot and of all that it starts."""
    async with raised(tmp_path, asleep=True) as town:
        command = (sys.executable, "-m", "bot", "run", "--config", str(tmp_path / "config.toml"))
        bot = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=town.environment, stderr=asyncio.subprocess.DEVNULL)
        await town.until(lambda: town.world.asked("getMe"))
        shown = b"".join(Path(f"/proc/{each}/cmdline").read_bytes() for each in _family(bot.pid))
        bot.terminate()
        await bot.wait()
    assert b"run" in shown
    assert found([*forms(town.telegram.token), (tmp_path / "alwand.key").read_text().strip()], shown) == []


def _family(process: int) -> Iterator[int]:
    yield process
    for thread in Path(f"/proc/{process}/task").iterdir():
        for child in (thread / "children").read_text().split():
            yield from _family(int(child))


@pytest.mark.parametrize("fault", ["status", "html", "truncated", "reset_before", "reset_after", "refused", "file"])
async def test_no_error_of_the_line_shows_the_token(fault: str) -> None:
    """With all that caused it, as somebody would print it who never heard of our log."""
    async with StandIn.start(limits=False) as telegram, channel_to(telegram, Alarms()) as channel:
        if fault == "refused":
            telegram.world.cut_network()
        elif fault != "file":
            telegram.faults.add(fault, "getMe", description="Unauthorized")
        with pytest.raises(TelegramError) as caught:
            await (channel.bot.get_file("no such file") if fault == "file" else channel.bot.get_me())
        shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
        assert found(forms(telegram.token), shown.encode()) == []
