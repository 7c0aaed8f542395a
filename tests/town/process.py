"""A bot's process: its number, its end, and how to end it."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Process:
    """One process of the bot; `returncode` once its end has been seen."""

    def __init__(self, number: int) -> None:
        self.pid = number
        self.returncode: int | None = None
        self._handle = os.pidfd_open(number)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self.returncode is None:
            signal.pidfd_send_signal(self._handle, number)

    async def wait(self) -> int:
        """Wait for its end; return its exit code, negative for a signal."""
        if self.returncode is None:
            loop = asyncio.get_running_loop()
            over = asyncio.Event()
            loop.add_reader(self._handle, over.set)
            try:
                await over.wait()
            finally:
                loop.remove_reader(self._handle)
            self.returncode = _ask({"wait": self.pid})
            os.close(self._handle)
        return self.returncode


def start(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Process:
    """Start a bot: as `python -m bot` with these arguments, this environment alone, and its output at the end of a file."""
    return Process(_ask({"start": list(arguments), "env": dict(environment), "log": str(log), "cwd": str(ROOT)}))


def _ask(wish: object) -> int:
    nursery = _nursery()
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write(json.dumps(wish) + "\n")
    nursery.stdin.flush()
    return int(nursery.stdout.readline())


@cache
def _nursery() -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ALWAND_")}
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.town.nursery"], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def close() -> None:
        nursery.communicate()

    atexit.register(close)
    return nursery
