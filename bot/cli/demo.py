"""`alwand demo`: the product without Telegram. The real bot, a real database, and a page to play all sides of it."""

from __future__ import annotations

import asyncio
import errno
import math
import os
import re
import signal
import sys
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import click

from bot.cli import keys, readers
from bot.clock import SystemClock
from bot.config import Config, example, load
from bot.demo.cast import Area, Cast
from bot.demo.server import StandIn
from bot.demo.stage import CLOCK, raised
from bot.demo.supervisor import Supervisor
from bot.errors import StartRefused
from bot.model.calendar import Calendar
from bot.model.ids import PROVINCE

READERS = 3000  # a broadcast to all of them takes 100 s at Telegram's rate: long enough to watch
WATCHED = timedelta(hours=1)
NOWHERE: Mapping[str, str] = {}
POLL = 10  # seconds that one request for news waits; short, so that a cut network shows soon
SECTION = re.compile(r"\[+(?P<name>[a-z._]+)\]+")
SETTING = re.compile(r"(?:# )?(?P<name>[a-z_]+) = (?P<value>\S+)")


@click.command()
@click.option("--port", default=8700, show_default=True, type=click.IntRange(0, 65535), help="Of the page, on 127.0.0.1; 0 takes any.")
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="A new folder for settings, key, database and log; else they vanish."
)
@click.option("--readers", "count", default=READERS, show_default=True, type=click.IntRange(0, 1_000_000), help="Pretend subscribers.")
def demo(port: int, keep: Path | None, count: int) -> None:
    """Show the bot in a browser: no account, no network, nothing to set up."""
    if keep is not None:
        _new_folder(keep)
    folder = nullcontext(str(keep)) if keep is not None else tempfile.TemporaryDirectory(prefix="alwand-demo-")
    with folder as made:
        asyncio.run(_show(port, Path(made), count))


async def _show(port: int, folder: Path, count: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    config = load(example())
    ahead = until_sendable(config.times(), SystemClock().now())
    try:
        async with raised(port, *areas(config), partial(keeper, folder=folder), folder, readers=count, ahead=ahead) as stage:
            click.echo(f"Alwand's demo is at {stage.url} (Ctrl-C ends it)")
            if ahead:
                click.echo("Broadcasts are not sent at this hour in Diyala: the demo's clock is set ahead to when they are.")
            waiting = asyncio.create_task(stop.wait(), name="Ctrl-C")
            await asyncio.wait({stage.life, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise StartRefused(f"port {port} is in use by another program; choose another: make demo PORT={port + 1}") from None


def until_sendable(calendar: Calendar, now: datetime) -> int:
    """Seconds until broadcasts are sent, and are so for long enough to be watched; 0 when they are now."""
    moment = now
    while not (calendar.sendable(moment) and calendar.sendable(moment + WATCHED)):
        moment = calendar.next_sendable(moment if not calendar.sendable(moment) else moment + WATCHED)
    return math.ceil((moment - now).total_seconds())


def keeper(telegram: StandIn, cast: Cast, folder: Path, *, module: str = "bot") -> Supervisor:
    """Write what the bot needs into the folder, and return its keeper; `module` is what runs as the bot."""
    chats = {forum.area.id: forum.chat.id for forum in cast.forums} | {PROVINCE: cast.province.chat.id}
    file = folder / "config.toml"
    channels = {forum.area.id: forum.channel.username for forum in cast.forums if forum.channel}
    file.write_text(settings(example().read_text(encoding="utf-8"), telegram.url, chats, channels), encoding="utf-8")
    keys.make(folder / "alwand.key")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ALWAND_")}
    environment |= {"ALWAND_TELEGRAM__TOKEN": telegram.token, "ALWAND_CLOCK_FILE": str(folder / CLOCK)}
    command = (sys.executable, "-m", module, "run", "--config", str(file))
    crowd = tuple(telegram.world.crowd or ())
    before = partial(readers.opt_in, file, crowd) if crowd else lambda: None
    return Supervisor(command, environment, folder / "bot.log", on_failure=_say_failure, before=before)


def _say_failure(last_words: str) -> None:
    click.echo(f"the bot does not start: {last_words}", err=True)


def settings(explained: str, api_url: str, chats: Mapping[str, int], channels: Mapping[str, str] = NOWHERE) -> str:
    """Return the explained example with the demo's own values: the stand-in's address, a group for each forum, and its channel.

    `chats` maps a district's id, or `PROVINCE`, to its group, `channels` a district's id to its channel's public name. Every other line
    stays as it is.
    """
    own = {
        ("telegram", "api_url"): f'"{api_url}"',
        ("telegram", "poll_timeout"): str(POLL),
        ("service", "production"): "false",
        ("province", "chat_id"): str(chats[PROVINCE]),
    }
    lines = []
    section = district = ""
    for line in explained.splitlines():
        if found := SECTION.match(line):
            section = found["name"]
        setting = SETTING.match(line)
        if setting and section == "district" and setting["name"] == "id":
            district = setting["value"].strip('"')
        if setting and (section, setting["name"]) in own:
            line = f"{setting['name']} = {own.pop((section, setting['name']))}"
        elif setting and section == "district" and setting["name"] == "chat_id":
            line = f"chat_id = {chats[district]}"
        elif setting and section == "district" and setting["name"] == "channel" and district in channels:
            line = f'channel = "@{channels[district]}"'
        lines.append(line)
    return "\n".join(lines) + "\n"


def areas(config: Config) -> tuple[list[Area], Area]:
    """The forums' areas and the province, in the words the page needs."""
    province = config.places()
    areas = [Area(str(found.id), _names(found.names), found.language, found.latitude, found.longitude) for found in province.districts]
    middle = province.districts[-1]
    return areas, Area(PROVINCE, _names(province.names), province.language, middle.latitude, middle.longitude)


def _names(names: object) -> dict[str, str]:
    return {language: str(getattr(names, language)) for language in ("en", "ar", "ckb")}


def _new_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = any(folder.iterdir())
    except OSError as error:
        raise StartRefused(f"{folder} cannot be used: {error.strerror}") from None
    if taken:
        raise StartRefused(f"{folder} is not empty: --keep needs a new folder, since each demo has its own Telegram")
