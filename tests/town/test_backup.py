"""The drill: a bot that works is backed up, its disk is lost, and on another machine it goes on from the backup (F36)."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.backup import sealing
from bot.demo.world import Chat
from tests.backup.conftest import ROOT, programs
from tests.databases import Server, administer
from tests.town.people import Forum, Resident
from tests.town.test_faults import eventually
from tests.town.town import Town, raised
from tests.town.words import parts, plain


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Server | None:
    return request.getfixturevalue("postgresql_server") if request.param == "postgresql" else None


@pytest.fixture
async def stores(server: Server | None) -> AsyncIterator[list[str]]:
    """Give the databases of two machines, none for files of their own."""
    if server is None:
        yield []
        return
    names = [f"alwand_drill_{uuid4().hex[:12]}" for _ in range(2)]
    for name in names:
        await administer(server.url, f"CREATE DATABASE {name}")
    yield [server.database(name) for name in names]
    for name in names:
        await administer(server.url, f"DROP DATABASE {name} WITH (FORCE)")


async def alwand(town: Town, *arguments: str | Path) -> str:
    """Run a command as the operator does; return what it said."""
    command = [sys.executable, "-m", "bot", *map(str, arguments), "--config", str(town.folder / "config.toml")]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=town.environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0, out.decode()
    return out.decode()


async def backs_up(town: Town, folder: Path) -> Path:
    """Make a backup beside the running bot, and return it."""
    folder.mkdir()
    await alwand(town, "backup", folder)
    (made,) = folder.iterdir()
    return made


async def deletes(resident: Resident, forum: Forum, reference: str) -> str:
    """Let somebody have their data deleted; return what the forum's card says since."""
    resident.says("/privacy")
    await resident.taps("Delete my data")
    await resident.taps("Delete my data", on=await resident.hears("Do you want to delete all your data?"))
    await resident.hears("Your data is deleted.")
    words = "The data of report {reference} was deleted at the reporter's request. Please delete any copies you made."
    gone = parts(words, forum.language, reference=reference)
    await forum.until(lambda: any(plain(message.text) == gone for message in forum.chat.from_bot))
    return gone


def shown(chats: list[Chat]) -> dict[int, list[str]]:
    """Return all that the bot has ever said into each chat."""
    return {chat.id: [message.text for message in chat.from_bot] for chat in chats}


async def moves(town: Town, folder: Path, url: str | None) -> None:
    """Take up the bot on another machine: settings, key and the list of what was erased are there, a database is not."""
    folder.mkdir()
    for name in ("config.toml", "alwand.key", "alwand.erased"):
        shutil.copy(town.folder / name, folder / name)
    for old in town.folder.glob("alwand.db*"):
        old.unlink()
    town.folder = folder
    town.environment["ALWAND_CLOCK_FILE"] = str(folder / "clock")
    if url:
        town.environment["ALWAND_STORAGE__URL"] = url


async def counted(town: Town, query: str) -> int:
    """Ask the database, while the bot runs."""
    url = town.environment.get("ALWAND_STORAGE__URL", f"sqlite+aiosqlite:///{town.folder / 'alwand.db'}")
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as conn:
        found = await conn.scalar(text(query))
    await engine.dispose()
    return int(found or 0)


async def test_a_bot_whose_disk_is_lost_goes_on_from_its_backup_on_another_machine(stores: list[str], tmp_path: Path) -> None:
    """F36: reports and references are there, erased stays erased, nothing is sent again, and who has to know hears of it."""
    public, private = sealing.pair()
    (tmp_path / "private.key").write_text(private, encoding="ascii")
    settings: dict[str, Any] = {
        "BACKUP__RECIPIENT": public,
        **({"STORAGE__URL": stores[0], "BACKUP__PROGRAMS": programs()} if stores else {}),
    }
    (tmp_path / "first").mkdir()
    async with raised(tmp_path / "first", **settings) as town:
        forum, mandali = town.forums["khanaqin"], town.forums["mandali"]
        sara, azad, dara, nour = (town.resident("en", name) for name in ("Sara", "Azad", "Dara", "Nour"))
        for one in (sara, azad, dara):
            await one.arrives()
        reference, erased = await sara.reports("A broken main."), await azad.reports("Words that go.")
        card = await forum.card(reference)
        await forum.card(erased)

        # A card that has to wait is unsent in the backup, and sent afterwards, in the time that will be forgotten.
        town.telegram.faults.add(
            "status", "sendMessage", chat=mandali.chat.id, status=429, retry_after=6, description="Too Many Requests: retry after 6"
        )
        waiting = await dara.reports("A fire in the palms.", district="Mandali")
        await eventually(lambda: '"outcome": "later"' in town.log)
        writing = [asyncio.create_task(_reports_twice(town, number)) for number in range(3)]
        backup = await backs_up(town, tmp_path / "backups")
        during = [reference for task in writing for reference in await task]

        await nour.arrives()
        lost = await nour.reports("Nobody will know of this.")
        await forum.card(lost)
        await mandali.card(waiting)
        gone = await deletes(azad, forum, erased)
        await town.until(lambda: len(town.world.updates) == 0)
        await town.kill()

        chats = [one.talk for one in (sara, dara)] + [each.chat for each in town.forums.values()]
        before = shown(chats)
        await moves(town, tmp_path / "second", stores[1] if stores else None)
        told = await alwand(town, "restore", backup, "--identity", tmp_path / "private.key")
        assert "Erased again: 1 reports, 1 people." in told
        assert "They wait for you: `alwand parked list`." in told
        await town.starts()
        for each in (forum, mandali, town.province):
            await each.hears(said_begins(each))
        assert await counted(town, "SELECT count(*) FROM tickets WHERE state = 'erased'") == 1

        # What was there is there, and works.
        await forum.presses(forum.ali, card, "Take").answer()
        await forum.until(lambda: forum.ali.first_name in card.text)
        sara.says("/status")
        await sara.hears("You have 1 open report", reference)
        assert sum(plain(message.text) == gone for message in forum.chat.from_bot) == 1
        azad.says("/start")
        await azad.hears("911")
        new = await nour_reports_again(nour, forum)
        assert new not in {reference, erased, waiting, lost, *during}

        # Nothing was said a second time, until somebody says so.
        after = shown(chats)
        assert [text for id, said in after.items() for text in said[len(before[id]) :] if text in before[id]] == []
        assert len(mandali.about(waiting)) == 1
        assert "restored" in await alwand(town, "parked", "list")
        assert "tried again." in await alwand(town, "parked", "retry", "restored")
        await mandali.until(lambda: len(mandali.about(waiting)) == 2)


def said_begins(forum: Forum) -> str:
    """Return how a group is told of the restore, up to the first moment in it."""
    words = (
        "The bot was restored from a copy. What was written and done from {start} to {end} may be lost, also reports that you still see "
        "here. Please look at the messages of that time."
    )
    return parts(words, forum.language, start="|", end="|").partition("|")[0].strip()


async def _reports_twice(town: Town, number: int) -> list[str]:
    """Write while the backup is made."""
    one = town.resident("en", f"Writer {number}")
    await one.arrives()
    return [await one.reports(f"Report {turn} of writer {number}.", district="Khalis") for turn in range(2)]


async def nour_reports_again(nour: Resident, forum: Forum) -> str:
    """Let somebody whom the backup does not know begin anew."""
    nour.says("/start")
    await nour.chooses_language()
    await nour.agrees()
    reference = await nour.reports("It is still there.")
    await forum.card(reference)
    return reference
