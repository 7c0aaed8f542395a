"""Forums: which group belongs to which, whether it can be written to, and the one-time codes that link it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import ForumId
from bot.model.situation import ForumState
from bot.storage.prepared import Prepared
from bot.storage.seal import Keyring
from bot.storage.tables import forums, link_codes
from bot.storage.upsert import insert_new

CODE_LASTS = timedelta(hours=1)


async def ensure(conn: AsyncConnection, ids: Iterable[ForumId], chats: Mapping[ForumId, str], channel: str, now: datetime) -> None:
    """Make the forums of the configuration known, and link those for which it names a chat.

    A chat that the configuration named before already is left alone: the group may have moved since.
    """
    wanted = list(ids)
    if wanted:
        await conn.execute(insert_new(conn, forums), [{"id": forum, "changed": now} for forum in wanted])
    before = {row.id: row.configured for row in await conn.execute(select(forums.c.id, forums.c.configured))}
    for forum in wanted:
        chat = chats.get(forum)
        if chat == before[forum]:
            continue
        await conn.execute(update(forums).where(forums.c.id == forum).values(configured=chat))
        if chat is not None:
            await link(conn, forum, channel, chat, now)


async def of_chat(conn: AsyncConnection, channel: str, chat: str) -> ForumId | None:
    """Return the forum whose group a chat is, None for a strange group."""
    found: ForumId | None = await _OF_CHAT.scalar(conn, channel=channel, chat=chat)
    return found


async def address(conn: AsyncConnection, forum: ForumId) -> tuple[str, str] | None:
    """Return the channel and chat of a forum's group, also while it is lost; None where none was ever linked."""
    row = await _ADDRESS.first(conn, forum=forum)
    return None if row is None or row.chat is None else (row.channel, row.chat)


_OF_CHAT = Prepared(select(forums.c.id).where(forums.c.channel == bindparam("channel"), forums.c.chat == bindparam("chat")))
_ADDRESS = Prepared(select(forums.c.channel, forums.c.chat).where(forums.c.id == bindparam("forum")))
_STATES = Prepared(select(forums.c.id, forums.c.state))


async def states(conn: AsyncConnection) -> Mapping[ForumId, ForumState]:
    """Return what is known of each forum's group."""
    return {row.id: row.state for row in await _STATES.all(conn)}


async def link(conn: AsyncConnection, forum: ForumId, channel: str, chat: str, now: datetime) -> None:
    """Make a chat the forum's group; a forum that had this chat before is without one from now on."""
    taken = update(forums).where(forums.c.channel == channel, forums.c.chat == chat, forums.c.id != forum)
    await conn.execute(taken.values(channel=None, chat=None, state="unlinked", changed=now))
    await _change(conn, forum, now, channel=channel, chat=chat, state="linked")


async def lose(conn: AsyncConnection, forum: ForumId, now: datetime) -> None:
    """Remember that the forum's group cannot be written to."""
    await _change(conn, forum, now, state="lost")


async def move(conn: AsyncConnection, forum: ForumId, chat: str, now: datetime) -> None:
    """Give the forum's group its new address."""
    await _change(conn, forum, now, chat=chat, state="linked")


async def _change(conn: AsyncConnection, forum: ForumId, now: datetime, **values: object) -> None:
    await conn.execute(update(forums).where(forums.c.id == forum).values(changed=now, **values))


def _code(keys: Keyring, code: str) -> str:
    return keys.lookup("code", code.strip().upper())


async def new_code(conn: AsyncConnection, keys: Keyring, forum: ForumId, code: str, now: datetime) -> None:
    """Let this code link a group to the forum, once, within an hour; an earlier code of the forum no longer does."""
    await conn.execute(delete(link_codes).where(or_(link_codes.c.forum == forum, link_codes.c.expires <= now)))
    await conn.execute(insert(link_codes).values(code=_code(keys, code), forum=forum, expires=now + CODE_LASTS))


async def void_codes(conn: AsyncConnection) -> None:
    """Let no code link anything any more."""
    await conn.execute(delete(link_codes))


async def peek_code(conn: AsyncConnection, keys: Keyring, code: str, now: datetime) -> ForumId | None:
    """Return the forum that a code would link, None where it is wrong, used or too old."""
    valid = (link_codes.c.code == _code(keys, code), link_codes.c.expires > now)
    return await conn.scalar(select(link_codes.c.forum).where(*valid))


async def use_code(conn: AsyncConnection, keys: Keyring, code: str, now: datetime) -> ForumId | None:
    """As `peek_code`, and the code is used up."""
    used = delete(link_codes).where(link_codes.c.code == _code(keys, code)).returning(link_codes.c.forum, link_codes.c.expires)
    row = (await conn.execute(used)).first()
    return ForumId(row.forum) if row is not None and row.expires > now else None
