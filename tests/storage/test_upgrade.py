"""A database of the first release, with everything in it, becomes one of today: nothing is lost, and it goes on."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from pydantic import TypeAdapter
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.model.ids import ForumId, ResidentId
from bot.model.outgoing import Outgoing
from bot.model.subscriptions import Subscription
from bot.storage import entries, migrations, posts, queues, residents, sessions, settings, subscribers, tickets, timers
from bot.storage.database import Database
from bot.storage.seal import Keyring, seal
from bot.storage.sqlite import path_of
from bot.storage.tables import residents as residents_table
from tests.databases import Server, administer
from tests.storage.samples import KHANAQIN, MANDALI, a_session, a_ticket, an_entry

TICKET, ENTRY = a_ticket(), an_entry()


def to(connection: Connection, revision: str) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    command.upgrade(config, revision)


async def fill(conn: AsyncConnection, keys: Keyring) -> None:
    """Store a ticket with its thread as the first release did, whose tickets knew of no session."""
    await settings.put(conn, keys, settings.KEY_CHECK, settings.KEY_CHECK_TEXT)
    row = dict(_row(keys))
    columns = ", ".join(row)
    await conn.execute(text(f"INSERT INTO tickets ({columns}) VALUES ({', '.join(':' + name for name in row)})"), row)
    await entries.add(conn, keys, ENTRY)


def _row(keys: Keyring) -> dict[str, object]:
    key = keys.new_data_key(tickets.owner_of(TICKET.id))
    plain = {name: getattr(TICKET, name) for name in tickets._CLEAR if name != "session"}
    return plain | {"id": TICKET.id, "version": 1, "wrapped": key.wrapped, "body": tickets._seal(key.plain, TICKET)}


@pytest.fixture
def server(request: pytest.FixtureRequest, dialect: str) -> Server | None:
    """Return the PostgreSQL server where one is needed; it is started outside of any event loop."""
    return request.getfixturevalue("postgresql_server") if dialect == "postgresql" else None


@pytest.fixture
async def older_url(server: Server | None, sqlite_url: str) -> AsyncIterator[str]:
    """Return the URL of a database that an older release is to have left."""
    name = f"alwand_older_{uuid4().hex[:12]}"
    if server:
        await administer(server.url, f"CREATE DATABASE {name}")
    yield server.database(name) if server else sqlite_url
    if server:
        await administer(server.url, f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def left_by(url: str, revision: str) -> AsyncIterator[AsyncConnection]:
    """Fill a database of a revision."""
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as conn:
        await conn.run_sync(to, revision)
        yield conn
    await engine.dispose()


@pytest.fixture
async def first_url(older_url: str, keys: Keyring) -> str:
    """Return the URL of a database as the first release left it."""
    async with left_by(older_url, "0001") as conn:
        assert "sessions" not in await conn.run_sync(lambda connection: inspect(connection).get_table_names())
        await fill(conn, keys)
    return older_url


async def subscribe(conn: AsyncConnection, keys: Keyring, who: ResidentId, *districts: ForumId) -> None:
    """Store that somebody wants to hear of the sessions in these districts, as the second release did."""
    for district in districts:
        token = keys.lookup("subscription", f"{district}|{who}")
        row = {"forum": district, "lookup": token, "resident": seal(keys.rest, "subscriptions", "resident", token, who.encode())}
        await conn.execute(text("INSERT INTO subscriptions (forum, lookup, resident) VALUES (:forum, :lookup, :resident)"), row)


SARA, AZAD, LAYLA, GONE = (ResidentId(f"resident{name}") for name in ("sara", "azad", "layl", "gone"))


@pytest.fixture
async def second_url(older_url: str, keys: Keyring) -> str:
    """Return the URL of a database as the second release left it: somebody subscribed to two districts, and one of them is erased."""
    async with left_by(older_url, "0002") as conn:
        await settings.put(conn, keys, settings.KEY_CHECK, settings.KEY_CHECK_TEXT)
        for who in (SARA, AZAD, LAYLA):
            key = keys.new_data_key(residents.owner_of(who))
            profile = residents._Profile({SARA: "ckb", AZAD: "en"}.get(who), consented=True, reachable=who != AZAD)  # type: ignore[arg-type]
            sealed = seal(key.plain, "residents", "profile", who, residents._PROFILE.dump_json(profile))
            row = {"id": who, "lookup": who, "wrapped": key.wrapped, "address": b"", "profile": sealed, "seen": date(2026, 3, 14)}
            await conn.execute(residents_table.insert().values(row))
        await subscribe(conn, keys, SARA, KHANAQIN, MANDALI)
        for who in (AZAD, GONE, LAYLA):
            await subscribe(conn, keys, who, MANDALI)
    return older_url


async def adopted(url: str, keys: Keyring) -> list[subscribers.Subscriber]:
    """Start today's release, and return who is a subscriber in it."""
    db = await Database.open(url, keys)
    found = await db.read(lambda conn: subscribers.scan(conn, keys, 0, 9))
    tables = await db.read(lambda conn: conn.run_sync(lambda connection: inspect(connection).get_table_names()))
    await db.close()
    assert "subscriptions" not in tables
    return found


def expected(*places: int) -> list[subscribers.Subscriber]:
    both, one = (Subscription(frozenset(districts), frozenset({"sessions"})) for districts in ((KHANAQIN, MANDALI), (MANDALI,)))
    march = date(2026, 3, 1)
    return [
        subscribers.Subscriber(places[0], SARA, "ckb", both, True, march),
        subscribers.Subscriber(places[1], AZAD, "en", one, False, march),
        subscribers.Subscriber(places[2], LAYLA, "ar", one, True, march),
    ]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
async def test_who_subscribed_in_the_second_release_still_hears_of_sessions(second_url: str, dialect: str, keys: Keyring) -> None:
    """B94: in the same districts, in their own language, and of nothing that they have not asked for."""
    assert await adopted(second_url, keys) == expected(1, 2, 3)
    assert await adopted(second_url, keys) == expected(1, 2, 3), "the next start finds nothing more to do"
    if dialect == "sqlite":
        stored = path_of(second_url).read_bytes()
        assert keys.lookup("subscription", f"{MANDALI}|{SARA}").encode() not in stored, "what was dropped is overwritten"


KILLED_AT = """
import asyncio, os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from bot.storage.database import Database
from bot.storage.seal import Keyring

def kill(statement):
    if statement.lstrip().startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

@event.listens_for(Engine, "connect")
def watch(connection, record):
    if sys.argv[1].startswith("sqlite"):
        connection.driver_connection._conn.set_trace_callback(kill)

@event.listens_for(Engine, "before_cursor_execute")
def look(conn, cursor, statement, *rest):
    kill(statement)

asyncio.run(Database.open(sys.argv[1], Keyring(bytes(range(32)))))
"""


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@pytest.mark.parametrize("before", ["CREATE TABLE copies", "INSERT INTO subscribers", "DROP TABLE subscriptions"])
async def test_a_kill_while_subscribers_are_taken_over_loses_none(second_url: str, before: str, keys: Keyring) -> None:
    """F13: the older database is whole, and the next start begins anew."""
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED_AT, second_url, before, env=environment)
    assert await killed.wait() == -signal.SIGKILL
    engine = create_async_engine(second_url, poolclass=NullPool)
    async with engine.connect() as conn:
        assert await conn.scalar(text("SELECT count(*) FROM subscriptions")) == 5
        assert await conn.scalar(text("SELECT version_num FROM alembic_version")) == "0002"
    await engine.dispose()
    found = await adopted(second_url, keys)
    assert found == expected(*(each.place for each in found))


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
async def test_a_database_of_the_first_release_keeps_everything_and_learns_of_sessions(first_url: str, dialect: str, keys: Keyring) -> None:
    db = await Database.open(first_url, keys)
    assert await db.read(lambda conn: tickets.load(conn, keys, TICKET.id)) == TICKET
    assert await db.read(lambda conn: entries.of_ticket(conn, keys, TICKET.id, 9)) == (ENTRY,)
    await db.transact(lambda conn: sessions.open_session(conn, keys, a_session()))
    assert await db.read(lambda conn: sessions.load(conn, keys, a_session().id)) == a_session()
    await db.close()
    if dialect == "sqlite":
        path = path_of(first_url)
        assert path.with_name(f"{path.name}.before-{migrations.HEAD}-was-0001").exists(), "a copy from before the upgrade is kept"


SINCE = ("session", "broadcast", "occurrence", "pin", "request", "made", "chart", "door", "uploaded", "paid", "whole")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (timers._SUBJECT, timers._Subject("late:t", None, TICKET.id)),
        (posts._ABOUT, posts._About("7", "card:t", TICKET.id, None)),
        (queues._BODY, queues.Body("forum:khanaqin", None, Outgoing("words", "ar"), TICKET.id, None)),
        (tickets._BODY, tickets._Body(TICKET.resident, True, TICKET.content, "")),
    ],
)
def test_what_was_sealed_before_there_were_sessions_and_broadcasts_still_opens(kind: TypeAdapter[object], value: object) -> None:
    """Rows that were written by the first release lack the fields that came since."""

    def as_before(part: object) -> object:
        if isinstance(part, dict):
            return {name: as_before(each) for name, each in part.items() if name not in SINCE}
        return part

    older = json.dumps(as_before(json.loads(kind.dump_json(value))))
    assert older != kind.dump_json(value).decode()
    assert kind.validate_json(older) == value
