"""A bot's process: its number, its end, and how to end it."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path

ROOT = Path(__file__).parents[2]
BORN: list[tuple[Process, Path]] = []
"""Every process that was started here, with its log."""
LAST_LINES = 25
ERRORS = 5


class Process:
    """One process of the bot; `returncode` once its end has been seen."""

    def __init__(self, number: int) -> None:
        self.pid = number
        self.returncode: int | None = None
        self._handle = os.pidfd_open(number)

    @property
    def fate(self) -> str:
        """What has become of it, as far as is known."""
        if self.returncode is not None:
            return f"ended with {self.returncode}"
        return "is gone" if select.select([self._handle], [], [], 0)[0] else "lives"

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
    process = Process(_ask({"start": list(arguments), "env": dict(environment), "log": str(log), "cwd": str(ROOT)}))
    BORN.append((process, log))
    return process


def last_words(since: float) -> Iterator[tuple[str, str]]:
    """Yield what each bot that has said something since that time said last, under a heading that says whether it lives."""
    for log, processes in groupby(BORN, key=itemgetter(1)):
        if log.exists() and log.stat().st_mtime >= since:
            fates = ", ".join(f"{process.pid} {process.fate}" for process, _ in processes)
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            bad = [line for line in lines[:-LAST_LINES] if '"level": "error"' in line or '"level": "critical"' in line]
            yield f"errors and the end of {log.parent.name}/{log.name} ({fates})", "\n".join(bad[-ERRORS:] + lines[-LAST_LINES:])


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
