"""`alwand broadcasts`: what was sent to how many, and a bar while it is being sent. Numbers only: neither what it says nor to whom."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.opening import opened
from bot.cli.options import config_file
from bot.cli.sendings import FATES, Sending, Speed, newest
from bot.config import Config, load

if TYPE_CHECKING:
    from bot.storage.database import Database

EVERY = 0.5  # seconds between two looks
PLAIN_EVERY = 5.0  # seconds between two lines where there is no terminal
MOST = 20
STOPPED = 130  # as shells number an end by Ctrl-C
STATES = {
    "sending": "being sent",
    "paused": "paused",
    "held": "held: somebody has to decide in the group",
    "done": "sent",
    "cancelled": "cancelled",
    "skipped": "skipped",
}
WORDS = {"delivered": "delivered", "blocked": "blocked", "gone": "gone", "refused": "refused", "unsure": "unsure", "opted_out": "opted out"}


@click.command()
@config_file
@click.option("--watch", is_flag=True, help="Show how far what is being sent has come, until nothing is; Ctrl-C only ends the looking.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@click.option("--most", default=MOST, show_default=True, type=click.IntRange(1, 1000), help="How many are listed.")
def broadcasts(config_file: Path, *, watch: bool, as_json: bool, most: int) -> None:
    """List what has been sent to subscribers, newest first: when, by which forum, and what became of it.

    It may run beside the bot, and changes nothing. Times are those of Baghdad.
    """
    config = load(config_file)
    try:
        asyncio.run(_watch(config, as_json=as_json) if watch else _list(config, most, as_json=as_json))
    except KeyboardInterrupt:
        click.echo("\nNo longer watched; what is being sent goes on.", err=True)
        sys.exit(STOPPED)


async def _list(config: Config, most: int, *, as_json: bool) -> None:
    async with opened(config) as database:
        found = await newest(database, most)
    for each in found:
        click.echo(_json(each) if as_json else _line(each))
    if not found and not as_json:
        click.echo("Nothing has been sent yet.")


async def _watch(config: Config, *, as_json: bool) -> None:
    """Show what is being sent, one after the other, until nothing is."""
    is_bar = sys.stdout.isatty() and not as_json
    async with opened(config) as database:
        current = await _current(database)
        if current is None and not as_json:
            click.echo("Nothing is being sent.")
        while current is not None:
            looks = _looks(database, current)
            await (_draw(looks, current) if is_bar else _print(looks, as_json=as_json))
            current = await _current(database)


async def _current(database: Database) -> Sending | None:
    """What is being sent, else what is paused; of several the oldest."""
    under_way = [each for each in await newest(database, MOST) if each.is_open]
    return min(under_way, key=lambda each: (each.occurrence.state == "paused", each.occurrence.due), default=None)


async def _looks(database: Database, current: Sending) -> AsyncIterator[tuple[Sending, Speed]]:
    """Look again and again, to the end and once more."""
    speed = Speed()
    while True:
        speed.look(time.monotonic(), current.figures.settled)
        yield current, speed
        if not current.is_open:
            return
        await asyncio.sleep(EVERY)
        known = {each.occurrence.id: each for each in await newest(database, MOST)}
        if current.occurrence.id not in known:
            return
        current = known[current.occurrence.id]


async def _draw(looks: AsyncIterator[tuple[Sending, Speed]], first: Sending) -> None:
    """A bar in the terminal."""
    last, length = first, max(first.people, 1)
    label = f"{_when(first)} {first.occurrence.forum}"
    with click.progressbar(length=length, label=label, show_eta=False, show_pos=True, item_show_func=lambda told: told, width=0) as bar:
        async for current, speed in looks:
            bar.length = max(current.people, 1)
            bar.finished = False
            bar.current_item = _pace(current, speed)
            bar.update(0)
            bar.make_step(max(current.figures.settled - bar.pos, 0))
            bar.render_progress()
            last = current
    click.echo(_line(last))


async def _print(looks: AsyncIterator[tuple[Sending, Speed]], *, as_json: bool) -> None:
    """A line every few seconds, and one at the end."""
    due, last = 0.0, ""
    async for current, speed in looks:
        if current.is_open and time.monotonic() < due:
            continue
        due = time.monotonic() + PLAIN_EVERY
        line = _json(current) if as_json else f"{_line(current)}; {_pace(current, speed)}" if current.is_open else _line(current)
        if line != last:
            click.echo(line)
        last = line


def _pace(current: Sending, speed: Speed) -> str:
    if current.occurrence.state == "paused":
        return STATES["paused"]
    left = speed.left(current.people)
    told = f"{speed.a_second:.0f}/s"
    return told if left is None else f"{told}, {int(left) // 60}:{int(left) % 60:02} left"


def _when(each: Sending) -> str:
    return f"{each.occurrence.wall:%Y-%m-%d %H:%M}"


def _line(each: Sending) -> str:
    fates = [f"{getattr(each.figures, name)} {WORDS[name]}" for name in (*FATES, "opted_out") if getattr(each.figures, name)]
    told = f"{each.figures.settled} of {each.people}" + (f" ({', '.join(fates)})" if fates else "")
    return f"{_when(each)}  {each.occurrence.forum:<12}  {each.occurrence.broadcast}  {STATES[each.occurrence.state]}: {told}"


def _json(each: Sending) -> str:
    return json.dumps(each.shown())
