"""`alwand forum`: linking a group by a code, without a chat id (B116)."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.keys import make
from bot.config import Config, example, load
from bot.model.ids import PROVINCE, ForumId
from bot.storage import forums
from bot.storage.database import Database
from bot.storage.seal import Keyring
from tests.cli.test_keys import alwand

MANDALI = ForumId("mandali")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "config.toml").write_text(example().read_text(encoding="utf-8"), encoding="utf-8")
    make(tmp_path / "alwand.key")
    return load(tmp_path / "config.toml")


@pytest.fixture
async def database(config: Config) -> AsyncIterator[Database]:
    """The database as a running bot holds it."""
    opened = await Database.open(config.storage.url, Keyring.parse(config.key()))
    ids = [*(ForumId(district.id) for district in config.district), PROVINCE]
    await opened.transact(lambda conn: forums.ensure(conn, ids, {}, "telegram", datetime.now(UTC)))
    yield opened
    await opened.close()


async def test_a_code_links_one_forum_for_an_hour(database: Database, tmp_path: Path) -> None:
    """B116: no id is typed by hand, and the bot may be running meanwhile."""
    told = alwand("forum", "code", "mandali", "--config", tmp_path / "config.toml")
    assert (told.returncode, told.stderr) == (0, "")
    assert "In the group of Mandali, with the bot as an administrator" in told.stdout
    found = re.search(r"/link ([0-9A-Z]{4}-[0-9A-Z]{4})\n", told.stdout)
    assert found is not None
    now = datetime.now(UTC)
    assert await database.read(lambda conn: forums.peek_code(conn, database.keys, found[1], now)) == MANDALI
    assert await database.read(lambda conn: forums.peek_code(conn, database.keys, found[1], now + timedelta(minutes=61))) is None


async def test_each_code_is_another(database: Database, tmp_path: Path) -> None:
    codes = {
        alwand("forum", "code", name, "--config", tmp_path / "config.toml").stdout.split("/link ")[1] for name in ("mandali", "province")
    }
    assert len(codes) == 2


async def test_a_forum_that_is_not_in_the_settings_is_told_with_those_that_are(database: Database, tmp_path: Path) -> None:
    told = alwand("forum", "code", "kirkuk", "--config", tmp_path / "config.toml")
    assert told.returncode == 2
    assert told.stderr.startswith('there is no forum "kirkuk" in the settings; known are khanaqin, mandali, ')


async def test_the_list_says_whose_group_is_linked(database: Database, tmp_path: Path) -> None:
    await database.transact(lambda conn: forums.link(conn, MANDALI, "telegram", "-1001", datetime.now(UTC)))
    told = alwand("forum", "list", "--config", tmp_path / "config.toml")
    assert (told.returncode, told.stderr) == (0, "")
    lines = {line.split()[0]: line for line in told.stdout.splitlines()}
    assert lines["mandali"].endswith(" linked")
    assert lines["khanaqin"].endswith("not linked yet")
    assert len(lines) == 8
    assert "-1001" not in told.stdout


def test_without_a_database_the_next_step_is_told(config: Config, tmp_path: Path) -> None:
    told = alwand("forum", "code", "mandali", "--config", tmp_path / "config.toml")
    assert told.returncode == 2
    assert "`alwand run` makes" in told.stderr
