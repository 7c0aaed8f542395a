"""The only wiring: the configuration becomes named tasks, and they end in order.

    receive   Telegram → inbox          send     outbox → Telegram
    dispatch  inbox → turns             timers   due rows → inbox
    watch     notices what has stopped

To stop, the intake ends first, then the turns and sends that have begun are finished; what still waits is on disk and goes on at the next
start.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog

import handlers
from bot import crash
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram.setup import Entry, Menus
from bot.clock import Clock, clock
from bot.config import Config
from bot.engine.decide import decide
from bot.errors import AlwandError
from bot.i18n import render
from bot.log import configure
from bot.model.effects import Effect
from bot.model.events import Event
from bot.model.ids import PROVINCE
from bot.model.situation import Situation
from bot.model.text import Text
from bot.pipeline.chance import SystemChance
from bot.pipeline.inbox import Dispatcher, Inbox
from bot.pipeline.limits import Limits
from bot.pipeline.sender import Sender
from bot.pipeline.surroundings import Surroundings
from bot.pipeline.timers import Timers
from bot.pipeline.turn import Turns
from bot.pipeline.watch import Watch, announce_absence
from bot.storage import forums, lock
from bot.storage.database import Database
from bot.storage.seal import Keyring
from handlers import menu

log = structlog.get_logger()

STOP_SECONDS: Final = 10.0
"""How long the turns and sends under way may take when the bot is told to stop."""

MENU_PAUSE: Final = 60.0


def run(config: Config) -> int:
    """Run the bot until SIGTERM or SIGINT, then return 0, the exit code of the process.

    Raises:
        AlwandError: it could not start, or had to stop; the error knows its exit code.
    """
    token = config.token()
    configure(config.secrets())
    crash.arm(production=config.service.production)
    try:
        asyncio.run(_live(config, token))
    except* AlwandError as group:
        raise _first(group) from None
    return 0


def _first(group: BaseExceptionGroup[AlwandError]) -> AlwandError:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner


async def _live(config: Config, token: str) -> None:
    time = clock(production=config.service.production)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(lock.hold(config.storage.url, token))
        db = await stack.enter_async_context(_opened(config, time))
        telegram = await stack.enter_async_context(_telegram(config, token, time))
        limits = _limits(config, telegram)
        around = Surroundings(db.keys, config.places(), SystemChance(), render)
        await announce_absence(db, around, time.now())
        log.info("started", dialect=db.dialect)
        await _serve(_machine(db, telegram, around, limits, time))
        log.info("stopped")


@asynccontextmanager
async def _opened(config: Config, time: Clock) -> AsyncIterator[Database]:
    """Open the database and make the configured forums known in it."""
    db = await Database.open(config.storage.url, Keyring.parse(config.key()))
    try:
        ids = [PROVINCE, *(district.id for district in config.places().districts)]
        now = time.now()
        await db.transact(lambda conn: forums.ensure(conn, ids, config.chats(), TelegramChannel.name, now))
        yield db
    finally:
        await db.close()


def _telegram(config: Config, token: str, time: Clock) -> TelegramChannel:
    return TelegramChannel(
        token=token,
        api_url=config.telegram.api_url,
        poll_seconds=config.telegram.poll_timeout,
        render=render,
        alarm=lambda word: log.error("alarm", about="telegram", word=word),
        now=time.now,
        menus=Menus(_entries(menu.PRIVATE), _entries(menu.GROUP), menu.ABOUT),
    )


def _entries(commands: Iterable[tuple[str, Text]]) -> tuple[Entry, ...]:
    return tuple(Entry(name, description) for name, description in commands)


def _limits(config: Config, telegram: TelegramChannel) -> Limits:
    return Limits(
        per_second=config.limits.messages_per_second,
        per_chat_seconds=config.limits.chat_seconds,
        group_per_minute=min(config.limits.group_per_minute, telegram.capabilities.group_per_minute),
        handler_seconds=config.limits.handler_seconds,
        attempts=config.limits.attempts,
    )


def _decide(situation: Situation, event: Event) -> tuple[Effect, ...]:
    return decide(handlers.BOOK, situation, event)


@dataclass(frozen=True, slots=True)
class Machine:
    """All that runs."""

    telegram: TelegramChannel
    inbox: Inbox
    turns: Turns
    dispatcher: Dispatcher
    sender: Sender
    timers: Timers
    watch: Watch


def _machine(db: Database, telegram: TelegramChannel, around: Surroundings, limits: Limits, time: Clock) -> Machine:
    channels = {telegram.name: telegram}
    dispatcher = Dispatcher(db, time, limits.lanes)
    sender = Sender(db, around, channels, limits, time, told=dispatcher.wake)
    return Machine(
        telegram=telegram,
        inbox=Inbox(db, telegram.name, time, dispatcher.wake),
        turns=Turns(db, around, channels, _decide, limits, time, sends=sender.wake, told=dispatcher.wake),
        dispatcher=dispatcher,
        sender=sender,
        timers=Timers(db, time, told=dispatcher.wake),
        watch=Watch(db, time, limits),
    )


async def _serve(machine: Machine) -> None:
    """Run every part until one fails or a signal asks for an end."""
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    async with asyncio.TaskGroup() as tasks:

        def begin(name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
            return tasks.create_task(_told(name, work), name=name)

        intake = [
            begin("receive", machine.telegram.receive(machine.inbox.store)),
            begin("timers", machine.timers.run()),
            begin("watch", machine.watch.run()),
            begin("menus", _publish_menus(machine.telegram)),
        ]
        work = [begin("dispatch", machine.dispatcher.run(machine.turns.handle)), begin("send", machine.sender.run())]
        await asked_to_stop.wait()
        for task in intake:
            task.cancel()
        machine.dispatcher.stop()
        machine.sender.stop()
        _, unfinished = await asyncio.wait(work, timeout=STOP_SECONDS)
        for task in unfinished:
            task.cancel()
        if unfinished:
            log.warning("cut short", tasks=[task.get_name() for task in unfinished])
    with suppress(TimeoutError):
        await asyncio.wait_for(machine.turns.at_once.settled(), 1.0)


async def _told(name: str, work: Coroutine[Any, Any, None]) -> None:
    """Do the work of one task, and say which one it was that failed: the failure ends the process."""
    try:
        await work
    except AlwandError:
        raise
    except Exception as error:
        log.critical("failed", task=name, exc_info=error)
        raise


async def _publish_menus(telegram: TelegramChannel) -> None:
    """Set the command menus; without a network, once there is one."""
    taken = await telegram.publish_menus()
    while not taken:
        await asyncio.sleep(MENU_PAUSE)
        taken = await telegram.publish_menus()
