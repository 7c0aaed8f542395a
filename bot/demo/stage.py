"""The demo put together: Telegram's stand-in, its cast, the page, and a bot kept alive."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.demo.cast import Area, Cast, enter
from bot.demo.console import Console
from bot.demo.server import StandIn
from bot.demo.supervisor import Supervisor

CALLS_KEPT = 5_000
CLOCK = "clock"  # the file in the demo's folder by which the bot's time is moved


@dataclass(frozen=True, slots=True)
class Stage:
    """A demo that is running; `life` ends only when the bot's keeper breaks or is stopped."""

    telegram: StandIn
    cast: Cast
    supervisor: Supervisor
    life: asyncio.Task[None]

    @property
    def url(self) -> str:
        """Where the page is."""
        return self.telegram.url


@contextlib.asynccontextmanager
async def raised(
    port: int,
    areas: Sequence[Area],
    province: Area,
    keeper: Callable[[StandIn, Cast], Supervisor],
    folder: Path,
    *,
    readers: int = 0,
    ahead: int = 0,
    **options: Any,
) -> AsyncIterator[Stage]:
    """Run the demo on 127.0.0.1 until the block ends. `keeper` makes the bot's supervisor once the cast is known.

    `folder` holds the clock's file, `readers` is the size of the crowd, `ahead` how many seconds the demo's clocks are ahead of the
    machine's from the beginning; `options` are the stand-in's. Raises OSError when the port is taken.
    """
    console = Console(folder / CLOCK)
    async with StandIn.start(port, page=console.application(), **{"keep_calls": CALLS_KEPT} | options) as telegram:
        cast = enter(telegram.world, areas, province, readers)
        supervisor = keeper(telegram, cast)
        console.open(telegram.world, cast, supervisor)
        if ahead:
            console.pass_time(ahead)
        life = asyncio.create_task(supervisor.run(), name="the bot")
        try:
            yield Stage(telegram, cast, supervisor, life)
        finally:
            await supervisor.stop()
            await life
