"""Members: who acted in a forum's group, found by an HMAC, known there by a sealed name and elsewhere by a random id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import PROVINCE, ForumId, MemberId
from bot.model.people import Member
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import members


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is or was a member."""

    member: Member
    active: bool


def _who(keys: Keyring, channel: str, person: str) -> str:
    return keys.lookup("member", f"{channel}:{person}")


def _seal_name(keys: Keyring, id: str, name: str) -> bytes:
    return seal(keys.rest, "members", "name", id, name.encode(errors="replace"))


def name_of(keys: Keyring, id: str, sealed: bytes) -> str:
    """Return a member's name as shown in the group."""
    return open_sealed(keys.rest, "members", "name", id, sealed).decode()


async def find(conn: AsyncConnection, keys: Keyring, forum: ForumId, channel: str, person: str) -> Known | None:
    """Return who a channel's person is to a forum, None where they have never acted in its group."""
    row = await _find(conn, keys, forum, channel, person)
    return None if row is None else Known(_member(keys, row), row.active)


async def remember(conn: AsyncConnection, keys: Keyring, id: MemberId, forum: ForumId, channel: str, person: str, name: str) -> Member:
    """Return the member that acts in a forum's group, with the name shown now.

    Somebody new gets `id`; somebody known keeps theirs, and is a member again if they had left.
    """
    row = await _find(conn, keys, forum, channel, person)
    who = _who(keys, channel, person)
    if row is None:
        values = {"id": id, "forum": forum, "lookup": who, "name": _seal_name(keys, id, name)}
        await conn.execute(insert(members).values(values))
        return _as_member(id, forum, name, who)
    if not row.active or name_of(keys, row.id, row.name) != name:
        changed = update(members).where(members.c.id == row.id)
        await conn.execute(changed.values(name=_seal_name(keys, row.id, name), active=True))
    return _as_member(MemberId(row.id), forum, name, who)


async def welcome_back(conn: AsyncConnection, keys: Keyring, forum: ForumId, channel: str, person: str) -> None:
    """Let somebody who had left be a member again; of somebody new nothing is kept before they act."""
    who = (members.c.forum == forum) & (members.c.lookup == _who(keys, channel, person))
    await conn.execute(update(members).where(who).values(active=True))


async def dismiss(conn: AsyncConnection, id: MemberId) -> None:
    """Remember that somebody is no longer a member."""
    await conn.execute(update(members).where(members.c.id == id).values(active=False))


async def load(conn: AsyncConnection, keys: Keyring, id: MemberId) -> Member | None:
    """Return a member by id, dismissed or not."""
    row = (await conn.execute(select(members).where(members.c.id == id))).first()
    return None if row is None else _member(keys, row)


async def active(conn: AsyncConnection, forum: ForumId, person: str) -> bool:
    """Whether the one behind `Member.person` is a member of a forum now."""
    query = select(members.c.id).where(members.c.forum == forum, members.c.lookup == person, members.c.active)
    return (await conn.execute(query)).first() is not None


async def _find(conn: AsyncConnection, keys: Keyring, forum: ForumId, channel: str, person: str) -> Row[Any] | None:
    query = select(members).where(members.c.forum == forum, members.c.lookup == _who(keys, channel, person))
    return (await conn.execute(query)).first()


def _member(keys: Keyring, row: Row[Any]) -> Member:
    return _as_member(MemberId(row.id), ForumId(row.forum), name_of(keys, row.id, row.name), row.lookup)


def _as_member(id: MemberId, forum: ForumId, name: str, person: str) -> Member:
    return Member(id, forum, name, "coordinator" if forum == PROVINCE else "member", person)
