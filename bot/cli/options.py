"""What several commands ask for."""

from pathlib import Path

import click

config_file = click.option(
    "--config",
    "config_file",
    envvar="ALWAND_CONFIG",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The settings; begin with a copy of config.example.toml. Also as ALWAND_CONFIG.",
)
