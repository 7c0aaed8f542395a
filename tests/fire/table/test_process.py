"""F33, F34 and F38: told to stop in the middle, short of descriptors and memory, and with a log that nobody can write."""

from __future__ import annotations

import asyncio
import json
import resource
import signal
from pathlib import Path

import pytest

from tests.fire.faults import eventually, frozen, limited, lines, others_are_served
from tests.fire.judge import judge
from tests.fire.kept import settled
from tests.fire.table.conftest import Raise
from tests.town.process import start
from tests.town.town import Town, raised
from tests.town.words import plain

LINES = 20
CROWD = 80
WARM, BACKLOG = 200, 2000
CHATTER = "كلام " * 800
GROWTH = 6 << 20


async def test_f33_told_to_stop_it_finishes_what_it_began_and_the_rest_waits(town: Town) -> None:
    """F33: exit code 0 within 10 s in the middle of work; nothing is lost and nothing doubled."""
    sara = town.resident("en")
    await sara.arrives()
    await sara.goes_to_story()
    for number in range(LINES):
        sara.person.writes(f"Line {number}")
    loop = asyncio.get_running_loop()
    told = loop.time()
    assert await town.stop() == 0
    assert loop.time() - told < 10
    assert json.loads(town.log.splitlines()[-1])["event"] == "stopped"
    await town.starts()
    await sara.taps("done")
    card = await town.forums["khanaqin"].card(await sara.finishes())
    assert [line for line in plain(card.text).splitlines() if line.startswith("Line")] == [f"Line {number}" for number in range(LINES)]


async def test_f33_where_telegram_is_silent_it_is_not_waited_for(town: Town) -> None:
    """F33, F16: nobody answers what is under way, nor anything else: it is unsure, and comes once more at most."""
    sara = town.resident("en")
    await sara.arrives()
    await settled(town)
    silent = [town.telegram.faults.add("hang", method, times=None) for method in ("*", "getUpdates")]
    sara.says("/report")
    await eventually(lambda: silent[0].met)
    assert await town.stop() == 0
    (line,) = lines(town, "cut short")
    assert line["tasks"] == ["send"]
    town.telegram.faults.clear()
    await town.starts()
    await sara.is_told("danger?")
    await settled(town)
    asked = [message for message in sara.talk.from_bot if "Is anyone in danger" in message.text]
    assert len(asked) <= 2


async def test_f34_short_of_descriptors_everybody_is_served_in_the_end(sqlite_town: Town) -> None:
    """F34: `ulimit -n 64`, and more people at once than that; what cannot be sent now is sent a moment later."""
    town = sqlite_town
    with limited(town, resource.RLIMIT_NOFILE, 64):
        town.telegram.faults.latency = 0.2
        people = [town.resident("en", f"Resident{number}") for number in range(CROWD)]
        await asyncio.gather(*(person.arrives() for person in people))
        town.telegram.faults.latency = 0.0
        await others_are_served(town)
    await settled(town)
    (await judge(town)).sound()


async def test_f34_a_backlog_does_not_grow_in_memory(sqlite_town: Town) -> None:
    """F34: what waits is on disk; what came while it stood still, twice what it may grow by, is taken in all at once."""
    town, forum = sqlite_town, sqlite_town.forums["khanaqin"]
    for number in range(WARM):
        forum.ali.writes(f"{number} {CHATTER}", forum.chat)
    await settled(town)
    before = memory(town)
    with frozen(town):
        for number in range(BACKLOG):
            forum.ali.writes(f"{number} {CHATTER}", forum.chat)
    await settled(town)
    assert memory(town) - before < GROWTH
    await others_are_served(town)


def memory(town: Town) -> int:
    """Return how many bytes of memory the bot has in hand."""
    assert town.process is not None
    (line,) = [line for line in Path(f"/proc/{town.process.pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) * 1024


@pytest.mark.parametrize("log", ["full", "closed"])
async def test_f38_without_a_log_the_service_goes_on(raise_town: Raise, log: str) -> None:
    """F38: /dev/full answers each line with ENOSPC; a closed stderr with EBADF, and nothing else ever gets its number."""
    async with raise_town("quick mute" if log == "closed" else "quick", asleep=True) as town:
        file = Path("/dev/full") if log == "full" else town.folder / "bot.log"
        asked = len(town.world.calls)
        town.process = start(["run", "--config", str(town.folder / "config.toml")], town.environment, file)
        await town.until(lambda: len(town.world.calls) > asked)
        sara = town.resident("en")
        await sara.arrives()
        await town.forums["khanaqin"].card(await sara.reports("The log is gone."))
        town.process.send(signal.SIGTERM)
        assert await town.process.wait() == 0
        (town.folder / "bot.log").touch()
        assert log != "closed" or town.log == ""


async def test_f34_a_bot_that_was_frozen_goes_on_where_it_stood(tmp_path: Path) -> None:
    """F34: SIGSTOP and SIGCONT, as a machine that sleeps; nothing is done twice."""
    async with raised(tmp_path) as town:
        sara = town.resident("en")
        await sara.arrives()
        assert town.process is not None
        town.process.send(signal.SIGSTOP)
        sara.says("/report")
        await eventually(lambda: len(town.world.updates) == 1)
        await asyncio.sleep(1.0)
        town.process.send(signal.SIGCONT)
        await sara.is_told("danger?")
        await settled(town)
        (await judge(town)).sound()
