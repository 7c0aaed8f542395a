"""The forgetful disk itself: what it must keep, what it may lose, and what it may never invent."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

from tests.fire.power.disk import MANNERS, Disk, Files
from tests.fire.power.events import Created, Event, Renamed, Synced, Truncated, Unlinked, Written

ROOT = Path("/disk")
FILE, OTHER = "/disk/file", "/disk/other"


def disk(*events: Event, there: Files | None = None) -> Disk:
    """Return a disk on which calls came one after the other; those that never came back are still under way."""
    made = Disk(ROOT, there or {})
    for event in events:
        made.begin(event)
        if event.ended is not None:
            made.end(event)
    return made


def left(made: Disk) -> set[bytes | None]:
    """Return all that a file may hold after a cut; None for no file."""
    return {files.get(FILE) for files in cuts(made)}


def cuts(made: Disk) -> Iterable[Files]:
    return [made.after_cut(manner, random.Random(seed)) for manner in MANNERS for seed in range(40)]


def test_what_was_synced_with_its_name_stays() -> None:
    made = disk(Created(0, 1, FILE, False), Written(2, 3, FILE, None, b"words"), Synced(4, 5, FILE), Synced(6, 7, "/disk"))
    assert left(made) == {b"words"}


def test_a_sync_keeps_only_what_had_been_written_when_it_began_and_only_once_it_came_back() -> None:
    there = {FILE: b"old"}
    begun = disk(Written(0, 1, FILE, 0, b"new"), Synced(2, None, FILE), there=there)
    assert {b"old", b"new"} <= left(begun)
    overlapping = disk(Written(0, None, FILE, 0, b"new"), Synced(1, 2, FILE), there=there)
    assert {b"old", b"new"} <= left(overlapping)


def test_a_name_is_kept_by_a_sync_of_its_folder_only() -> None:
    made = disk(Created(0, 1, FILE, False), Written(2, 3, FILE, None, b"words"), Synced(4, 5, FILE))
    assert left(made) == {None, b"words"}
    gone = disk(Unlinked(0, 1, FILE), there={FILE: b"words"})
    assert left(gone) == {None, b"words"}


def test_a_rename_is_there_whole_or_not_at_all_and_says_nothing_of_what_is_in_the_file() -> None:
    made = disk(Created(0, 1, OTHER, False), Written(2, 3, OTHER, None, b"new"), Renamed(4, 5, OTHER, FILE), there={FILE: b"old"})
    assert {b"old", b"new", b""} <= left(made)
    assert not any(files.get(FILE) == b"new" and OTHER in files for files in cuts(made))
    synced = disk(Created(0, 1, OTHER, False), Written(2, 3, OTHER, None, b"new"), Synced(4, 5, OTHER), Renamed(6, 7, OTHER, FILE))
    assert left(synced) == {None, b"new"}


def test_of_what_was_not_synced_any_sectors_may_be_there_and_nothing_beside_them_changes() -> None:
    there = {FILE: b"a" * 2000}
    made = disk(Written(0, 1, FILE, 100, b"b" * 1500), there=there)
    found = left(made)
    assert len(found) > 10
    for content in found:
        assert content is not None
        assert len(content) == 2000
        assert set(content[:100] + content[1600:]) == set(b"a")
        assert set(content) <= set(b"ab")


def test_where_a_file_grew_unsynced_there_may_be_anything() -> None:
    found = left(disk(Written(0, 1, FILE, 4, b"b" * 3000), there={FILE: b"aaaa"}))
    assert all(content is not None and content[:4] == b"aaaa" for content in found)
    assert any(content is not None and set(content) - set(b"ab\x00") for content in found)


def test_a_shorter_length_counts_once_it_is_synced() -> None:
    there = {FILE: b"a" * 9000}
    assert {len(content or b"") for content in left(disk(Truncated(0, 1, FILE, 5), there=there))} == {5, 9000}
    assert left(disk(Truncated(0, 1, FILE, 5), Synced(2, 3, FILE), there=there)) == {b"aaaaa"}
