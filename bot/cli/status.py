"""`alwand status`: how is the bot, at a glance?"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import config_file
from bot.errors import AlwandError

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.config import Config
    from bot.health.standing import Standing

LATE, DOWN = 1, 2


@click.command()
@config_file
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def status(config_file: Path, *, as_json: bool) -> None:
    """Say whether the bot runs, when it last heard from Telegram, and what waits, for how long and for whom.

    Changes nothing, holds up nobody, and works beside the bot, whether it runs, hangs or is dead. Ends with 0 if all is well, 1 if
    something waits too long or needs a human, 2 if the bot is not running.
    """
    from bot.clock import SystemClock
    from bot.config import load

    config = load(config_file)
    standing, running = asyncio.run(_look(config, SystemClock()))
    sys.exit(_tell(standing, SystemClock(), running=running, as_json=as_json))


def _tell(standing: Standing, clock: Clock, *, running: bool, as_json: bool) -> int:
    from bot.health.findings import findings, shown
    from bot.pipeline.limits import Limits

    found = list(findings(standing, clock.now(), running=running, waiting_alarm=Limits().waiting_alarm))
    code = DOWN if not running else LATE if any(finding.level == "wrong" for finding in found) else 0
    if as_json:
        click.echo(json.dumps({"status": ("fine", "late", "down")[code], **shown(standing, running=running)}))
    else:
        for finding in found:
            click.echo(finding.told())
    return code


async def _look(config: Config, clock: Clock) -> tuple[Standing, bool]:
    from bot.health import standing
    from bot.model.ids import PROVINCE
    from bot.storage import lock
    from bot.storage.database import ReadOnly
    from bot.storage.errors import StorageUnavailable
    from bot.storage.seal import Keyring

    keys = Keyring.parse(config.key())
    forums = [*(district.id for district in config.places().districts), PROVINCE]
    database = await ReadOnly.look(config.storage.url, keys)
    try:
        running = await database.read(lambda conn: lock.running(conn, config.storage.url))
        return await database.read(lambda conn: standing.read(conn, keys, forums, clock.now())), running
    except StorageUnavailable as error:
        raise AlwandError(f"the database cannot be read now ({error.reason}): see `alwand check`") from None
    finally:
        await database.close()
