"""Forums and their groups, as effects change them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import LinkForum, LoseForum, MoveForum
from bot.model.events import Arrival
from bot.model.messages import ToForum
from bot.pipeline.groups import link_code
from bot.storage import forums, outbox, posts
from bot.storage.seal import Keyring


async def link(conn: AsyncConnection, keys: Keyring, effect: LinkForum, arrival: Arrival | None, now: datetime) -> None:
    """Make the arrival's chat the forum's, without one that which was it last; the code is used up, and what waited for it goes out."""
    known = await forums.address(conn, effect.forum)
    address = known if arrival is None else (arrival.channel, arrival.chat)
    if address is None:
        raise ValueError("a forum is linked first from its group")
    if known != address:
        await posts.forget_chat(conn, keys, ToForum(effect.forum))
    await forums.link(conn, effect.forum, *address, now)
    code = link_code(arrival.event) if arrival is not None else ""
    if code:
        await forums.use_code(conn, keys, code, now)
    await outbox.release_forum(conn, keys, effect.forum)


async def lose(conn: AsyncConnection, keys: Keyring, effect: LoseForum, now: datetime) -> None:
    """Hold what is meant for the forum until it is linked again."""
    await forums.lose(conn, effect.forum, now)
    await outbox.hold_forum(conn, keys, effect.forum)


async def move(conn: AsyncConnection, keys: Keyring, effect: MoveForum, now: datetime) -> None:
    """Give the forum's group its new address, unless the sender has learnt it first; messages in the old chat cannot be edited any more."""
    known = await forums.address(conn, effect.forum)
    if known is None or known[1] != effect.address:
        await forums.move(conn, effect.forum, effect.address, now)
        await posts.forget_chat(conn, keys, ToForum(effect.forum))
