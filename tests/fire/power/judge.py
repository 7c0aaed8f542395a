"""The judge of power cuts: what a bot had told anybody has to be on the disk, and what is on the disk has to be one moment of its past.

Three questions make up the whole promise:

1. `early_words`: whatever left the process, an acknowledgement or a message, was what it rests on durable at that moment?
2. `wrongs` of each cut: does a start find a whole database, all that was acknowledged in it, and one of the states that were ever
   committed, none before the last that was durable when the power went? Then nothing is lost, and nothing is half.
3. `list_behind`, after each cut: is every erasure that the database contains on the list beside it?
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.storage.erasures import Erasures
from tests.fire.power.cuts import Cut, Scene, made, replayed
from tests.fire.power.disk import Files
from tests.fire.power.events import Event, Synced, Written
from tests.fire.power.recovered import Bench, Found

FRAME: Final = 24
"""Bytes before each page in SQLite's log; the second number in them is not 0 in the last frame of a commit."""
ERASED: Final = "alwand.erased"
NEW: Final = 2
"""Rows of a database that was made and not used: its version, and its key check."""
NOTHING: Final = Found("", 0, frozenset(), frozenset(), 0, ())


@dataclass(frozen=True)
class Chronicle:
    """What was ever committed, in order, and from which moment on it was durable (never: infinity)."""

    found: Sequence[Found]
    durable: Sequence[float]

    def last(self, at: float) -> int:
        """Return the number of the last commit that was durable before a moment; -1 for none."""
        return bisect_left(self.durable, at) - 1

    def at(self, moment: float) -> Found:
        """Return what was durable before a moment."""
        last = self.last(moment)
        return self.found[last] if last >= 0 else NOTHING

    def number(self, state: str) -> int:
        """Return the number of the last commit that made this state; -1 for one that never was."""
        return max((number for number, found in enumerate(self.found) if found.state == state), default=-1)


def commits(events: Sequence[Event]) -> Iterator[tuple[int, float]]:
    """Yield of each commit when it was written whole, and from when on it was durable."""
    log = [event for event in events if isinstance(event, Written | Synced) and event.path.endswith("-wal")]
    last = False
    for number, event in enumerate(log):
        if isinstance(event, Written):
            if last:
                yield event.ended or event.began, _durable(log[number:], event)
            last = len(event.data) == FRAME and struct.unpack(">II", event.data[:8])[1] != 0


def _durable(following: Sequence[Event], page: Written) -> float:
    syncs = (event for event in following if isinstance(event, Synced) and page.ended is not None and event.began > page.ended)
    return next((float(event.ended) for event in syncs if event.ended is not None), float("inf"))


async def chronicle(scene: Scene, bench: Bench) -> Chronicle:
    """Read what each commit made, and what was there before the first."""
    moments = list(commits(scene.events))
    found = [await _whole(bench, scene.there)] if scene.begins_with_a_database else []
    durable = [-1.0] * len(found) + [at for _, at in moments]
    for disk in replayed(scene, [written + 1 for written, _ in moments]):
        found.append(await _whole(bench, disk.seen()))
    return Chronicle(found, durable)


async def _whole(bench: Bench, files: Files) -> Found:
    found = await bench.found(files)
    assert isinstance(found, Found), found
    assert not found.broken, found.broken
    return found


def early_words(chronicle: Chronicle, scene: Scene) -> list[str]:
    """Return what left the process before that on which it rests was durable."""
    wrong: list[str] = []
    words = [*(call.left for call in scene.talk.asked), *(answer.left for answer in scene.talk.taken)]
    for moment in sorted(words):
        known = chronicle.at(moment).known
        early = scene.talk.acknowledged(moment + 1) - known
        wrong += [f"update {number} was acknowledged at {moment}, and on no disk" for number in early]
    for call in scene.talk.asked:
        if call.chat and call.chat not in chronicle.at(call.left).sending:
            wrong.append(f"{call.method} left at {call.left}, and nothing was marked as being sent there")
    return wrong


async def wrongs(chronicle: Chronicle, scene: Scene, cuts: Sequence[Cut], bench: Bench) -> list[str]:
    """Return what is wrong after the cuts, one line each."""
    wrong: list[str] = []
    for cut, files in made(scene, cuts):
        found = await bench.found(files)
        if isinstance(found, str):
            wrong.append(f"{cut}: {found}")
            continue
        lost = scene.talk.acknowledged(cut.at) - found.known
        wrong += [f"{cut}: {len(lost)} acknowledged updates are lost"] if lost else []
        wrong += [f"{cut}: {each}" for each in (*found.broken, *_misplaced(chronicle, cut, found), *list_behind(found, bench.place))]
    return wrong


def _misplaced(chronicle: Chronicle, cut: Cut, found: Found) -> Iterator[str]:
    least, number = chronicle.last(cut.at), chronicle.number(found.state)
    if number < least:
        yield f"commit {number} came back, and {least} of {len(chronicle.found)} had been durable"
    elif number < 0 and found.rows > NEW:
        yield "what came back never was"


def list_behind(found: Found, place: Path) -> Iterator[str]:
    """Yield whether the database contains an erasure that is not on the list beside it."""
    lines = Erasures(place / ERASED, timedelta.max).after(-1)
    if found.erased > max((line.number for line in lines), default=0):
        yield f"erasure {found.erased} is done, and not on the list"
