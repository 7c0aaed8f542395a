"""Power cuts while a backup is made, and while one is restored (F7, F36)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.backup import making, sealing
from bot.errors import StartRefused
from tests.backup.conftest import Office, furnished
from tests.backup.test_restoring import reports, settles
from tests.fire.power import scenes, trace
from tests.fire.power.cuts import Scene, choose, held, how_many, made, seed, written
from tests.fire.power.recovered import plain

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(trace.hindrance()), reason=trace.hindrance())]

EARLIER = datetime.now(UTC) - timedelta(hours=1)
FIRST, SECOND = "ticketaaaaaa", "ticketbbbbbb"


@pytest.fixture
async def office(tmp_path: Path) -> Office:
    """An office with a backup, and a report more than that in the log of a database whose bot was killed."""
    (tmp_path / "office").mkdir()
    office = furnished(tmp_path / "office", {})
    await settles(office, FIRST)
    await office.backs_up(EARLIER)
    db = await office.opens()
    await settles(office, SECOND)
    killed = held(office.folder)
    await db.close()
    written({path: data for path, data in killed.items() if not path.endswith("-shm")}, office.folder, office.folder)
    return office


def at(office: Office, *words: str | Path) -> Scene:
    return scenes.command(office.folder, "-m", "bot", *words, "--config", office.folder / "config.toml", ALWAND_BACKUP__KEEP="1")


def backups(folder: Path) -> list[Path]:
    return [file for file in (folder / "backups").iterdir() if making.NAME.fullmatch(file.name)]


async def test_f07_a_backup_that_has_its_name_is_whole_and_there_is_always_one(office: Office, tmp_path: Path) -> None:
    """F7: the older one goes only when the new one is surely there."""
    (older,) = backups(office.folder)
    scene = at(office, "backup", office.backups)
    (newer,) = backups(office.folder)
    told = scene.begins(office.folder / scenes.SAID)
    for cut, files in made(scene, choose(scene, how_many(40), seed())):
        written(files, office.folder, tmp_path / "again")
        there = backups(tmp_path / "again")
        assert {file.name for file in there} & {older.name, newer.name}, cut
        assert newer.name in [file.name for file in there] or cut.at <= told, cut
        for file in there:
            making.examine(file, office.keys, sealing.identity(office.private))


async def test_f07_a_restore_is_done_or_not_begun_or_refuses_the_start_until_it_is_done(office: Office, tmp_path: Path) -> None:
    """F7, F36: and what was there before is kept whole, or still there."""
    place = tmp_path / "again"
    (backup,) = backups(office.folder)
    written(held(office.folder), office.folder, place)
    older = plain(place / "alwand.db")
    scene = at(office, "restore", backup, "--identity", office.private, "--replace")
    newer, outcomes = plain(office.folder / "alwand.db"), set()
    for cut, files in made(scene, choose(scene, how_many(60), seed())):
        written(files, office.folder, place)
        outcome = await started(Office(place, {}), place / "backups" / backup.name)
        outcomes.add(outcome)
        assert outcome == "refused" or plain(place / "alwand.db") == {"as it was": older, "restored": newer}[outcome], cut
        assert outcome == "as it was" or older in map(plain, place.glob("alwand.db.before-restore-*[0-9]Z")), f"{cut}: nothing is kept"
    assert {"as it was", "refused"} <= outcomes


async def started(office: Office, backup: Path) -> str:
    """Start with what a cut left, and do what is asked for where that is refused; return what became of it."""
    try:
        there = await reports(office)
    except StartRefused as refused:
        if "run `alwand restore` once more" not in str(refused):
            raise
        await office.restores(backup, datetime.now(UTC), replace=True)
        assert await reports(office) == {FIRST}
        return "refused"
    return "as it was" if SECOND in there else "restored"
