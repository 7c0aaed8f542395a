"""`alwand forum`: linking the forums' groups."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import click

from bot.cli.opening import opened
from bot.cli.options import config_file
from bot.clock import SystemClock
from bot.config import Config, load
from bot.errors import ConfigError
from bot.model.ids import PROVINCE, ForumId
from bot.model.situation import ForumState
from bot.pipeline.chance import SystemChance

STATES: Mapping[ForumState, str] = {"linked": "linked", "unlinked": "not linked yet", "lost": "lost: the bot cannot write there any more"}


@click.group()
def forum() -> None:
    """Link the forums' groups."""


@forum.command()
@click.argument("district")
@config_file
def code(district: str, config_file: Path) -> None:
    """Print a code that links a group to DISTRICT (its id in the settings, or "province").

    It works once and for an hour: add the bot to the group as an administrator, then write /link CODE there.
    """
    config = load(config_file)
    chosen = _forum(config, district)
    fresh = SystemChance().reference()  # 40 bits: nobody guesses them within the hour
    asyncio.run(_keep(config, chosen, fresh))
    name = config.places().forum_names(chosen).en
    click.echo(f"In the group of {name}, with the bot as an administrator, write within an hour:\n\n  /link {fresh}\n")


@forum.command(name="list")
@config_file
def list_forums(config_file: Path) -> None:
    """Print the forums and whether their groups are linked."""
    config = load(config_file)
    for identity, state in asyncio.run(_states(config)).items():
        click.echo(f"{identity:<16} {config.places().forum_names(identity).en:<28} {STATES[state]}")


def _forum(config: Config, name: str) -> ForumId:
    known = [*(district.id for district in config.district), PROVINCE]
    if name not in known:
        raise ConfigError(f'there is no forum "{name}" in the settings; known are {", ".join(known)}')
    return ForumId(name)


async def _keep(config: Config, chosen: ForumId, fresh: str) -> None:
    from bot.storage import forums

    async with opened(config) as database:
        await database.transact(lambda conn: forums.new_code(conn, database.keys, chosen, fresh, SystemClock().now()))


async def _states(config: Config) -> Mapping[ForumId, ForumState]:
    from bot.storage import forums

    async with opened(config) as database:
        return await database.read(forums.states)
