"""`alwand run`: the bot itself."""

import sys
from pathlib import Path

import click

from bot.cli.options import config_file


@click.command()
@config_file
def run(config_file: Path) -> None:
    """Run the bot until it is told to stop."""
    from bot import app
    from bot.config import load

    sys.exit(app.run(load(config_file)))
