"""Who has their data deleted is gone from every drawer, also from those where something waits for a human."""

from __future__ import annotations

from functools import partial

from bot.model.effects import EraseResident, EraseTicket, OpenTicket, Priority, Send
from bot.model.ids import TicketId
from bot.model.messages import Message, ToForum
from bot.model.text import Words
from bot.storage import inbox, lanes, outbox
from bot.storage.inbox import NewItem
from tests.pipeline.book import FORUM
from tests.pipeline.test_commit import NOW, SARA, TICKET, Desk, desk

__all__ = ["desk"]


async def park(desk: Desk, key: str, chat: str) -> None:
    """Let a message of a chat wait for a human."""
    lane = lanes.of_chat(desk.keys, "telegram", chat)
    await desk.db.transact(lambda conn: inbox.store(conn, desk.keys, [NewItem("telegram", key, lane, b"my name is Sara", NOW)]))
    item = await desk.db.transact(lambda conn: inbox.take(conn, desk.keys, lane, NOW))
    assert item is not None
    await desk.db.transact(lambda conn: inbox.park(conn, desk.keys, item, "a trace"))


async def test_a_message_that_waits_for_a_human_is_erased_with_its_resident(desk: Desk) -> None:
    """B106: it holds who they are and what they wrote; another resident's stays."""
    await park(desk, "1", "5")
    await park(desk, "2", "6")
    await desk.does(EraseResident(SARA), arrival=None)
    left = await desk.db.read(lambda conn: inbox.parked(conn, desk.keys, 9))
    assert [one.item.source_key for one in left] == ["2"]


async def test_a_card_that_was_refused_is_erased_with_its_ticket(desk: Desk) -> None:
    """B106: no human can send it once more; what is about another ticket stays."""
    await desk.does(OpenTicket(TICKET))
    for ticket in (TICKET.id, TicketId("another")):
        await desk.does(Send(ToForum(FORUM), Message(Words("no water")), Priority.CARD, ticket=ticket))
        (row,) = await desk.waiting()
        await desk.db.transact(partial(outbox.never, keys=desk.keys, row=row, reason="refused"))
    await desk.does(EraseTicket(TICKET.id))
    left = await desk.db.read(lambda conn: outbox.dead(conn, desk.keys, 9))
    assert [row.ticket for row in left] == ["another"]
