"""Carries claimed copies: each waits for its slot, is sent, and what became of it is written down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import structlog

from bot.channels.base import Channel
from bot.clock import Clock
from bot.crash import crash_point
from bot.model.effects import Priority
from bot.model.messages import ToResident, recipient_key
from bot.model.outgoing import Later, Never, Outcome, Outgoing, Sent, Unsure
from bot.pipeline.fanout.marks import Mark, Marks
from bot.pipeline.fanout.sending import Errand, Head, Sending
from bot.pipeline.fanout.tracks import Track
from bot.pipeline.limits import Limits
from bot.pipeline.meter import Meter
from bot.pipeline.pace import Pace
from bot.pipeline.slots import Place, Slots
from bot.pipeline.surroundings import Surroundings, signed

log = structlog.get_logger()

RESERVED: Final = 8
"""So many calls at once are kept for everything that is no broadcast."""
TOO_MANY: Final = "too many requests"
FIRST_WAIT: Final = 1.0
BUG_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Tools:
    """What is shared with the sender: who is being sent something, how fast chats may be written to, the common slots.

    `wake` lets the sender choose again, `said` look for what was added to the outbox; `hold` makes everything wait for so many seconds,
    `doubt` until the channel answers again.
    """

    busy: set[str]
    pace: Pace
    slots: Slots
    wake: Callable[[], None]
    said: Callable[[], None]
    hold: Callable[[float], None]
    doubt: Callable[[], None]


class Carrier:
    """Carries copies. `stopped` is called with an occurrence whose message is not taken, before that is written down.

    `not_before` is the monotonic time before which the channel wants nothing more of broadcasts.
    """

    def __init__(
        self,
        around: Surroundings,
        channels: Mapping[str, Channel],
        limits: Limits,
        clock: Clock,
        tools: Tools,
        marks: Marks,
        *,
        stopped: Callable[[Sending], None],
        meter: Meter,
    ) -> None:
        self._around = around
        self._channels = channels
        self._clock = clock
        self._tools = tools
        self._marks = marks
        self._stopped = stopped
        self._meter = meter
        self._free = Track(tools.slots, limits.per_second, max(1, limits.in_flight - RESERVED))
        self._paid = self._free
        if limits.paid_per_second:
            pace = Pace(replace(limits, per_second=limits.paid_per_second))
            self._paid = Track(Slots(pace, clock.monotonic), limits.paid_per_second, limits.paid_in_flight)
        self._places: dict[str, tuple[Sending, Errand, Place]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._too_many = 0
        self._clear = True
        self.not_before = 0.0

    def track(self, sending: Sending) -> Track:
        """Return the slots of an occurrence."""
        return self._paid if sending.occurrence.paid else self._free

    def take(self, sending: Sending, errands: Iterable[Errand]) -> None:
        """Carry these; where nothing can leave now they wait in the database again, and are asked for anew before they go."""
        track = self.track(sending)
        track.queue.extend((sending, errand) for errand in errands)
        self._pump(track)
        if not self._clear or self._tools.slots.held:
            self.send_back(lambda _, __: True)

    def hurry(self, recipient: str, priority: Priority) -> None:
        """Somebody to whom a copy is on its way has to be told something more urgent: it waits no longer than for one slot."""
        if recipient in self._places:
            sending, _, place = self._places[recipient]
            self.track(sending).slots.hurry(place, priority)
        else:
            self.send_back(lambda _, errand: errand.recipient == recipient)

    def send_back(self, unwanted: Callable[[Sending, Errand], bool]) -> None:
        """Let claimed copies that have no slot yet wait again in the database."""
        for sending, errand, place in [*self._places.values()]:
            if unwanted(sending, errand):
                self.track(sending).slots.refuse(place)
        for track in self._tracks():
            for sending, errand in track.take_out(unwanted):
                self._begin(self._go_back(sending, errand))

    def line_changed(self, *, clear: bool) -> None:
        """Make no call while the channel does not answer. Nothing stays claimed meanwhile: who stops until then gets nothing after it."""
        self._clear = clear
        self._paid.slots.close(closed=not clear)
        if not clear:
            self.send_back(lambda _, __: True)
        for track in self._tracks():
            self._pump(track)

    async def finish(self) -> None:
        """Wait until all that was begun is written down."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def abandon(self) -> None:
        """Leave everything as it stands."""
        self._clear = False
        for task in self._tasks:
            task.cancel()
        self._marks.abandon()

    def over(self, sending: Sending, head: Head | Errand) -> None:
        """Nothing is on its way to somebody any more."""
        self._tools.busy.discard(head.recipient)
        if sending.trying == head.recipient:
            sending.trying = ""
        self._tools.wake()

    def _tracks(self) -> Iterable[Track]:
        return (self._free,) if self._paid is self._free else (self._free, self._paid)

    def _pump(self, track: Track) -> None:
        while self._clear and track.queue and track.free():
            track.carrying += 1
            self._begin(self._run(track, *track.queue.popleft()))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="copy")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, track: Track, sending: Sending, errand: Errand) -> None:
        try:
            await self._send(track, sending, errand)
        except Exception as error:  # it stands as under way, in doubt at the next start, and holds up no other
            log.error("alarm", about="broadcast", occurrence=sending.id, meaning="a copy cannot be handled", exc_info=error)
        finally:
            track.carrying -= 1
            self.over(sending, errand)
            self._pump(track)

    async def _go_back(self, sending: Sending, errand: Errand) -> None:
        await self._marks.put(Mark(sending, errand, None))
        sending.stale = True
        self.over(sending, errand)

    async def _send(self, track: Track, sending: Sending, errand: Errand) -> None:
        place = track.slots.place(Priority.BROADCAST)
        self._places[errand.recipient] = sending, errand, place
        try:
            granted = await track.slots.taken(place)
        finally:
            del self._places[errand.recipient]
        if not granted:
            await self._go_back(sending, errand)
            return
        began = self._clock.monotonic()
        await self._called(sending, errand, partial(track.slots.ended, place))
        track.took(self._clock.monotonic() - began)

    async def _called(self, sending: Sending, errand: Errand, ended: Callable[[int], None]) -> None:
        outgoing = sending.outgoing(errand.language)
        began = self._clock.monotonic()
        crash_point("before-send")
        outcome = await self._call(outgoing, errand)
        crash_point("after-send")
        now = self._clock.monotonic()
        self._meter.sent(Priority.BROADCAST, outcome, now - began)
        count = len(outcome.messages) if isinstance(outcome, Sent) else 1
        ended(count)
        self._tools.pace.spend(errand.recipient, now, count)
        self._heed(outcome)
        stop = sending.learn(outgoing, outcome)
        if stop:
            self._stopped(sending)
        await self._marks.put(Mark(sending, errand, outcome, stop))

    def _heed(self, outcome: Outcome) -> None:
        """Wait if the channel wants that: with everything, or, once several chats in a row were told so, with broadcasts."""
        match outcome:
            case Sent():
                self._too_many = 0
            case Unsure():
                self._tools.doubt()
            case Later(after, _, chat_only=False):
                self._paid.slots.hold(self._clock.monotonic() + after)
                self._tools.hold(after)
            case Later(after, reason) if reason == TOO_MANY:
                self._too_many += 1
                wait = min(after, FIRST_WAIT) if self._too_many == 1 else after
                self.not_before = max(self.not_before, self._clock.monotonic() + wait)

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
