"""A bot as a process of its own: how much memory and CPU it took, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
IDLE = 0.05
"""Seconds of CPU in one second that a process uses which has nothing to do."""
PATIENCE = 15.0
"""Seconds that a process gets to end when it is asked to."""


@dataclass(slots=True)
class Process:
    """A running child. `log` is the file that it writes to."""

    child: asyncio.subprocess.Process
    log: Path
    _read: int = field(default=0)
    _turns: int = field(default=0)

    @classmethod
    async def start(cls, command: Sequence[str], environment: Mapping[str, str], log: Path) -> Process:
        """Start a command in the project's folder."""
        with log.open("ab") as out:
            child = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=dict(environment), stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out
            )
        return cls(child, log)

    @property
    def cpu(self) -> float:
        """Seconds of CPU used so far, by all threads."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory(self) -> float:
        """MB in memory now."""
        return self._status("VmRSS")

    @property
    def peak(self) -> float:
        """The most MB that were ever in memory."""
        return self._status("VmHWM")

    async def rests(self, seconds: float) -> None:
        """Wait until it has nothing to do any more (after a start a large database is examined beside the work), or so long."""
        end = time.monotonic() + seconds
        before = -1.0
        while time.monotonic() < end and self.cpu - before > IDLE:
            before = self.cpu
            await asyncio.sleep(1.0)

    def turns(self) -> int:
        """How many turns our bot has told of in its log so far."""
        with self.log.open("rb") as lines:
            lines.seek(self._read)
            new = lines.read()
        whole = new[: new.rfind(b"\n") + 1]
        self._read += len(whole)
        self._turns += whole.count(b'"event": "turn"')
        return self._turns

    async def stop(self, *, kill: bool = False) -> None:
        """Ask it to end, and make it end if it does not."""
        with contextlib.suppress(ProcessLookupError):
            self.child.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            async with asyncio.timeout(PATIENCE):
                await self.child.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self.child.kill()
            await self.child.wait()

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self.child.pid}/{name}").read_text(encoding="utf-8")

    def _status(self, name: str) -> float:
        line = next(line for line in self._proc("status").splitlines() if line.startswith(name + ":"))
        return int(line.split()[1]) / 1024
