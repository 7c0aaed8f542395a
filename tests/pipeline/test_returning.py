"""A group that was lost is tried: found again once, and never where another was linked meanwhile."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.telegram import TelegramChannel
from bot.i18n import render
from bot.pipeline.returning import ONCE_IN_SECONDS, Returning
from bot.storage import forums, inbox
from tests.pipeline.book import FORUM
from tests.pipeline.house import House
from tests.pipeline.test_trouble import Hand


async def test_a_lost_group_is_found_once_and_one_that_only_seems_to_take_messages_once_a_day(house: House) -> None:
    """F20: what is tried is not what is said; a group that takes only the first would otherwise be found and lost again for ever."""
    clock, found = Hand(), 0

    def heard() -> None:
        nonlocal found
        found += 1

    async def lose(conn: AsyncConnection) -> None:
        await forums.lose(conn, FORUM, house.clock.now())

    channel = TelegramChannel(token=house.telegram.token, api_url=house.telegram.url, render=render, alarm=lambda word: None)
    async with channel:
        returning = Returning(house.db, channel, clock, told=heard)
        await returning.look()
        assert house.telegram.world.asked("sendChatAction") == []
        await house.db.transact(lose)
        fault = house.telegram.faults.add("status", "sendChatAction", status=400, description="Bad Request: CHAT_RESTRICTED")
        await returning.look()
        assert (fault.met, found) == (1, 0)
        for later in (0.0, ONCE_IN_SECONDS / 2, ONCE_IN_SECONDS):
            clock.at += later
            await returning.look()
    assert found == 2
    waiting = await house.db.read(lambda conn: inbox.waiting_of(conn, house.db.keys, "sender"))
    assert [item.raw for item in waiting] == [b'{"forum_reachable": "khanaqin"}'] * 2
    assert {int(call.params["chat_id"]) for call in house.telegram.world.asked("sendChatAction")} == {house.forum.id}
