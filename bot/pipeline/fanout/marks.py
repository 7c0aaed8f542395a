"""What became of copies, written down together: outcomes that come in while one transaction is on its way to the disk share the next."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, assert_never

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.model.broadcasts import Occurrence, home
from bot.model.effects import Priority, Send
from bot.model.events import BotBlocked
from bot.model.ids import PROVINCE
from bot.model.messages import Message, ToForum, progress_slot
from bot.model.outgoing import Later, Moved, Never, Outcome, Sent, Unsure
from bot.model.text import N_
from bot.pipeline.broadcasts import at_home
from bot.pipeline.delivery import pause
from bot.pipeline.fanout.sending import UPLOAD_AGAIN, Errand, Sending
from bot.pipeline.news import News, item
from bot.pipeline.saying import Saying
from bot.pipeline.surroundings import Surroundings
from bot.storage import broadcasts, copies, inbox, lanes, occurrences, tallies
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.inbox import NewItem
from bot.storage.tallies import Key

log = structlog.get_logger()

CROWDED: Final = 3
COLLECT_SECONDS: Final = 0.008
"""Where that many come in during one transaction, the next waits so long for more: each transaction costs more than a mark in it."""
STORAGE_PAUSE: Final = 1.0


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of an errand; None: no call was made. `stop`: the message itself is not taken, so the occurrence is paused."""

    sending: Sending
    errand: Errand
    outcome: Outcome | None
    stop: bool = False


@dataclass(slots=True)
class _Sheet:
    """What a bundle of marks changes in one occurrence."""

    settled: dict[int, Key] = field(default_factory=dict)
    released: list[int] = field(default_factory=list)
    later: dict[int, tuple[datetime, bool]] = field(default_factory=dict)
    blocked: list[Errand] = field(default_factory=list)
    stop: bool = False


class Marks:
    """Writes outcomes down. `told` is called when others have to learn of one, `paused` when an occurrence was stopped here."""

    def __init__(self, db: Database, around: Surroundings, clock: Clock, *, told: Callable[[], None], paused: Callable[[], None]) -> None:
        self._db = db
        self._around = around
        self._clock = clock
        self._told = told
        self._paused = paused
        self._waiting: list[tuple[Mark, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def put(self, mark: Mark) -> None:
        """Write a mark down, and return when it is on disk."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((mark, written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="marks")
        await written

    def abandon(self) -> None:
        """Write nothing more."""
        if self._writing is not None:
            self._writing.cancel()

    async def _write(self) -> None:
        """Write for everybody who waits, until nobody does."""
        try:
            crowded = False
            while self._waiting:
                if crowded:
                    await asyncio.sleep(COLLECT_SECONDS)
                bundle, self._waiting = self._waiting, []
                crowded = len(bundle) >= CROWDED
                fault: Exception | None = None
                try:
                    await self._write_down([mark for mark, _ in bundle])
                except Exception as error:  # a fault of ours: those concerned hear of it, those behind them are written
                    fault = error
                for _, written in bundle:
                    if not written.done():
                        written.set_result(None) if fault is None else written.set_exception(fault)
        finally:
            self._writing = None

    async def _write_down(self, marks: Sequence[Mark]) -> None:
        """Write, however long the storage cannot: until then the copies stand as under way, and are in doubt after a crash."""
        while True:
            try:
                told, paused = await self._db.transact(partial(self._work, marks=marks))
            except StorageUnavailable:
                await asyncio.sleep(STORAGE_PAUSE)
                continue
            if told:
                self._told()
            if paused:
                self._paused()
            return

    async def _work(self, conn: AsyncConnection, marks: Sequence[Mark]) -> tuple[bool, bool]:
        now = self._clock.now()
        sheets: defaultdict[str, _Sheet] = defaultdict(_Sheet)
        sendings = {mark.sending.id: mark.sending for mark in marks}
        for mark in marks:
            _enter(sheets[mark.sending.id], mark, now)
        news: list[NewItem] = []
        paused = False
        for id, sending in sorted(sendings.items()):
            sheet = sheets[id]
            await self._store(conn, sending, sheet)
            news += [self._blocked(errand, now) for errand in sheet.blocked]
            if sheet.stop and await self._pause(conn, sending.occurrence, now):
                paused = True
        await inbox.store(conn, self._around.keys, news)
        return bool(news), paused

    async def _store(self, conn: AsyncConnection, sending: Sending, sheet: _Sheet) -> None:
        if sheet.settled:
            concluded = await copies.conclude(conn, sheet.settled)
            await tallies.add(conn, sending.id, Counter(sheet.settled[number] for number in concluded))
        if sheet.released:
            await copies.release(conn, sheet.released)
        if sheet.later:
            await copies.later(conn, sheet.later)
        if sending.uploaded != await self._known_upload(conn, sending):
            await occurrences.set_uploaded(conn, self._around.keys, sending.id, sending.uploaded)

    async def _known_upload(self, conn: AsyncConnection, sending: Sending) -> str | None:
        if all(outgoing.attachment is None for outgoing in sending.content.outgoing.values()):
            return sending.uploaded
        return await occurrences.uploaded(conn, self._around.keys, sending.id)

    def _blocked(self, errand: Errand, now: datetime) -> NewItem:
        lane = lanes.of_chat(self._around.keys, *errand.address)
        return item(lane, self._around.chance.token(), News(BotBlocked(), resident=errand.copy.resident), now)

    async def _pause(self, conn: AsyncConnection, occurrence: Occurrence, now: datetime) -> bool:
        """Stop an occurrence whose message the channel does not take, and tell those who can change it."""
        current = await occurrences.load(conn, occurrence.id, lock=True)
        if current is None or current.state != "sending":
            return False
        await occurrences.move(conn, replace(current, state="paused"))
        log.error("alarm", about="broadcast", occurrence=occurrence.id, meaning="the channel refuses its message; it was paused")
        saying = Saying(conn, self._around, now)
        words = N_("A broadcast was paused: Telegram refuses its message. Few people were tried. Look at its text and its file.")
        broadcast = await broadcasts.load(conn, self._around.keys, current.broadcast)
        author = home(await at_home(conn, self._around, broadcast)) if broadcast else ToForum(current.forum)
        for chat in dict.fromkeys((ToForum(PROVINCE), author)):
            await saying.send(Send(chat, Message(words, answers=progress_slot(occurrence.id)), Priority.URGENT))
        return True


def _enter(sheet: _Sheet, mark: Mark, now: datetime) -> None:
    copy, claim = mark.errand.copy, mark.errand.claim
    sheet.stop = sheet.stop or mark.stop
    match mark.outcome:
        case None:
            sheet.released.append(copy.number)
        case Sent():
            _settle(sheet, mark, "delivered")
        case Never("refused", "file_lost"):
            sheet.released.append(copy.number)  # the occurrence stops; with the file again, everybody gets it
        case Never("refused") | Moved():
            _settle(sheet, mark, "refused")
        case Never(reason):
            _settle(sheet, mark, "gone" if reason == "deactivated" else "blocked")
            sheet.blocked.append(mark.errand)
        case Later(_, reason) if reason == UPLOAD_AGAIN:
            sheet.released.append(copy.number)
        case Later(after, _, chat_only):
            until = now + timedelta(seconds=after)
            sheet.later[copy.number] = (max(until, now + pause(claim.attempts)) if chat_only else until), False
        case Unsure() if claim.unsure:
            _settle(sheet, mark, "unsure")
        case Unsure():
            sheet.later[copy.number] = now + pause(claim.attempts), True
        case _:
            assert_never(mark.outcome)


def _settle(sheet: _Sheet, mark: Mark, what: str) -> None:
    copy = mark.errand.copy
    sheet.settled[copy.number] = (what, copy.district, copy.language)
