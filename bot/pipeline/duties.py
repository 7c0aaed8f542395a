"""Who does what only one may do, where several processes share a PostgreSQL database.

Each duty has a lease of its own (`bot/storage/leases.py`): a process that dies takes no more with it than it held, a webhook needs no
lease to receive, and the work spreads. Once a second each process renews what it holds and sees how the others stand. A duty goes to
whoever takes it first:

- at once, where it was given back, or its holder was gone before this process came;
- two seconds later, where its holder was there and its connection has ended: it may come back;
- after six seconds, where its holder is there and does nothing, as one that was stopped.

With others there, whoever holds duties already waits a second longer for each, and whoever has just lost the server three: the others may
have lost it too, and come back for what is theirs. Whoever holds two more than another hands one on.

What is lost ends where it stands, and its process goes on with turns. What is taken begins as at a start, from the disk. That nobody can
write or send what is not theirs any more does not depend on what happens here: `OnDuty` and `Guarded` see to it.

On SQLite there is one process, and it does everything.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

import structlog

from bot.channels.base import Channel
from bot.clock import steady
from bot.errors import AlwandError
from bot.pipeline.bell import Word
from bot.pipeline.guarded import Guarded
from bot.pipeline.works import Begin, Duty, Work
from bot.storage.company import Company
from bot.storage.database import Database
from bot.storage.duty import OnDuty, Tenure
from bot.storage.errors import StorageUnavailable
from bot.storage.leases import Lease, View
from bot.storage.shares import Share

log = structlog.get_logger()

LOOK_SECONDS: Final = 1.0
GONE_SECONDS: Final = 2.0
AFTER_A_BREAK_SECONDS: Final = 3.0
"""Seconds and not looks: a word from another makes a process look at once."""
HAND_ON_SECONDS: Final = 5.0
HANDED_ON: Final[tuple[Duty, ...]] = ("receive", "tick")
"""What begins anew in no time at all."""


class Duties:
    """What this process does of all that. `begins` tells how each duty is begun; those without a lease need not be here.

    Attributes:
        members: the numbers of all processes that are there, this one's among them; empty where there is no company.
        share: this process's share of what all may do.
    """

    def __init__(self, begins: Mapping[Duty, Begin], db: Database, channel: Channel, company: Company | None) -> None:
        self._begins = begins
        self._db = db
        self._channel = channel
        self._company = company
        self._works: dict[Duty, Work] = {}
        self._tasks: dict[Duty, asyncio.Task[None]] = {}
        self._tenures: dict[Duty, Tenure] = {}
        self._given_back: dict[str, Lease] = {}
        self._vacant: dict[Duty, float] = {}
        self._met: set[int] = set()
        self._handed_on = float("-inf")
        self._woken = asyncio.Event()
        self._stopping = False
        self.members: tuple[int, ...] = ()
        self.share: Share | None = None

    def holds(self, duty: Duty) -> bool:
        """Whether this process does it at the moment."""
        return duty in self._works

    def look(self) -> None:
        """See at once how the leases stand: one was given back."""
        self._woken.set()

    def hear(self, word: Word) -> None:
        """Let what is done here hear a word."""
        for work in self._works.values():
            work.hear(word)

    @property
    def rounds(self) -> Mapping[str, float]:
        """Monotonic times at which the loops of what is done here last went round."""
        return {name: at for work in self._works.values() for name, at in work.rounds.items()}

    async def run(self) -> None:
        """Do what falls to this process, until stopped.

        Raises:
            AlwandError: inside a group; this process may not go on.
        """
        async with asyncio.TaskGroup() as tasks:
            if self._company is None:
                for duty, begin in () if self._stopping else self._begins.items():
                    self._start(tasks, duty, begin(self._db, self._channel))
                return
            while not self._stopping or self._works:
                self._woken.clear()
                await self._round(tasks, self._company)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._woken.wait()

    def stop(self) -> None:
        """Finish what is done here and give it back."""
        self._stopping = True
        for work in self._works.values():
            work.stop()
        self._woken.set()

    async def _round(self, tasks: asyncio.TaskGroup, company: Company) -> None:
        """Renew, see how things stand, and take what is to be had."""
        asked = steady()
        with suppress(StorageUnavailable):
            view = await company.look()
            self._renewed(view, asked)
            if not self._stopping:
                await self._take(tasks, company, view, asked)
                self._hand_on(company.number, view)

    def _renewed(self, view: View, asked: float) -> None:
        self.members = view.members
        self._met.update(view.members)
        if self._company is not None:
            self.share = Share(view.members.index(self._company.number), len(view.members))
        for duty, tenure in [*self._tenures.items()]:
            if view.mine.get(duty) == tenure.lease.fence:
                tenure.renew(asked)
            else:
                tenure.end()

    async def _take(self, tasks: asyncio.TaskGroup, company: Company, view: View, looked: float) -> None:
        for duty in self._begins:
            if duty in self._works or view.standing.get(duty) == "held":
                self._vacant.pop(duty, None)
                continue
            vacant = looked - self._vacant.setdefault(duty, looked)
            if duty not in view.mine and vacant < self._patience(company, view, duty, looked):
                continue
            tenure = self._ours(duty, view, looked) if duty in view.mine else await self._taken(company, duty, view)
            if tenure is not None:
                log.info("duty", duty=duty, outcome="taken", fence=tenure.lease.fence, was=view.standing.get(duty, "ours"))
                self._tenures[duty] = tenure
                self._start(tasks, duty, self._begins[duty](OnDuty(self._db, tenure), Guarded(self._channel, tenure)))
                if len(view.members) > 1:
                    return

    def _ours(self, duty: Duty, view: View, looked: float) -> Tenure | None:
        """Return the tenure of a lease that is ours though we do nothing for it, as where the answer to our taking it was lost.

        What we have given back since we looked is not.
        """
        lease = Lease(duty, view.mine[duty])
        return None if lease == self._given_back.get(duty) else self._tenure(lease, looked)

    async def _taken(self, company: Company, duty: Duty, view: View) -> Tenure | None:
        """Take a lease; whoever was told to stop meanwhile gives it back."""
        asked = steady()
        lease = await company.take(duty, view.others[duty])
        if lease is not None and self._stopping:
            await self._give_back(company, lease)
            return None
        return None if lease is None else self._tenure(lease, asked)

    def _tenure(self, lease: Lease, renewed: float) -> Tenure:
        tenure = Tenure(lease, renewed, lambda: self._lose(tenure))
        return tenure

    def _patience(self, company: Company, view: View, duty: Duty, now: float) -> float:
        """Return for how many seconds from when it was first seen so a lease is left to others."""
        if now < company.broke + AFTER_A_BREAK_SECONDS:
            return float("inf")
        alone = view.members == (company.number,)
        away = view.standing[duty] == "gone" and view.holders[duty] in self._met
        return (GONE_SECONDS if away else 0.0) + (0.0 if alone else len(self._works) * LOOK_SECONDS)

    def _hand_on(self, me: int, view: View) -> None:
        """End one of many, for another who has fewer to take it."""
        held = Counter(view.holders.values())
        least = min((held[member] for member in view.members if member != me), default=len(self._works))
        now = time.monotonic()
        if len(self._works) - least < 2 or now - self._handed_on < HAND_ON_SECONDS:
            return
        for duty in HANDED_ON:
            if duty in self._works:
                self._handed_on = now
                log.info("duty", duty=duty, outcome="handed on")
                self._works[duty].stop()
                return

    def _lose(self, tenure: Tenure) -> None:
        """End what is done under a tenure. What is left of an earlier one may notice only now that it is over: it ends nothing."""
        for duty, current in self._tenures.items():
            if current is tenure:
                log.warning("duty", duty=duty, outcome="lost")
                self._tasks[duty].cancel()

    def _start(self, tasks: asyncio.TaskGroup, duty: Duty, work: Work) -> None:
        self._works[duty] = work
        self._tasks[duty] = tasks.create_task(self._do(duty, work), name=duty)

    async def _do(self, duty: Duty, work: Work) -> None:
        try:
            tenure = await self._done(duty, work)
            if self._company is not None and tenure is not None and not tenure.over:
                await self._give_back(self._company, tenure.lease)
        finally:
            del self._works[duty], self._tasks[duty]
            self._woken.set()

    async def _done(self, duty: Duty, work: Work) -> Tenure | None:
        """Do it to its end, and return the tenure under which it was done: from here on nothing is left to lose."""
        tenure = self._tenures.get(duty)
        try:
            await told(duty, work.run)
        except asyncio.CancelledError:
            if tenure is None or not tenure.over:
                raise
        finally:
            self._tenures.pop(duty, None)
        return tenure

    async def _give_back(self, company: Company, lease: Lease) -> None:
        with suppress(StorageUnavailable):
            await company.release(lease.name)
            self._given_back[lease.name] = lease


async def told(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work of one task, and say which one it was that failed: the failure ends the process."""
    try:
        await work()
    except AlwandError:
        raise
    except Exception as error:
        log.critical("failed", task=name, exc_info=error)
        raise
