"""Leases and the company of processes, on a real PostgreSQL: each process here is one with a connection of its own."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StartRefused
from bot.storage import leases, lock
from bot.storage.company import Company, joined
from bot.storage.database import Database
from bot.storage.duty import OnDuty, Tenure
from bot.storage.errors import Fenced, StorageUnavailable
from bot.storage.leases import Lease
from bot.storage.start import open_postgresql
from tests.databases import KEYS, administer

NAMES = ("send", "tick")


async def lapse(db: Database) -> None:
    """Let as much time pass for the leases as they hold for."""
    await db.transact(lambda conn: conn.execute(text("UPDATE leases SET until = until - interval '7 s'")))


async def disconnect(db: Database, company: Company) -> None:
    """End a process's connection as the server, or the network, may."""
    await administer(make_url(db.engine.url.render_as_string(hide_password=False)), f"SELECT pg_terminate_backend({company._pid}, 1000)")


async def test_one_of_two_gets_a_lease_and_keeps_it_by_renewing(postgresql_url: str) -> None:
    """F29."""
    async with joined(postgresql_url, NAMES) as one, joined(postgresql_url, NAMES) as other:
        assert (await one.look()).standing == {"send": "free", "tick": "free"}
        assert await one.take("send", 0) == Lease("send", 1)
        assert await other.take("send", 0) is None
        assert await other.take("send", 1) is None
        assert (await one.look()).mine == {"send": 1}
        view = await other.look()
        assert view.standing == {"send": "held", "tick": "free"}
        assert view.members == tuple(sorted((one.number, other.number)))


async def test_what_is_given_back_is_had_at_once_with_a_higher_fence(postgresql_url: str) -> None:
    async with joined(postgresql_url, NAMES) as one, joined(postgresql_url, NAMES) as other:
        heard: list[str] = []
        other.heard = heard.append
        assert await one.take("send", 0)
        await one.release("send")
        assert await other.take("send", 1) == Lease("send", 2)
        assert heard == ["leases"]


async def test_a_lease_whose_holder_is_gone_is_had_at_once(postgresql_url: str, postgresql_database: Database) -> None:
    """B11: also where it is the same bot that was killed and starts again."""
    async with joined(postgresql_url, NAMES) as other, joined(postgresql_url, NAMES) as one:
        assert await one.take("send", 0)
        await disconnect(postgresql_database, one)
        view = await other.look()
        assert view.standing["send"] == "gone"
        assert view.members == (other.number,)
        assert await other.take("send", 1) == Lease("send", 2)
        assert "send" not in (await _back(one)).mine


async def _back(company: Company) -> leases.View:
    """Look once the broken connection has been found broken, and made anew."""
    with pytest.raises(StorageUnavailable):
        await company.look()
    return await company.look()


async def test_a_process_whose_connection_breaks_is_back_with_its_leases(postgresql_url: str, postgresql_database: Database) -> None:
    """F35: nobody has taken them, so nothing has to begin anew."""
    async with joined(postgresql_url, NAMES) as one:
        assert await one.take("send", 0)
        await disconnect(postgresql_database, one)
        assert (await _back(one)).mine == {"send": 1}


async def test_a_lease_that_is_not_renewed_lapses_though_its_holder_is_there(postgresql_url: str, postgresql_database: Database) -> None:
    """A process that was stopped holds its connection, and nothing else."""
    async with joined(postgresql_url, NAMES) as stopped, joined(postgresql_url, NAMES) as other:
        assert await stopped.take("send", 0)
        await lapse(postgresql_database)
        view = await other.look()
        assert view.standing["send"] == "lapsed"
        assert view.members == (other.number,)
        assert await other.take("send", 1) == Lease("send", 2)
        view = await stopped.look()
        assert view.mine == {}
        assert stopped.number in view.members


async def test_a_transaction_under_an_old_fence_is_refused_whole(postgresql_url: str, postgresql_database: Database) -> None:
    db = postgresql_database
    ended: list[str] = []
    async with joined(postgresql_url, NAMES) as one, joined(postgresql_url, NAMES) as other:
        lease = await one.take("send", 0)
        assert lease is not None
        tenure = Tenure(lease, 0.0, lambda: ended.append("send"))
        on_duty = OnDuty(db, tenure)
        await on_duty.transact(_write)
        await lapse(db)
        assert await on_duty.transact(_written) == 1  # nobody has taken it: it is still theirs
        assert await other.take("send", 1)
        late = asyncio.create_task(on_duty.transact(_write))
        async with asyncio.timeout(10):
            while not ended:  # noqa: ASYNC110 - a refused transaction rings no bell
                await asyncio.sleep(0.01)
        assert await db.read(_written) == 1
        late.cancel()


async def test_whoever_takes_over_waits_for_what_is_being_written_under_the_fence(
    postgresql_url: str, postgresql_database: Database
) -> None:
    """Otherwise the next holder could look before the last one's transaction is there, and do the same again."""
    db = postgresql_database
    async with joined(postgresql_url, NAMES) as one, joined(postgresql_url, NAMES) as other:
        lease = await one.take("send", 0)
        assert lease is not None
        reached, may_go_on = asyncio.Event(), asyncio.Event()

        async def slow(conn: AsyncConnection) -> None:
            await leases.fenced(conn, lease)
            reached.set()
            await may_go_on.wait()
            await _write(conn)

        writing = asyncio.create_task(db.transact(slow))
        await reached.wait()
        await one.look()  # renewing waits for nobody
        await lapse(db)
        taking = asyncio.create_task(other.take("send", 1))
        await asyncio.wait([taking], timeout=0.3)
        assert not taking.done()
        may_go_on.set()
        assert await taking == Lease("send", 2)
        assert await db.read(_written) == 1
        await writing


async def _write(conn: AsyncConnection) -> None:
    await conn.execute(text("INSERT INTO settings (name, value) VALUES ('written', '\\x00') ON CONFLICT (name) DO NOTHING"))


async def _written(conn: AsyncConnection) -> int:
    return await conn.scalar(text("SELECT count(*) FROM settings WHERE name = 'written'")) or 0


async def test_a_process_that_is_stopped_in_a_transaction_does_not_hold_up_the_next(
    postgresql_url: str, postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server waits for its next word only so long, and then undoes what it had begun."""
    db = postgresql_database
    monkeypatch.setattr(leases, "_FENCE", text(str(leases._FENCE).replace(f"'{leases.IDLE_SECONDS}s'", "'300ms'")))
    async with joined(postgresql_url, NAMES) as one, joined(postgresql_url, NAMES) as other:
        lease = await one.take("send", 0)
        assert lease is not None
        reached = asyncio.Event()

        async def stopped(conn: AsyncConnection) -> None:
            await leases.fenced(conn, lease)
            await _write(conn)
            reached.set()
            await asyncio.sleep(1)  # what a stop is to the server: nothing comes

        writing = asyncio.create_task(db.transact(stopped))
        await reached.wait()
        await lapse(db)
        assert await other.take("send", 1) == Lease("send", 2)
        with pytest.raises(Fenced):  # the connection was ended under it, so it was tried once more
            await writing
        assert await db.read(_written) == 0


async def test_a_process_that_is_stopped_between_two_halves_of_a_statement_is_cut_off(
    postgresql_url: str, postgresql_database: Database
) -> None:
    """F29: to the server it is at work, so it would wait for the time-out of the statement, a minute."""
    db = postgresql_database
    async with joined(postgresql_url, NAMES) as one, joined(postgresql_url, NAMES) as other:
        lease = await one.take("send", 0)
        assert lease is not None
        reached, goes_on = asyncio.Event(), asyncio.Event()

        async def stopped(conn: AsyncConnection) -> None:
            await leases.fenced(conn, lease)
            await _write(conn)
            driver = (await conn.get_raw_connection()).driver_connection
            assert driver is not None
            await driver.prepare("SELECT 'not executed yet'")
            reached.set()
            await goes_on.wait()
            await _write(conn)

        writing = asyncio.create_task(db.transact(stopped))
        await reached.wait()
        await lapse(db)
        assert await other.take("send", 1) == Lease("send", 2)
        assert (await other.look()).mine == {"send": 2}
        assert await db.read(_written) == 0
        goes_on.set()
        with pytest.raises(Fenced):
            await writing


async def test_words_are_heard_by_all_but_who_called_them(postgresql_url: str) -> None:
    async with joined(postgresql_url, NAMES) as one, joined(postgresql_url, NAMES) as other:
        heard: dict[str, list[str]] = {"one": [], "other": []}
        one.heard, other.heard = heard["one"].append, heard["other"].append
        await one.call({"sends"})
        await other.call(["told"])
        await one.look()
        await other.look()
        assert heard == {"one": ["told"], "other": ["sends"]}


async def test_who_wants_the_database_alone_finds_the_processes_on_it(postgresql_url: str, postgresql_database: Database) -> None:
    """F36: a restore; and while it lasts, nobody joins."""
    async with joined(postgresql_url, NAMES), joined(postgresql_url, NAMES):
        with pytest.raises(StartRefused, match="another Alwand runs on this database"):
            await _alone(postgresql_url)
        assert await postgresql_database.read(lambda conn: lock.running(conn, postgresql_url))
    async with lock.hold_database(postgresql_url):
        with pytest.raises(StartRefused, match="being restored"):
            async with joined(postgresql_url, NAMES):
                pass


async def _alone(url: str) -> None:
    async with lock.hold_database(url):
        pass


async def test_a_newer_program_upgrades_nothing_under_a_running_older_one(postgresql_url: str, postgresql_database: Database) -> None:
    """F13: it says what to do, and does it once that is done."""
    db = postgresql_database

    async def be(version: str) -> None:
        await db.transact(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version}))

    async with joined(postgresql_url, NAMES) as older:
        await be("0003")
        with pytest.raises(StartRefused, match="older version"):
            await open_postgresql(postgresql_url, KEYS, migrate=True)
        await be("0004")
        await disconnect(db, older)
        await be("9999")
        with pytest.raises(StartRefused, match="another version"):  # it does not come back to tables that it does not know
            await _back(older)
    with pytest.raises(StartRefused, match="another version"):
        async with joined(postgresql_url, NAMES):
            pass
    await be("0004")
