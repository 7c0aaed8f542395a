"""A disk that keeps what it was told to keep, and of the rest whatever it likes.

It is the most forgetful disk that POSIX allows, and the one SQLite is written for:

- bytes of a file stay from the moment a sync of that file has come back that began after they were written;
- of younger bytes any part may be there, sector by sector, one of them torn, and where the file grew there may be zeros or rubbish;
- a name stays once its folder was synced; a sync of the file alone does not keep its name. Of younger changes in one folder the first so
  many are there, as in every journal of a Linux file system, and one rename is there whole or not at all.

A write never changes bytes beside those it writes, also if it is torn. Shared memory (`-shm`) is no file of the disk, and the log, which
the process finds open, is not looked at.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, get_args

from tests.fire.power.events import Allocated, Created, Event, Linked, Mapped, NotUnderstood, Renamed, Synced, Truncated, Unlinked, Written

Manner = Literal["synced", "written", "first", "sectors", "pages"]
"""What is left of what was not synced: nothing, all (a kill), the first so many writes and a part of the next, or here a sector of 512 or
4096 bytes and there one."""
MANNERS: Final[tuple[Manner, ...]] = get_args(Manner)
SECTOR: Final[Mapping[Manner, int]] = {"sectors": 512, "pages": 4096}
TORN: Final = 0.05

Files = dict[str, bytes]
Change = Callable[[dict[str, "File"]], object]


@dataclass(slots=True)
class Younger:
    """A change that no sync has covered; `over` once the call came back. `data` None: the file's length became `at`."""

    at: int
    data: bytes | None
    over: bool = False

    def do(self, content: bytearray) -> None:
        """Make the change."""
        if self.data is None:
            del content[self.at :]
            content.extend(bytes(self.at - len(content)))
        else:
            _put(content, self.at, self.data)


def _put(content: bytearray, at: int, data: bytes) -> None:
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data


@dataclass(slots=True)
class File:
    """What is surely on the disk, what every reader sees meanwhile, and what lies between the two."""

    kept: bytearray = field(default_factory=bytearray)
    seen: bytearray = field(default_factory=bytearray)
    younger: list[Younger] = field(default_factory=list)


@dataclass(slots=True)
class Folder:
    """The changes to a folder's names that no sync has covered."""

    younger: list[tuple[Change, Younger]] = field(default_factory=list)


class Disk:
    """A folder on such a disk, and all below it. `there` is what it held before."""

    def __init__(self, root: Path, there: Mapping[str, bytes]) -> None:
        self._root = f"{root}/"
        self._seen = {name: File(bytearray(data), bytearray(data)) for name, data in there.items() if self.is_here(name)}
        self._kept = dict(self._seen)
        self._folders: dict[str, Folder] = {}
        self._ending: dict[int, Callable[[], None]] = {}

    def is_here(self, path: str) -> bool:
        """Whether a path lies on this disk."""
        return path.startswith(self._root) and not path.endswith(("-shm", ".log"))

    def begin(self, event: Event) -> None:
        """A call began: from now on, what it does may be there."""
        ending = None
        match event:
            case Created(path=path) if self.is_here(path):
                ending = self._create(path, emptied=event.emptied)
            case Written(path=path) if self.is_here(path):
                at = len(self._file(path).seen) if event.at is None else event.at
                ending = self._change(path, Younger(at, event.data))
            case Truncated(path=path, size=size) if self.is_here(path):
                ending = self._change(path, Younger(size, None))
            case Allocated(path=path, size=size) if self.is_here(path):
                ending = self._change(path, Younger(max(size, len(self._file(path).seen)), None))
            case Renamed(path=path, to=to) | Linked(path=path, to=to) if self.is_here(path) or self.is_here(to):
                ending = self._bind(to, self._file(path), gone=path if isinstance(event, Renamed) else None)
            case Unlinked(path=path) if self.is_here(path):
                ending = self._rename(path, lambda names: names.pop(path, None))
            case Synced(path=path) if path.startswith(self._root) or f"{path}/" == self._root:
                ending = self._sync(path)
            case Mapped(path=path) if self.is_here(path):
                raise NotUnderstood(f"{path} is written to through memory")
        if ending is not None:
            self._ending[event.began] = ending

    def end(self, event: Event) -> None:
        """A call came back."""
        ending = self._ending.pop(event.began, None)
        if ending is not None:
            ending()

    def _file(self, path: str) -> File:
        if path not in self._seen:
            raise NotUnderstood(f"{path} was never made")
        return self._seen[path]

    def _create(self, path: str, *, emptied: bool) -> Callable[[], None] | None:
        if path not in self._seen:
            return self._bind(path, File())
        return self._change(path, Younger(0, None)) if emptied else None

    def _change(self, path: str, change: Younger) -> Callable[[], None]:
        file = self._file(path)
        change.do(file.seen)
        file.younger.append(change)
        return lambda: setattr(change, "over", True)

    def _bind(self, path: str, file: File, gone: str | None = None) -> Callable[[], None]:
        def change(names: dict[str, File]) -> None:
            if gone is not None:
                names.pop(gone, None)
            names[path] = file

        return self._rename(path, change)

    def _rename(self, path: str, change: Change) -> Callable[[], None]:
        change(self._seen)
        mark = Younger(0, None)
        self._folders.setdefault(str(Path(path).parent), Folder()).younger.append((change, mark))
        return lambda: setattr(mark, "over", True)

    def _sync(self, path: str) -> Callable[[], None]:
        if path in self._seen:
            file = self._seen[path]
            covered = [change for change in file.younger if change.over]
            return lambda: _keep(file, covered)
        folder = self._folders.setdefault(path.rstrip("/"), Folder())
        names = [(change, mark) for change, mark in folder.younger if mark.over]
        return lambda: self._keep_names(folder, names)

    def _keep_names(self, folder: Folder, covered: Sequence[tuple[Change, Younger]]) -> None:
        for each in covered:
            if each in folder.younger:
                each[0](self._kept)
                folder.younger.remove(each)

    def seen(self) -> Files:
        """Return what every reader sees now, which is also what a kill leaves."""
        return {path: bytes(file.seen) for path, file in self._seen.items()}

    def after_cut(self, manner: Manner, chance: random.Random) -> Files:
        """Return what is there when the power is cut now and comes back."""
        names = dict(self._kept)
        for folder in self._folders.values():
            most = len(folder.younger)
            many = {"synced": 0, "written": most}.get(manner, chance.randint(0, most))
            for change, _ in folder.younger[:many]:
                change(names)
        return {path: _left(file, manner, chance) for path, file in names.items()}


def _keep(file: File, covered: Sequence[Younger]) -> None:
    """Let changes be kept for good."""
    for change in covered:
        change.do(file.kept)
    done = set(map(id, covered))
    file.younger = [change for change in file.younger if id(change) not in done]


def _left(file: File, manner: Manner, chance: random.Random) -> bytes:
    content = bytearray(file.kept)
    if not file.younger or manner == "synced":
        return bytes(content)
    if manner in SECTOR and len(file.seen) > len(content):
        grown = chance.randint(0, len(file.seen) - len(content))
        content.extend(chance.randbytes(grown) if chance.random() < 0.3 else bytes(grown))
    for change in _survivors(file.younger, manner, chance):
        change.do(content)
    return bytes(content)


def _survivors(younger: Sequence[Younger], manner: Manner, chance: random.Random) -> Iterator[Younger]:
    match manner:
        case "written":
            yield from younger
        case "first":
            many = chance.randint(0, len(younger))
            yield from younger[:many]
            for torn in younger[many : many + 1]:
                yield _torn(torn, chance)
        case _:
            share = chance.choice((0.1, 0.5, 0.9))
            for change in younger:
                yield from (part for part in _sectors(change, SECTOR[manner], chance) if chance.random() < share)


def _sectors(change: Younger, size: int, chance: random.Random) -> Iterator[Younger]:
    """Cut a write at the borders of the disk's sectors; now and then one is torn."""
    if change.data is None:
        yield change
        return
    at = change.at
    while at < change.at + len(change.data):
        until = (at // size + 1) * size
        part = Younger(at, change.data[at - change.at : until - change.at])
        yield part if chance.random() > TORN else _torn(part, chance)
        at = until


def _torn(change: Younger, chance: random.Random) -> Younger:
    return change if change.data is None else Younger(change.at, change.data[: chance.randint(0, len(change.data))])
