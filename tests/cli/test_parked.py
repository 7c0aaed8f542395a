"""`alwand parked`: what needs a human can be looked at, tried again and forgotten, without anybody's name."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.keys import make
from bot.config import Config, example, load
from bot.model.effects import Priority
from bot.model.ids import ForumId
from bot.model.messages import ToForum
from bot.model.outgoing import Outgoing
from bot.storage import inbox, outbox
from bot.storage.database import Database
from bot.storage.seal import Keyring
from tests.cli.test_keys import alwand

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SARA = {"id": 51_000_042, "first_name": "Canary"}
UPDATE = {
    "update_id": 7,
    "message": {
        "message_id": 3,
        "from": SARA,
        "chat": {"id": 51_000_042},
        "text": "The words \x1b[2J\x9b2J \ud83d",
        "entities": [{"type": "text_mention", "user": SARA}] * 9,
        "reply_to_message": {"from": SARA, "text": "Canary said"},
        "author_signature": "Canary",
        "Canary": {"Canary": 51_000_042},
    },
}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "config.toml").write_text(example().read_text(encoding="utf-8"), encoding="utf-8")
    make(tmp_path / "alwand.key")
    return load(tmp_path / "config.toml")


@pytest.fixture
async def database(config: Config) -> AsyncIterator[Database]:
    """A database with one message that nobody could handle and one that was refused."""
    db = await Database.open(config.storage.url, Keyring.parse(config.key()))
    raw = b"51000042\n" + json.dumps(UPDATE).encode()
    await db.transact(lambda conn: inbox.store(conn, db.keys, [inbox.NewItem("telegram", "7", "lane", raw, NOW)]))
    item = await db.transact(lambda conn: inbox.take(conn, db.keys, "lane", NOW))
    assert item is not None
    await db.transact(lambda conn: inbox.park(conn, db.keys, item, "ValueError\nTraceback\nValueError: One\nThe words \x1b[2J\x9b2J"))
    to = ToForum(ForumId("khanaqin"))
    row = await db.transact(lambda c: outbox.put(c, db.keys, to, Outgoing("An answer", "en"), Priority.CARD, None, None, None, NOW))
    claimed = await db.transact(lambda conn: outbox.claim(conn, db.keys, row, NOW))
    assert claimed is not None
    await db.transact(lambda conn: outbox.never(conn, db.keys, claimed, "refused"))
    yield db
    await db.close()


async def test_the_list_names_what_waits_and_nothing_of_what_was_written(database: Database, tmp_path: Path) -> None:
    """B9: numbers, days and kinds of fault."""
    told = alwand("parked", "list", "--config", tmp_path / "config.toml")
    assert (told.returncode, told.stderr) == (0, "")
    assert "i1 " in told.stdout
    assert "ValueError" in told.stdout
    assert "o1 " in told.stdout
    assert "The words" not in told.stdout


async def test_what_was_written_is_shown_without_who_wrote_it(database: Database, tmp_path: Path) -> None:
    """B9: the words are there for the human, and what else there was; who it was is not, wherever it stood."""
    told = alwand("parked", "show", "i1", "--config", tmp_path / "config.toml").stdout
    assert "The words" in told
    assert "Canary" not in told
    assert "51000042" not in told
    assert '"author_signature": "text"' in told
    assert "9 in all" in told
    assert not {"\x1b", "\x9b"} & set(told), "nobody's words command the operator's terminal"
    assert "An answer" in alwand("parked", "show", "o1", "--config", tmp_path / "config.toml").stdout


async def test_what_is_tried_again_waits_once_more(database: Database, tmp_path: Path) -> None:
    """After an upgrade that can handle it."""
    assert alwand("parked", "retry", "i1", "--config", tmp_path / "config.toml").returncode == 0
    item = await database.transact(lambda conn: inbox.take(conn, database.keys, "lane", datetime.now(UTC)))
    assert item is not None
    assert item.attempts == 0
    assert alwand("parked", "retry", "o1", "--config", tmp_path / "config.toml").returncode == 0
    assert [head.priority for head in await database.read(lambda conn: outbox.heads(conn, datetime.now(UTC), 5))] == [Priority.CARD]


async def test_what_is_dropped_is_gone_and_an_unknown_number_is_told(database: Database, tmp_path: Path) -> None:
    """Forgotten for good; a second time there is nothing to forget."""
    for number in ("i1", "o1"):
        assert alwand("parked", "drop", number, "--config", tmp_path / "config.toml").returncode == 0
        again = alwand("parked", "drop", number, "--config", tmp_path / "config.toml")
        assert again.returncode == 1
        assert again.stderr.startswith(f'nothing parked is called "{number}"')
    assert "Nothing needs a human." in alwand("parked", "list", "--config", tmp_path / "config.toml").stdout
