"""Telegram's stand-in, everybody, and the bot with its handlers on a real database, on one loop that stands still between acts."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, TypeVar
from unittest.mock import patch

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.telegram import TelegramChannel
from bot.clock import Reading, SystemClock
from bot.config import example, load
from bot.demo.server import StandIn
from bot.demo.world import World
from bot.engine.decide import decide
from bot.i18n import render
from bot.model.effects import Effect
from bot.model.events import Event
from bot.model.ids import PROVINCE, ForumId
from bot.model.situation import Situation
from bot.pipeline import delivery, inbox, timers
from bot.pipeline.chance import SystemChance
from bot.pipeline.limits import Limits
from bot.pipeline.machine import Machine
from bot.pipeline.surroundings import Surroundings
from bot.storage import forums, outbox, tables
from bot.storage import inbox as stored
from bot.storage.database import Database
from handlers import BOOK
from tests.databases import KEYS
from tests.pipeline.house import ANY_TIME
from tests.town.people import Forum, Resident

T = TypeVar("T")
QUIET: Final = 30.0
"""Seconds after which something that does not come to rest is taken for stuck, on a busy machine."""
LIMITS: Final = Limits(per_second=1000.0, per_chat_seconds=0.0001, group_per_minute=0, pauses=(0.01, 0.02))
GROUPS: Final = {"khanaqin": "en", "mandali": "ar", PROVINCE: "en"}


class MovedClock(SystemClock):
    """The machine's clock, which the street can put forward."""

    moved = timedelta()

    def read(self) -> Reading:
        """Read all clocks at once."""
        return replace(super().read(), moved=self.moved)


@contextmanager
def impatient() -> Iterator[None]:
    """Let the machine wait as shortly as it can: what is tried again is tried at once."""
    with ExitStack() as stack:
        for module, name, value in ((delivery, "FIRST_PAUSE", 0.01), (inbox, "POLL_SECONDS", 0.05), (timers, "TICK_SECONDS", 0.1)):
            stack.enter_context(patch.object(module, name, value))
        yield


def _decide(situation: Situation, event: Event) -> tuple[Effect, ...]:
    return decide(BOOK, situation, event)


class Street:
    """Everything, and everybody."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory(prefix="alwand-street-")
        self._stack, self._around = AsyncExitStack(), ExitStack()
        self._around.enter_context(impatient())
        self.clock = MovedClock()
        self.go(self._opens())

    async def _opens(self) -> None:
        self.telegram = await self._stack.enter_async_context(StandIn.start(limits=False, repeat_guard=0))
        self.places = load(example()).places()
        self.forums = {id: Forum.found(self.world, id, self.places.forum_language(ForumId(id))) for id in GROUPS}
        self.residents = {
            name: Resident(self.world.person(f"{name}name", last_name="Residentzade", username=f"{name.lower()}account"), language)  # type: ignore[arg-type]
            for name, language in (("Sara", "en"), ("Omid", "ckb"), ("Huda", "ar"))
        }
        await self._starts()

    @property
    def world(self) -> World:
        """Telegram as its people know it."""
        return self.telegram.world

    def go(self, work: Coroutine[Any, Any, T]) -> T:
        """Let time go until this is done."""
        return self.loop.run_until_complete(work)

    def acts(self, act: Callable[[], T], *, hurried: bool = False) -> T:
        """Let somebody act; unless `hurried`, go on until all is quiet."""
        done = act()
        if not hurried:
            self.go(self.quiet())
        return done

    def restarts(self, after: float = 0.0) -> None:
        """Let the bot go on for so many seconds, stop it as it stands, start another on the same file, and wait for quiet."""
        self.go(self._restarts(after))

    def waits(self, span: timedelta) -> None:
        """Let time pass."""
        self.clock.moved += span
        self.go(self.quiet())

    def closes(self) -> None:
        """Let go of everything."""
        self.go(self._stops())
        self.go(self._stack.aclose())
        self.loop.close()
        self._around.close()
        self._folder.cleanup()

    async def reads(self, work: Callable[[AsyncConnection], Coroutine[Any, Any, T]]) -> T:
        """Look into the database."""
        return await self.db.read(work)

    async def _starts(self) -> None:
        self.db = await Database.open(f"sqlite+aiosqlite:///{self._folder.name}/alwand.db", KEYS)
        chats = {forum.id: str(forum.chat.id) for forum in self.forums.values()}
        ids = [PROVINCE, *(district.id for district in self.places.districts)]
        await self.db.transact(lambda conn: forums.ensure(conn, ids, chats, "telegram", self.clock.now()))  # type: ignore[arg-type]
        self._life = self.loop.create_task(self._lives())

    async def _lives(self) -> None:
        url, token = self.telegram.url, self.telegram.token
        channel = TelegramChannel(
            token=token, api_url=url, poll_seconds=1, first_pause=0.01, render=render, alarm=lambda word: None, now=self.clock.now
        )
        async with channel:
            around = Surroundings(KEYS, self.places, SystemChance(), render, ANY_TIME)
            await Machine(self.db, channel, around, _decide, LIMITS, self.clock).run(asyncio.Event())

    async def _restarts(self, after: float) -> None:
        await asyncio.sleep(after)
        await self._stops()
        await self._starts()
        await self.quiet()

    async def _stops(self) -> None:
        """Stop the bot where it stands."""
        self._life.cancel()
        with suppress(asyncio.CancelledError):
            await self._life
        left = [task for task in asyncio.all_tasks() if task.get_name() in ("acknowledge", "menu")]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self.db.close()

    async def quiet(self) -> None:
        """Go on until nothing waits: at Telegram, in the inbox, in the outbox, among the timers, in a broadcast."""
        async with asyncio.timeout(QUIET):
            while len(self.world.updates) or await self.db.read(self._waits):
                if self._life.done():
                    await self._life
                await asyncio.sleep(0.005)
            await asyncio.sleep(0)

    async def _waits(self, conn: AsyncConnection) -> bool:
        now = self.clock.now()
        sends, received = await outbox.backlog(conn, now), await stored.backlog(conn, now)
        due = await conn.scalar(select(func.count()).select_from(tables.timers).where(tables.timers.c.due <= now))
        casting = await conn.scalar(select(func.count()).select_from(tables.occurrences).where(tables.occurrences.c.state == "sending"))
        return bool(sends.waiting + sends.sending + received.waiting + (due or 0) + (casting or 0))
