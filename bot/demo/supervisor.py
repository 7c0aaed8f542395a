"""The bot as a process of its own: started, killed on request, started again.

It is killed as a power cut would do it (SIGKILL), so that the demo shows what really survives.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

State = Literal["starting", "running", "killed", "failed", "stopped"]

PAUSE = 3.0  # seconds between a death and the next start: long enough to be seen, and to write into
QUICK = 5.0  # a process that ends by itself sooner than this did not really start
PATIENCE = 3  # quick ends in a row until it is left alone
FAREWELL = 10.0  # seconds for an orderly stop


class Supervisor:
    """Keeps one process alive. `state` is what it is doing, `kills` how often it was killed on request.

    `before` is run once, in a thread, ahead of the first start. `last_words` is the last line the process wrote when it would not start;
    `on_failure` is told it once.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        *,
        pause: float = PAUSE,
        patience: int = PATIENCE,
        before: Callable[[], None] = lambda: None,
        on_failure: Callable[[str], None] = lambda last_words: None,
    ) -> None:
        self.state: State = "starting"
        self.kills = 0
        self.last_words = ""
        self._command = tuple(command)
        self._environment = dict(environment)
        self._log = log
        self._pause = pause
        self._patience = patience
        self._before = before
        self._on_failure = on_failure
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The process's number while there is one."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def run(self) -> None:
        """Start the process once `before` is done, and start it again whenever it ends, until `stop`."""
        await asyncio.to_thread(self._before)
        quick = 0
        while not self._stopping.is_set():
            self.state = "starting"
            loop = asyncio.get_running_loop()
            started = loop.time()
            by_itself = await self._live()
            if self._stopping.is_set():
                break
            quick = quick + 1 if by_itself and loop.time() - started < QUICK else 0
            if quick >= self._patience:
                self.state = "failed"
                self.last_words = self._last_line()
                self._on_failure(self.last_words)
                await self._stopping.wait()
                break
            await self._rest()
        self.state = "stopped"

    async def _live(self) -> bool:
        """Run the process until it ends; False when it was killed on request."""
        kills = self.kills
        with self._log.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches the demo alone, which then stops the bot in order.
            self._process = await asyncio.create_subprocess_exec(
                *self._command, env=self._environment, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.state = "running"
        if self._stopping.is_set():  # it was asked to end while it was being started
            self._process.terminate()
        await self._process.wait()
        if self.kills > kills:
            return False
        self.state = "starting"
        return True

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pause):
                await self._stopping.wait()

    def kill(self) -> bool:
        """Kill the process without warning. False when there is none."""
        if self._process is None or self.pid is None:
            return False
        self.state = "killed"
        self.kills += 1
        self._process.send_signal(signal.SIGKILL)
        return True

    async def stop(self) -> None:
        """End the process in order, by force if it does not go."""
        self._stopping.set()
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(FAREWELL):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    def _last_line(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else ""
