"""strace: runs a program so that it is seen, and what it saw, made into events. Moments are counted in lines of the trace."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tests.fire.power.events import (
    Allocated,
    Created,
    Event,
    Linked,
    Mapped,
    NotUnderstood,
    Received,
    Renamed,
    Sent,
    Synced,
    Truncated,
    Unlinked,
    Written,
)

FILES: Final = (
    "openat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,fsync,fdatasync,sync_file_range,copy_file_range,mmap"
)
NAMES: Final = "rename,renameat,renameat2,link,linkat,unlink,unlinkat"
CONNECTIONS: Final = "sendto,sendmsg,recvfrom"
LONGEST: Final = 1 << 26


@cache
def hindrance() -> str:
    """Return why nothing can be traced here, empty where it can."""
    if shutil.which("strace") is None:
        return "strace is not installed (apt-get install strace)"
    tried = subprocess.run(["strace", "--seccomp-bpf", "-f", "-o", os.devnull, "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else f"strace may not trace here: {tried.stderr.decode(errors='replace').strip()[-200:]}"


def command(to: Path, *, detached: bool = False) -> list[str]:
    """Return what to put before a command so that it is traced; `detached`: the process that is started is the program itself."""
    calls = ",".join((FILES, NAMES, CONNECTIONS))
    return [
        "strace",
        *(["-D"] if detached else []),
        "--seccomp-bpf",
        "-f",
        "-yy",
        "-xx",
        f"-s{LONGEST}",
        "-o",
        str(to),
        "-e",
        f"trace={calls}",
    ]


async def complete(file: Path, process: int) -> None:
    """Wait until the trace of a process that has ended is written to its end."""
    last = re.compile(rb"^%d +\+\+\+ (?:exited|killed)" % process, re.MULTILINE)
    while not last.search(_tail(file)):  # noqa: ASYNC110 - a file that is written to its end rings no bell
        await asyncio.sleep(0.01)


def _tail(file: Path) -> bytes:
    with file.open("rb") as trace:
        trace.seek(max(0, file.stat().st_size - 8192))
        return trace.read()


def read(file: Path) -> list[Event]:
    """Return the events of a trace in the order in which they began."""
    begun: dict[str, tuple[int, str, str]] = {}
    found: list[Event] = []
    with file.open(encoding="ascii") as lines:
        for number, line in enumerate(lines):
            process, _, rest = line.rstrip("\n").partition(" ")
            rest = rest.lstrip()
            if resumed := _RESUMED.match(rest):
                began, name, arguments = begun.pop(process)
                found += _event(name, arguments + rest[resumed.end() :], began, 2 * number + 1)
            elif opened := _OPENED.match(rest):
                if rest.endswith(_UNFINISHED):
                    begun[process] = (2 * number, opened[1], rest[opened.end() : -len(_UNFINISHED)])
                else:
                    found += _event(opened[1], rest[opened.end() :], 2 * number, 2 * number + 1)
    for began, name, arguments in begun.values():
        found += _event(name, arguments + ") = ?", began, None)
    return sorted(found, key=lambda event: event.began)


_UNFINISHED: Final = " <unfinished ...>"
_OPENED: Final = re.compile(r"(\w+)\(")
_RESUMED: Final = re.compile(r"<\.\.\. \w+ resumed>")
_HEX: Final = r"((?:\\x[0-9a-f]{2})*)"
_RESULT: Final = re.compile(rf"\) += (-?\d+|0x[0-9a-f]+|\?)(?:<{_HEX}(?:<[^>]*>)?>)?(?: .*)?$", re.DOTALL)
_TEXT: Final = re.compile(rf'"{_HEX}"')
_FILE: Final = re.compile(rf"(\d+|AT_FDCWD)<{_HEX}>(\(deleted\))?")
_CONNECTION: Final = re.compile(r"\d+<(TCP(?:v6)?:\[[^\]]*(?:\][^\]]*)*?\])>")


def _bytes(shown: str) -> bytes:
    return bytes.fromhex(shown.replace("\\x", ""))


def _path(shown: str) -> str:
    return os.fsdecode(_bytes(shown))


@dataclass(frozen=True, slots=True)
class _Call:
    """A call's words. `result` is None where it never came back."""

    arguments: str
    result: int | None
    opened: str | None

    @property
    def file(self) -> str | None:
        """The path of the file that is its first argument; None for what is none, or has no name any more."""
        found = _FILE.match(self.arguments)
        return None if found is None or found[3] else _path(found[2])

    @property
    def connection(self) -> str | None:
        """The connection that is its first argument."""
        found = _CONNECTION.match(self.arguments)
        return found[1] if found else None

    @property
    def data(self) -> bytes:
        """The bytes it tells, as far as they were taken."""
        whole = b"".join(_bytes(text) for text in _TEXT.findall(self.arguments))
        return whole if self.result is None else whole[: self.result]

    @property
    def numbers(self) -> list[str]:
        """Its arguments behind the last text or file."""
        return [each.strip() for each in re.split(r'[">]', self.arguments)[-1].split(",")]

    @property
    def paths(self) -> list[str]:
        """The paths it names, each from its folder."""
        folders = [_path(shown) for _, shown, _ in _FILE.findall(self.arguments)]
        names = [_path(shown) for shown in _TEXT.findall(self.arguments)]
        found = [str(Path(folder) / name) for folder, name in zip(folders or [""] * len(names), names, strict=True)]
        if not all(path.startswith("/") for path in found):
            raise NotUnderstood(f"a relative path: {found}")
        return [os.path.normpath(path) for path in found]


def _event(name: str, words: str, began: int, ended: int | None) -> Iterator[Event]:
    result = _RESULT.search(words)
    if result is None:
        raise NotUnderstood(f"{name}({words[:200]}")
    if result[1].startswith("-"):
        return
    if result[1] == "?":
        ended = None
    call = _Call(words[: result.start()], None if result[1] == "?" else int(result[1], 0), _path(result[2]) if result[2] else None)
    read_one = _READ.get(name)
    if read_one is None:
        raise NotUnderstood(name)
    event = read_one(call, began, ended)
    if event is not None:
        yield event


def _opened(call: _Call, began: int, ended: int | None) -> Event | None:
    if call.opened is None or ("O_CREAT" not in call.arguments and "O_TRUNC" not in call.arguments):
        return None
    return Created(began, ended, call.opened, "O_TRUNC" in call.arguments)


def _written(call: _Call, began: int, ended: int | None, *, placed: bool) -> Event | None:
    if call.connection is not None:
        return Sent(began, ended, call.connection, call.data)
    if call.file is None or not call.file.startswith("/"):
        return None
    return Written(began, ended, call.file, int(call.numbers[-1]) if placed else None, call.data)


def _sent(call: _Call, began: int, ended: int | None) -> Event | None:
    return Sent(began, ended, call.connection, call.data) if call.connection else None


def _received(call: _Call, began: int, ended: int | None) -> Event | None:
    return Received(began, ended, call.connection, call.data) if call.connection and call.result else None


def _synced(call: _Call, began: int, ended: int | None) -> Event | None:
    return Synced(began, ended, call.file) if call.file else None


def _truncated(call: _Call, began: int, ended: int | None) -> Event | None:
    return Truncated(began, ended, call.file, int(call.numbers[-1])) if call.file else None


def _allocated(call: _Call, began: int, ended: int | None) -> Event | None:
    mode, at, length = map(int, call.numbers[-3:])
    if mode != 0:
        raise NotUnderstood(f"fallocate of mode {mode}")
    return Allocated(began, ended, call.file, at + length) if call.file else None


def _mapped(call: _Call, began: int, ended: int | None) -> Event | None:
    found = _FILE.search(call.arguments)
    if found is None or "MAP_SHARED" not in call.arguments or "PROT_WRITE" not in call.arguments:
        return None
    return Mapped(began, ended, _path(found[2]))


def _unlinked(call: _Call, began: int, ended: int | None) -> Event | None:
    return None if "AT_REMOVEDIR" in call.arguments else Unlinked(began, ended, *call.paths)


_READ: Final[Mapping[str, Callable[[_Call, int, int | None], Event | None]]] = {
    "openat": _opened,
    "write": lambda *call: _written(*call, placed=False),
    "writev": lambda *call: _written(*call, placed=False),
    "pwrite64": lambda *call: _written(*call, placed=True),
    "ftruncate": _truncated,
    "fallocate": _allocated,
    "fsync": _synced,
    "fdatasync": _synced,
    "mmap": _mapped,
    "rename": lambda call, began, ended: Renamed(began, ended, *call.paths),
    "renameat": lambda call, began, ended: Renamed(began, ended, *call.paths),
    "renameat2": lambda call, began, ended: Renamed(began, ended, *call.paths),
    "link": lambda call, began, ended: Linked(began, ended, *call.paths),
    "linkat": lambda call, began, ended: Linked(began, ended, *call.paths),
    "unlink": _unlinked,
    "unlinkat": _unlinked,
    "sendto": _sent,
    "sendmsg": _sent,
    "recvfrom": _received,
}
