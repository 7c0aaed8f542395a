"""Residents: found by an HMAC of who they are at their channel, everything else sealed with a key of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import SetResident
from bot.model.ids import Language, ResidentId, TicketId
from bot.model.people import Asked, Resident
from bot.storage import subscribers
from bot.storage.prepared import Prepared
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import residents


@dataclass(frozen=True, slots=True)
class _Profile:
    language: Language | None = None
    consented: bool = False
    reachable: bool = True
    tickets: tuple[TicketId, ...] = ()
    focus: TicketId | None = None
    asked: Asked | None = None


_PROFILE = TypeAdapter(_Profile)
_ADDRESS = TypeAdapter(tuple[str, str])


def _who(keys: Keyring, channel: str, person: str) -> str:
    return keys.lookup("resident", f"{channel}:{person}")


def owner_of(resident: ResidentId) -> str:
    """Return the name under which a resident's data key is wrapped."""
    return f"resident:{resident}"


async def find(conn: AsyncConnection, keys: Keyring, channel: str, person: str, *, today: date | None = None) -> Resident | None:
    """Return the resident behind a channel's person, None where they have never written; with `today`, they write now."""
    row = await _row(conn, _BY_LOOKUP, _who(keys, channel, person))
    if row is None:
        return None
    if today is not None and row.seen < today:
        await seen(conn, ResidentId(row.id), today)
        if row.seen.replace(day=1) < today.replace(day=1):
            await subscribers.touch(conn, keys, ResidentId(row.id), seen=today)
    return _resident(row, _profile(keys, row))


async def create(conn: AsyncConnection, keys: Keyring, id: ResidentId, channel: str, person: str, chat: str, day: date) -> Resident:
    """Store somebody who writes for the first time; `chat` is where to write back, `day` is today."""
    key = keys.new_data_key(owner_of(id))
    values = {
        "id": id,
        "lookup": _who(keys, channel, person),
        "wrapped": key.wrapped,
        "address": seal(key.plain, "residents", "address", id, _ADDRESS.dump_json((channel, chat))),
        "profile": seal(key.plain, "residents", "profile", id, _PROFILE.dump_json(_Profile())),
        "seen": day,
    }
    await _CREATE.run(conn, **values)
    return Resident(id)


_CREATE = Prepared(insert(residents))


async def load(conn: AsyncConnection, keys: Keyring, id: ResidentId) -> Resident | None:
    """Return a resident by id, None after an erasure."""
    row = await _row(conn, _BY_ID, id)
    return None if row is None else _resident(row, _profile(keys, row))


async def address(conn: AsyncConnection, keys: Keyring, id: ResidentId) -> tuple[str, str] | None:
    """Return a resident's channel and chat, None after an erasure."""
    row = await _row(conn, _BY_ID, id)
    return None if row is None else _address(keys, row)


async def addresses(conn: AsyncConnection, keys: Keyring, ids: Collection[ResidentId]) -> Mapping[ResidentId, tuple[str, str]]:
    """Return the channel and chat of each of these residents, a few hundred at most; the erased ones are missing."""
    rows = await conn.execute(_BY_IDS, {"ids": list(ids)})
    return {ResidentId(row.id): _address(keys, row) for row in rows}


async def seen(conn: AsyncConnection, id: ResidentId, day: date) -> None:
    """Remember the day on which a resident last wrote."""
    await conn.execute(update(residents).where(residents.c.id == id, residents.c.seen < day).values(seen=day))


async def change(conn: AsyncConnection, keys: Keyring, effect: SetResident) -> None:
    """Store what the resident chose; nothing happens after an erasure."""
    given = {"language": effect.language, "consented": effect.consented, "reachable": effect.reachable}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if effect.refocus:
        changes["focus"] = effect.focus
    if effect.reask:
        changes["asked"] = effect.asked
    if changes:
        await _rewrite(conn, keys, effect.resident, lambda profile: replace(profile, **changes))
    if effect.language is not None or effect.reachable is not None:
        await subscribers.touch(conn, keys, effect.resident, language=effect.language, reachable=effect.reachable)


async def add_ticket(conn: AsyncConnection, keys: Keyring, id: ResidentId, ticket: TicketId) -> None:
    """Remember a ticket as the resident's own, before the older ones."""

    def added(profile: _Profile) -> _Profile:
        return profile if ticket in profile.tickets else replace(profile, tickets=(ticket, *profile.tickets))

    await _rewrite(conn, keys, id, added)


async def drop_ticket(conn: AsyncConnection, keys: Keyring, id: ResidentId, ticket: TicketId) -> None:
    """Forget that a ticket is the resident's."""

    def without(profile: _Profile) -> _Profile:
        focus = None if profile.focus == ticket else profile.focus
        return replace(profile, tickets=tuple(own for own in profile.tickets if own != ticket), focus=focus)

    await _rewrite(conn, keys, id, without)


async def _rewrite(conn: AsyncConnection, keys: Keyring, id: ResidentId, changed: Callable[[_Profile], _Profile]) -> None:
    """Store the profile as it is to be; nothing happens after an erasure."""
    row = await _row(conn, _BY_ID_LOCKED, id)
    if row is None:
        return
    key = keys.unwrap(row.wrapped, owner_of(id))
    profile = _PROFILE.validate_json(open_sealed(key, "residents", "profile", id, row.profile))
    sealed = seal(key, "residents", "profile", id, _PROFILE.dump_json(changed(profile)))
    await _REWRITE.run(conn, name=id, profile=sealed)


async def erase(conn: AsyncConnection, id: ResidentId) -> None:
    """Destroy a resident's key and row, and the draft with it."""
    await conn.execute(delete(residents).where(residents.c.id == id))


_NAMED = residents.c.id == bindparam("name")
_BY_LOOKUP = Prepared(select(residents).where(residents.c.lookup == bindparam("name")))
_BY_ID = Prepared(select(residents).where(_NAMED))
_BY_IDS = select(residents.c.id, residents.c.wrapped, residents.c.address).where(residents.c.id.in_(bindparam("ids", expanding=True)))
_BY_ID_LOCKED = Prepared(select(residents).where(_NAMED).with_for_update())
_REWRITE = Prepared(update(residents).where(_NAMED))


async def _row(conn: AsyncConnection, which: Prepared, name: str) -> Row[Any] | None:
    found: Row[Any] | None = await which.first(conn, name=name)
    return found


def _address(keys: Keyring, row: Row[*tuple[Any, ...]]) -> tuple[str, str]:
    key = keys.unwrap(row.wrapped, owner_of(row.id))
    return _ADDRESS.validate_json(open_sealed(key, "residents", "address", row.id, row.address))


def _profile(keys: Keyring, row: Row[Any]) -> _Profile:
    return _PROFILE.validate_json(open_sealed(keys.unwrap(row.wrapped, owner_of(row.id)), "residents", "profile", row.id, row.profile))


def _resident(row: Row[Any], profile: _Profile) -> Resident:
    return Resident(
        id=ResidentId(row.id),
        language=profile.language,
        consented=profile.consented,
        reachable=profile.reachable,
        tickets=profile.tickets,
        focus=profile.focus,
        asked=profile.asked,
    )
