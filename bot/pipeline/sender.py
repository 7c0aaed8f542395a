"""The one loop through which everything leaves.

What is to be said lies in the outbox: one queue per recipient, the most urgent first. The loop goes round like this:

1. **Look.** It asks the outbox for the heads: of each recipient the one row whose turn it is, the most urgent recipients first. It asks
   again when a turn has added something, when the heads at hand are used up, and when a wait that is written in a row ends. Between two
   looks it works from the list it has, so a broadcast to many thousands costs one query for hundreds of sends.
2. **Choose.** The first head by priority and age whose recipient is free: nothing of theirs on its way (so order in a chat holds and at
   most one send is unmarked), and `Pace` lets their chat have a message. A reply therefore passes any broadcast; a parked, held or paused
   chat holds up nobody, since it is simply not chosen. A card gives way to replies for `YIELDS`, then it stands among them by its age: a
   group takes so few that they cost the replies next to nothing, and behind them it would wait for as long as a crowd talks.
3. **Claim.** The row is marked `sending` on disk before the call: if we die from here on, it is `unsure` at the next start. Claims of
   several chats share one commit. With the claim come the address, the messages that the row's slot shows now, and the one it replies to.
4. **Wait for a slot.** Overall slots are given away one by one, evenly spaced, each to the most urgent claimed row (`slots.py`). Only few
   rows are claimed ahead of their slot (`AHEAD`).
5. **Send.** Calls of different chats are under way side by side, so a slow network costs time but not rate.
6. **Write down what became of it** (`outcomes.py`), in one transaction: sent and which messages show it; later and when; never and why;
   unsure. What others must learn of it (delivered, blocked, a group that is gone) enters the inbox in the same transaction, as news.

Why at least once and at most twice: no call of the channel carries a key by which it would know a repeat. A row that died between claim
and mark, or whose answer was lost, is sent once more; an edit may be repeated freely.

Where a group cannot be shown its new tickets' cards soon enough, a list tells of them first (`lists.py`); each card follows.

Where no row may go, the couriers of the fan-out (`bot/pipeline/fanout`) carry copies of broadcasts, within the same pace and slots.

One process sends. On SQLite the lock on the database sees to that (`bot/storage/lock.py`), on PostgreSQL a lease: the database and the
channels that are handed in here are its (`bot/pipeline/duties.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.base import Channel
from bot.clock import Clock
from bot.crash import crash_point
from bot.model.effects import Priority
from bot.model.ids import PROVINCE
from bot.model.messages import ToForum, recipient_key
from bot.model.outgoing import Later, Never, Outcome, Sent, Unsure
from bot.pipeline import minutes
from bot.pipeline.delivery import Parcel, pack, settle
from bot.pipeline.fanout.carrier import Tools
from bot.pipeline.fanout.couriers import Couriers
from bot.pipeline.fanout.sending import Head as CopyHead
from bot.pipeline.fanout.sending import Sending
from bot.pipeline.limits import Limits
from bot.pipeline.line import Line
from bot.pipeline.lists import Lists
from bot.pipeline.meter import UNMETERED, Meter
from bot.pipeline.pace import Pace
from bot.pipeline.slots import Place, Slots
from bot.pipeline.surroundings import Surroundings, signed
from bot.storage import copies, outbox
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.outbox import Head

log = structlog.get_logger()

HEADS: Final = 256
"""How many heads one look brings."""
CARDS: Final = 64
"""How many cards that have waited, one of each group: more than there are groups."""
AHEAD: Final = 2
MOST_AHEAD: Final = 64
"""Rows are claimed ahead of their slots: two, and as many more as slots pass while a claim takes its time, up to this."""
YIELDS: Final = timedelta(seconds=0.25)
"""So long a card lets replies pass: the receipt goes first, and a crash between the two repeats one of them."""
LOOK_SECONDS: Final = 5.0
"""How often the outbox is looked at unasked."""
FRESH_SECONDS: Final = 0.02
"""For so long a look is good enough, whatever was added since."""
BUG_TRIES: Final = 5
"""How often a send is tried that raises, which no channel should."""
STORAGE_PAUSE: Final = 1.0


class Sender:
    """Sends what waits. `told` is called when it put news into the inbox.

    Attributes:
        last_round: monotonic time at which its loop last went round.
    """

    def __init__(
        self,
        db: Database,
        around: Surroundings,
        channels: Mapping[str, Channel],
        limits: Limits,
        clock: Clock,
        *,
        told: Callable[[], None],
        hungry: Callable[[], None] = lambda: None,
        meter: Meter = UNMETERED,
    ) -> None:
        self._db = db
        self._around = around
        self._channels = channels
        self._limits = limits
        self._clock = clock
        self._told = told
        self._meter = meter
        self.last_round = clock.monotonic()
        self._pace = Pace(limits)
        forums = [PROVINCE, *(district.id for district in around.province.districts)]
        self._groups = {forum: outbox.address_of(db.keys, ToForum(forum)) for forum in forums}
        self._pace.groups = frozenset(self._groups.values())
        self._slots = Slots(self._pace, clock.monotonic)
        self._lists = Lists(db, around, self._pace, self._groups, clock, added=self.wake)
        self._claim_seconds = 0.0
        self._changed = asyncio.Event()
        self._stale = True
        self._looked = float("-inf")
        self._heads: list[Head] = []
        self._wait_over = float("inf")
        self._busy: set[str] = set()
        self._claimed = 0
        self._under_way = 0
        self._line = Line(channels.values(), self._line_changed)
        self._not_before = 0.0
        self._stopping = False
        tools = Tools(self._busy, self._pace, self._slots, wake=self._changed.set, said=self.wake, hold=self._hold, doubt=self._line.doubt)
        self.couriers = Couriers(db, around, channels, limits, clock, tools, told=told, hungry=hungry, meter=meter)

    def wake(self) -> None:
        """Look at the outbox now: something was added."""
        self._stale = True
        self._changed.set()

    def stop(self) -> None:
        """Finish what is under way, then let `run` return. What the channel makes wait is not waited for."""
        self._stopping = True
        self.couriers.stop()
        self._slots.finish()
        self._line.close()
        self._changed.set()

    async def run(self) -> None:
        """Send until stopped. Cancelled, it leaves everything as it stands: whoever sends next learns from the disk how that is."""
        try:
            await self._picked_up()
            await self._send_all()
            await self.couriers.finish()
        finally:
            self._line.close()
            self.couriers.abandon()

    async def _send_all(self) -> None:
        async with asyncio.TaskGroup() as under_way:
            listing = under_way.create_task(self._lists.run(), name="lists")
            while not self._stopping:
                self._changed.clear()
                self.last_round = self._clock.monotonic()
                head, pause = await self._next()
                if head is not None:
                    self._busy.add(head.recipient)
                    self._claimed += 1
                    self._under_way += 1
                    under_way.create_task(self._deliver(head), name="send")
                elif (batch := await self._next_copies()) is not None:
                    under_way.create_task(self.couriers.carry(*batch), name="copies")
                else:
                    pause = min(pause, self.couriers.pause(self._clock.monotonic()))
                    with suppress(TimeoutError):
                        async with asyncio.timeout(pause):
                            await self._changed.wait()
            listing.cancel()

    async def _picked_up(self) -> None:
        while not self._stopping:
            try:
                await self._pick_up()
                return
            except StorageUnavailable:
                await asyncio.sleep(STORAGE_PAUSE)

    async def _pick_up(self) -> None:
        """Learn from the disk where the process before us stopped."""
        unsure = await self._db.transact(outbox.recover)
        unsure_copies = await self._db.transact(copies.recover)
        if unsure or unsure_copies:
            log.info("picked up", unsure=unsure, copies=unsure_copies)
        wall, now = self._clock.now(), self._clock.monotonic()
        for forum, recipient in self._groups.items():
            ages = await self._db.read(partial(minutes.recall, keys=self._db.keys, forum=forum, now=wall))
            self._pace.recall(recipient, ages, now)

    async def _next(self) -> tuple[Head | None, float]:
        """Return the row to send now, or how many seconds to wait for one unless something changes."""
        now = self._clock.monotonic()
        ahead = min(MOST_AHEAD, AHEAD + int(self._claim_seconds * self._limits.per_second))
        if not self._line.clear or self._claimed >= ahead or self._under_way >= self._limits.in_flight:
            return None, LOOK_SECONDS
        if now < self._not_before:
            return None, self._not_before - now
        fresh = now - self._looked < FRESH_SECONDS
        if (self._stale and not fresh) or now >= self._wait_over:
            await self._look(now)
        head, free_at = self._choose(now)
        if head is None and self._stale:
            await self._look(now)
            head, free_at = self._choose(now)
        return head, max(0.001, min(LOOK_SECONDS, free_at - now, self._wait_over - now))

    async def _next_copies(self) -> tuple[Sending, list[CopyHead]] | None:
        """Return copies to carry, where no row of the outbox may go."""
        now = self._clock.monotonic()
        if self._stopping or not self._line.clear or self._claimed > AHEAD or now < self._not_before:
            return None
        return await self.couriers.next(now)

    def _hold(self, seconds: float) -> None:
        """Let everything wait for so long: the channel takes nothing."""
        self._not_before = self._clock.monotonic() + seconds
        self._slots.hold(self._not_before)
        self.couriers.send_back()

    def _line_changed(self) -> None:
        self._slots.close(closed=not self._line.clear)
        self.couriers.line_changed(clear=self._line.clear)
        self._changed.set()

    async def _look(self, now: float) -> None:
        self._stale = False
        wall = self._clock.now()
        limit = max(HEADS, int(self._limits.per_second * 2))

        async def both(conn: AsyncConnection) -> tuple[list[Head], datetime | None]:
            heads = {head.id: head for head in await outbox.heads(conn, wall, limit)}
            cards = {head.id: head for head in await outbox.card_heads(conn, wall, wall - YIELDS, CARDS)}
            turns = sorted((Priority.REPLY if id in cards else head.priority, id) for id, head in (heads | cards).items())
            return [cards.get(id) or heads[id] for _, id in turns], await outbox.next_due(conn, wall)

        try:
            self._heads, due = await self._db.read(both)
        except StorageUnavailable:
            self._storage_trouble()
            return
        self._looked = now
        self._wait_over = now + max(0.0, (due - wall) / timedelta(seconds=1)) if due else now + LOOK_SECONDS

    def _choose(self, now: float) -> tuple[Head | None, float]:
        """Return the first head that may go now, or when the first of those that have to wait may."""
        soonest = float("inf")
        for place, head in enumerate(self._heads):
            if head.recipient in self._busy:
                self.couriers.hurry(head.recipient, head.priority)
                continue
            free_at = self._pace.free_at(head.recipient, head.priority, now)
            if free_at <= now:
                del self._heads[place]
                return head, now
            soonest = min(soonest, free_at)
        return None, soonest

    async def _deliver(self, head: Head) -> None:
        waiting_for_slot = True
        try:
            parcel = await self._claim(head)
            if parcel is None or parcel.address is None:
                return
            place = None if parcel.empty else self._slots.place(head.priority, _among(head.priority))
            if place is not None and not await self._slots.taken(place):
                await self._db.transact(lambda conn: outbox.later(conn, self._db.keys, parcel.row, self._clock.now()))
                return
            self._claimed -= 1
            waiting_for_slot = False
            self._changed.set()
            await self._send(head, parcel, parcel.address, place)
        except StorageUnavailable:
            self._storage_trouble()
        except Exception as error:  # a row that cannot even be opened holds up its own recipient, but no other
            log.error("alarm", about="send", row=head.id, meaning="a message cannot be handled; trying again", exc_info=error)
            await asyncio.sleep(STORAGE_PAUSE)
        finally:
            self._claimed -= waiting_for_slot
            self._under_way -= 1
            self._busy.discard(head.recipient)
            self.wake()

    async def _claim(self, head: Head) -> Parcel | None:
        began = self._clock.monotonic()
        parcel = await self._db.transact(lambda conn: pack(conn, self._around, head.id, self._clock.now()))
        self._claim_seconds += (self._clock.monotonic() - began - self._claim_seconds) / 8
        return parcel

    async def _send(self, head: Head, parcel: Parcel, address: tuple[str, str], place: Place | None) -> None:
        started = self._clock.monotonic()
        crash_point("before-send")
        outcome = Sent() if parcel.empty else await self._call(parcel, *address)
        crash_point("after-send")
        finished = self._clock.monotonic()
        if place is not None:
            count = len(outcome.messages) if isinstance(outcome, Sent) else 1
            self._slots.ended(place, count)
            self._pace.spend(head.recipient, finished, count)
        if isinstance(outcome, Later) and not outcome.chat_only:
            self._hold(outcome.after)
        if isinstance(outcome, Unsure):
            self._line.doubt()
        if parcel.row.outgoing.then_leave and isinstance(outcome, Sent | Never):
            await self._channels[address[0]].leave(address[1])
        if await self._recorded(parcel, outcome):
            self._told()
        self._tell(parcel, outcome, finished - started)

    async def _recorded(self, parcel: Parcel, outcome: Outcome) -> bool:
        """Write down what became of it, however long the storage cannot: until then the row stands as under way, and its chat waits."""
        while True:
            try:
                return await self._db.transact(partial(self._write_down, parcel=parcel, outcome=outcome))
            except StorageUnavailable:
                self._storage_trouble()
                await asyncio.sleep(STORAGE_PAUSE)

    async def _write_down(self, conn: AsyncConnection, parcel: Parcel, outcome: Outcome) -> bool:
        to, wall, now = parcel.row.recipient, self._clock.now(), self._clock.monotonic()
        if isinstance(to, ToForum) and to.forum in self._groups and not parcel.empty:
            await minutes.keep(conn, self._db.keys, to.forum, self._pace.minute(self._groups[to.forum], now), wall)
        return await settle(conn, self._around, parcel, outcome, wall)

    async def _call(self, parcel: Parcel, channel: str, chat: str) -> Outcome:
        row = parcel.row
        to = recipient_key(row.recipient)
        try:
            return await self._channels[channel].send(
                chat, row.outgoing, shown=parcel.shown, answers=parcel.answers, sign=lambda action: signed(self._around.keys, to, action)
            )
        except Exception as error:  # a fault of ours in one message may not stop the others
            log.error("alarm", about="send", row=row.id, meaning="the channel failed on a message", exc_info=error)
            return Never("refused", "bug") if row.attempts >= BUG_TRIES else Later(1.0, "bug")

    def _tell(self, parcel: Parcel, outcome: Outcome, seconds: float) -> None:
        row = parcel.row
        if not parcel.empty:
            self._meter.sent(row.priority, outcome, seconds)
        kind = "withdraw" if row.outgoing.do == "withdraw" else "edit" if parcel.shown else "send"
        reason = "" if isinstance(outcome, Sent) else getattr(outcome, "reason", "")
        log.info(
            "send",
            row=row.id,
            kind=kind,
            priority=row.priority.name.lower(),
            outcome=type(outcome).__name__.lower(),
            reason=reason,
            attempt=row.attempts,
            ms=round(seconds * 1000, 1),
        )

    def _storage_trouble(self) -> None:
        self._not_before = self._clock.monotonic() + STORAGE_PAUSE
        self._stale = True


def _among(priority: Priority) -> Priority:
    """Return among whom something waits for its slot: cards among the replies."""
    return Priority.REPLY if priority <= Priority.CARD else priority
