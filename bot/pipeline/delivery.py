"""One row of the outbox on its way: what the channel has to be told, and what is written down of its answer."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import Priority, Send
from bot.model.events import BotBlocked, Delivery, DeliveryChanged, ForumUnreachable, GroupMoved
from bot.model.ids import PROVINCE
from bot.model.messages import Message, Recipient, ToChannel, ToChat, ToForum, ToResident
from bot.model.outgoing import Later, Moved, Never, Outcome, Sent, Unsure
from bot.model.text import P_
from bot.pipeline.news import News, item
from bot.pipeline.parking import COMMAND
from bot.pipeline.saying import Saying
from bot.pipeline.surroundings import Surroundings
from bot.storage import forums, inbox, lanes, outbox, posts, residents
from bot.storage.outbox import Row

LONGEST_PAUSE: Final = 30.0
FIRST_PAUSE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed row, and where it goes.

    Attributes:
        address: channel and chat; None where there is none (a forum without a group, somebody erased).
        shown: the messages that show the row's slot now.
        answers: the message that it replies to.
    """

    row: Row
    address: tuple[str, str] | None
    shown: tuple[str, ...] = ()
    answers: str | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do: what is to be taken back was never shown."""
        return self.row.outgoing.do == "withdraw" and not self.shown


async def pack(conn: AsyncConnection, around: Surroundings, id: int, now: datetime) -> Parcel | None:
    """Claim a row and look up what its call needs; None if it is no longer its recipient's next.

    A row without an address is not lost: what is for a forum is held until it has a group. What is for nobody any more goes.
    """
    row = await outbox.claim(conn, around.keys, id, now)
    if row is None:
        return None
    address = await _address(conn, around, row.recipient)
    if address is None:
        if isinstance(row.recipient, ToForum):
            await outbox.hold_forum(conn, around.keys, row.recipient.forum)
        else:
            await outbox.sent(conn, around.keys, row)
        return Parcel(row, None)
    shown = await posts.shown(conn, around.keys, row.recipient, row.slot) if row.slot else ()
    answered = await posts.shown(conn, around.keys, row.recipient, row.outgoing.answers) if row.outgoing.answers else ()
    return Parcel(row, address, shown, answered[0] if answered else None)


async def _address(conn: AsyncConnection, around: Surroundings, recipient: Recipient) -> tuple[str, str] | None:
    match recipient:
        case ToResident(resident):
            return await residents.address(conn, around.keys, resident)
        case ToForum(forum):
            return await forums.address(conn, forum)
        case ToChat(channel, chat):
            return channel, chat
        case ToChannel(forum):
            district = around.province.district(forum)
            return ("telegram", district.channel) if district is not None and district.channel else None
        case _:
            assert_never(recipient)


async def settle(conn: AsyncConnection, around: Surroundings, parcel: Parcel, outcome: Outcome, now: datetime) -> bool:
    """Write down what became of a parcel; tell whether the machine was told news of it."""
    keys, row = around.keys, parcel.row
    match outcome:
        case Sent(messages):
            return await _sent(conn, around, parcel, messages, now)
        case Later(after, _, chat_only):
            until = now + timedelta(seconds=after)
            if chat_only:
                await outbox.hold_recipient(conn, keys, row, max(until, now + pause(row.attempts)))
            else:
                await outbox.later(conn, keys, row, until)
            return False
        case Unsure():
            return await _unsure(conn, around, parcel, now)
        case Moved(address):
            return await _moved(conn, around, parcel, address, now)
        case Never(reason):
            return await _never(conn, around, parcel, reason, now)
        case _:
            assert_never(outcome)


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many tries of one row: twice as long each time, 30 s at most, and not all rows alike."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts, 10))
    return timedelta(seconds=longest * random.uniform(0.5, 1.0))  # noqa: S311 - only spreads repeats


async def _sent(conn: AsyncConnection, around: Surroundings, parcel: Parcel, messages: tuple[str, ...], now: datetime) -> bool:
    keys, row = around.keys, parcel.row
    await outbox.sent(conn, keys, row)
    if row.outgoing.do == "withdraw":
        if row.slot:
            await posts.forget_slot(conn, keys, row.recipient, row.slot)
        return False
    if row.slot or row.ticket or row.session:
        await posts.record(conn, keys, row.recipient, messages, row.slot, row.ticket, row.entry, now, row.session)
    return await _delivery(conn, around, row, "delivered", now)


async def _unsure(conn: AsyncConnection, around: Surroundings, parcel: Parcel, now: datetime) -> bool:
    """Send it once more at most: two copies can be lived with, a third cannot. What only changes a message is repeated freely."""
    row = parcel.row
    if row.unsure and not parcel.shown:
        return await _refused(conn, around, row, "unsure", now)
    await outbox.unsure(conn, around.keys, row, now + pause(row.attempts))
    return False


async def _moved(conn: AsyncConnection, around: Surroundings, parcel: Parcel, address: str, now: datetime) -> bool:
    """Send it again at the group's new address; what can no longer be edited in the old chat is shown afresh by a turn of its own."""
    row = parcel.row
    if not isinstance(row.recipient, ToForum):
        return await _refused(conn, around, row, "moved", now)
    forum = row.recipient.forum
    await outbox.later(conn, around.keys, row, now)
    if parcel.address is None or await forums.address(conn, forum) != parcel.address:
        return False
    await forums.move(conn, forum, address, now)
    await posts.forget_chat(conn, around.keys, row.recipient)
    await _tell(conn, around, lanes.of_chat(around.keys, *parcel.address), News(GroupMoved(address), forum=forum), now)
    return True


async def _never(conn: AsyncConnection, around: Surroundings, parcel: Parcel, reason: str, now: datetime) -> bool:
    keys, row = around.keys, parcel.row
    if reason == "refused" or parcel.address is None:
        return await _refused(conn, around, row, reason, now)
    match row.recipient:
        case ToResident(resident):
            await outbox.sent(conn, keys, row)
            await _tell(conn, around, lanes.of_chat(keys, *parcel.address), News(BotBlocked(), resident=resident), now)
            await _delivery(conn, around, row, "blocked", now)
            return True
        case ToForum(forum):
            await outbox.hold_forum(conn, keys, forum)
            await _tell(conn, around, lanes.of_chat(keys, *parcel.address), News(ForumUnreachable(forum, reason)), now)
            return True
        case ToChannel():
            return await _refused(conn, around, row, reason, now)
        case ToChat():
            await outbox.sent(conn, keys, row)
            return False
        case _:
            assert_never(row.recipient)


async def _refused(conn: AsyncConnection, around: Surroundings, row: Row, reason: str, now: datetime) -> bool:
    """Put the row aside for a human, and tell the province that there is one more; whose words it was sees that they did not arrive."""
    await outbox.never(conn, around.keys, row, reason)
    if row.recipient != ToForum(PROVINCE):
        refused = (await outbox.backlog(conn, now)).dead
        words = P_("A message could not be sent: {command}", "{count} messages could not be sent: {command}", refused, command=COMMAND)
        alarm = Send(ToForum(PROVINCE), Message(words), Priority.NOTICE, slot=f"refused:{now:%Y-%m-%d}")
        await Saying(conn, around, now).send(alarm)
    return await _delivery(conn, around, row, "failed", now)


async def _delivery(conn: AsyncConnection, around: Surroundings, row: Row, delivery: Delivery, now: datetime) -> bool:
    """Tell what became of an entry that was meant for a resident."""
    if row.entry is None or row.ticket is None or not isinstance(row.recipient, ToResident):
        return False
    news = News(DeliveryChanged(row.entry, row.ticket, delivery), ticket=row.ticket)
    await _tell(conn, around, lanes.of_ticket(around.keys, row.ticket), news, now)
    return True


async def _tell(conn: AsyncConnection, around: Surroundings, lane: str, news: News, now: datetime) -> None:
    await inbox.store(conn, around.keys, [item(lane, around.chance.token(), news, now)])
