"""Canaries: words and numbers that occur nowhere else in the world, so that whatever they are found in has leaked."""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeVar

MARK: Final = "whoqzxj"
"""What every canary word begins with: it is found even if the rest was cut off."""
LETTERS: Final = 9
HEAD: Final = 4417
"""What every canary number begins with: sixteen digits, 52 bits, as long as Telegram's ids can get."""
DEGREES: Final = "39174"
"""The digits behind the first decimal of every canary coordinate: a place to within some ten metres."""

_WORD = re.compile(rb"%s[a-z]{0,%d}" % (MARK.encode(), LETTERS))
_NUMBER = re.compile(rb"(?<!\d)%d\d{12}(?!\d)" % HEAD)
_POINT = re.compile(rb"(?<![\d:])\d\d\.\d%s\d*" % DEGREES.encode())

LATITUDE: Final = 34.3
LONGITUDE: Final = 45.4
_HEADS: Final = {
    *(struct.pack(">q", number)[:3] for number in range(HEAD * 10**12, (HEAD + 1) * 10**12, 10**11)),
    *(struct.pack(">d", float(f"{about}{DEGREES}"))[:3] for about in (LATITUDE, LONGITUDE)),
}
_RAW = re.compile(b"(?=(?:%s))" % b"|".join(map(re.escape, sorted(_HEADS))), re.DOTALL)

V = TypeVar("V", str, int, float)


@dataclass(frozen=True, slots=True)
class Planted:
    """One canary: whose it is, in which field it stood, and whether it is what they meant to say."""

    owner: str
    where: str
    said: bool = False


@dataclass
class Mint:
    """Makes canaries in the name of `owner`, and remembers them. Its seed repeats them."""

    seed: int
    owner: str = "nobody"
    planted: dict[str | int | float, Planted] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def word(self, where: str, *, said: bool = False) -> str:
        """Make a word for a field."""
        return self._plant(MARK + "".join(self.chance.choices("abcdefghijklmnopqrstuvwxyz", k=LETTERS)), where, said=said)

    def number(self, where: str) -> int:
        """Make a number for a field: an id, a size, an amount."""
        return self._plant(HEAD * 10**12 + self.chance.randrange(10**12), where)

    def degrees(self, where: str, about: float = LATITUDE) -> float:
        """Make a coordinate near Khanaqin: its latitude or its longitude."""
        return self._plant(float(f"{about}{DEGREES}{self.chance.randrange(10**6):06}"), where)

    def _plant(self, value: V, where: str, *, said: bool = False) -> V:
        self.planted[value] = Planted(self.owner, where, said)
        return value

    def found(self, hay: bytes) -> set[Planted]:
        """Return every canary in these bytes: in any case of letters, whole or cut off, in digits or as a number's own bytes."""
        low = hay.lower()
        return {*self._words(low), *self._digits(low), *self._raw(hay), *self._raw(hay[::-1])}

    def _words(self, low: bytes) -> Iterator[Planted]:
        for match in _WORD.finditer(low):
            word = match[0].decode()
            cut = (planted for known, planted in self.planted.items() if isinstance(known, str) and known.startswith(word))
            yield self.planted.get(word) or next(cut, Planted("nobody", "a word cut off: " + word))

    def _digits(self, low: bytes) -> Iterator[Planted]:
        for match in (*_NUMBER.finditer(low), *_POINT.finditer(low)):
            text = match[0].decode()
            yield self.planted.get(float(text) if "." in text else int(text)) or Planted("nobody", "a number cut off: " + text)

    def _raw(self, hay: bytes) -> Iterator[Planted]:
        """Yield what stands there as eight bytes, the largest first; the other way round it is looked for in the hay reversed."""
        for match in _RAW.finditer(hay):
            raw = hay[match.start() : match.start() + 8].ljust(8, b"\0")
            yield from (self.planted[value] for value in struct.unpack(">qd", raw * 2) if value in self.planted)
