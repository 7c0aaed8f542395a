"""Power cuts while a command writes: a key is whole or not there, an upgrade is done or not begun, and so with the rest (F7)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli.keys import make
from bot.storage import migrations, tickets
from bot.storage.database import Database
from bot.storage.seal import Keyring
from tests.fire.power import scenes, trace
from tests.fire.power.cuts import choose, how_many, made, seed, written
from tests.fire.power.judge import NEW, commits
from tests.fire.power.recovered import Found, bench, plain
from tests.storage.test_upgrade import TICKET, fill, left_by

pytestmark = pytest.mark.skipif(bool(trace.hindrance()), reason=trace.hindrance())


def test_f07_a_key_file_is_whole_or_not_there_and_whole_once_it_was_told(tmp_path: Path) -> None:
    """F7: half a key would be found by nobody before the day on which it is needed."""
    root = tmp_path / "keys"
    root.mkdir()
    scene = scenes.command(root, "-m", "bot", "keys", "new", root / "alwand.key")
    whole, told = scene.end[str(root / "alwand.key")], scene.begins(root / scenes.SAID)
    Keyring.parse(whole.decode())
    for cut, files in made(scene, choose(scene, how_many(60), seed())):
        key = files.get(str(root / "alwand.key"))
        assert key in (None, whole), cut
        assert key == whole or cut.at <= told, f"{cut}: it had been told"
        if key is None:
            written(files, root, tmp_path / "again")
            make(tmp_path / "again" / "alwand.key")


START = """
import asyncio, sys
from bot.storage.database import Database
from bot.storage.seal import Keyring

async def main():
    await (await Database.open(sys.argv[1], Keyring(bytes(range(32))))).close()

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("revision", migrations.REVISIONS[:-1])
async def test_f07_an_upgrade_is_done_or_not_begun_and_the_copy_from_before_it_is_whole(
    tmp_path: Path, keys: Keyring, revision: str
) -> None:
    """F7, F13, B114: and the next start takes it to its end, with everything that was there."""
    root, place = tmp_path / "old", tmp_path / "again"
    root.mkdir()
    async with left_by(f"sqlite+aiosqlite:///{root / 'alwand.db'}", revision) as conn:
        await fill(conn, keys)
    older = plain(root / "alwand.db")
    scene = scenes.command(root, "-c", START, f"sqlite+aiosqlite:///{root / 'alwand.db'}")
    newer = plain(root / "alwand.db")
    assert (older[0], newer[0]) == (revision, migrations.HEAD)
    durable = max(at for _, at in commits(scene.events))
    for cut, files in made(scene, choose(scene, how_many(40), seed())):
        written(files, root, place)
        found = plain(place / "alwand.db")
        assert found in ((older, newer) if cut.at <= durable else (newer,)), cut
        if found == newer:
            assert plain(place / f"alwand.db.before-{migrations.HEAD}-was-{revision}") == older, cut
        written(files, root, place)
        db = await Database.open(f"sqlite+aiosqlite:///{place / 'alwand.db'}", keys)
        assert await db.read(lambda conn: tickets.load(conn, keys, TICKET.id)) == TICKET, cut
        await db.close()


@pytest.mark.slow
async def test_f07_a_first_start_that_was_cut_short_is_simply_begun_anew(tmp_path: Path, keys: Keyring) -> None:
    """F7: whatever it left of a database is none yet, and nobody has to remove it by hand."""
    root = tmp_path / "new"
    root.mkdir()
    scene = scenes.command(root, "-c", START, f"sqlite+aiosqlite:///{root / 'alwand.db'}")
    born = min(at for _, at in commits(scene.events))
    beginning = replace(scene, events=[event for event in scene.events if event.began < born])
    with bench(root, "alwand.db", keys) as place:
        for cut, files in made(beginning, choose(beginning, how_many(80), seed())):
            found = await place.found(files)
            assert isinstance(found, Found), f"{cut}: {found}"
            assert (found.rows, found.broken) == (NEW, ()), cut
