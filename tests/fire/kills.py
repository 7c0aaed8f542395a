"""Strikes at random moments, from a seed: killed as by a power cut, killed while it starts, frozen for a while, told to stop.

    storm = Storm(town, chance, pace)
    await storm.rages(1000, kills=200)      # a crowd talks meanwhile, and goes on until both have come to an end

`FIRE_SEED` repeats a run as far as a machine repeats itself.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fire.conversations import CONVERSATIONS
from tests.fire.judge import Kill, Verdict, died, drafts_lost, judge
from tests.fire.kept import kept, settled
from tests.fire.talk import Crowd
from tests.town.town import Town

MORE = 25
"""So many more people come at a time where all have been served before the last kill."""
FROZEN, STOPPED, AT_BIRTH, CALM = 0.06, 0.04, 0.1, 0.04
"""How often the bot is not killed but frozen or told to stop, how often it is killed once more while it starts, or left alone for long."""
CALM_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the bot may send (messages a second), and how long it lives between two strikes (seconds, on the average).

    At Telegram's rate the sends are so far apart that a kill finds at most one of them unmarked. A faster bot has more under way at once,
    each to another chat.
    """

    rate: int
    life: float


TELEGRAM = Pace(30, 1.0)
BRISK = Pace(300, 0.45)


def seeded() -> int:
    """Return `FIRE_SEED`, else a new seed."""
    return int(os.environ.get("FIRE_SEED", "0")) or random.randrange(1, 10**6)


async def judged(storm: Storm, visits: int, kills: int, seed: int) -> Verdict:
    """Let a storm rage and its verdict stand; the seed and what happened are printed, for when it does not."""
    print(f"FIRE_SEED={seed}")
    verdict = await storm.rages(visits, kills)
    print(storm.summary(verdict))
    verdict.sound()
    return verdict


@dataclass
class Storm:
    """Strikes on a town, and the crowd that talks meanwhile. `told` is called with a line on how far it is, after each strike."""

    town: Town
    chance: random.Random
    pace: Pace
    told: Callable[[str], None] = lambda _: None
    kills: list[Kill] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    crowd: Crowd = field(init=False)

    def __post_init__(self) -> None:
        """Gather the crowd, and let the bot send at this pace."""
        self.crowd = Crowd(self.town, self.chance, CONVERSATIONS)
        self.town.environment["ALWAND_LIMITS__MESSAGES_PER_SECOND"] = str(self.pace.rate)

    async def rages(self, visits: int, kills: int) -> Verdict:
        """Strike until the bot has died so often and so many people have been served, then judge it."""
        await self.town.stop()
        await self.town.starts()
        async with asyncio.TaskGroup() as everything:
            striking = everything.create_task(self._strike(kills))
            await self.crowd.lives(visits)
            while not striking.done():
                await self.crowd.lives(MORE)
        self._nobody_is_stuck()
        await settled(self.town)
        lost = drafts_lost({visit.sara.talk.id: visit.leaves_at for _, visit in self.crowd.left}, await kept(self.town))
        assert not lost, "\n".join(lost)
        await self.crowd.comes_back()
        self._nobody_is_stuck()
        await settled(self.town)
        return await judge(self.town, self.kills, self.crowd.threads)

    def _nobody_is_stuck(self) -> None:
        assert not self.crowd.stuck, "\n".join(self.crowd.stuck)

    def summary(self, verdict: Verdict) -> str:
        """Tell in three lines what happened."""
        private = sum(copy.said.chat > 0 for copy in verdict.copies)
        return (
            f"{len(self.kills)} kills, {dict(self.others)}, {self.town.world.counters.calls} calls\n"
            f"{self.crowd.held.total()} conversations: {dict(self.crowd.held)}\n"
            f"{private} copies to residents, {len(verdict.copies) - private} to groups, at most {self.most(verdict)} of one kill"
        )

    def most(self, verdict: Verdict) -> int:
        """Return how many copies the kill with most of them has made."""
        return max(Counter(copy.kill for copy in verdict.copies).values(), default=0)

    async def _strike(self, kills: int) -> None:
        while len(self.kills) < kills:
            calm = self.chance.random() < CALM
            await asyncio.sleep(CALM_SECONDS if calm else self.pace.life * self.chance.uniform(0.05, 1.95))
            await self._strike_once()
            self.told(f"{len(self.kills)} kills, {self.crowd.held.total()} conversations, {len(self.crowd.stuck)} stuck")

    async def _strike_once(self) -> None:
        dice = self.chance.random()
        if dice < FROZEN:
            await self._freeze()
        elif dice < FROZEN + STOPPED:
            self.others["stopped"] += 1
            assert await self.town.stop() == 0
            await self.town.starts()
        else:
            await self._kill()
            while self.chance.random() < AT_BIRTH:
                self.town.launches()
                await asyncio.sleep(self.chance.uniform(0.0, 0.6))
                await self._kill()
            await self.town.starts()

    async def _kill(self) -> None:
        await self.town.kill()
        self.kills.append(died(self.town, len(self.kills) + 1))

    async def _freeze(self) -> None:
        """Let it stand still, as under a debugger or on a machine that has no time for it."""
        self.others["frozen"] += 1
        assert self.town.process is not None
        self.town.process.send(signal.SIGSTOP)
        await asyncio.sleep(self.chance.uniform(0.05, 1.0))
        self.town.process.send(signal.SIGCONT)
