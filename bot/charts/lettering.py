"""Words in a picture: the font, what it has no letter for, and how long ones are wrapped into their room."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties, get_font

_FONTS: Final = Path(__file__).parent / "fonts"
_FILES: Final = {False: _FONTS / "Vazirmatn-Regular.ttf", True: _FONTS / "Vazirmatn-SemiBold.ttf"}
DPI: Final = 100
POINTS: Final = 72 / DPI
"""Points in a pixel."""
_MARKS: Final = {"ar": "\u200f", "ckb": "\u200f", "en": "\u200e"}
"""Put first, it gives a line its language's direction even if it begins with a number or a word of another script."""
_ELLIPSIS: Final = "…"
_LONGEST: Final = 400
"""Characters: more has no room anywhere in a picture."""


@dataclass(frozen=True, slots=True)
class Letters:
    """One size of the font, in pixels."""

    size: float
    bold: bool = False

    @property
    def font(self) -> FontProperties:
        """The font as the drawing takes it."""
        return FontProperties(fname=_FILES[self.bold], size=self.size * POINTS)

    def width(self, words: str) -> float:
        """Return how many pixels a line takes."""
        width, _, _ = _renderer().get_text_width_height_descent(words, self.font, ismath=False)  # type: ignore[no-untyped-call]
        return float(width)

    def lines(self, words: str, room: float, most: int, language: str) -> list[str]:
        """Return the words in at most so many lines of so many pixels; what is more is cut with an ellipsis."""
        mark, left, lines = _MARKS.get(language, ""), known(words[:_LONGEST]).split(), list[str]()
        while len(left) > 1 and len(lines) < most - 1:
            fitting = self._fitting(left, room, " ") or 1
            lines.append(" ".join(left[:fitting]))
            left = left[fitting:]
        if left or not lines:
            lines.append(" ".join(left))
        return [mark + self._cut(line, room) for line in lines]

    def _cut(self, line: str, room: float) -> str:
        if self.width(line) <= room:
            return line
        return line[: self._fitting(line, room - self.width(_ELLIPSIS), "")].rstrip() + _ELLIPSIS

    def _fitting(self, parts: Sequence[str], room: float, between: str) -> int:
        """Return how many of the parts have room in one line."""
        return bisect_right(range(1, len(parts) + 1), room, key=lambda count: self.width(between.join(parts[:count])))


def known(words: str) -> str:
    """Return the words without what the font has no letter for (pictographs, above all): better nothing than a box."""
    return "".join(character for character in words if character.isspace() or ord(character) in _charmap())


@cache
def _charmap() -> dict[int, int]:
    return dict(get_font(_FILES[False]).get_charmap())


@cache
def _renderer() -> RendererAgg:
    return RendererAgg(16, 16, DPI)  # type: ignore[no-untyped-call]
