"""What the bot does while it is traced: evenings in a town, each ending with the bot's death or its orderly stop."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from bot.storage.seal import Keyring
from tests.fire.power import trace
from tests.fire.power.cuts import Scene, held
from tests.town.people import Forum, Resident
from tests.town.process import ROOT
from tests.town.test_awareness import approves, copy_of, morning, writes
from tests.town.test_backup import deletes
from tests.town.test_times import moves_clock
from tests.town.town import Town, raised

SAID: Final = "said"
Intake = Literal["polling", "webhook"]


@dataclass
class Stage:
    """A town whose bot is down, and what it did before."""

    town: Town
    scene: Scene

    @property
    def keys(self) -> Keyring:
        """What opens its database."""
        return Keyring.parse((self.town.folder / "alwand.key").read_text(encoding="ascii"))


@asynccontextmanager
async def report(folder: Path, words: str = "quick", intake: Intake = "polling") -> AsyncIterator[Stage]:
    """Two people write to a bot that runs for the first time, and then it is told to stop."""
    async with _town(folder, words, intake) as town:
        recording = await _traced(town)
        sara, azad = town.resident("en"), town.resident("ckb", "Azad")
        await asyncio.gather(sara.arrives(), azad.arrives())
        await asyncio.gather(sara.reports("Pills near the school."), azad.reports())
        assert await town.stop() == 0
        yield Stage(town, await recording())


@asynccontextmanager
async def evening(folder: Path) -> AsyncIterator[Stage]:
    """A week later: a broadcast goes out while people report, are answered and have their data deleted; then the bot is killed."""
    async with _town(folder) as town:
        await town.starts()
        forum = town.forums["khanaqin"]
        sara, azad, dara = town.resident("ckb"), town.resident("ar", "Azad"), town.resident("en", "Dara")
        readers = [town.resident("ckb", f"Reader {number}") for number in range(8)]
        await asyncio.gather(*(each.arrives() for each in (sara, azad, dara, *readers)))
        gone = await dara.reports("Words that go.")
        await asyncio.gather(*(_subscribes(each) for each in readers))
        assert await town.stop() == 0

        moves_clock(town, morning())
        recording = await _traced(town)
        await writes(forum)
        await approves(town)
        await asyncio.gather(*map(copy_of, readers), _is_answered(sara, forum), azad.reports(), deletes(dara, forum, gone))
        await town.kill()
        yield Stage(town, await recording())


async def _subscribes(reader: Resident) -> None:
    await reader.reports()
    await (await reader.taps("بەڵێ، بۆ")).answer()


async def _is_answered(resident: Resident, forum: Forum) -> None:
    card = await forum.card(await resident.reports("Something else."))
    await forum.presses(forum.ali, card, "Take").answer()
    forum.ali.replies(card, "We come tomorrow.")
    question = await forum.hears("We come tomorrow.")
    await forum.presses(forum.ali, question, "Send to the person").answer()
    await resident.hears("We come tomorrow.")


@asynccontextmanager
async def _town(folder: Path, words: str = "quick", intake: Intake = "polling") -> AsyncIterator[Town]:
    home = folder / "town"
    home.mkdir()
    async with raised(home, words=words, asleep=True, intake=intake) as town:
        yield town


async def _traced(town: Town) -> Callable[[], Awaitable[Scene]]:
    """Start the bot so that it is seen; what is returned gives the scene once the bot is down."""
    file = town.folder.with_name("trace")
    there = held(town.folder)
    town.environment["TOWN_UNDER"] = shlex.join(trace.command(file, detached=True))
    await town.starts()
    del town.environment["TOWN_UNDER"]
    assert town.process is not None
    number = town.process.pid

    async def scene() -> Scene:
        await trace.complete(file, number)
        return Scene(town.folder, there, trace.read(file), held(town.folder))

    return scene


def command(root: Path, *words: str | Path, **environment: str) -> Scene:
    """Let a command run to its end in a folder, as an operator calls it; what it says goes into the file `said` there."""
    there = held(root)
    file = root.with_name(f"{root.name}.trace")
    with (root / SAID).open("wb", buffering=0) as said:
        ran = [*trace.command(file), sys.executable, *map(str, words)]
        done = subprocess.run(ran, cwd=ROOT, env=os.environ | environment, stdout=said, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return Scene(root, there | {str(root / SAID): b""}, trace.read(file), held(root))
