"""F8 to F12: a disk that is full or may not be written, a database that others hold, that is damaged, or not ours."""

from __future__ import annotations

import asyncio
import resource
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cli.keys import make
from bot.storage.integrity import SMALL
from tests.databases import grow
from tests.fire.faults import (
    full_disk,
    limited,
    lines,
    locked,
    one_line,
    read_only,
    refusing,
    small_disk,
    until_alarm,
    until_line,
)
from tests.fire.judge import judge
from tests.fire.kept import settled
from tests.fire.table.conftest import Raise
from tests.town.people import Resident
from tests.town.town import Town, raised
from tests.town.words import said

NOT_LOST = "Your message is not lost"
WRONG = "The bot cannot store new messages at this moment: "


async def waits(town: Town, sara: Resident, reason: str) -> None:
    """What she presses is not acknowledged, the operator is told, the province and she are too; what is here already stays readable."""
    await sara.taps("send")
    await until_alarm(town, "storage", reason=reason)
    await town.province.hears(told_to_the_province(town, reason))
    assert len(town.world.updates) >= 1
    sara.says("Is anybody there?")
    await sara.hears(NOT_LOST)


async def goes_on(town: Town, sara: Resident) -> None:
    """All is well by itself: one ticket, one card, one receipt, one line at the beginning and one at the end."""
    await town.forums["khanaqin"].card(await sara.gets_receipt())
    await until_line(town, "storage", outcome="takes again")
    await settled(town)
    (await judge(town)).sound()
    one_line(town, "storage")
    assert len(town.province.about(told_to_the_province(town, "full"))) + len(town.province.about(told_to_the_province(town, ""))) <= 1


def told_to_the_province(town: Town, reason: str) -> str:
    """Return in the province's language what its group hears of it."""
    what = "the disk of its machine is full." if reason == "full" else "its database cannot be used."
    return said(WRONG + what, town.province.language)


async def reviewing(town: Town) -> Resident:
    """Somebody who has only to press Send."""
    sara = town.resident("en")
    await sara.reviews("The pump was stolen.")
    return sara


@pytest.fixture
async def cramped(tmp_path: Path) -> AsyncIterator[Town]:
    """A town on a disk of 64 MB."""
    with small_disk(tmp_path / "disk", 64) as disk:
        async with raised(disk) as town:
            yield town


@pytest.mark.parametrize("leave", [2 << 20, 0], ids=["nearly", "to the last byte"])
async def test_f08_on_a_full_disk_messages_wait_at_telegram_until_there_is_room(cramped: Town, leave: int) -> None:
    """F8, B8: a disk in memory that another program fills."""
    sara = await reviewing(cramped)
    with full_disk(cramped.folder, leave):
        await waits(cramped, sara, "full")
    await goes_on(cramped, sara)


async def test_f08_while_room_is_short_what_is_here_already_is_still_answered(cramped: Town) -> None:
    """F8: only what is new waits; a message that was on its way when the disk filled up arrives."""
    sara = await reviewing(cramped)
    cramped.telegram.faults.add("status", "sendMessage", chat=sara.person.id, status=429, retry_after=2)
    await sara.taps("send")
    await until_line(cramped, "send", outcome="later")
    with full_disk(cramped.folder, 2 << 20):
        reference = await sara.gets_receipt()
    await cramped.forums["khanaqin"].card(reference)


async def test_f08_a_file_that_may_not_grow_is_a_full_disk(sqlite_town: Town) -> None:
    """F8: RLIMIT_FSIZE, put on the running bot: writing fails in the middle of a transaction."""
    sara = await reviewing(sqlite_town)
    size = (sqlite_town.folder / "alwand.db-wal").stat().st_size
    with limited(sqlite_town, resource.RLIMIT_FSIZE, size + 4096):
        await sara.taps("send")
        await until_alarm(sqlite_town, "storage")
        assert len(sqlite_town.world.updates) >= 1
    await goes_on(sqlite_town, sara)


async def test_f08_a_server_without_space_makes_messages_wait_at_telegram(postgresql_town: Town) -> None:
    """F8: 53100, as PostgreSQL's own answer to each insert."""
    sara = await reviewing(postgresql_town)
    async with refusing(postgresql_town, "53100"):
        await waits(postgresql_town, sara, "full")
    await goes_on(postgresql_town, sara)


async def test_f09_what_turned_read_only_makes_messages_wait_at_telegram(raise_town: Raise) -> None:
    """F9: as a full disk."""
    async with raise_town("quick meek") as town:
        sara = await reviewing(town)
        async with read_only(town):
            await waits(town, sara, "readonly")
        await goes_on(town, sara)


async def refuses(town: Town, *words: str) -> None:
    """The bot does not start, says why in one line, and has asked Telegram for nothing."""
    asked, before = len(town.world.calls), len(town.log)
    town.launches()
    assert await town.ends() == 2
    told = town.log[before:].strip().splitlines()
    assert len(told) == 1, told
    assert all(word in told[0] for word in words), told
    assert len(town.world.calls) == asked


async def test_f09_a_start_on_a_read_only_disk_is_refused_in_one_line(tmp_path: Path) -> None:
    """F9: mounted read-only."""
    with small_disk(tmp_path / "disk", 64) as disk:
        async with raised(disk) as town:
            await town.stop()
            (tmp_path / "bot.log").touch()
            (disk / "bot.log").rename(disk / "before.log")
            (disk / "bot.log").symlink_to(tmp_path / "bot.log")
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            town.environment["XDG_RUNTIME_DIR"] = str(tmp_path)
            await refuses(town, "alwand.db", "Read-only file system")
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
            await town.starts()


async def test_f09_a_start_on_a_read_only_server_is_refused_in_one_line(postgresql_town: Town) -> None:
    """F9: a standby, say."""
    town = postgresql_town
    await town.stop()
    async with read_only(town):
        await refuses(town, "PostgreSQL", "read-only")
    await town.starts()


@pytest.mark.parametrize("seconds", [1, 10, pytest.param(60, marks=pytest.mark.slow)])
async def test_f10_a_database_that_another_program_holds_is_waited_for(town: Town, seconds: int) -> None:
    """F10: a second costs a second; beyond five the operator is told, once, and nothing is done by halves."""
    sara = await reviewing(town)
    async with locked(town):
        await sara.taps("send")
        await asyncio.sleep(seconds)
    await town.forums["khanaqin"].card(await sara.gets_receipt())
    await settled(town)
    (await judge(town)).sound()
    assert len(lines(town, "alarm", about="storage")) == (seconds > 5)


@pytest.mark.parametrize("damage", ["junk", "overwritten", "cut short", "cut to nothing but its head"])
async def test_f11_a_damaged_database_is_refused_and_kept(sqlite_town: Town, damage: str) -> None:
    """F11: told in one line that names the restore; what is there may still be saved by a person."""
    town = sqlite_town
    await (await reviewing(town)).taps("send")
    await settled(town)
    assert await town.stop() == 0
    file = town.folder / "alwand.db"
    whole = file.read_bytes()
    damaged = {
        "junk": b"this is a letter to my aunt" * 400,
        "overwritten": whole[:4096] + b"\xa5" * 40_960 + whole[45_056:],
        "cut short": whole[: len(whole) // 2],
        "cut to nothing but its head": whole[:4096],
    }[damage]
    file.write_bytes(damaged)
    await refuses(town, "alwand.db", "restore")
    assert file.read_bytes() == damaged
    file.write_bytes(whole)
    await town.starts()


async def test_f11_a_damaged_database_that_is_large_ends_the_bot_as_soon_as_that_is_found(sqlite_town: Town) -> None:
    """F11: nobody waits for a bot that reads a gigabyte before it listens, so it looks while it works."""
    town = sqlite_town
    assert await town.stop() == 0
    file = town.folder / "alwand.db"
    grow(file, SMALL)
    await town.starts()
    assert await town.stop() == 0
    with file.open("r+b") as damaged:
        damaged.seek(SMALL // 2)
        damaged.write(b"\xa5" * 40_960)
    town.launches()
    assert await town.ends() == 2
    assert "restore the last backup" in town.log.strip().splitlines()[-1]


@pytest.mark.parametrize("wal", ["missing", "another's", "junk"])
async def test_f11_a_log_that_does_not_belong_to_the_database_does_no_harm(sqlite_town: Town, wal: str) -> None:
    """F11: without its log the database is as it was when that was last moved into it, and whole."""
    town = sqlite_town
    sara = town.resident("en")
    await sara.arrives()
    await town.stop()
    await town.starts()
    dara = town.resident("en")
    await dara.arrives()
    await town.kill()
    log = town.folder / "alwand.db-wal"
    assert log.stat().st_size > 0
    if wal == "missing":
        log.unlink()
    else:
        log.write_bytes(log.read_bytes()[::-1] if wal == "another's" else b"junk" * 20_000)
    await town.starts()
    await (town.resident("en")).arrives()
    sara.says("/report")
    await sara.is_told("danger?")


async def test_f12_another_key_is_refused_before_telegram_is_asked(town: Town) -> None:
    """F12, B51: and with its own key the bot goes on."""
    sara = town.resident("en")
    await sara.arrives()
    await town.stop()
    key = town.folder / "alwand.key"
    key.rename(town.folder / "right.key")
    await refuses(town, "key")
    make(key)
    await refuses(town, "the key does not fit this database")
    key.unlink()
    (town.folder / "right.key").rename(key)
    await town.starts()
    sara.says("/report")
    await sara.is_told("danger?")


async def test_f12_the_database_of_another_town_is_refused(sqlite_town: Town, tmp_path: Path) -> None:
    """F12: swapped, as after a restore in the wrong place."""
    await sqlite_town.stop()
    (tmp_path / "other").mkdir()
    async with raised(tmp_path / "other") as other:
        await other.stop()
        (other.folder / "alwand.db").replace(sqlite_town.folder / "alwand.db")
        await refuses(sqlite_town, "the key does not fit this database")
