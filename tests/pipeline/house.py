"""The pipeline around the real Telegram channel, the stand-in and a real database, with a small book instead of the real handlers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import time
from typing import Any

from bot.channels.telegram import TelegramChannel
from bot.clock import SystemClock
from bot.demo.server import StandIn
from bot.demo.world.chat import Chat
from bot.demo.world.people import Person
from bot.i18n import render
from bot.model.calendar import Calendar
from bot.model.ids import PROVINCE, ForumId
from bot.model.province import District, Hotline, Province
from bot.model.text import Names
from bot.pipeline.chance import SystemChance
from bot.pipeline.limits import Limits
from bot.pipeline.machine import Machine
from bot.pipeline.surroundings import Surroundings
from bot.pipeline.turn import Decide
from bot.storage import forums
from bot.storage.database import Database
from bot.storage.seal import Keyring
from tests.pipeline.book import FORUM, decide

_ISOLATES = dict.fromkeys(map(ord, "\u2068\u2069"))
BAQUBA = ForumId("baquba")


def _names(name: str) -> Names:
    return Names(name, name, name)


PROVINCE_OF_TESTS = Province(
    names=_names("Diyala"),
    language="en",
    districts=(
        District(FORUM, "KHN", _names("Khanaqin"), (), 34.3, 45.4, "en"),
        District(BAQUBA, "BAQ", _names("Baquba"), (), 33.7, 44.6, "en"),
    ),
    categories=(),
    hotlines=(Hotline("police", "911", _names("Police"), True, None),),
)
ANY_TIME = Calendar(quiet_from=time(), quiet_until=time(), friday_from=time(), friday_until=time())
"""No hour is quiet, so that a broadcast is sent whenever the tests run."""


def surroundings(keys: Keyring) -> Surroundings:
    """Return what every turn of these tests is handed."""
    return Surroundings(keys, PROVINCE_OF_TESTS, SystemChance(), render, ANY_TIME)


async def live(
    db: Database,
    url: str,
    token: str,
    stop: asyncio.Event,
    *,
    limits: Limits,
    clock: SystemClock,
    decide: Decide,
    intake_only: bool = False,
) -> None:
    """Run the pipeline until stopped, or only receive until cancelled."""
    channel = TelegramChannel(
        token=token, api_url=url, poll_seconds=1, first_pause=0.05, render=render, alarm=lambda word: None, now=clock.now
    )
    async with channel:
        machine = Machine(db, channel, surroundings(db.keys), decide, limits, clock)
        if intake_only:
            await channel.receive(machine.inbox.store)
        await machine.run(stop)


@dataclass
class House:
    """A test's own little town. `limits` and `clock` hold for the machines that are started after they were set."""

    telegram: StandIn
    db: Database
    forum: Chat
    province: Chat
    member: Person
    limits: Limits = field(default_factory=Limits)
    clock: SystemClock = field(default_factory=SystemClock)
    decide: Decide = decide

    @asynccontextmanager
    async def running(self, **limits: Any) -> AsyncIterator[None]:
        """Run the bot for as long as the block takes, and stop it in order."""
        stop = asyncio.Event()
        bounds = replace(self.limits, **limits)
        life = asyncio.create_task(
            live(self.db, self.telegram.url, self.telegram.token, stop, limits=bounds, clock=self.clock, decide=self.decide)
        )
        try:
            yield
        finally:
            stop.set()
            await life

    async def takes_in(self) -> None:
        """Receive what waits at Telegram, and handle none of it."""
        url, token, updates = self.telegram.url, self.telegram.token, self.telegram.world.updates
        intake = live(self.db, url, token, asyncio.Event(), limits=self.limits, clock=self.clock, decide=self.decide, intake_only=True)
        task = asyncio.create_task(intake)
        await self.telegram.world.until(lambda: not updates)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    def without_limits(self) -> None:
        """Let Telegram take whatever comes, as fast as it comes."""
        self.telegram.service.pace.limits = None
        self.limits = replace(self.limits, per_second=1000.0, per_chat_seconds=0.001)

    def resident(self, name: str = "Sara") -> Person:
        """Return somebody who has an account and has not written yet."""
        return self.telegram.world.person(name)

    def sent(self, chat: Chat | Person) -> list[str]:
        """Return the texts of the calls that Telegram took for a chat, in their order; edits included, isolates left out."""
        methods = ("sendMessage", "editMessageText")
        calls = [call for call in self.telegram.world.calls if call.method in methods and call.status == 200]
        return [call.params["text"].translate(_ISOLATES) for call in calls if int(call.params["chat_id"]) == chat.id]

    def refused(self) -> list[int]:
        """Return the statuses with which Telegram refused something."""
        return [call.status for call in self.telegram.world.calls if call.status >= 400]


async def linked(db: Database, forum: Chat, province: Chat, clock: SystemClock) -> None:
    """Make the forums known and give two of them their groups."""
    chats = {FORUM: str(forum.id), PROVINCE: str(province.id)}
    now = clock.now()
    await db.transact(lambda conn: forums.ensure(conn, [PROVINCE, FORUM, BAQUBA], chats, "telegram", now))
