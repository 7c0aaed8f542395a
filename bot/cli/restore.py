"""`alwand restore`: a database from a backup."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import config_file

if TYPE_CHECKING:
    from bot.backup.restoring import Restored

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=EXISTING)
@config_file
@click.option("--identity", required=True, type=EXISTING, help="The private key of the backups.")
@click.option("--replace", is_flag=True, help="Where a database is there: put the backup in its place, and keep it beside.")
@click.option("--erased", "lists", multiple=True, type=EXISTING, help="A list of what was erased, beside the one in [backup] erased.")
@click.option("--without-erased", is_flag=True, help="Although that list is lost: people who were erased since are in it again.")
def restore(file: Path, config_file: Path, identity: Path, lists: tuple[Path, ...], *, replace: bool, without_erased: bool) -> None:
    """Make the database of a backup FILE; the bot must not run.

    Who was erased since is erased again. What was unsent in the backup, and what has fallen due since, is not sent but waits for you: see
    `alwand parked list`. Broadcasts that were under way are paused. The forums are told from when to when something may be lost.
    """
    from bot.backup.restoring import Wish
    from bot.backup.restoring import restore as restored
    from bot.clock import SystemClock
    from bot.config import load

    wish = Wish(file, identity, replace=replace, without_erased=without_erased, lists=lists)
    _tell(asyncio.run(restored(load(config_file), wish, SystemClock().now())), without_erased=without_erased)


def _tell(restored: Restored, *, without_erased: bool) -> None:
    label, done = restored.label, restored.resumed
    click.echo(f"Restored: the database as it was on {label.made:%Y-%m-%d at %H:%M} UTC. What came after that is lost.")
    click.echo(f"Erased again: {done.tickets} reports, {done.residents} people.")
    if done.unsent or done.due:
        click.echo(f"Not sent: {done.unsent} messages and {done.due} reminders of before. They wait for you: `alwand parked list`.")
    if done.paused:
        click.echo(f"Paused: {done.paused} broadcasts that were being sent. Their group decides.")
    if restored.kept:
        click.echo(f"The earlier database is {restored.kept}. It holds what was erased since: remove it once you need it no more.")
    if without_erased:
        click.echo("It was not known what had been erased since the backup: such people may be in it again.", err=True)
    click.echo("Start it with `alwand run`.")
