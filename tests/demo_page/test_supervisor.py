"""The bot's keeper, with real processes."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from bot.demo.supervisor import Supervisor


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(8):
        while not condition():  # noqa: ASYNC110 - a process of its own has no event to wait for
            await asyncio.sleep(0.01)


def keeper(folder: Path, program: str, **how: int | float) -> Supervisor:
    return Supervisor((sys.executable, "-c", program), dict(os.environ), folder / "log", pause=0.05, **how)  # type: ignore[arg-type]


async def test_a_killed_process_is_started_again(tmp_path: Path) -> None:
    """B111: the demo's "kill the bot" is a real `kill -9`."""
    supervisor = keeper(tmp_path, "import time; time.sleep(60)")
    running = asyncio.create_task(supervisor.run())
    await until(lambda: supervisor.state == "running")
    first = supervisor.pid
    assert supervisor.kill()
    await until(lambda: supervisor.state == "killed")
    await until(lambda: supervisor.state == "running" and supervisor.pid not in {None, first})
    await supervisor.stop()
    await running
    assert (supervisor.state, supervisor.kills, supervisor.pid) == ("stopped", 1, None)


async def test_a_process_that_never_starts_is_left_alone_and_its_last_words_are_told(tmp_path: Path) -> None:
    told: list[str] = []
    supervisor = Supervisor(
        (sys.executable, "-c", "raise SystemExit('the key is wrong')"),
        dict(os.environ),
        tmp_path / "log",
        pause=0.01,
        on_failure=told.append,
    )
    running = asyncio.create_task(supervisor.run())
    await until(lambda: supervisor.state == "failed")
    assert told == [supervisor.last_words] == ["the key is wrong"]
    assert not supervisor.kill()
    await supervisor.stop()
    await running


async def test_killing_often_is_not_mistaken_for_failing(tmp_path: Path) -> None:
    supervisor = keeper(tmp_path, "import time; time.sleep(60)", patience=2)
    running = asyncio.create_task(supervisor.run())
    for _ in range(3):
        await until(lambda: supervisor.state == "running" and supervisor.pid is not None)
        supervisor.kill()
        await until(lambda: supervisor.pid is None)
    await until(lambda: supervisor.state == "running")
    await supervisor.stop()
    await running


async def test_stopping_lets_the_process_finish_in_order(tmp_path: Path) -> None:
    program = """
import signal, sys, time
def end(*_):
    print("in order", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
time.sleep(60)
"""
    supervisor = keeper(tmp_path, program)
    running = asyncio.create_task(supervisor.run())
    await until(lambda: (tmp_path / "log").exists() and "up" in (tmp_path / "log").read_text())
    await supervisor.stop()
    await running
    assert (tmp_path / "log").read_text().splitlines() == ["up", "in order"]
