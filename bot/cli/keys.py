"""`alwand keys`: the key that opens what is sealed in the database."""

import base64
import errno
import os
import secrets
from pathlib import Path

import click

from bot.errors import StartRefused

KEY_BYTES = 32
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK)  # a stick, for example, whose file system knows one name a file
HEADER = """\
# alwand key v1
# Opens what is sealed in the database: who residents are and what they wrote. Whoever has this file and the database can read both;
# whoever loses it can never read them again. Keep one copy in a safe place, apart from the copies of the database.
"""


@click.group()
def keys() -> None:
    """Make the key that seals what residents write."""


@keys.command()
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """Make a new key FILE that only its owner can read. A file that is there already stays untouched."""
    make(file)
    click.echo(f"{file} holds a new key. Name it in [keys] file, and keep a copy in a safe place: without it nothing can be read again.")


def make(file: Path) -> None:
    """Write a new key, durable and complete or not at all, readable by its owner alone (mode 0400).

    Raises:
        StartRefused: the file exists, or its folder cannot be written.
    """
    keep(file, HEADER + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii") + "\n")


def keep(file: Path, text: str) -> None:
    """Write a secret into a new file as `make` does.

    Raises:
        StartRefused: the file exists, or its folder cannot be written.
    """
    part = file.with_name(file.name + ".part")
    try:
        try:
            _write(part, text)
            _name(part, file)
        finally:
            part.unlink(missing_ok=True)
        _sync_name(file)
    except FileExistsError:
        raise StartRefused(f"{file} exists already and was left as it is: a key that is overwritten is lost; choose another name") from None
    except OSError as error:
        raise StartRefused(f"{file} cannot be made: {_reason(error)}") from None


def _write(part: Path, text: str) -> None:
    """Make a file that holds a secret; one that a power cut left half is replaced."""
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o400)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        os.fchmod(out.fileno(), 0o400)  # whatever the umask
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def _name(part: Path, file: Path) -> None:
    """Give a file that is on the disk its name, unless something has it.

    Raises:
        FileExistsError: something has.
    """
    try:
        os.link(part, file, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(file):
            raise FileExistsError from None
        part.rename(file)


def _sync_name(file: Path) -> None:
    """Make a file's name survive a power cut, or take it away again."""
    try:
        descriptor = os.open(file.absolute().parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        file.unlink(missing_ok=True)
        raise


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
