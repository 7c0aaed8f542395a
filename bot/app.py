"""The only wiring: the configuration becomes a machine that runs, and ends in order.

What is said is handed over here, so that nothing else in `bot` knows it.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

import handlers
from bot import charts, crash
from bot.channels.telegram import TelegramChannel, Webhook
from bot.channels.telegram.setup import Entry, Menus
from bot.clock import SystemClock, clock
from bot.config import Config
from bot.engine.decide import decide
from bot.errors import AlwandError
from bot.health.attending import attended
from bot.health.meters import Meters
from bot.i18n import render
from bot.log import configure
from bot.model.effects import Effect
from bot.model.events import Event
from bot.model.ids import PROVINCE
from bot.model.situation import Situation
from bot.model.text import Text
from bot.pipeline.chance import SystemChance
from bot.pipeline.limits import Limits
from bot.pipeline.machine import Machine
from bot.pipeline.resuming import resume
from bot.pipeline.surroundings import Surroundings
from bot.pipeline.watch import announce_absence
from bot.pipeline.works import DUTIES
from bot.serving import listening
from bot.storage import forums, lock, outbox
from bot.storage.company import Company, joined
from bot.storage.database import Database, dialect_of
from bot.storage.erasures import Erasures
from bot.storage.errors import StorageUnavailable
from bot.storage.seal import Keyring
from bot.storage.upsert import hold
from handlers import menu

log = structlog.get_logger()

E = TypeVar("E", bound=Exception)


MENU_PAUSE: Final = 60.0
NAME_SECONDS: Final = 2.0
"""So long turns wait until Telegram has told the bot's own name, by which commands in groups are known to be for it."""


def run(config: Config) -> int:
    """Run the bot until SIGTERM or SIGINT, then return 0, the exit code of the process.

    Raises:
        AlwandError: it could not start, or had to stop; the error knows its exit code.
    """
    token = config.token()
    os.umask(0o077)  # what the bot writes is for its own account alone
    configure((*config.secrets(), _webhook_secret(config, token)))
    crash.arm(production=config.service.production)
    try:
        asyncio.run(_live(config, token))
    except* AlwandError as group:
        raise _first(group) from None
    except* StorageUnavailable as group:
        raise AlwandError(f"{_first(group)}; see `alwand check`") from None
    return 0


def _first(group: BaseExceptionGroup[E]) -> E:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner


async def _live(config: Config, token: str) -> None:
    time = clock(production=config.service.production)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(lock.hold(config.storage.url, token))
        health = stack.enter_context(listening(config.health.host, config.health.port, setting="[health] port"))
        webhook = stack.enter_context(_webhook(config, token))
        db = await stack.enter_async_context(_opened(config))
        company = await stack.enter_async_context(_company(config))
        await _prepare(db, config, time)
        telegram = await stack.enter_async_context(_telegram(config, token, time, webhook))
        limits = _limits(config, telegram)
        erasures = Erasures(config.backup.erased, config.backup.erased_kept)
        around = Surroundings(db.keys, config.places(), SystemChance(), render, config.times(), erasures)
        meters = Meters(db.dialect)
        publish = partial(_publish_menus, telegram)
        machine = Machine(db, telegram, around, _decide, limits, time, meters, company=company, publish=publish)
        await machine.time.begin()
        await _take_up(db, around, erasures, machine.time.now())
        await announce_absence(db, around, machine.time.now(), alone=company is None)
        log.info("started", dialect=db.dialect, process=company.number if company else 0)
        gc.freeze()  # what was loaded to start stays: to look through it for garbage again and again takes a tenth of the time
        async with attended(db, machine, meters, around.province, health, poll_seconds=config.telegram.poll_timeout):
            await _serve(db, machine, telegram)
        log.info("stopped")


@asynccontextmanager
async def _opened(config: Config) -> AsyncIterator[Database]:
    db = await Database.open(config.storage.url, Keyring.parse(config.key()))
    try:
        yield db
    finally:
        await db.close()


@asynccontextmanager
async def _company(config: Config) -> AsyncIterator[Company | None]:
    """Be one of those who share the database, where several may."""
    if dialect_of(config.storage.url) == "sqlite":
        yield None
        return
    async with joined(config.storage.url, DUTIES) as company:
        yield company


async def _prepare(db: Database, config: Config, time: SystemClock) -> None:
    """Make the configured forums known; what was held for one that now has a group goes out."""
    ids = [PROVINCE, *(district.id for district in config.places().districts)]

    async def work(conn: AsyncConnection) -> None:
        await hold(conn, "forums")  # several processes may begin at once
        await forums.ensure(conn, ids, config.chats(), TelegramChannel.name, time.now())
        for forum, state in (await forums.states(conn)).items():
            if state == "linked":
                await outbox.release_forum(conn, db.keys, forum)

    await db.transact(work)


async def _take_up(db: Database, around: Surroundings, erasures: Erasures, now: datetime) -> None:
    """Erase what is on the list and still here, and go on from a backup if the database was made of one."""
    erasures.begin(now.date())
    resumed = await resume(db, around, erasures.after(-1), now)
    if resumed is not None:
        log.warning("restored", made=resumed.made.isoformat(), unsent=resumed.unsent, due=resumed.due, paused=resumed.paused)


@contextmanager
def _webhook(config: Config, token: str) -> Iterator[Webhook | None]:
    """Have the port to which Telegram brings updates, if it is to."""
    settings = config.telegram
    if settings.intake == "polling" or settings.webhook_url is None:
        yield None
        return
    with listening(settings.webhook_host, settings.webhook_port, setting="[telegram] webhook_port") as sock:
        assert sock is not None  # noqa: S101 - there is no port 0 in the settings
        yield Webhook(settings.webhook_url, _webhook_secret(config, token), sock, settings.webhook_connections)


def _webhook_secret(config: Config, token: str) -> str:
    """Return what tells Telegram from others who find the address; with another token or path it is another one."""
    return Keyring.parse(config.key()).secret(f"webhook|{token}|{config.telegram.webhook_url}")


def _telegram(config: Config, token: str, time: SystemClock, webhook: Webhook | None) -> TelegramChannel:
    return TelegramChannel(
        token=token,
        api_url=config.telegram.api_url,
        webhook=webhook,
        poll_seconds=config.telegram.poll_timeout,
        render=render,
        alarm=lambda word: log.error("alarm", about="telegram", word=word),
        now=time.now,
        recordings=config.recordings(),
        draw=charts.draw,
        menus=Menus(_entries(menu.PRIVATE), _entries(menu.GROUP), menu.ABOUT),
    )


def _entries(commands: Iterable[tuple[str, Text]]) -> tuple[Entry, ...]:
    return tuple(Entry(name, description) for name, description in commands)


def _limits(config: Config, telegram: TelegramChannel) -> Limits:
    return Limits(
        per_second=config.limits.messages_per_second,
        paid_per_second=config.broadcasts.rate,
        per_chat_seconds=config.limits.chat_seconds,
        group_per_minute=min(config.limits.group_per_minute, telegram.capabilities.group_per_minute),
        handler_seconds=config.limits.handler_seconds,
        attempts=config.limits.attempts,
    )


def _decide(situation: Situation, event: Event) -> tuple[Effect, ...]:
    return decide(handlers.BOOK, situation, event)


async def _serve(db: Database, machine: Machine, telegram: TelegramChannel) -> None:
    """Run the machine until a signal asks for an end."""
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    async with asyncio.TaskGroup() as tasks:
        looking = tasks.create_task(db.look_over(), name="look over")
        knowing = tasks.create_task(telegram.introduce(), name="introduce")
        stopping = tasks.create_task(asked_to_stop.wait(), name="stop")
        await asyncio.wait([knowing, stopping], timeout=NAME_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        await machine.run(asked_to_stop)
        knowing.cancel()
        stopping.cancel()
        looking.cancel()


async def _publish_menus(telegram: TelegramChannel) -> None:
    """Set the command menus; without a network, once there is one."""
    taken = await telegram.publish_menus()
    while not taken:
        await asyncio.sleep(MENU_PAUSE)
        taken = await telegram.publish_menus()
