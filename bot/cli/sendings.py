"""How far each sending of a broadcast has come, as numbers, read beside a running bot."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.model.broadcasts import Figures, Occurrence

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.storage.database import Database
    from bot.storage.seal import Keyring

WINDOW = 5.0  # seconds over which a speed is taken
FATES = ("delivered", "blocked", "gone", "refused", "unsure")


@dataclass(frozen=True, slots=True)
class Sending:
    """One sending. `people`: whom it is for, an estimate until all have been found."""

    occurrence: Occurrence
    figures: Figures
    people: int

    @property
    def is_open(self) -> bool:
        """Whether more may come of it."""
        return self.occurrence.state in {"sending", "paused"} or self.figures.sending > 0

    def shown(self) -> dict[str, Any]:
        """As a program reads it."""
        occurrence = self.occurrence
        moments = {"due": occurrence.due, "started": occurrence.started, "ended": occurrence.ended}
        fates = {name: getattr(self.figures, name) for name in (*FATES, "opted_out")}
        return (
            {"broadcast": occurrence.broadcast, "forum": occurrence.forum, "wall": occurrence.wall.isoformat(), "state": occurrence.state}
            | {name: _stamp(moment) for name, moment in moments.items()}
            | {"people": self.people, "settled": self.figures.settled}
            | fates
        )


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


async def newest(database: Database, most: int) -> list[Sending]:
    """The last sendings of all broadcasts, newest first."""
    return await database.read(lambda conn: _newest(conn, database.keys, most))


async def _newest(conn: AsyncConnection, keys: Keyring, most: int) -> list[Sending]:
    from bot.storage import occurrences, tallies

    found = []
    for occurrence in await occurrences.recent(conn, most):
        figures = await tallies.figures(conn, occurrence.id)
        people = figures.listed if occurrence.listed else max(figures.listed, await _counted(conn, keys, occurrence))
        found.append(Sending(occurrence, figures, people))
    return found


async def _counted(conn: AsyncConnection, keys: Keyring, occurrence: Occurrence) -> int:
    """How many the author was told it would reach."""
    from bot.storage import broadcasts

    broadcast = await broadcasts.load(conn, keys, occurrence.broadcast)
    return broadcast.counted.people if broadcast is not None and broadcast.counted is not None else 0


class Speed:
    """Messages a second over the last few seconds, from looks at a number that grows."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, int]] = deque()

    def look(self, now: float, settled: int) -> None:
        """Note what stood there; `now` in seconds."""
        self._looks.append((now, settled))
        while len(self._looks) > 2 and now - self._looks[0][0] > WINDOW:
            self._looks.popleft()

    @property
    def a_second(self) -> float:
        """The speed; 0 until there were two looks."""
        if len(self._looks) < 2:
            return 0.0
        (since, before), (now, after) = self._looks[0], self._looks[-1]
        return max(0.0, (after - before) / (now - since)) if now > since else 0.0

    def left(self, people: int) -> float | None:
        """Seconds until all are told at this speed; None where it stands still."""
        a_second = self.a_second
        return (people - self._looks[-1][1]) / a_second if a_second > 0 else None
