"""Several processes of one town's bot, each of which can be killed, frozen and started again by itself.

    async with several(folder, url, 3) as bots:
        await bots.holder("send").kill() ...

Which of them does what is read from the database, as whoever looks from outside can.
"""

from __future__ import annotations

import json
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.pipeline.works import DUTIES, Duty
from tests.fire.faults import eventually
from tests.fire.judge import Kill, died
from tests.town.process import Process, start
from tests.town.town import Town, raised


@dataclass
class Bot:
    """One process, its log, and the number by which the others know it."""

    process: Process
    log: Path
    number: int = 0

    def lines(self, event: str = "", **fields: Any) -> list[dict[str, Any]]:
        """Return the lines of its log of this event and with these fields."""
        told = [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
        return [line for line in told if event in ("", line["event"]) and all(line.get(name) == value for name, value in fields.items())]

    @property
    def lives(self) -> bool:
        """Whether it has not been killed or stopped."""
        return self.process.returncode is None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop it where it stands, and let it go on afterwards."""
        self.process.send(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send(signal.SIGCONT)

    async def stops(self) -> int:
        """Tell it to stop; return its exit code."""
        self.process.send(signal.SIGTERM)
        return await self.process.wait()


@dataclass
class Bots:
    """All processes of a town, also those that have ended."""

    town: Town
    engine: AsyncEngine
    all: list[Bot] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)

    @property
    def living(self) -> list[Bot]:
        """Those that run."""
        return [bot for bot in self.all if bot.lives]

    async def starts(self, **settings: str) -> Bot:
        """Start one more, and wait until it is at work."""
        bot = self.launches(**settings)

        def number() -> int:
            assert bot.lives, bot.log.read_text(encoding="utf-8")
            return next((line["process"] for line in bot.lines("started")), 0)

        bot.number = await eventually(number)
        return bot

    def launches(self, **settings: str) -> Bot:
        """Start one more, whatever becomes of it."""
        log = self.town.folder / f"bot{len(self.all)}.log"
        log.touch()
        environment = self.town.environment | {f"ALWAND_{name}": value for name, value in settings.items()}
        bot = Bot(start(["run", "--config", str(self.town.folder / "config.toml")], environment, log), log)
        self.all.append(bot)
        return bot

    async def kill(self, bot: Bot) -> Kill:
        """Kill one as a power cut would, and wait until Telegram has done with what it had asked for."""
        ports = set(_ports(bot.process.pid))
        bot.process.send(signal.SIGKILL)
        await bot.process.wait()
        await eventually(lambda: not any(port in ports for _, port in self.town.telegram.transports))
        self.kills.append(died(self.town, len(self.kills) + 1))
        return self.kills[-1]

    async def holders(self) -> dict[str, int]:
        """Return the numbers of those that do what only one may do."""
        async with self.engine.connect() as conn:
            rows = await conn.execute(text("SELECT name, holder FROM leases WHERE until > clock_timestamp() AND holder <> 0"))
            return {name: holder for name, holder in rows if name in DUTIES}

    async def spread(self) -> dict[str, int]:
        """Wait until each duty is another's, as with three processes they will be, and return their holders."""
        while True:
            holders = await self.holders()
            if len(set(holders.values())) == len(DUTIES):
                return holders

    async def holder(self, duty: Duty) -> Bot:
        """Wait until one of those that run does this, and return it."""
        while True:
            number = (await self.holders()).get(duty)
            found = next((bot for bot in self.living if bot.number == number), None)
            if found is not None:
                return found

    async def fence(self, duty: Duty) -> int:
        """Return how often this has changed hands."""
        async with self.engine.connect() as conn:
            return int(await conn.scalar(text("SELECT fence FROM leases WHERE name = :name"), {"name": duty}) or 0)


def _ports(pid: int) -> Iterator[int]:
    """Yield the local ports of a process's TCP connections, as Linux tells them."""
    sockets = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            if found := re.fullmatch(r"socket:\[(\d+)\]", str(handle.readlink())):
                sockets.add(found[1])
    for line in Path(f"/proc/{pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[9] in sockets:
            yield int(fields[1].partition(":")[2], 16)


@asynccontextmanager
async def several(folder: Path, url: str, count: int = 3, **settings: Any) -> AsyncIterator[Bots]:
    """Raise a town whose bot is so many processes on this database."""
    async with raised(folder, asleep=True, STORAGE__URL=url, **settings) as town:
        bots = Bots(town, create_async_engine(url, poolclass=NullPool))
        try:
            for _ in range(count):
                await bots.starts()
            yield bots
        finally:
            for bot in bots.living:
                bot.process.send(signal.SIGKILL)
                await bot.process.wait()
            await bots.engine.dispose()
