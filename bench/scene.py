"""A scene: Telegram's stand-in with the forums' groups in it, and each kind of bot that may play there."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bench.process import Process
from bot.cli.demo import settings
from bot.cli.keys import make
from bot.config import example, load
from bot.demo.api.limits import Limits
from bot.demo.server import StandIn
from bot.demo.world import Chat, Person, World
from bot.demo.world.clock import WorldClock
from bot.model.ids import PROVINCE
from bot.model.province import Province

Kind = Literal["bot", "unlimited", "ungrouped", "intake", "echo", "updater", "casting", "conversation", "loop"]
"""bot: ours as it is. unlimited: ours without limits. ungrouped: without those of groups. intake: its way in alone. The rest: the peers."""

MODULES: dict[Kind, str] = {
    "bot": "bot",
    "unlimited": "bench.launch",
    "ungrouped": "bench.launch",
    "intake": "bench.intake",
    "echo": "bench.peers.echo",
    "updater": "bench.peers.updater",
    "casting": "bench.peers.casting",
    "conversation": "bench.peers.conversation",
    "loop": "bench.peers.loop",
}
OURS = ("bot", "unlimited", "ungrouped", "intake")
APART = Path(sys.prefix) / "peers" / "bin" / "python"
"""The Python of the peers that cannot share our libraries; `make bench` makes it."""
STORY = "السلام عليكم، اكو ناس يبيعون حبوب قرب مدرسة البنات، كل يوم الظهر، ومحد يحجي وياهم"
PATIENCE = 60.0
HOUR = 3600.0


class Clock(WorldClock):
    """The world's time, which can be `back` by so many seconds."""

    back = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return super().now() - self.back


@dataclass
class Scene:
    """Where one measure plays. `forums` are the groups by district, the province among them; `processes` end with it, however it ends."""

    telegram: StandIn
    folder: Path
    province: Province
    forums: dict[str, Chat]
    processes: list[Process] = field(default_factory=list)

    @property
    def world(self) -> World:
        """Telegram as its people know it."""
        return self.telegram.world

    async def starts(self, kind: Kind, name: str = "", **environment: str) -> Process:
        """Start a bot and return at its first poll. Two bots of different names share nothing."""
        process, _ = await self.timed_start(kind, name, **environment)
        return process

    async def timed_start(self, kind: Kind, name: str = "", **environment: str) -> tuple[Process, float]:
        """Start a bot; return it with the seconds from its start to its first poll."""
        home = self.folder / (name or kind)
        command = [str(APART) if kind == "loop" else sys.executable, "-m", MODULES[kind]]
        if kind in OURS:
            command += ["run", "--config", str(self.furnish(home.name))]
            environment["BENCH_LAUNCH"] = kind
        home.mkdir(exist_ok=True)
        began = time.perf_counter()
        polled = asyncio.create_task(self.world.until(lambda: self.world.polls_open > 0 or self._polled(), PATIENCE))
        process = await self.runs(command, home, home / "log", environment)
        ended = asyncio.create_task(process.child.wait())
        await asyncio.wait({polled, ended}, return_when=asyncio.FIRST_COMPLETED)
        seconds = time.perf_counter() - began
        ended.cancel()
        if not polled.done() or polled.exception():
            polled.cancel()
            await process.stop(kill=True)
            raise RuntimeError(f"{kind} does not start: {process.log.read_text(encoding='utf-8')[-2000:]}")
        return process, seconds

    async def runs(self, command: Sequence[str], home: Path, log: Path, environment: dict[str, str]) -> Process:
        """Start any process of a bot's in its folder."""
        process = await Process.start(command, self.environment(home, environment), log)
        self.processes.append(process)
        return process

    async def stops(self, process: Process, *, kill: bool = False, keep: bool = False) -> None:
        """End a bot and wait until the stand-in has noticed; `keep` what waits for it."""
        await process.stop(kill=kill)
        await self.world.until(lambda: self.world.polls_open == 0, PATIENCE)
        self.world.calls.clear()
        if not keep:
            self.world.updates.forget_all()

    def people(self, count: int) -> list[Person]:
        """New residents."""
        return [self.world.person("Sara", language_code="ar") for _ in range(count)]

    def backlog(self, count: int, per_person: int = 4) -> list[Person]:
        """Let people write so many messages that wait for whoever comes, an hour ago; return them."""
        people = self.people(max(1, count // per_person))
        with self.an_hour_ago():
            for number in range(count):
                people[number % len(people)].writes(f"{STORY} {number}")
        return people

    @contextmanager
    def an_hour_ago(self) -> Iterator[None]:
        """Let what people do meanwhile have been done an hour ago."""
        clock = self.world.clock
        assert isinstance(clock, Clock)
        clock.back = HOUR
        try:
            yield
        finally:
            clock.back = 0.0

    async def until(self, condition: Callable[[], object], seconds: float) -> bool:
        """Look every few milliseconds whether something has come true; tell whether it did in time."""
        end = time.perf_counter() + seconds
        while not condition():
            if time.perf_counter() > end:
                return False
            await asyncio.sleep(0.004)
        return True

    def _polled(self) -> bool:
        return any(call.method == "getUpdates" for call in self.world.calls)

    def furnish(self, name: str) -> Path:
        """Write settings and key into a bot's folder, once; return the settings."""
        home = self.folder / name
        file = home / "config.toml"
        if not file.exists():
            home.mkdir(exist_ok=True)
            chats = {forum: chat.id for forum, chat in self.forums.items()}
            text = settings(example().read_text(encoding="utf-8"), self.telegram.url, chats)
            # The queue's end is seen by the poll after it, and a poll that is broken off by the end of a bot is no measure.
            text = re.sub(r"^poll_timeout = \d+$", "poll_timeout = 5", text, flags=re.MULTILINE)
            text = re.sub(r'^(quiet|friday)_(from|until) = ".*?"', _an_hour, text, flags=re.MULTILINE)
            file.write_text(text, encoding="utf-8")
            make(home / "alwand.key")
        return file

    def environment(self, home: Path, more: dict[str, str]) -> dict[str, str]:
        """Return the surroundings of a bot: nothing of ours, the stand-in, and what is given."""
        known = {name: value for name, value in os.environ.items() if not name.startswith("ALWAND_")}
        own = {"ALWAND_TELEGRAM__TOKEN": self.telegram.token, "BENCH_URL": self.telegram.url, "BENCH_TOKEN": self.telegram.token}
        return known | {"XDG_RUNTIME_DIR": str(home)} | own | more


def _an_hour(setting: re.Match[str]) -> str:
    """Return the same setting so that the time of day at which somebody measures changes nothing."""
    return f'{setting[1]}_{setting[2]} = "{"03:00" if setting[2] == "from" else "03:01"}"'


@asynccontextmanager
async def raised(*, limits: Limits | bool, latency: float = 0.0) -> AsyncIterator[Scene]:
    """Raise a scene in a folder that vanishes. `limits`: whether Telegram's flood limits hold; `latency`: seconds for each request."""
    with tempfile.TemporaryDirectory(prefix="alwand-bench-") as folder:
        async with StandIn.start(limits=limits, keep_calls=1000, clock=Clock()) as telegram:
            telegram.faults.latency = latency
            province = load(example()).places()
            names = [*(str(district.id) for district in province.districts), str(PROVINCE)]
            groups = {name: _group(telegram.world, name) for name in names}
            scene = Scene(telegram, Path(folder), province, groups)
            try:
                yield scene
            finally:
                for process in scene.processes:
                    if process.child.returncode is None:
                        await process.stop(kill=True)


def _group(world: World, name: str) -> Chat:
    return world.group(f"Forum of {name}", admins=(world.person(f"Ali of {name}"),))
