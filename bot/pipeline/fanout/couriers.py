"""Sends copies for the sender, when it has nothing else to send: claims some at a time, lets each wait for its slot, and makes the call.

Only so many are claimed ahead as leave in a tenth of a second, so that a pause takes hold at once and a crash leaves few in doubt. What is
paid for has slots of its own beside everybody else's; all other copies wait for the bot's common slots, behind whatever else waits there.

Just before it is sent it is looked up once more whether somebody still wants it: who stopped a second ago, or was erased, gets nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.base import Channel
from bot.clock import Clock
from bot.crash import crash_point
from bot.model.broadcasts import Occurrence
from bot.model.effects import Priority
from bot.model.ids import OccurrenceId
from bot.model.messages import ToResident, recipient_key
from bot.model.outgoing import Later, Never, Outcome, Outgoing, Sent
from bot.pipeline.fanout.marks import Mark, Marks
from bot.pipeline.fanout.sending import Errand, Head, Sending, pick
from bot.pipeline.fanout.sieve import Sieve
from bot.pipeline.limits import Limits
from bot.pipeline.meter import UNMETERED, Meter
from bot.pipeline.pace import Pace
from bot.pipeline.slots import Place, Slots
from bot.pipeline.surroundings import Surroundings, signed
from bot.storage import copies, occurrences, outbox, residents, subscribers, tallies
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable

log = structlog.get_logger()

AHEAD_SECONDS: Final = 0.1
LEAST_AHEAD: Final = 2
MOST_AHEAD: Final = 100
LEAST_HEADS: Final = 64
MOST_HEADS: Final = 400
LOOK_SECONDS: Final = 1.0
"""How often copies are looked for unasked: those that were to wait may be due again."""
RESERVED: Final = 8
"""So many calls at once are kept for everything that is no broadcast."""
TOO_MANY: Final = "too many requests"
FIRST_WAIT: Final = 1.0
BUG_TRIES: Final = 5
STORAGE_PAUSE: Final = 1.0


@dataclass(slots=True)
class Track:
    """Slots that copies use: how many are claimed ahead of them, how many calls may be open at once, and how many are either now."""

    slots: Slots
    rate: float
    most: int
    waiting: int = 0
    under_way: int = 0

    @property
    def ahead(self) -> int:
        """Return how many copies are claimed ahead of their slots."""
        return max(LEAST_AHEAD, min(MOST_AHEAD, int(self.rate * AHEAD_SECONDS)))

    def room(self) -> int:
        """Return how many more to claim now: none before half of what was claimed has its slot, so that claims are worth their commit."""
        if self.waiting > self.ahead // 2:
            return 0
        return min(self.ahead - self.waiting, self.most - self.waiting - self.under_way)


@dataclass(frozen=True, slots=True)
class Tools:
    """What the couriers share with the sender: who is being sent something, how fast chats may be written to, the common slots.

    `wake` lets the sender look for work, `hold` makes everything wait for so many seconds.
    """

    busy: set[str]
    pace: Pace
    slots: Slots
    wake: Callable[[], None]
    hold: Callable[[float], None]


class Couriers:
    """Carries copies out. `told` is called when something enters the inbox, `hungry` when copies run low or an occurrence was stopped."""

    def __init__(
        self,
        db: Database,
        around: Surroundings,
        channels: Mapping[str, Channel],
        limits: Limits,
        clock: Clock,
        tools: Tools,
        *,
        told: Callable[[], None],
        hungry: Callable[[], None],
        meter: Meter = UNMETERED,
    ) -> None:
        self._db = db
        self._around = around
        self._channels = channels
        self._clock = clock
        self._tools = tools
        self._hungry = hungry
        self._meter = meter
        self._free = Track(tools.slots, limits.per_second, max(1, limits.in_flight - RESERVED))
        self._paid = self._free
        if limits.paid_per_second:
            pace = Pace(replace(limits, per_second=limits.paid_per_second))
            self._paid = Track(Slots(pace.next_slot, clock.monotonic), limits.paid_per_second, limits.paid_in_flight)
        self._marks = Marks(db, around, clock, told=told, paused=hungry)
        self._open: dict[OccurrenceId, Occurrence] = {}
        self._sendings: dict[OccurrenceId, Sending] = {}
        self._places: dict[str, tuple[Sending, Place]] = {}
        self._not_before = 0.0
        self._too_many = 0
        self._stopping = False

    def open(self, occurrences: Collection[Occurrence], *, more: bool) -> None:
        """Send these occurrences and no others; what is claimed of others goes back. `more`: there are new copies."""
        self._open = {occurrence.id: occurrence for occurrence in occurrences}
        for id in [id for id in self._sendings if id not in self._open]:
            del self._sendings[id]
        for sending, place in [*self._places.values()]:
            if sending.id not in self._open:
                self._track(sending).slots.refuse(place)
        if more:
            for sending in self._sendings.values():
                sending.stale = True
            self._tools.wake()

    def hurry(self, recipient: str, priority: Priority) -> None:
        """Somebody to whom a copy is on its way has to be told something more urgent: let the copy go first, at once."""
        if recipient in self._places:
            sending, place = self._places[recipient]
            self._track(sending).slots.hurry(place, priority)

    def stop(self) -> None:
        """Claim nothing more; what is claimed and has no slot yet goes back."""
        self._stopping = True
        for sending, place in [*self._places.values()]:
            self._track(sending).slots.refuse(place)

    async def next(self, now: float) -> tuple[Sending, list[Head]] | None:
        """Return copies to carry now, which are the caller's to `carry`; None where none may go."""
        if self._stopping or now < self._not_before:
            return None
        try:
            return await self._next(now)
        except Exception as error:
            self._trouble(error)
            return None

    async def _next(self, now: float) -> tuple[Sending, list[Head]] | None:
        for id in [*self._open]:
            sending = self._sendings.get(id) or await self._begun(id)
            if sending is None or id not in self._open:
                continue
            room = self._track(sending).room()
            if room > 0 and not sending.heads and (sending.stale or now >= sending.look_at):
                await self._look(sending, now)
            heads = pick(sending.heads, room, lambda head, sending=sending: self._may(sending, head, now)) if room > 0 else []  # type: ignore[misc]
            if heads:
                self._open[id] = self._open.pop(id)  # the others come first the next time
                return sending, heads
        return None

    def pause(self, now: float) -> float:
        """Return the seconds after which to ask again unasked."""
        return max(LOOK_SECONDS, self._not_before - now) if self._open else float("inf")

    def _track(self, sending: Sending) -> Track:
        return self._paid if sending.occurrence.paid else self._free

    def _may(self, sending: Sending, head: Head, now: float) -> bool:
        """Tell whether a copy may go now, and if so, reserve its recipient."""
        if head.recipient in self._tools.busy or self._tools.pace.free_at(head.recipient, Priority.BROADCAST, now) > now:
            return False
        if not sending.proven(head.copy.language):
            if sending.trying:
                return False
            sending.trying = head.recipient
        self._tools.busy.add(head.recipient)
        return True

    async def _begun(self, id: OccurrenceId) -> Sending | None:
        """Read what an occurrence says, once for all its copies."""

        async def work(conn: AsyncConnection) -> Sending | None:
            keys = self._db.keys
            occurrence = await occurrences.load(conn, id)
            key, content = await occurrences.key_of(conn, keys, id), await occurrences.content(conn, keys, id)
            if occurrence is None or key is None or content is None:
                return None
            return Sending(occurrence, key, content, await occurrences.uploaded(conn, keys, id))

        sending = await self._db.read(work)
        if sending is not None and id in self._open:
            self._sendings[id] = sending
        return sending

    async def _look(self, sending: Sending, now: float) -> None:
        limit = max(LEAST_HEADS, min(MOST_HEADS, int(self._track(sending).rate)))
        sending.stale = False
        sending.look_at = now + LOOK_SECONDS
        wall = self._clock.now()
        found, broken = await self._db.read(lambda conn: copies.heads(conn, sending.key, sending.id, wall, limit))
        keys = self._db.keys
        sending.heads.extend(Head(copy, outbox.address_of(keys, ToResident(copy.resident))) for copy in found)
        if broken:
            log.error("alarm", about="broadcast", occurrence=sending.id, copies=len(broken), meaning="copies cannot be opened; put aside")
            await self._db.transact(partial(_put_aside, id=sending.id, numbers=broken))
        if len(found) < limit:
            self._hungry()

    async def carry(self, sending: Sending, heads: Sequence[Head]) -> None:
        """Claim copies and send them. Whatever happens, their recipients are free again afterwards."""
        track = self._track(sending)
        track.waiting += len(heads)
        errands: list[Errand] = []
        try:
            errands = await self._claimed(sending, heads)
        except Exception as error:
            self._trouble(error)
            sending.stale = True
        finally:
            track.waiting -= len(heads) - len(errands)
            going = {errand.recipient for errand in errands}
            for head in heads:
                if head.recipient not in going:
                    self._over(sending, head)
        await asyncio.gather(*(self._run(sending, errand) for errand in errands))

    def _trouble(self, error: Exception) -> None:
        """Wait a little, whether the storage cannot be used or a fault of ours is in the way: everybody else goes on."""
        if isinstance(error, StorageUnavailable):
            log.error("alarm", about="storage", reason=error.reason, meaning="a broadcast waits until it can be written")
        else:
            log.error("alarm", about="broadcast", meaning="copies cannot be handled; trying again", exc_info=error)
        self._not_before = self._clock.monotonic() + STORAGE_PAUSE

    def _over(self, sending: Sending, head: Head | Errand) -> None:
        self._tools.busy.discard(head.recipient)
        if sending.trying == head.recipient:
            sending.trying = ""
        self._tools.wake()

    async def _claimed(self, sending: Sending, heads: Sequence[Head]) -> list[Errand]:
        sieve = Sieve(sending.content.audience, sending.content.topic, self._clock.now().date())
        return await self._db.transact(partial(self._claim, sending=sending, heads=heads, sieve=sieve))

    async def _claim(self, conn: AsyncConnection, sending: Sending, heads: Sequence[Head], sieve: Sieve) -> list[Errand]:
        keys = self._db.keys
        claims = await copies.claim(conn, sending.id, [head.copy.number for head in heads])
        claimed = [head for head in heads if head.copy.number in claims]
        who = [head.copy.resident for head in claimed]
        people = await subscribers.of_residents(conn, keys, who) if who else {}
        addresses = await residents.addresses(conn, keys, who) if who else {}
        errands: list[Errand] = []
        unwanted: list[Head] = []
        for head in claimed:
            copy = head.copy
            person, address = people.get(copy.resident), addresses.get(copy.resident)
            if person is None or address is None or sieve.meant(person) is None:
                unwanted.append(head)
            else:
                errands.append(Errand(copy, head.recipient, claims[copy.number], address, person.language))
        if unwanted:
            await copies.settle(conn, [head.copy.number for head in unwanted])
            for head in unwanted:
                await tallies.add(conn, sending.id, {("listed", head.copy.district, head.copy.language): -1})
        return errands

    async def _run(self, sending: Sending, errand: Errand) -> None:
        try:
            await self._send(sending, errand)
        except (
            Exception
        ) as error:  # one copy that cannot be handled holds up no other; it stands as under way, and is in doubt at the next start
            log.error("alarm", about="broadcast", occurrence=sending.id, meaning="a copy cannot be handled", exc_info=error)
        finally:
            self._over(sending, errand)

    async def _send(self, sending: Sending, errand: Errand) -> None:
        track = self._track(sending)
        place = track.slots.place(Priority.BROADCAST)
        self._places[errand.recipient] = sending, place
        if self._stopping or sending.id not in self._open:
            track.slots.refuse(place)
        try:
            granted = await place.granted
        finally:
            del self._places[errand.recipient]
            track.waiting -= 1
        if not granted:
            await self._marks.put(Mark(sending, errand, None))
            return
        track.under_way += 1
        if track.room() > 0:
            self._tools.wake()
        try:
            await self._called(sending, errand)
        finally:
            track.under_way -= 1

    async def _called(self, sending: Sending, errand: Errand) -> None:
        outgoing = sending.outgoing(errand.language)
        started = self._clock.monotonic()
        crash_point("before-send")
        outcome = await self._call(outgoing, errand)
        crash_point("after-send")
        now = self._clock.monotonic()
        self._meter.sent(Priority.BROADCAST, outcome, now - started)
        self._tools.pace.spend(errand.recipient, now, len(outcome.messages) if isinstance(outcome, Sent) else 1)
        if isinstance(outcome, Later):
            self._wait(outcome, now)
        elif isinstance(outcome, Sent):
            self._too_many = 0
        stop = sending.learn(outgoing, outcome)
        if stop:
            self._open.pop(sending.id, None)
        await self._marks.put(Mark(sending, errand, outcome, stop))

    def _wait(self, outcome: Later, now: float) -> None:
        """Heed that the channel wants no more: from nobody, or to one chat. If several chats in a row are told so, it means all of them."""
        if not outcome.chat_only:
            self._paid.slots.hold(now + outcome.after)
            self._tools.hold(outcome.after)
        elif outcome.reason == TOO_MANY:
            self._too_many += 1
            self._not_before = max(self._not_before, now + min(outcome.after, FIRST_WAIT if self._too_many == 1 else outcome.after))

    async def _call(self, outgoing: Outgoing, errand: Errand) -> Outcome:
        channel, chat = errand.address
        to = recipient_key(ToResident(errand.copy.resident))
        try:
            return await self._channels[channel].send(
                chat, outgoing, shown=(), answers=None, sign=lambda action: signed(self._around.keys, to, action)
            )
        except Exception as error:  # a fault of ours in one message may not stop the others
            log.error("alarm", about="send", meaning="the channel failed on a message", exc_info=error)
            return Never("refused", "bug") if errand.claim.attempts >= BUG_TRIES else Later(1.0, "bug")


async def _put_aside(conn: AsyncConnection, id: OccurrenceId, numbers: Sequence[int]) -> None:
    await copies.settle(conn, numbers)
    await tallies.add(conn, id, {("refused", *tallies.EVERYWHERE): len(numbers)})
