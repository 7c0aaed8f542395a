"""Subscribers: what somebody has asked to be told, one sealed row a person, found by an HMAC of who they are.

Whom a broadcast is for is found by going through all rows in the order of their numbers; so a row also holds the reader's language, whether
they can be reached and the month in which they were last here, and nobody's own row has to be opened for it. `residents.change` and
`residents.find` keep these in step. A body is padded to whole blocks: its length would tell how much somebody wants to hear.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import ForumId, Language, ResidentId
from bot.model.sessions import Person
from bot.model.subscriptions import Circle, Subscription, Topic
from bot.storage.prepared import Prepared
from bot.storage.seal import Keyring, open_sealed, opener, seal
from bot.storage.tables import subscribers
from bot.storage.upsert import upsert

BLOCK: Final = 256
"""Bytes of a body: enough for every district and topic of a province."""
QUIET_MONTHS: Final = 12
BATCH: Final = 500
LOOKED_AT: Final = 5000
"""How many rows are looked at in one turn at most: a few hundredths of a second."""


class Subscriber(NamedTuple):
    """Somebody who has asked to be told something. `place` is their number, `seen` the first day of the month of their last visit."""

    place: int
    resident: ResidentId
    language: Language
    subscription: Subscription
    reachable: bool
    seen: date

    def quiet(self, today: date) -> bool:
        """Tell whether they have certainly not been here for a year."""
        return (today.year - self.seen.year) * 12 + today.month - self.seen.month > QUIET_MONTHS


class Looked(NamedTuple):
    """Who was found among the next rows, the number of the last row that was looked at, and whether there may be more."""

    people: tuple[Person, ...]
    last: int
    more: bool


@dataclass(frozen=True, slots=True)
class _Wishes:
    language: Language
    districts: tuple[ForumId, ...]
    topics: tuple[Topic, ...]
    circles: tuple[Circle, ...]
    reachable: bool


_WISHES = TypeAdapter(_Wishes)
_OF_TOKEN = select(subscribers).where(subscribers.c.lookup == bindparam("token"))
_BY_LOOKUP = Prepared(_OF_TOKEN)
_BY_LOOKUP_LOCKED = Prepared(_OF_TOKEN.with_for_update())
_BY_LOOKUPS = select(subscribers).where(subscribers.c.lookup.in_(bindparam("tokens", expanding=True)))
_NEXT = select(subscribers).where(subscribers.c.number > bindparam("after")).order_by(subscribers.c.number).limit(bindparam("limit"))


def _token(keys: Keyring, resident: ResidentId) -> str:
    return keys.lookup("subscriber", resident)


async def of_resident(conn: AsyncConnection, keys: Keyring, resident: ResidentId) -> Subscription:
    """Return what a resident has asked to be told."""
    row = await _BY_LOOKUP.first(conn, token=_token(keys, resident))
    return Subscription() if row is None else _subscription(_opened(keys, row)[0])


async def put(
    conn: AsyncConnection,
    keys: Keyring,
    resident: ResidentId,
    subscription: Subscription,
    *,
    language: Language,
    reachable: bool,
    today: date,
) -> None:
    """Remember what a resident wants to be told, in place of what it was; of somebody who wants nothing there is no row."""
    if subscription.empty:
        await erase(conn, keys, resident)
        return
    row = row_of(keys, resident, subscription, language=language, reachable=reachable, today=today)
    await upsert(conn, subscribers, {"lookup": row.pop("lookup")}, row)


def row_of(
    keys: Keyring, resident: ResidentId, subscription: Subscription, *, language: Language, reachable: bool, today: date
) -> dict[str, str | bytes]:
    """Return the row in which it is kept what a resident wants to be told: `lookup` and `body`."""
    wishes = _Wishes(
        language,
        tuple(sorted(subscription.districts)),
        tuple(sorted(subscription.topics)),
        tuple(sorted(subscription.circles)),
        reachable,
    )
    token = _token(keys, resident)
    return {"lookup": token, "body": _sealed(keys, token, resident, today, wishes)}


async def touch(
    conn: AsyncConnection,
    keys: Keyring,
    resident: ResidentId,
    *,
    language: Language | None = None,
    reachable: bool | None = None,
    seen: date | None = None,
) -> None:
    """Take over what has changed with a resident, if they are a subscriber."""
    token = _token(keys, resident)
    row = await _BY_LOOKUP_LOCKED.first(conn, token=token)
    if row is None:
        return
    known, last = _opened(keys, row)
    wishes = replace(
        known,
        language=language or known.language,
        reachable=known.reachable if reachable is None else reachable,
    )
    month = last if seen is None else seen.replace(day=1)
    if (wishes, month) != (known, last):
        body = _sealed(keys, token, resident, month, wishes)
        await conn.execute(update(subscribers).where(subscribers.c.lookup == token).values(body=body))


async def scan(conn: AsyncConnection, keys: Keyring, after: int, limit: int) -> list[Subscriber]:
    """Return the next subscribers by their number, whatever they want to hear."""
    rows = (await conn.execute(_NEXT, {"after": after, "limit": limit})).all()
    open_one = opener(keys.rest, "subscribers", "body")
    return [_subscriber(number, open_one(lookup, body)) for number, lookup, body in rows]


async def of_residents(conn: AsyncConnection, keys: Keyring, residents: Collection[ResidentId]) -> Mapping[ResidentId, Subscriber]:
    """Return what each of these residents, a few hundred at most, wants to be told, of those who want to be told something."""
    tokens = [_token(keys, resident) for resident in residents]
    rows = await conn.execute(_BY_LOOKUPS, {"tokens": tokens})
    open_one = opener(keys.rest, "subscribers", "body")
    found = [_subscriber(number, open_one(lookup, body)) for number, lookup, body in rows]
    return {each.resident: each for each in found}


async def people(
    conn: AsyncConnection, keys: Keyring, forum: ForumId, topic: Topic, after: int, wanted: int, limit: int = LOOKED_AT
) -> Looked:
    """Return the next who want to hear of a topic in a district, with their number as their place.

    It goes on until so many are `wanted`, or about `limit` subscribers were looked at.
    """
    found: list[Person] = []
    last, looked_at = after, 0
    while len(found) < wanted and looked_at < limit:
        batch = await scan(conn, keys, last, min(BATCH, limit))
        found += [Person(each.resident, each.place) for each in batch if each.subscription.wants(forum, topic)]
        looked_at += len(batch)
        if len(batch) < min(BATCH, limit):
            return _first(found, wanted, batch[-1].place if batch else last, more=False)
        last = batch[-1].place
    return _first(found, wanted, last, more=True)


def _first(found: Sequence[Person], wanted: int, last: int, *, more: bool) -> Looked:
    if len(found) > wanted:
        return Looked(tuple(found[:wanted]), found[wanted - 1].place, more=True)
    return Looked(tuple(found), last, more)


async def erase(conn: AsyncConnection, keys: Keyring, resident: ResidentId) -> None:
    """Forget that a resident ever wanted to be told something."""
    await conn.execute(delete(subscribers).where(subscribers.c.lookup == _token(keys, resident)))


def _sealed(keys: Keyring, token: str, resident: ResidentId, seen: date, wishes: _Wishes) -> bytes:
    plain = f"{resident}\n{seen:%Y-%m}-01\n".encode() + _WISHES.dump_json(wishes)
    return seal(keys.rest, "subscribers", "body", token, plain.ljust(-(-len(plain) // BLOCK) * BLOCK))


def _opened(keys: Keyring, row: Row[Any]) -> tuple[_Wishes, date]:
    _, seen, wishes = open_sealed(keys.rest, "subscribers", "body", row.lookup, row.body).split(b"\n")
    return _WISHES.validate_json(wishes), date.fromisoformat(seen.decode())


def _subscriber(number: int, body: bytes) -> Subscriber:
    resident, seen, wishes = body.rstrip().split(b"\n")
    language, subscription, reachable = _shared(wishes)
    return Subscriber(number, ResidentId(resident.decode()), language, subscription, reachable, date.fromisoformat(seen.decode()))


@lru_cache(maxsize=8192)
def _shared(wishes: bytes) -> tuple[Language, Subscription, bool]:
    """Many want to hear the same, so that most rows of a scan need not be read anew."""
    known = _WISHES.validate_json(wishes)
    return known.language, _subscription(known), known.reachable


def _subscription(wishes: _Wishes) -> Subscription:
    return Subscription(frozenset(wishes.districts), frozenset(wishes.topics), frozenset(wishes.circles))
