"""Copies: one broadcast for one person, from being found to being settled.

    put ──► waiting ──claim──► sending ──settle──► settled (only its token stays)
               ▲                  │                    └── purge, after the end
               └─ release, later, recover

The token of a copy is an HMAC of occurrence and resident, so nobody has two, however often they are found. Nothing is claimed of an
occurrence that is not in the state `sending` at that moment, whichever process paused it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Integer, Row, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import ForumId, Language, OccurrenceId, ResidentId
from bot.storage import broadcasts, tallies
from bot.storage.errors import SealBroken
from bot.storage.seal import Keyring, opener, seal
from bot.storage.tables import copies, occurrences
from bot.storage.tallies import OPEN
from bot.storage.upsert import insert_new

AT_ONCE: Final = 400
"""So many rows go into one statement."""
BLOCK: Final = 64
"""A body is padded to whole blocks: its length would tell of the district."""


class Meant(NamedTuple):
    """Somebody whom an occurrence is for, and the district and language under which they are counted."""

    resident: ResidentId
    district: ForumId
    language: Language


class Copy(NamedTuple):
    """A copy that waits to be sent."""

    number: int
    resident: ResidentId
    district: ForumId
    language: Language


class Claim(NamedTuple):
    """A claimed copy: how often it was claimed, this time included, and whether an earlier time may have delivered it."""

    attempts: int
    unsure: bool


_OF = copies.c.occurrence == bindparam("of")
_SENDING = select(occurrences.c.id).where(occurrences.c.state == "sending")


def _token(keys: Keyring, occurrence: OccurrenceId, resident: ResidentId) -> str:
    return keys.lookup("copy", f"{occurrence}|{resident}")


async def put(conn: AsyncConnection, keys: Keyring, key: bytes, occurrence: OccurrenceId, people: Sequence[Meant]) -> list[Meant]:
    """Store a copy for each of these people who has none, and return who they are. `key` is the broadcast's."""
    found = {_token(keys, occurrence, each.resident): each for each in people}
    rows = [{"occurrence": occurrence, "lookup": token, "body": _sealed(key, token, each)} for token, each in found.items()]
    new: list[Meant] = []
    for start in range(0, len(rows), AT_ONCE):
        result = await conn.execute(insert_new(conn, copies).returning(copies.c.lookup), rows[start : start + AT_ONCE])
        new += [found[token] for (token,) in result]
    return new


def _sealed(key: bytes, token: str, meant: Meant) -> bytes:
    plain = "|".join(meant).encode()
    return seal(key, "copies", "body", token, plain.ljust(-(-len(plain) // BLOCK) * BLOCK))


_READY = or_(copies.c.not_before.is_(None), copies.c.not_before <= bindparam("now", type_=copies.c.not_before.type))
_HEADS = (
    select(copies.c.number, copies.c.lookup, copies.c.body)
    .where(_OF, OPEN, copies.c.state == "waiting", _READY)
    .order_by(copies.c.number)
    .limit(bindparam("limit", type_=Integer))
)


async def heads(conn: AsyncConnection, key: bytes, occurrence: OccurrenceId, now: datetime, limit: int) -> tuple[list[Copy], list[int]]:
    """Return the copies of an occurrence that may go now, in the order in which they were found, and those that do not open."""
    open_one = opener(key, "copies", "body")
    found: list[Copy] = []
    broken: list[int] = []
    for number, token, body in await conn.execute(_HEADS, {"of": occurrence, "now": now, "limit": limit}):
        try:
            found.append(Copy(number, *_read(open_one(token, body))))
        except SealBroken:
            broken.append(number)
    return found, broken


def _read(body: bytes) -> tuple[ResidentId, ForumId, Language]:
    resident, district, language = body.rstrip().decode().split("|")
    return ResidentId(resident), ForumId(district), language  # type: ignore[return-value] # as `put` wrote it


_THESE = copies.c.number.in_(bindparam("numbers", expanding=True))
# On PostgreSQL, whoever is pausing the occurrence is waited for here, and whoever wants to pause it waits for the claim.
_STILL_SENDING = _SENDING.where(occurrences.c.id == bindparam("of")).with_for_update(read=True)
_FREE = select(copies.c.number).where(_THESE, copies.c.state == "waiting").with_for_update(skip_locked=True)
_CLAIM = (
    update(copies)
    .where(copies.c.number.in_(_FREE))
    .values(state="sending", attempts=copies.c.attempts + 1)
    .returning(copies.c.number, copies.c.attempts, copies.c.unsure)
)
_SETTLE = update(copies).where(_THESE).values(state="settled", body=None, not_before=None)
_CONCLUDE = _SETTLE.where(copies.c.state == "sending").returning(copies.c.number)
_RELEASE = update(copies).where(_THESE, copies.c.state == "sending").values(state="waiting", attempts=copies.c.attempts - 1)


async def claim(conn: AsyncConnection, occurrence: OccurrenceId, numbers: Collection[int]) -> dict[int, Claim]:
    """Mark copies as being sent and return those that now are: none if their occurrence is not being sent any more.

    The marks are on disk before the calls to the channel: after a crash it is known which may have been delivered.
    """
    if await conn.scalar(_STILL_SENDING, {"of": occurrence}) is None:
        return {}
    rows = await conn.execute(_CLAIM, {"numbers": list(numbers)})
    return {number: Claim(attempts, unsure) for number, attempts, unsure in rows}


async def settle(conn: AsyncConnection, numbers: Collection[int]) -> None:
    """Keep of these copies nothing but their tokens: it is known what became of them, or they are not wanted any more."""
    await conn.execute(_SETTLE, {"numbers": list(numbers)})


async def conclude(conn: AsyncConnection, numbers: Collection[int]) -> set[int]:
    """Settle what was sent; return which of it was still open: whoever was erased while theirs was on its way counts no more."""
    return set(await conn.scalars(_CONCLUDE, {"numbers": list(numbers)}))


async def release(conn: AsyncConnection, numbers: Collection[int]) -> None:
    """Let claimed copies wait again as if they had not been claimed: no call was made for them."""
    await conn.execute(_RELEASE, {"numbers": list(numbers)})


_LATER = (
    update(copies)
    .where(copies.c.number == bindparam("row"), copies.c.state == "sending")
    .values(state="waiting", not_before=bindparam("until"), unsure=or_(copies.c.unsure, bindparam("doubt")))
)


async def later(conn: AsyncConnection, waits: Mapping[int, tuple[datetime, bool]]) -> None:
    """Try these copies again then (UTC), and remember of which it is in doubt whether they were delivered."""
    await conn.execute(_LATER, [{"row": number, "until": until, "doubt": doubt} for number, (until, doubt) in waits.items()])


async def recover(conn: AsyncConnection) -> int:
    """At start: what was being sent when the bot stopped waits again, in doubt. Return how many copies that were."""
    under_way = update(copies).where(OPEN, copies.c.state == "sending")
    return (await conn.execute(under_way.values(state="waiting", unsure=True))).rowcount


_COUNT = select(copies.c.occurrence, copies.c.state, func.count()).where(OPEN).group_by(copies.c.occurrence, copies.c.state)


async def open_ones(conn: AsyncConnection) -> dict[OccurrenceId, tuple[int, int]]:
    """Return of each occurrence with open copies how many wait and how many are being sent."""
    found: dict[OccurrenceId, tuple[int, int]] = {}
    for id, state, count in await conn.execute(_COUNT):
        waiting, sending = found.get(id, (0, 0))
        found[id] = (waiting + count, sending) if state == "waiting" else (waiting, sending + count)
    return found


async def drop_waiting(conn: AsyncConnection, occurrence: OccurrenceId, limit: int) -> int:
    """Forget up to so many copies of a cancelled occurrence that wait, and return how many that were."""
    waiting = select(copies.c.number).where(_OF, OPEN, copies.c.state == "waiting").limit(limit)
    return (await conn.execute(delete(copies).where(copies.c.number.in_(waiting)), {"of": occurrence})).rowcount


_ENDED = select(occurrences.c.id).where(occurrences.c.told)


async def purge(conn: AsyncConnection, after: int, limit: int) -> int | None:
    """Forget up to so many copies of ended occurrences whose number is higher than this; return where to go on, None at the end."""
    following = select(copies.c.number).where(copies.c.number > after, copies.c.occurrence.in_(_ENDED))
    numbers = list(await conn.scalars(following.order_by(copies.c.number).limit(limit)))
    if numbers:
        await conn.execute(delete(copies).where(copies.c.number.in_(numbers)))
    return numbers[-1] if len(numbers) == limit else None


async def forget(conn: AsyncConnection, keys: Keyring, resident: ResidentId) -> None:
    """Forget the open copies for somebody who is erased; they do not count as people whom the occurrence is for any more."""
    under_way = await conn.execute(select(occurrences.c.id, occurrences.c.broadcast).where(~occurrences.c.told))
    tokens = {_token(keys, id, resident): (id, broadcast) for id, broadcast in under_way}
    for row in (await conn.execute(select(copies).where(copies.c.lookup.in_(tokens), OPEN))).all():
        id, broadcast = tokens[row.lookup]
        key = await broadcasts.key_of(conn, keys, broadcast)
        if key is not None:
            await tallies.add(conn, id, _not_meant(key, row))
        await settle(conn, [row.number])


def _not_meant(key: bytes, row: Row[Any]) -> dict[tallies.Key, int]:
    """Return what is counted of a copy that nobody wants; one that does not open is put aside, for it may keep nobody from being erased."""
    try:
        _, district, language = _read(opener(key, "copies", "body")(row.lookup, row.body))
    except SealBroken:
        return {("refused", *tallies.EVERYWHERE): 1}
    return {("listed", district, language): -1}
