"""`alwand backup`: copies of the database that only the holder of a private key can read."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot.cli.options import config_file
from bot.errors import AlwandError

HEADER = """\
# Opens the backups of Alwand that were made for the public key below. It does not belong on the machine that makes them: whoever has
# this file and a backup can read all of it but what the bot's own key seals; without this file no backup can ever be restored.
# public key: {public}
"""
FOLDER = click.Path(path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Backup(click.Group):
    """Takes what is no command of its own for the folder of `to`: `alwand backup FOLDER`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["to", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Backup, context_settings={"help_option_names": ["-h", "--help"]})
def backup() -> None:
    """Make a backup beside the running bot: `alwand backup FOLDER --config FILE`.

    It is encrypted to the public key in [backup] recipient, read back before it gets its name, and the oldest beyond [backup] keep are
    removed. The bot's own key is not in it. Ends with 0 if there is a new backup, with 1 if not, with 2 if the settings are wrong.
    """


@backup.command()
@click.argument("folder", required=False, type=FOLDER)
@config_file
@click.option("--stdout", is_flag=True, help="Write the backup to stdout instead, for a program that takes it elsewhere.")
@click.option("--identity", type=EXISTING, help="The private key, to decrypt the backup to its end as a test.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing unless something is wrong.")
def to(folder: Path | None, config_file: Path, identity: Path | None, *, stdout: bool, quiet: bool) -> None:
    """Make a backup in FOLDER."""
    from bot.backup import making, sealing
    from bot.clock import SystemClock
    from bot.config import load

    config, now = load(config_file), SystemClock().now()
    if stdout == (folder is not None):
        raise click.UsageError("name the folder of the backups, or give --stdout")
    if folder is None:
        if sys.stdout.isatty():
            raise click.UsageError("stdout is a terminal: send the backup to a program or a file")
        made = making.to_stream(config, now, sys.stdout.buffer)
    else:
        made = making.to_folder(config, now, folder, sealing.identity(identity) if identity else None)
    if quiet:
        return
    where = str(made.file) if made.file else "the backup"
    tested = ", decrypted as a test" if identity and made.file else ""
    click.echo(f"{where}: {made.size} bytes, sha256 {made.sha256}{tested}", err=made.file is None)
    if made.removed:
        click.echo(f"{made.removed} removed, the newest {config.backup.keep} stay.", err=made.file is None)
    click.echo(f"NOT in it: the bot's key, {config.key_file()}. Keep a copy of that apart: without it no backup can be read.", err=True)


@backup.command()
@click.argument("file", type=FILE)
def keys(file: Path) -> None:
    """Make the two keys of backups: the private one into FILE, the public one to be shown.

    Best on another machine. Keep the file where it survives this one, and not on it.
    """
    from bot.backup import sealing
    from bot.cli.keys import keep

    public, private = sealing.pair()
    keep(file, HEADER.format(public=public) + private + "\n")
    click.echo(
        f"{file} holds the private key: keep it safe, and away from the machine that runs the bot. In its settings:\n\n[backup]\n"
        f'recipient = "{public}"'
    )


@backup.command()
@click.argument("file", type=EXISTING)
@config_file
@click.option("--identity", required=True, type=EXISTING, help="The private key.")
def check(file: Path, config_file: Path, identity: Path) -> None:
    """Decrypt a backup to its end without keeping anything of it, and say what it is."""
    from bot.backup import making, sealing
    from bot.config import load
    from bot.storage import migrations
    from bot.storage.seal import Keyring

    label = making.examine(file, Keyring.parse(load(config_file).key()), sealing.identity(identity))
    if label.schema not in migrations.REVISIONS:
        raise AlwandError(f"whole, but of schema {label.schema}, newer than this program's {migrations.HEAD}")
    click.echo(f"Whole: {label.database}, schema {label.schema}, made {label.made:%Y-%m-%d %H:%M} UTC by Alwand {label.program}.")
