"""A database of the first release, with everything in it, becomes one of today: nothing is lost, and it goes on."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from pydantic import TypeAdapter
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.model.outgoing import Outgoing
from bot.storage import entries, migrations, posts, queues, sessions, settings, tickets, timers
from bot.storage.database import Database
from bot.storage.seal import Keyring
from bot.storage.sqlite import path_of
from tests.databases import Server, administer
from tests.storage.samples import a_session, a_ticket, an_entry

TICKET, ENTRY = a_ticket(), an_entry()


def to_first(connection: Connection) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    command.upgrade(config, "0001")


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
async def first_url(server: Server | None, sqlite_url: str, keys: Keyring) -> AsyncIterator[str]:
    """Return the URL of a database as the first release left it."""
    name = f"alwand_first_{uuid4().hex[:12]}"
    url = server.database(name) if server else sqlite_url
    if server:
        await administer(server.url, f"CREATE DATABASE {name}")
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as conn:
        await conn.run_sync(to_first)
        assert "sessions" not in await conn.run_sync(lambda connection: inspect(connection).get_table_names())
        await fill(conn, keys)
    await engine.dispose()
    yield url
    if server:
        await administer(server.url, f"DROP DATABASE {name} WITH (FORCE)")


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


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (timers._SUBJECT, timers._Subject("late:t", None, TICKET.id)),
        (posts._ABOUT, posts._About("7", "card:t", TICKET.id, None)),
        (queues._BODY, queues.Body("forum:khanaqin", None, Outgoing("words", "ar"), TICKET.id, None)),
        (tickets._BODY, tickets._Body(TICKET.resident, True, TICKET.content, "")),
    ],
)
def test_what_was_sealed_before_there_were_sessions_still_opens(kind: TypeAdapter[object], value: object) -> None:
    """Rows that were written by the first release lack the fields that came since."""

    def as_before(part: object) -> object:
        if isinstance(part, dict):
            return {name: as_before(each) for name, each in part.items() if name not in ("session", "pin", "request", "made")}
        return part

    older = json.dumps(as_before(json.loads(kind.dump_json(value))))
    assert older != kind.dump_json(value).decode()
    assert kind.validate_json(older) == value
