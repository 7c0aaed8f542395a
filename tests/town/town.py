"""A town: Telegram's stand-in, the forums' groups with their people, and the bot as a process that can be killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal, TypeVar

from bot.cli.demo import settings
from bot.cli.keys import make
from bot.config import Config, example, load
from bot.crash import Point
from bot.demo.server import StandIn
from bot.demo.world import Call, World
from bot.model.ids import PROVINCE, Language
from tests.health.asking import free_port
from tests.town.people import PATIENCE, Forum, Resident
from tests.town.process import Process, start

T = TypeVar("T")


@dataclass
class Town:
    """Everything, and everybody. `forums` holds the groups by the id of their district, `province` among them."""

    telegram: StandIn
    folder: Path
    config: Config
    environment: dict[str, str]
    forums: dict[str, Forum] = field(default_factory=dict)
    process: Process | None = None

    @property
    def world(self) -> World:
        """Telegram as its people know it."""
        return self.telegram.world

    @property
    def province(self) -> Forum:
        """The provincial group."""
        return self.forums[PROVINCE]

    @property
    def log(self) -> str:
        """All that the bot has written to its log so far."""
        file = self.folder / "bot.log"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    @property
    def files(self) -> list[Path]:
        """Every file that the bot wrote: its database with all that belongs to it, its log, and whatever else."""
        return [file for file in self.folder.rglob("*") if file.is_file() and file.name not in ("config.toml", "alwand.key")]

    def resident(self, language: Language = "en", name: str = "Sara", **account: Any) -> Resident:
        """Somebody with a phone, who has not spoken to the bot yet."""
        return Resident(self.world.person(name, **account), language)

    async def until(self, condition: Callable[[], T], timeout: float = PATIENCE) -> T:  # noqa: ASYNC109 - `until` raises its own error
        """Wait until something is true of the world."""
        return await self.world.until(condition, timeout)

    async def starts(self, **settings: str) -> None:
        """Start the bot, in this run with these settings too, and wait until it listens."""
        before = self.world.counters.calls
        self.launches(**settings)
        await self.until(lambda: any(call.method == "getMe" for call in self._calls_since(before)))

    def _calls_since(self, number: int) -> Iterator[Call]:
        """Yield the calls from that number on, the newest first."""
        return takewhile(lambda call: call.n >= number, reversed(self.world.calls))

    def launches(self, **settings: str) -> Process:
        """Start a process of the bot, whatever becomes of it; `settings` are named without their `ALWAND_`."""
        arguments = ["run", "--config", str(self.folder / "config.toml")]
        environment = self.environment | {f"ALWAND_{name}": value for name, value in settings.items()}
        self.process = start(arguments, environment, self.folder / "bot.log")
        return self.process

    async def kill(self) -> None:
        """Kill the bot as a power cut would, and wait until Telegram has done with what it had asked for."""
        assert self.process is not None
        self.process.send(signal.SIGKILL)
        await self.process.wait()
        while self.telegram.transports:  # noqa: ASYNC110 - a connection that ends rings no bell
            await asyncio.sleep(0)

    async def stop(self) -> int:
        """Tell the bot to stop; return its exit code."""
        assert self.process is not None
        self.process.send(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    async def ends(self) -> int:
        """Wait until the bot has ended by itself; return its exit code."""
        assert self.process is not None
        async with asyncio.timeout(60):
            return await self.process.wait()

    async def restart(self) -> None:
        """Kill the bot and start it again."""
        await self.kill()
        await self.starts()

    async def crash_at(self, point: Point, times: int = 1, **settings: str) -> None:
        """Start the bot afresh so that it dies when it passes this point for the so-manieth time."""
        await self.stop()
        await self.starts(CRASH=f"{point}:{times}", **settings)


@contextlib.asynccontextmanager
async def raised(
    folder: Path,
    *,
    words: str = "quick",
    limits: bool = False,
    unlinked: tuple[str, ...] = (),
    text: Callable[[str], str] = lambda text: text,
    asleep: bool = False,
    intake: Literal["polling", "webhook"] = "polling",
    **environment: str,
) -> AsyncIterator[Town]:
    """Raise a town in an empty folder.

    `words` go to `launch.py`; `limits` are Telegram's at the stand-in; `unlinked` forums have no group in the settings; `text` changes
    the settings file; `asleep` leaves the bot to be started; by `intake` it asks for updates or has them brought; `environment` holds
    settings without their `ALWAND_`.
    """
    async with StandIn.start(limits=limits) as telegram:
        config = load(example())
        forums = {forum: Forum.found(telegram.world, forum, config.places().forum_language(forum)) for forum in _forums(config)}
        chats = {forum: 0 if forum in unlinked else found.chat.id for forum, found in forums.items()}
        written = text(_without_zero(settings(example().read_text(encoding="utf-8"), telegram.url, chats)))
        (folder / "config.toml").write_text(written, encoding="utf-8")
        make(folder / "alwand.key")
        town = Town(telegram, folder, config, _environment(telegram, folder, words, _taking_in(intake) | environment), forums)
        try:
            if not asleep:
                await town.starts()
            yield town
            assert telegram.world.violations == []
            assert misplaced(town) == []
        finally:
            if town.process is not None and town.process.returncode is None:
                await town.kill()


def _forums(config: Config) -> list[Any]:
    return [*(district.id for district in config.places().districts), PROVINCE]


def _without_zero(text: str) -> str:
    return re.sub(r"^chat_id = 0\n", "", text, flags=re.MULTILINE)


def _taking_in(intake: str) -> dict[str, str]:
    port = free_port()
    address = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram", "WEBHOOK_PORT": str(port)} if intake == "webhook" else {}
    return {f"TELEGRAM__{name}": value for name, value in {"INTAKE": intake, **address}.items()}


def _environment(telegram: StandIn, folder: Path, words: str, more: Mapping[str, str]) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith("ALWAND_")}
    pace = {"LIMITS__MESSAGES_PER_SECOND": "1000", "LIMITS__CHAT_SECONDS": "0.05"} if "quick" in words else {}
    own = {"TELEGRAM__TOKEN": telegram.token, "TELEGRAM__POLL_TIMEOUT": "1", "CLOCK_FILE": str(folder / "clock"), **pace, **more}
    runtime = {"XDG_RUNTIME_DIR": str(folder), "TOWN": words}
    return known | runtime | {f"ALWAND_{name}": value for name, value in own.items()}


def misplaced(town: Town) -> list[str]:
    """Name the calls into chats that the bot has no business in: people who never wrote to it, groups of nobody's but for a farewell."""
    world = town.world
    ours = {forum.chat.id for forum in town.forums.values()} | set(world.moved)
    wrong = []
    for call in world.calls:
        chat = call.chat_id
        if chat is None or chat in ours or (world.crowd is not None and chat in world.crowd):
            continue
        if chat > 0 and chat in world.people and world.people[chat].has_started:
            continue
        if chat > 0 or call.method not in ("sendMessage", "leaveChat"):
            wrong.append(f"{call.method} in {chat}")
    return wrong
