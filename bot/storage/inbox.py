"""What arrived and is not handled yet, in lanes. Received is not handled: an arrival is acknowledged once its row is on disk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, exists, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import days
from bot.storage.prepared import Prepared
from bot.storage.seal import Keyring, open_sealed, seal, sealer
from bot.storage.tables import arrivals, inbox
from bot.storage.upsert import put_new, try_hold

WINDOW = 4
"""How many waiting rows are looked at for each lane that is asked for, before lanes are looked up one by one."""
LIFE: Final = 1000
"""What a try that was counted beforehand (`suspects.py`) weighs in the column `attempts`, where one that failed weighs 1."""


@dataclass(frozen=True, slots=True)
class NewItem:
    """Something to store. `source_key` is unique within its source: a second one is a repeat of the first."""

    source: str
    source_key: str
    lane: str
    raw: bytes
    received: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """Something to handle.

    Attributes:
        attempts: how often that has failed.
        followed: whether another waits behind it in its lane.
        lives: how often it was begun by a process that may have died of it, this time among them.
    """

    id: int
    source: str
    source_key: str
    lane: str
    raw: bytes
    received: datetime
    attempts: int
    followed: bool = False
    lives: int = 0


@dataclass(frozen=True, slots=True)
class Parked:
    """Something that could not be handled and waits for a human, with the trace of the last try."""

    item: Item
    trace: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits: rows not handled yet, the age of the oldest of them in seconds, rows that need a human."""

    waiting: int
    oldest_seconds: float
    parked: int


async def store(conn: AsyncConnection, keys: Keyring, items: Sequence[NewItem]) -> int:
    """Store what arrived, leaving out repeats; return how many were new."""
    if not items:
        return 0
    fresh = await _unknown(conn, items)
    for received, together in groupby(fresh, key=lambda item: item.received):
        seal_one = sealer(await days.key_for(conn, keys, "inbox", received), "inbox", "raw")
        await _STORE.each(conn, [_row(item, seal_one) for item in together])
    return len(fresh)


_STORE = Prepared(insert(inbox))


async def _unknown(conn: AsyncConnection, items: Sequence[NewItem]) -> list[NewItem]:
    first: dict[tuple[str, str], NewItem] = {}
    for item in items:
        first.setdefault((item.source, item.source_key), item)
    rows = [{"source": source, "source_key": key, "day": item.received.astimezone(UTC).date()} for (source, key), item in first.items()]
    new = set(await put_new(conn, arrivals, rows))
    return [item for key, item in first.items() if key in new]


def _row(item: NewItem, seal_one: Callable[[str, bytes], bytes]) -> dict[str, Any]:
    return {
        "source": item.source,
        "source_key": item.source_key,
        "lane": item.lane,
        "received": item.received,
        "not_before": item.received,
        "raw": seal_one(_row_name(item), item.raw),
    }


def _row_name(item: NewItem | Row[Any]) -> str:
    return f"{item.source}:{item.source_key}"


WAITING = inbox.c.state == "waiting"
_OLDEST = Prepared(select(inbox.c.lane, inbox.c.not_before).where(WAITING).order_by(inbox.c.id).limit(bindparam("limit")))


async def waiting_lanes(conn: AsyncConnection, now: datetime, limit: int) -> list[str]:
    """Return up to `limit` lanes whose next item is due, as a rule those that wait longest first.

    The cost follows the limit, not the backlog: the oldest rows are looked at, and only when a few crowded lanes fill that view are others
    looked up by name.
    """
    rows = await _OLDEST.all(conn, limit=limit * WINDOW)
    lanes: dict[str, bool] = {}
    for lane, not_before in rows:
        lanes.setdefault(lane, not_before <= now)
    due = [lane for lane, is_due in lanes.items() if is_due][:limit]
    if len(due) < limit and len(rows) == limit * WINDOW:
        due += [lane for lane in await _lanes_by_name(conn, now, limit) if lane not in lanes][: limit - len(due)]
    return due


async def _lanes_by_name(conn: AsyncConnection, now: datetime, limit: int) -> list[str]:
    """Return the first due lanes by name: one step through the index for each, however many rows it holds."""
    step = select(func.min(inbox.c.lane).label("lane")).where(WAITING).cte("step", recursive=True)
    following = select(func.min(inbox.c.lane)).where(WAITING, inbox.c.lane > step.c.lane).scalar_subquery()
    step = step.union_all(select(following).where(step.c.lane.is_not(None)))
    other = inbox.alias()
    oldest = select(func.min(other.c.id)).where(other.c.state == "waiting", other.c.lane == step.c.lane).scalar_subquery()
    due = select(step.c.lane).join(inbox, and_(inbox.c.id == oldest, inbox.c.not_before <= now)).limit(limit)
    return [lane for (lane,) in await conn.execute(due)]


_behind = inbox.alias("behind")
_FOLLOWED = exists().where(_behind.c.lane == inbox.c.lane, _behind.c.state == "waiting", _behind.c.id > inbox.c.id).label("followed")
_OF_LANE = select(inbox, _FOLLOWED).where(inbox.c.lane == bindparam("lane"), WAITING)
_FIRST = Prepared(_OF_LANE.order_by(inbox.c.id).limit(1).with_for_update(of=inbox))
_DONE = Prepared(delete(inbox).where(inbox.c.id == bindparam("item")))


async def take(conn: AsyncConnection, keys: Keyring, lane: str, now: datetime) -> Item | None:
    """Return the lane's oldest waiting item, or None: where it is not due yet, nothing behind it is either.

    It is ours to the end of the transaction, and stays where it is unless `done`, `retry` or `park` is called.
    """
    if not await try_hold(conn, lane):
        return None
    row = await _FIRST.first(conn, lane=lane)
    if row is None or row.not_before > now:
        return None
    return replace(await _item(conn, keys, row), followed=row.followed)


async def _item(conn: AsyncConnection, keys: Keyring, row: Row[Any]) -> Item:
    key = await days.key_of(conn, keys, "inbox", row.received)
    raw = open_sealed(key, "inbox", "raw", _row_name(row), row.raw)
    return Item(row.id, row.source, row.source_key, row.lane, raw, row.received, row.attempts % LIFE, lives=row.attempts // LIFE)


async def done(conn: AsyncConnection, item: Item) -> None:
    """Remove what was handled; only its key stays, against repeats."""
    await _DONE.run(conn, item=item.id)


def _as_taken(item: Item) -> ColumnElement[bool]:
    """The item, unless another process has taken it since and handled it, or counted a try of its own."""
    return and_(inbox.c.id == item.id, inbox.c.attempts == item.attempts + LIFE * item.lives, WAITING)


async def retry(conn: AsyncConnection, item: Item, not_before: datetime) -> None:
    """Count a failed try, and let the lane wait until then (UTC). The process has outlived it, so it is not what kills."""
    await conn.execute(update(inbox).where(_as_taken(item)).values(attempts=item.attempts + 1, not_before=not_before))


async def park(conn: AsyncConnection, keys: Keyring, item: Item, trace: str) -> bool:
    """Put an item aside for a human, with the trace of what went wrong; the lane goes on. False: it is not as it was taken any more."""
    key = await days.key_of(conn, keys, "inbox", item.received)
    sealed = seal(key, "inbox", "trace", f"{item.source}:{item.source_key}", trace.encode(errors="replace"))
    parked = update(inbox).where(_as_taken(item)).values(state="parked", attempts=inbox.c.attempts + 1, trace=sealed)
    return (await conn.execute(parked)).rowcount == 1


async def waiting_of(conn: AsyncConnection, keys: Keyring, source: str) -> list[Item]:
    """Return all that waits of a source, oldest first."""
    rows = (await conn.execute(select(inbox).where(WAITING, inbox.c.source == source).order_by(inbox.c.id))).all()
    return [await _item(conn, keys, row) for row in rows]


async def waiting_but(conn: AsyncConnection, keys: Keyring, sources: Collection[str]) -> list[Item]:
    """Return all that waits of every other source, oldest first."""
    rows = (await conn.execute(select(inbox).where(WAITING, inbox.c.source.not_in(sources)).order_by(inbox.c.id))).all()
    return [await _item(conn, keys, row) for row in rows]


async def set_aside(conn: AsyncConnection, keys: Keyring, item: NewItem | Item, why: str) -> None:
    """Let what waits wait for a human instead; nothing was tried, `why` is what the human reads."""
    key = await days.key_for(conn, keys, "inbox", item.received)
    sealed = seal(key, "inbox", "trace", f"{item.source}:{item.source_key}", why.encode())
    this_one = (inbox.c.source == item.source, inbox.c.source_key == item.source_key, WAITING)
    await conn.execute(update(inbox).where(*this_one).values(state="parked", trace=sealed))


async def parked(conn: AsyncConnection, keys: Keyring, limit: int) -> list[Parked]:
    """Return what needs a human, oldest first."""
    rows = (await conn.execute(select(inbox).where(inbox.c.state == "parked").order_by(inbox.c.id).limit(limit))).all()
    found = []
    for row in rows:
        key = await days.key_of(conn, keys, "inbox", row.received)
        trace = open_sealed(key, "inbox", "trace", _row_name(row), row.trace).decode() if row.trace else ""
        found.append(Parked(await _item(conn, keys, row), trace))
    return found


async def revive(conn: AsyncConnection, row: int, now: datetime) -> bool:
    """Let what was parked be tried again from the beginning; False if there is no such row."""
    aside = (inbox.c.id == row) & (inbox.c.state == "parked")
    result = await conn.execute(update(inbox).where(aside).values(state="waiting", attempts=0, trace=None, not_before=now))
    return result.rowcount == 1


async def discard(conn: AsyncConnection, row: int) -> bool:
    """Forget what was parked; False if there is no such row."""
    result = await conn.execute(delete(inbox).where(inbox.c.id == row, inbox.c.state == "parked"))
    return result.rowcount == 1


async def discard_lane(conn: AsyncConnection, lane: str) -> None:
    """Forget what was parked of a lane."""
    await conn.execute(delete(inbox).where(inbox.c.lane == lane, inbox.c.state == "parked"))


async def backlog(conn: AsyncConnection, now: datetime) -> Backlog:
    """Return how much waits."""
    unhandled = await conn.scalar(select(func.count()).select_from(inbox).where(WAITING))
    aside = await conn.scalar(select(func.count()).select_from(inbox).where(inbox.c.state == "parked"))
    oldest = await conn.scalar(select(inbox.c.received).where(WAITING).order_by(inbox.c.id).limit(1))
    age = (now - oldest) if oldest else timedelta()
    return Backlog(unhandled or 0, max(0.0, age.total_seconds()), aside or 0)


async def forget(conn: AsyncConnection, before: datetime, limit: int) -> int:
    """Forget up to `limit` keys of what arrived on days before that of `before`, and return how many; those of open rows stay.

    What is open is listed once for all of them, under one name: to go through a long backlog again for each would take minutes, and so does
    SQLite where it is asked for a pair that is not in a list.
    """
    still_open = select(inbox.c.source + ":" + inbox.c.source_key)
    old = select(arrivals.c.source, arrivals.c.source_key).where(
        arrivals.c.day < before.astimezone(UTC).date(), (arrivals.c.source + ":" + arrivals.c.source_key).not_in(still_open)
    )
    forgotten = delete(arrivals).where(tuple_(arrivals.c.source, arrivals.c.source_key).in_(old.limit(limit)))
    return (await conn.execute(forgotten)).rowcount


async def known(conn: AsyncConnection, source: str, source_keys: Iterable[str]) -> set[str]:
    """Return those of the keys that have arrived before."""
    query = select(arrivals.c.source_key).where(arrivals.c.source == source, arrivals.c.source_key.in_(list(source_keys)))
    return {key for (key,) in await conn.execute(query)}
