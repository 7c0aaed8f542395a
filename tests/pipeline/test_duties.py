"""What only one of several processes may do: begun, lost and given back at any moment, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.base import Channel
from bot.channels.telegram import TelegramChannel
from bot.i18n import render
from bot.pipeline.bell import Word
from bot.pipeline.duties import Duties
from bot.pipeline.works import DUTIES, Begin, Duty
from bot.storage.company import Company, joined
from bot.storage.database import Database
from bot.storage.leases import View
from tests.fire.faults import eventually
from tests.storage.test_leases import disconnect


@dataclass
class Idle:
    """A work that does nothing until it is told to end; `db` is what it may write with."""

    db: Database
    ended: bool = False
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    rounds: Mapping[str, float] = field(default_factory=dict)

    async def run(self) -> None:
        try:
            await self.asked.wait()
        finally:
            self.ended = True

    def stop(self) -> None:
        self.asked.set()

    def hear(self, word: Word) -> None:
        """It waits for nothing."""


@dataclass
class Office:
    """One process's duties, and all works that were begun in it."""

    db: Database
    works: list[Idle] = field(default_factory=list)

    def begin(self, db: Database, _: Channel) -> Idle:
        self.works.append(Idle(db))
        return self.works[-1]

    def duties(self, company: Company | None, *names: Duty) -> Duties:
        channel = TelegramChannel(token="1:a", render=render, alarm=lambda word: None)
        begins: dict[Duty, Begin] = dict.fromkeys(names, self.begin)
        return Duties(begins, self.db, channel, company)

    @asynccontextmanager
    async def at_work(self, company: Company, *names: Duty) -> AsyncIterator[Duties]:
        """Do these duties for as long as the block runs."""
        duties = self.duties(company, *names)
        life = asyncio.create_task(duties.run())
        try:
            yield duties
        finally:
            duties.stop()
            async with asyncio.timeout(10):
                await life


async def free(db: Database) -> set[str]:
    """Return the leases that nobody holds."""
    async with db.engine.connect() as conn:
        return set(await conn.scalars(text("SELECT name FROM leases WHERE holder = 0")))


async def nothing(conn: AsyncConnection) -> None:
    """Write nothing, under the fence."""


async def test_what_is_left_of_an_earlier_tenure_ends_nothing_of_the_next(postgresql_url: str, postgresql_database: Database) -> None:
    """F29: a transaction of it comes late and is refused, when the same process does the same anew."""
    office = Office(postgresql_database)
    async with joined(postgresql_url, DUTIES) as company, office.at_work(company, "tick") as duties:
        await eventually(lambda: len(office.works) == 1)
        office.works[0].stop()
        await eventually(lambda: len(office.works) == 2)
        late = asyncio.create_task(office.works[0].db.transact(nothing))
        await eventually(lambda: duties.holds("tick"))
        done, _ = await asyncio.wait([late], timeout=1)
        assert not done
        late.cancel()
        assert not office.works[1].ended
        assert len(office.works) == 2


async def test_what_was_given_back_while_it_was_looked_is_not_taken_for_ours(
    postgresql_url: str, postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F29: another may have it by now. What is seen of the leases is older than what was done meanwhile."""
    office = Office(postgresql_database)
    async with joined(postgresql_url, DUTIES) as company:
        look = company.look
        gone: list[Idle] = []

        async def look_long() -> View:
            view = await look()
            for work in office.works[:1]:
                if work not in gone and "tick" in view.mine:
                    gone.append(work)
                    work.stop()
                    while "tick" not in await free(office.db):
                        pass
                    await asyncio.sleep(0.1)  # the answer to giving it back
            return view

        monkeypatch.setattr(company, "look", look_long)
        async with office.at_work(company, "tick") as duties:
            await eventually(lambda: len(office.works) == 2)
            assert not office.works[1].ended
            for work in office.works[1:]:
                await asyncio.wait_for(work.db.transact(nothing), 5)
            assert duties.holds("tick")


async def test_what_is_taken_in_the_moment_of_the_stop_is_given_back_and_not_begun(
    postgresql_url: str, postgresql_database: Database
) -> None:
    """F33: or it would go on until its process is cut short, and its lease would have to lapse."""
    office = Office(postgresql_database)
    async with joined(postgresql_url, DUTIES) as company, postgresql_database.engine.connect() as other:
        await other.execute(text("SELECT 1 FROM leases WHERE name = 'tick' FOR UPDATE"))
        async with office.at_work(company, "tick") as duties:
            await eventually(lambda: company._one.locked())
            await asyncio.sleep(0.3)  # it has looked, and waits for the lease
            duties.stop()
            await other.rollback()
        assert office.works == []
        assert await free(office.db) >= {"tick"}


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "in company"])
async def test_who_is_told_to_stop_before_the_beginning_begins_nothing(
    postgresql_url: str, postgresql_database: Database, *, alone: bool
) -> None:
    """F33: a service that is stopped while it starts."""
    office = Office(postgresql_database)
    async with joined(postgresql_url, DUTIES) as company:
        duties = office.duties(None if alone else company, "tick", "send")
        duties.stop()
        async with asyncio.timeout(5):
            await duties.run()
    assert office.works == []


async def test_who_loses_the_server_for_a_moment_keeps_its_duties(postgresql_url: str, postgresql_database: Database) -> None:
    """F35: all are cut off at once, and words make the other look again and again before their holder is back."""
    one, two = Office(postgresql_database), Office(postgresql_database)
    async with joined(postgresql_url, DUTIES) as holder, joined(postgresql_url, DUTIES) as other:
        holder.heard = lambda _: first.look()
        async with one.at_work(holder, "tick") as first:
            await eventually(lambda: first.holds("tick"))
            async with two.at_work(other, "tick") as second:
                await eventually(lambda: len(second.members) == 2)
                before = holder._pid
                for company in (other, holder):
                    await disconnect(postgresql_database, company)
                while holder._pid == before or len(second.members) < 2:
                    second.look()
                    await asyncio.sleep(0.02)
                assert (len(one.works), len(two.works)) == (1, 0)
                assert not one.works[0].ended
