"""A chart as a PNG: a title, and bars one below the other, each under its label and with its number behind it.

1080 pixels wide, as phones show pictures, with letters that can be read there. Labels stand above their bars and not beside them: the
answers of a quiz are sentences. For who reads from the right everything begins there. The bar to look at differs by its depth of colour,
an arrow and heavier letters, so that nobody needs to tell hues apart.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text as Lettering
from matplotlib.transforms import IdentityTransform

from bot.charts.lettering import DPI, Letters

WIDTH: Final = 1080
MOST_BARS: Final = 12
_MARGIN: Final = 64
_TITLE: Final = Letters(50, bold=True)
_LABEL: Final = Letters(40)
_MARKED: Final = Letters(40, bold=True)
_LINE: Final = 1.45
"""Height of a line of letters, against their size: Arabic reaches far above and below."""
_BASE: Final = 0.98
"""How far below a line's top its letters stand, against their size."""
_BAR: Final = 46
_BELOW_LABEL: Final = 14
_GAP: Final = 34
_ARROW: Final = 42
_NUMBER_ROOM: Final = 170
_INK, _PAPER, _RAIL = "#1d2b36", "#ffffff", "#e9eef2"
_USUAL, _DEEP = "#8fb8d9", "#0b4f80"
_RIGHT_TO_LEFT: Final = ("ar", "ckb")


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: bars as label, value (0 or more), whether it is the one to look at; and the language of whoever reads it."""

    title: str
    bars: tuple[tuple[str, int, bool], ...]
    language: str


@dataclass(frozen=True, slots=True)
class _Row:
    lines: tuple[str, ...]
    value: int
    marked: bool

    @property
    def letters(self) -> Letters:
        return _MARKED if self.marked else _LABEL

    @property
    def height(self) -> float:
        return len(self.lines) * _LABEL.size * _LINE + _BELOW_LABEL + _BAR + _GAP


def drawn(chart: Chart) -> bytes:
    """Return the chart as a PNG that says nothing of how it was made."""
    room = WIDTH - 2 * _MARGIN
    title = _TITLE.lines(chart.title, room, 3, chart.language)
    rows = [_row(bar, chart.language) for bar in chart.bars[:MOST_BARS]]
    height = 2 * _MARGIN + len(title) * _TITLE.size * _LINE + sum(row.height for row in rows)
    figure = Figure(figsize=(WIDTH / DPI, round(height) / DPI), dpi=DPI, facecolor=_PAPER)
    sheet = _Sheet(figure, height, mirrored=chart.language in _RIGHT_TO_LEFT)
    top = _MARGIN + sheet.write(title, _MARGIN, _TITLE)
    longest = max((row.value for row in rows), default=0) or 1
    for row in rows:
        sheet.row(row, top + _GAP, longest)
        top += row.height
    made = io.BytesIO()
    FigureCanvasAgg(figure).print_png(made, metadata={"Software": None})  # type: ignore[no-untyped-call]
    return made.getvalue()


def _row(bar: tuple[str, int, bool], language: str) -> _Row:
    label, value, marked = bar
    letters, room = (_MARKED, WIDTH - 2 * _MARGIN - _ARROW) if marked else (_LABEL, WIDTH - 2 * _MARGIN)
    return _Row(tuple(letters.lines(label, room, 2, language)), max(0, value), marked)


@dataclass(slots=True)
class _Sheet:
    """Paper on which places are told from where its reader begins, and from the top, in pixels."""

    figure: Figure
    height: float
    mirrored: bool

    def row(self, row: _Row, top: float, longest: int) -> None:
        """Draw one bar with its label and its number."""
        if row.marked:
            self.arrow(top + _LABEL.size * (_BASE - 0.3))
        top += self.write(row.lines, top, row.letters, indent=_ARROW if row.marked else 0) + _BELOW_LABEL
        full = WIDTH - 2 * _MARGIN - _NUMBER_ROOM
        reach = full * row.value / longest
        self.bar(top, full, _RAIL)
        if reach:
            self.bar(top, max(reach, 6), _DEEP if row.marked else _USUAL)
        self.text(f"{row.value:,}", _MARGIN + full + 24, top + _BAR / 2 + _LABEL.size * 0.36, row.letters)

    def write(self, lines: tuple[str, ...] | list[str], top: float, letters: Letters, indent: float = 0) -> float:
        """Write lines below each other; return how high they are together."""
        step = letters.size * _LINE
        for number, line in enumerate(lines):
            self.text(line, _MARGIN + indent, top + number * step + letters.size * _BASE, letters)
        return len(lines) * step

    def text(self, words: str, start: float, base: float, letters: Letters) -> None:
        """Write one line from where the reader begins."""
        side = "right" if self.mirrored else "left"
        x, y = self._place(start, base)
        # Numbers and names may hold a dollar sign: nothing in them is a formula.
        self._put(Lettering(x, y, words, fontproperties=letters.font, color=_INK, ha=side, va="baseline", parse_math=False))

    def bar(self, top: float, length: float, colour: str) -> None:
        """Draw a bar from where the reader begins."""
        x, y = self._place(_MARGIN, top + _BAR)
        self._put(Rectangle((x - length if self.mirrored else x, y), length, _BAR, color=colour, linewidth=0))

    def arrow(self, middle: float) -> None:
        """Point at a label."""
        corners = [self._place(_MARGIN, middle - 13), self._place(_MARGIN, middle + 13), self._place(_MARGIN + 24, middle)]
        self._put(Polygon(corners, closed=True, color=_DEEP, linewidth=0))

    def _place(self, start: float, top: float) -> tuple[float, float]:
        return (WIDTH - start if self.mirrored else start), self.height - top

    def _put(self, artist: Artist) -> None:
        artist.set_transform(IdentityTransform())
        self.figure.add_artist(artist)
