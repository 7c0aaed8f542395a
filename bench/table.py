"""A row, and the table of all rows in Markdown."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import bot

LIBRARIES = ("python-telegram-bot", "sqlalchemy", "aiosqlite", "aiohttp")

Better = Literal["more", "less"]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside its peer's.

    Attributes:
        row: its number in the table of aims.
        what: what was measured, with its unit.
        ours, peer: the figures; None where there is none.
        better: which way is better; the ratio is turned so that above 1 we are ahead.
        aim: what we want.
        note: what has to be known to read it.
    """

    row: str
    what: str
    ours: float | None
    peer: float | None = None
    better: Better = "more"
    aim: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better we are than the peer."""
        if not self.ours or not self.peer:
            return None
        return self.ours / self.peer if self.better == "more" else self.peer / self.ours

    def cells(self) -> tuple[str, ...]:
        """Return what stands in the table."""
        ratio = f"{self.ratio:.2f} ×" if self.ratio is not None else "–"
        return self.row, self.what, figure(self.ours), figure(self.peer), ratio, self.aim or "–", self.note or "–"


HEAD = ("#", "what", "ours", "peer", "ratio", "aim", "note")


def figure(value: float | None) -> str:
    """Return a figure with as many digits as mean something."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that share of all values lies; 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return percentile(values, 0.5)


def markdown(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table with aligned columns."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    written = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines]
    return "\n".join([written[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *written[1:]])


def document(rows: Iterable[Row], *, quick: bool, seconds: float) -> str:
    """Return a whole page of results: when, on what, with which versions, and the table."""
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    facts = (
        f"- date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {seconds:.0f} s{', quick' if quick else ''}",
        f"- machine: {os.cpu_count()} cores, {_processor()}, {platform.system()} {platform.machine()}; load before: {_load()}",
        f"- versions: alwand {bot.__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {versions}",
    )
    return "# Measured\n\n" + "\n".join(facts) + "\n\n" + markdown(rows) + "\n"


_LOAD = os.getloadavg()


def _load() -> str:
    return ", ".join(f"{each:.1f}" for each in _LOAD)


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()
