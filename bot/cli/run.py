"""`alwand run`: the bot itself."""

import sys
from pathlib import Path

import click

from bot.cli.options import config_file


@click.command()
@config_file
def run(config_file: Path) -> None:
    """Run the bot until it is told to stop."""
    from bot.config import load

    config = load(config_file)
    from bot import app

    sys.exit(app.run(config))
