"""`alwand check`: is everything in order?"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import config_file

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.config import Config


@click.command()
@config_file
def check(config_file: Path) -> None:
    """Examine settings, keys, database, backups, disk, languages, token, clock, groups and channels, and say how to mend what is wrong.

    Changes nothing, and may run beside the bot. Ends with 1 if something is wrong.
    """
    from bot.clock import SystemClock
    from bot.config import load

    sys.exit(asyncio.run(_print(load(config_file), SystemClock())))


async def _print(config: Config, clock: Clock) -> int:
    from bot.check import examine

    wrong = 0
    async for finding in examine(config, clock):
        click.echo(finding.told())
        wrong += finding.level == "wrong"
    click.echo("\nEverything is in order." if not wrong else f"\n{wrong} to mend, in this order: the first may be the cause of others.")
    return 1 if wrong else 0
