"""Power cuts: whatever was acknowledged or said is on the disk, and what is on the disk is whole (F7).

What a bot really wrote is replayed to a moment, and a disk is made as a power cut might have left it: `tests/fire/power`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from tests.fire.kept import kept, settled
from tests.fire.power import scenes, trace
from tests.fire.power.cuts import choose, how_many, made, replayed, seed, written
from tests.fire.power.events import Synced, Written
from tests.fire.power.judge import Chronicle, chronicle, early_words, wrongs
from tests.fire.power.recovered import Bench, bench
from tests.fire.power.scenes import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.skipif(bool(trace.hindrance()), reason=trace.hindrance())]

SCENES: dict[str, Callable[[Path], AbstractAsyncContextManager[Stage]]] = {
    "report": scenes.report,
    "webhook": partial(scenes.report, intake="webhook"),
    "evening": scenes.evening,
}
PAGE = 4096
NAMES = ["report", *(pytest.param(name, marks=pytest.mark.slow) for name in ("webhook", "evening"))]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=NAMES)
async def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with SCENES[request.param](tmp_path_factory.mktemp(request.param)) as stage:
        yield stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(stage: Stage) -> AsyncIterator[Bench]:
    with bench(stage.scene.root, "alwand.db", stage.keys) as place:
        yield place


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def past(stage: Stage, place: Bench) -> Chronicle:
    return await chronicle(stage.scene, place)


async def test_the_replayed_disk_is_the_real_one(stage: Stage) -> None:
    """Nothing was written past the trace: else no verdict here would mean anything."""
    (disk,) = replayed(stage.scene, [stage.scene.over])
    seen = disk.seen()
    cut = [event for event in stage.scene.events if isinstance(event, Written) and event.ended is None]
    real = {path: data for path, data in stage.scene.end.items() if path in seen}
    assert _without(seen, cut) == _without(real, cut)
    assert {Path(path).name for path in stage.scene.end.keys() - seen.keys()} <= {"bot.log", "alwand.db-shm"}


def _without(files: Mapping[str, bytes], cut: Iterable[Written]) -> dict[str, bytes]:
    """Return files without what was being written when the process was killed: that may be there or not."""
    found = dict(files)
    for event in cut:
        if event.path in found and event.at is not None:
            found[event.path] = found[event.path][: event.at] + found[event.path][event.at + len(event.data) :]
    return found


async def test_f07_nothing_is_acknowledged_or_said_before_it_is_on_the_disk(stage: Stage, past: Chronicle) -> None:
    """F7: a sync comes before the getUpdates that acknowledges, and before each message what marks it as being sent."""
    assert len(stage.scene.talk.acknowledged(stage.scene.over)) > 20
    assert early_words(past, stage.scene) == []


async def test_f07_no_power_cut_loses_what_was_acknowledged_or_leaves_half_of_anything(
    stage: Stage, past: Chronicle, place: Bench, request: pytest.FixtureRequest
) -> None:
    """F7: intake, turns, sends, a broadcast, a day's keys, retention and erasure."""
    many = how_many(250 if stage.scene.begins_with_a_database else 60)
    assert await wrongs(past, stage.scene, choose(stage.scene, many, seed()), place) == []


async def test_a_disk_whose_syncs_do_nothing_is_found_out(stage: Stage, past: Chronicle, place: Bench) -> None:
    """The judge can fail."""
    log = str(stage.scene.root / "alwand.db-wal")
    lying = replace(stage.scene, events=[event for event in stage.scene.events if not (isinstance(event, Synced) and event.path == log)])
    found = await wrongs(past, lying, choose(stage.scene, 20, 1), place)
    assert any("acknowledged updates are lost" in each for each in found)
    assert any("had been durable" in each for each in found)


async def test_a_page_that_comes_back_spoilt_is_found_out(stage: Stage, place: Bench) -> None:
    """The judge can fail, and does not stumble over what it finds."""
    (disk,) = replayed(stage.scene, [stage.scene.over])
    assert not isinstance(await place.found(disk.seen()), str)
    with closing(sqlite3.connect(place.place / place.name)) as conn:
        conn.execute("VACUUM")  # no page is unused now
    whole = (place.place / place.name).read_bytes()
    for page in range(0, len(whole) // PAGE, 8):
        spoilt = whole[: page * PAGE] + b"\xff" * PAGE + whole[(page + 1) * PAGE :]
        found = await place.found({str(place.root / place.name): spoilt})
        assert isinstance(found, str) or found.broken, f"page {page}"


async def test_an_index_older_than_its_table_is_found_out(stage: Stage, place: Bench) -> None:
    """A start does not look so deep, and the judge does not stumble over it."""
    (disk,) = replayed(stage.scene, [stage.scene.over])
    assert not isinstance(await place.found(disk.seen()), str)
    file = place.place / place.name
    with closing(sqlite3.connect(file)) as conn:
        (root,) = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_settings_1'").fetchone()
        index = slice((root - 1) * PAGE, root * PAGE)
        older = file.read_bytes()[index]
        conn.execute("UPDATE settings SET rowid = rowid + 1000 WHERE name = 'heartbeat'")
        conn.commit()
    spoilt = bytearray(file.read_bytes())
    spoilt[index] = older
    found = await place.found({str(place.root / place.name): bytes(spoilt)})
    assert "it cannot be read" in str(found)


@pytest.mark.slow
async def test_a_bot_that_does_not_wait_for_its_disk_is_found_out(tmp_path: Path) -> None:
    """The judge can fail, and SQLite's synchronous=NORMAL is not enough."""
    async with scenes.report(tmp_path, words="quick lax") as stage:
        scene = stage.scene
        with bench(scene.root, "alwand.db", stage.keys) as place:
            past = await chronicle(scene, place)
            early = early_words(past, scene)
            lost = {each.partition(":")[0] for each in await wrongs(past, scene, choose(scene, 100, seed()), place) if "are lost" in each}
    print(f"acknowledged updates are lost by {len(lost)} of 100 cuts")
    assert any("acknowledged" in each for each in early)
    assert len(lost) > 5


@pytest.mark.slow
async def test_f07_a_bot_goes_on_from_what_a_cut_left(stage: Stage) -> None:
    """F7: the whole bot, not only its database. This comes last: it is the end of the stage."""
    town = stage.town
    cuts = choose(stage.scene, 40, seed())[4::12]
    for number, (cut, files) in enumerate(made(stage.scene, cuts)):
        written(files, town.folder, town.folder)
        await town.starts()
        await town.resident("en", f"Newcomer {number}").arrives()
        await settled(town)
        assert (await kept(town)).parked == 0, cut
        assert await town.stop() == 0, cut
