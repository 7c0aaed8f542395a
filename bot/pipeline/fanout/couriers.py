"""Chooses which copies go next, when the sender has nothing else to send, and claims them some at a time.

Only so many are claimed ahead as leave in a tenth of a second, so that a pause takes hold at once and a crash leaves few in doubt. What is
paid for has slots of its own beside everybody else's; all other copies wait for the bot's common slots, behind whatever else waits there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Final

import structlog

from bot.channels.base import Channel
from bot.clock import Clock
from bot.model.broadcasts import Occurrence
from bot.model.effects import Priority
from bot.model.ids import OccurrenceId
from bot.model.messages import ToResident
from bot.pipeline.fanout import claiming
from bot.pipeline.fanout.carrier import Carrier, Tools
from bot.pipeline.fanout.marks import Marks
from bot.pipeline.fanout.sending import Errand, Head, Sending, pick
from bot.pipeline.limits import Limits
from bot.pipeline.meter import UNMETERED, Meter
from bot.pipeline.surroundings import Surroundings
from bot.storage import copies, outbox
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable

log = structlog.get_logger()

LEAST_HEADS: Final = 64
MOST_HEADS: Final = 400
LOOK_SECONDS: Final = 1.0
"""How often copies are looked for unasked: those that were to wait may be due again."""
STORAGE_PAUSE: Final = 1.0


class Couriers:
    """Sends copies. `told` is called when something enters the inbox, `hungry` when copies run low or an occurrence was stopped here."""

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
        self._clock = clock
        self._tools = tools
        self._hungry = hungry
        marks = Marks(db, around, clock, told=told, paused=self._paused)
        self._carrier = Carrier(around, channels, limits, clock, tools, marks, stopped=self._stopped, meter=meter)
        self._open: dict[OccurrenceId, Occurrence] = {}
        self._sendings: dict[OccurrenceId, Sending] = {}
        self._not_before = 0.0
        self._stopping = False
        self.hurry = self._carrier.hurry
        self.line_changed = self._carrier.line_changed
        self.finish = self._carrier.finish
        self.abandon = self._carrier.abandon

    def open(self, occurrences: Collection[Occurrence]) -> None:
        """Send these occurrences and no others; what is claimed of others goes back."""
        self._open = {occurrence.id: occurrence for occurrence in occurrences}
        self._sendings = {id: sending for id, sending in self._sendings.items() if id in self._open}
        self._carrier.send_back(self._unwanted)
        self._tools.wake()

    def fed(self, id: OccurrenceId) -> None:
        """There are new copies."""
        if id in self._sendings:
            self._sendings[id].stale = True
        self._tools.wake()

    def stop(self) -> None:
        """Claim nothing more; what is claimed and has no slot yet goes back."""
        self._stopping = True
        self._carrier.send_back(self._unwanted)

    def send_back(self) -> None:
        """Nothing can leave for a while: what is claimed goes back."""
        self._carrier.send_back(lambda _, __: True)

    async def next(self, now: float) -> tuple[Sending, list[Head]] | None:
        """Return copies to carry now, which are reserved for the caller to `carry`; None where none may go."""
        if self._stopping or now < max(self._not_before, self._carrier.not_before):
            return None
        try:
            for id in [*self._open]:
                found = await self._next(id, now)
                if found is not None:
                    return found
        except Exception as error:
            self._trouble(error)
        return None

    def pause(self, now: float) -> float:
        """Return the seconds after which to ask again unasked."""
        return max(LOOK_SECONDS, self._not_before - now) if self._open else float("inf")

    async def carry(self, sending: Sending, heads: Sequence[Head]) -> None:
        """Claim copies, and see that they are sent. The recipients of those that are not are free again."""
        errands: list[Errand] = []
        today = self._clock.now().date()
        try:
            errands = await self._db.transact(partial(claiming.claim, keys=self._db.keys, sending=sending, heads=heads, today=today))
        except Exception as error:
            self._trouble(error)
            sending.stale = True
        self._carrier.track(sending).claiming -= len(heads)
        going = {errand.recipient for errand in errands}
        for head in heads:
            if head.recipient not in going:
                self._carrier.over(sending, head)
        self._carrier.take(sending, errands)
        self._carrier.send_back(self._unwanted)

    def _unwanted(self, sending: Sending, _: Errand) -> bool:
        return self._stopping or sending.id not in self._open

    async def _next(self, id: OccurrenceId, now: float) -> tuple[Sending, list[Head]] | None:
        sending = self._sendings.get(id) or await self._begun(id)
        if sending is None or (room := self._carrier.track(sending).room()) <= 0:
            return None
        if not sending.heads and (sending.stale or now >= sending.look_at):
            await self._look(sending, now)
        if id not in self._open:  # paused while we looked
            return None
        heads = pick(sending.heads, room, partial(self._may, sending, now=now))
        if not heads:
            return None
        self._carrier.track(sending).claiming += len(heads)
        self._open[id] = self._open.pop(id)  # the others come first the next time
        return sending, heads

    def _may(self, sending: Sending, head: Head, *, now: float) -> bool:
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
        sending = await self._db.read(partial(claiming.begun, keys=self._db.keys, id=id))
        if sending is not None and id in self._open:
            self._sendings[id] = sending
        return sending

    async def _look(self, sending: Sending, now: float) -> None:
        limit = max(LEAST_HEADS, min(MOST_HEADS, int(self._carrier.track(sending).rate)))
        sending.stale = False  # from here on, whoever stores a copy says so
        sending.look_at = now + LOOK_SECONDS
        wall = self._clock.now()
        found, broken = await self._db.read(lambda conn: copies.heads(conn, sending.key, sending.id, wall, limit))
        keys = self._db.keys
        sending.heads.extend(Head(copy, outbox.address_of(keys, ToResident(copy.resident))) for copy in found)
        if broken:
            log.error("alarm", about="broadcast", occurrence=sending.id, copies=len(broken), meaning="copies cannot be opened; put aside")
            await self._db.transact(partial(claiming.put_aside, id=sending.id, numbers=broken))
        if len(found) < limit:
            self._hungry()
        else:
            sending.stale = True

    def _trouble(self, error: Exception) -> None:
        """Wait a little, whether the storage cannot be used or a fault of ours is in the way: everybody else goes on."""
        if not isinstance(error, StorageUnavailable):
            log.error("alarm", about="broadcast", meaning="copies cannot be handled; trying again", exc_info=error)
        self._not_before = self._clock.monotonic() + STORAGE_PAUSE

    def _stopped(self, sending: Sending) -> None:
        """Send nothing more of an occurrence whose message is not taken."""
        self._open.pop(sending.id, None)

    def _paused(self) -> None:
        self._tools.said()
        self._hungry()
