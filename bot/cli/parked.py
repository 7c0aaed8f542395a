"""`alwand parked`: what could not be handled or sent, and waits for a human."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import category

import click

from bot.cli.opening import opened
from bot.cli.options import config_file
from bot.clock import SystemClock
from bot.config import Config, load
from bot.errors import AlwandError

if TYPE_CHECKING:
    from bot.storage.database import Database
    from bot.storage.inbox import Parked
    from bot.storage.outbox import Row

MOST = 1000
ALL = 1_000_000
RESTORED = "restored"
WORDS = ("text", "caption")
"""Fields of a message that are shown as they came. Of all others, which may say who it came from, only what is there: a text, a number."""
FIELD = re.compile(r"[a-z][a-z_]{1,40}")
KINDS = {dict: "object", list: "list", str: "text", int: "number", float: "number", bool: "yes or no", type(None): "nothing"}
DEEP = 4
SOME = 5
"""So many levels down, and so many in a row, it is told what is there."""


@click.group(invoke_without_command=True)
@click.pass_context
def parked(ctx: click.Context) -> None:
    """Look at what needs a human: messages that could not be handled, and those that Telegram refused.

    Without a command: `list`. The numbers it prints name a message: i12 came in, o7 was to go out. After a backup was restored, the word
    restored names all that was unsent or due in it: it may have been done since, so look at some of it before you choose.
    """
    if ctx.invoked_subcommand is None:
        raise click.UsageError("say what to do: list, show NUMBER, retry NUMBER or drop NUMBER, each with --config FILE")


@parked.command(name="list")
@config_file
def list_parked(config_file: Path) -> None:
    """Print what waits, without any content."""
    arrived, refused = asyncio.run(_all(load(config_file)))
    for each in arrived:
        item = each.item
        click.echo(f"i{item.id:<8} {item.received:%Y-%m-%d} {item.source:<10} {_kind(each)}")
    for row in refused:
        click.echo(f"o{row.id:<8} {row.created:%Y-%m-%d} {row.priority.name.lower():<10} {row.reason}")
    if not arrived and not refused:
        click.echo("Nothing needs a human.")


@parked.command()
@click.argument("number")
@config_file
def show(number: str, config_file: Path) -> None:
    """Print what was written, and why it could not be handled. It is somebody's own words: see that nobody else reads along."""
    arrived, refused = asyncio.run(_all(load(config_file)))
    for each in arrived:
        if number == f"i{each.item.id}":
            click.echo(_tame(json.dumps(_content(each), ensure_ascii=False, indent=2)))
            click.echo(_tame(each.trace))
            return
    for row in refused:
        if number == f"o{row.id}":
            click.echo(_tame(f"{row.outgoing.text}\n\n{row.reason}"))
            return
    raise _unknown(number)


@parked.command()
@click.argument("number")
@config_file
def retry(number: str, config_file: Path) -> None:
    """Handle or send it again, for example after an upgrade; a running bot does so within a second."""
    tried = asyncio.run(_each(load(config_file), number, _again))
    click.echo(f"{number} is tried again." if number != RESTORED else f"{tried} tried again.")


@parked.command()
@click.argument("number")
@config_file
def drop(number: str, config_file: Path) -> None:
    """Forget it for good."""
    dropped = asyncio.run(_each(load(config_file), number, _drop))
    click.echo(f"{number} is forgotten." if number != RESTORED else f"{dropped} forgotten.")


def _kind(each: Parked) -> str:
    """Return the kind of the error alone: its text may quote what a person wrote, line by line."""
    return each.trace.strip().partition("\n")[0].partition(":")[0]


def _content(each: Parked) -> Any:
    """Return what an update holds, without who it came from: its words, and of everything else what it is."""
    from bot.pipeline.envelope import disclose

    raw = disclose(each.item.raw)[1] or each.item.raw
    try:
        update = json.loads(raw)
    except (ValueError, RecursionError):
        return f"no JSON that can be read: {len(raw)} bytes"
    if not isinstance(update, dict):
        return _what(update)
    return {_name(kind): _message(held) if isinstance(held, dict) else _what(held) for kind, held in update.items()}


def _message(held: dict[str, Any]) -> dict[str, Any]:
    return {_name(name): value if name in WORDS and isinstance(value, str) else _what(value) for name, value in held.items()}


def _what(value: Any, deep: int = DEEP) -> Any:
    if isinstance(value, dict) and deep:
        return {_name(name): _what(inner, deep - 1) for name, inner in value.items()}
    if isinstance(value, list) and deep:
        return [_what(inner, deep - 1) for inner in value[:SOME]] + ([f"{len(value)} in all"] if len(value) > SOME else [])
    return KINDS[type(value)]


def _name(name: str) -> str:
    """Return a name as Telegram gives them to fields; any other could be anything."""
    return name if FIELD.fullmatch(name) else "?"


def _tame(text: str) -> str:
    """Return a text that no terminal takes for commands: what a stranger wrote could hold some."""
    return "".join("\N{REPLACEMENT CHARACTER}" if category(letter) in ("Cc", "Cs") and letter != "\n" else letter for letter in text)


def _unknown(number: str) -> AlwandError:
    return AlwandError(f'nothing parked is called "{number}"; see `alwand parked list`')


async def _all(config: Config) -> tuple[list[Parked], list[Row]]:
    from bot.storage import inbox, outbox

    async with opened(config) as db:
        arrived = await db.read(lambda conn: inbox.parked(conn, db.keys, MOST))
        return arrived, await db.read(lambda conn: outbox.dead(conn, db.keys, MOST))


async def _each(config: Config, number: str, act: Callable[[Database, str], Awaitable[bool]]) -> int:
    """Do something with what a number names, or with all that a restore put aside; return how many that were.

    Raises:
        AlwandError: there is none.
    """
    async with opened(config) as db:
        numbers = await _restored(db) if number == RESTORED else [number]
        done = sum([await act(db, each) for each in numbers])
    if not done:
        raise _unknown(number)
    return done


async def _restored(db: Database) -> list[str]:
    from bot.pipeline.resuming import WHY
    from bot.storage import inbox, outbox

    arrived = await db.read(lambda conn: inbox.parked(conn, db.keys, ALL))
    unsent = await db.read(lambda conn: outbox.dead(conn, db.keys, ALL))
    due = [f"i{each.item.id}" for each in arrived if each.trace == WHY]
    return due + [f"o{row.id}" for row in unsent if row.reason == outbox.RESTORED]


async def _again(db: Database, number: str) -> bool:
    from bot.storage import inbox, outbox

    now = SystemClock().now()
    kind, row = _named(number)
    if kind == "i":
        return await db.transact(lambda conn: inbox.revive(conn, row, now))
    outcome = await db.transact(lambda conn: outbox.revive(conn, db.keys, row, now))
    if outcome == "elsewhere":
        raise AlwandError(f"{number} is of a report that another forum holds now: it cannot be sent there; drop it instead")
    return outcome == "queued"


async def _drop(db: Database, number: str) -> bool:
    from bot.storage import inbox, outbox

    kind, row = _named(number)
    return await db.transact(lambda conn: (inbox if kind == "i" else outbox).discard(conn, row))


def _named(number: str) -> tuple[str, int]:
    kind, digits = number[:1], number[1:]
    if kind not in ("i", "o") or not digits.isdecimal():
        raise _unknown(number)
    return kind, int(digits)
