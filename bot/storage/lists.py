"""What a row of the outbox has to do with lists, in its column `line`.

- `waits`: a ticket's card of which no list has told. `dismiss` takes that back: what it shows can be seen already, or it goes at once.
- `told`: a list tells of it; it still waits for its own sending.
- `list`: a list itself, until it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, and_, bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import Priority
from bot.storage.outbox import Row, row_of
from bot.storage.prepared import Prepared
from bot.storage.queues import OPEN, settle
from bot.storage.seal import Keyring
from bot.storage.tables import outbox


@dataclass(frozen=True, slots=True)
class Crowd:
    """What waits for one group (`recipient` is its `outbox.address_of`).

    Attributes:
        fresh: cards that no list has told of; `since` is when the first of them came.
        told: cards that one has told of.
        listing: whether a list is on its way.
    """

    recipient: str
    fresh: int
    told: int
    listing: bool
    since: datetime


_WAITS = and_(outbox.c.line == "waits", outbox.c.state == "waiting")
_TOLD = outbox.c.line == "told"
_LIST = outbox.c.line == "list"
_FRESH = func.count(case((_WAITS, 1)))
_CROWDS: Final = Prepared(
    select(
        outbox.c.recipient,
        _FRESH,
        func.count(case((_TOLD, 1))),
        func.count(case((_LIST, 1))),
        func.min(case((_WAITS, outbox.c.created)), type_=outbox.c.created.type),
    )
    .where(outbox.c.line.is_not(None), outbox.c.state.in_(OPEN))
    .group_by(outbox.c.recipient)
    .having(_FRESH > 0)
)
_OF_GROUP: Final = Prepared(
    select(outbox)
    .where(outbox.c.recipient == bindparam("of"), outbox.c.line.is_not(None), _WAITS)
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("limit", type_=Integer))
)


async def crowds(conn: AsyncConnection) -> list[Crowd]:
    """Return what waits for each group for which something waits that no list has told of."""
    return [Crowd(of, fresh, told, bool(lists), since) for of, fresh, told, lists, since in await _CROWDS.all(conn)]


async def fresh(conn: AsyncConnection, keys: Keyring, recipient: str, limit: int) -> list[Row]:
    """Return the cards that no list has told of, the most urgent first, then the oldest."""
    return [await row_of(conn, keys, row) for row in await _OF_GROUP.all(conn, of=recipient, limit=limit)]


async def told(conn: AsyncConnection, rows: Iterable[Row], row: int) -> None:
    """A list tells of these; `row` is that list's own."""
    await conn.execute(update(outbox).where(outbox.c.id.in_([each.id for each in rows])).values(line="told"))
    await conn.execute(update(outbox).where(outbox.c.id == row).values(line="list"))


async def dismiss(conn: AsyncConnection, rows: Iterable[Row]) -> None:
    """No list is to tell of these."""
    await conn.execute(update(outbox).where(outbox.c.id.in_([each.id for each in rows])).values(line=None))


async def hurry(conn: AsyncConnection, recipient: str, row: Row) -> None:
    """Let the only one that waits go itself: that costs no more than a list of one."""
    await conn.execute(update(outbox).where(outbox.c.id == row.id).values(line=None, priority=Priority.REPLY.value))
    await settle(conn, recipient)
