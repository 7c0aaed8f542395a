"""Tallies: what became of an occurrence, as numbers that are only ever added to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Final

from sqlalchemy import Insert, func, select, text
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.broadcasts import Cell, Figures
from bot.model.ids import ForumId, OccurrenceId
from bot.model.ids import Language as Tag
from bot.storage.tables import copies, tallies

Key = tuple[str, str, str]
"""What is counted, in which district and language; the last two are empty where they are not told apart."""
EVERYWHERE: Final = ("", "")
OPTED_OUT: Final = "opted_out"
_PLAIN: Final = ("listed", "delivered", "blocked", "gone", "refused", "unsure", OPTED_OUT)
OPEN = text("copies.state IN ('waiting', 'sending')")
"""To the letter the condition of the index over the copies that are not settled: SQLite uses it only so."""
_OF = select(tallies.c.what, tallies.c.district, tallies.c.language, tallies.c.count)


def option(number: int) -> str:
    """Return under what the answers to a quiz are counted that chose an option."""
    return f"option:{number}"


async def add(conn: AsyncConnection, occurrence: OccurrenceId, counts: Mapping[Key, int]) -> None:
    """Add to an occurrence's numbers, in an order that is always the same, so that two who add do not wait for one another in a ring."""
    rows = [
        {"occurrence": occurrence, "what": what, "district": district, "language": language, "count": number}
        for (what, district, language), number in sorted(counts.items())
        if number
    ]
    if rows:
        await conn.execute(_add(conn.dialect.name), rows)


@cache
def _add(dialect: str) -> Insert:
    key = ("occurrence", "what", "district", "language")
    if dialect == "sqlite":
        on_sqlite = sqlite_insert(tallies)
        return on_sqlite.on_conflict_do_update(index_elements=key, set_={"count": tallies.c.count + on_sqlite.excluded["count"]})
    on_postgresql = pg_insert(tallies)
    return on_postgresql.on_conflict_do_update(index_elements=key, set_={"count": tallies.c.count + on_postgresql.excluded["count"]})


async def figures(conn: AsyncConnection, occurrence: OccurrenceId, options: int = 0) -> Figures:
    """Return what became of an occurrence so far; `options` is how many answers its quiz offers."""
    sums: Counter[str] = Counter()
    cells: dict[tuple[str, Tag], Counter[str]] = {}
    for what, district, language, number in await conn.execute(_OF.where(tallies.c.occurrence == occurrence)):
        sums[what] += number
        if district and language:
            cells.setdefault((district, language), Counter())[what] += number
    sending = select(func.count()).where(copies.c.occurrence == occurrence, copies.c.state == "sending", OPEN)
    return Figures(
        **{name: sums[name] for name in _PLAIN},
        answers=tuple(sums[option(number)] for number in range(options)),
        cells=tuple(
            Cell(ForumId(district), language, found["listed"], found["delivered"]) for (district, language), found in sorted(cells.items())
        ),
        sending=await conn.scalar(sending) or 0,
    )
