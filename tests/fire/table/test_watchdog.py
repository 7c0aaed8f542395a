"""The watchdog of systemd, played by the test: silence is answered as systemd answers it."""

from __future__ import annotations

import asyncio
import signal
import socket
from pathlib import Path

from tests.conversation.words import STORY
from tests.town.town import raised

PATIENCE = 3.0
"""Seconds of silence that systemd lets pass here."""


class Systemd:
    """Listens to a service, and aborts it when it has been silent for too long."""

    def __init__(self, folder: Path) -> None:
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.setblocking(False)
        self._line.bind(str(folder / "notify"))
        self.environment = {"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": str(int(PATIENCE * 1_000_000))}

    async def hears(self) -> str:
        """Return the next word of the service; TimeoutError if there is none in time."""
        async with asyncio.timeout(PATIENCE):
            return (await asyncio.get_running_loop().sock_recv(self._line, 4096)).decode()

    async def hears_until(self, word: str) -> None:
        """Wait for a word."""
        while await self.hears() != word:
            pass

    async def waits_for_silence(self) -> None:
        """Wait until the service has not said for too long that it lives."""
        async with asyncio.timeout(60):
            while True:
                try:
                    assert await self.hears() == "WATCHDOG=1"
                except TimeoutError:
                    return

    def close(self) -> None:
        """Listen no more."""
        self._line.close()


async def test_f34_a_loop_that_hangs_is_noticed_and_the_next_life_goes_on_with_what_it_left(tmp_path: Path) -> None:
    """F34: it is told where it hung and not over what; the report that was being written is there afterwards, whole."""
    (tmp_path / "systemd").mkdir()
    (tmp_path / "town").mkdir()
    systemd = Systemd(tmp_path / "systemd")
    async with raised(tmp_path / "town", words="quick stiff", asleep=True) as town:
        town.environment |= systemd.environment
        await town.starts()
        async with asyncio.timeout(30):
            await systemd.hears_until("READY=1")
            await systemd.hears_until("WATCHDOG=1")
        sara = town.resident("ar")
        await sara.arrives()
        await sara.goes_to_story()
        sara.says(f"{STORY['ar']} amber canary")
        await systemd.waits_for_silence()
        assert town.process is not None
        town.process.send(signal.SIGABRT)
        assert await town.ends() == -signal.SIGABRT
        assert "Fatal Python error: Aborted" in town.log
        assert "in hold_up" in town.log
        assert "canary" not in town.log
        assert list(town.folder.glob("core*")) == []

        town.environment["TOWN"] = "quick"
        await town.starts()
        await sara.taps("done")
        reference = await sara.finishes()
        await town.forums["khanaqin"].hears(reference, "amber canary")
        town.process.send(signal.SIGTERM)
        async with asyncio.timeout(30):
            await systemd.hears_until("STOPPING=1")
            assert await town.process.wait() == 0
    systemd.close()
