"""Where to cut the power, and what is left on the disk then.

`FIRE_SEED` says where: a test prints its seed, and with that and the same trace it cuts there again. `POWER_CUTS=5` makes five times as
many cuts as usual.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.fire.power.disk import MANNERS, Disk, Files, Manner
from tests.fire.power.events import Event, OnDisk, Sent, Synced, Written
from tests.fire.power.wire import Talk, talk

NEAR_A_SYNC = 0.6
"""The share of the cuts that is close before, in, or close after a sync; others are where something leaves, or anywhere."""
LEAVING = 0.2


@dataclass(frozen=True)
class Scene:
    """What a process did to a folder, and what was in that before. `end` is what really was in it afterwards."""

    root: Path
    there: Files
    events: Sequence[Event]
    end: Files

    @property
    def begins_with_a_database(self) -> bool:
        """Whether there was one before."""
        return str(self.root / "alwand.db") in self.there

    @cached_property
    def talk(self) -> Talk:
        """What it said to Telegram, and was told."""
        return talk(self.events)

    def begins(self, path: Path) -> int:
        """Return the moment at which something was first written into a file."""
        return next(event.began for event in self.events if isinstance(event, Written) and event.path == str(path))

    @property
    def over(self) -> int:
        """A moment at which everything has happened."""
        return max(event.ended or event.began for event in self.events) + 1


@dataclass(frozen=True, slots=True)
class Cut:
    """The power goes when everything has happened whose moment is below `at`."""

    at: int
    manner: Manner
    seed: int

    def __str__(self) -> str:
        return f"cut at {self.at}, {self.manner}, seed {self.seed}"


def seed() -> int:
    """Return the seed that was asked for, else a new one; it is printed."""
    given = int(os.environ.get("FIRE_SEED", "0")) or random.randrange(1, 10**6)
    print(f"FIRE_SEED={given}")
    return given


def how_many(usual: int) -> int:
    """Return how many cuts are wanted of a test that usually makes so many."""
    return int(usual * float(os.environ.get("POWER_CUTS", "1")))


def choose(scene: Scene, many: int, seed: int) -> list[Cut]:
    """Return cuts all over a scene, in the order of their moments."""
    chance = random.Random(seed)
    here = [event for event in scene.events if isinstance(event, OnDisk) and event.path.startswith(str(scene.root))]
    near = [moment for event in here if isinstance(event, Synced) for moment in _around(event)]
    leaving = [event.began + after for event in scene.events if isinstance(event, Sent) for after in (0, 1)]
    found = _some(near, int(many * NEAR_A_SYNC), chance)
    found += _some(leaving or near, int(many * LEAVING), chance)
    found += [chance.randint(here[0].began, scene.over) for _ in range(many - len(found))]
    return [Cut(at, MANNERS[number % len(MANNERS)], seed + number) for number, at in enumerate(sorted(found))]


def _around(event: Event) -> Iterator[int]:
    yield event.began
    yield event.began + 1
    if event.ended is not None:
        yield from (event.ended, event.ended + 1)


def _some(moments: Sequence[int], many: int, chance: random.Random) -> list[int]:
    """Return so many of the moments, each as often as any other."""
    whole, rest = divmod(many, len(moments))
    return [*moments] * whole + chance.sample(moments, rest)


def moments(events: Iterable[Event]) -> list[tuple[int, bool, Event]]:
    """Return each beginning, and each end (True), in their order."""
    ends = [(event.ended, True, event) for event in events if event.ended is not None]
    return sorted([*((event.began, False, event) for event in events), *ends], key=lambda moment: moment[:2])


def replayed(scene: Scene, stops: Iterable[int]) -> Iterator[Disk]:
    """Yield the disk as it is at each of these moments, which are in order."""
    disk = Disk(scene.root, scene.there)
    ahead = iter(moments(scene.events))
    following = next(ahead, None)
    for stop in stops:
        while following is not None and following[0] < stop:
            _, over, event = following
            (disk.end if over else disk.begin)(event)
            following = next(ahead, None)
        yield disk


def made(scene: Scene, cuts: Sequence[Cut]) -> Iterator[tuple[Cut, Files]]:
    """Make the cuts, and yield what each leaves."""
    for cut, disk in zip(cuts, replayed(scene, (cut.at for cut in cuts)), strict=True):
        yield cut, disk.after_cut(cut.manner, random.Random(cut.seed))


def held(root: Path) -> Files:
    """Return what a folder really holds."""
    return {str(file): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def written(files: Mapping[str, bytes], root: Path, to: Path) -> None:
    """Write files into a folder of their own, in the place of what was there before."""
    wanted = {to / Path(path).relative_to(root): data for path, data in files.items()}
    for old in to.rglob("*"):
        if old.is_file() and old not in wanted:
            old.unlink()
    for file, data in wanted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
