"""The command line: one file for each command, read only when it is asked for.

A command ends with 0, or with the exit code of the error that stopped it (`bot/errors.py`), told in words on stderr. Secrets are
never arguments: a list of processes shows those to everybody on the machine.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from bot import __version__
from bot.errors import AlwandError

COMMANDS = ("demo", "run", "status", "check", "webhook", "keys", "forum", "broadcasts", "parked", "backup", "restore")
"""Each is the module `bot.cli.<name>` and the command of that name in it."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"bot.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)  # noqa: S101 - for the type checker
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="alwand")
def alwand() -> None:
    """The bridge between the residents of Diyala and their Community Policing Forums."""


def main() -> None:
    """Run the command that the arguments name."""
    try:
        alwand(prog_name="alwand")
    except AlwandError as error:
        click.echo(f"{error}", err=True)
        sys.exit(error.exit_code)
