"""`alwand parked`: what could not be handled or sent, and waits for a human."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
WHO = {"from", "chat", "sender_chat", "contact", "forward_origin", "via_bot", "new_chat_members", "left_chat_member"}
"""Fields of an update that say who it came from: nobody needs them to see what went wrong."""


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
        click.echo(f"i{item.id:<8} {item.received:%Y-%m-%d} {item.source:<10} {_last_line(each)}")
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
            click.echo(json.dumps(_without_who(_content(each)), ensure_ascii=False, indent=2))
            click.echo(each.trace)
            return
    for row in refused:
        if number == f"o{row.id}":
            click.echo(f"{row.outgoing.text}\n\n{row.reason}")
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


def _last_line(each: Parked) -> str:
    """Return the kind of the error alone: its text may quote what a person wrote."""
    last = each.trace.strip().splitlines()[-1:] or [""]
    return last[0].partition(":")[0]


def _content(each: Parked) -> Any:
    from bot.pipeline.envelope import disclose

    try:
        return json.loads(disclose(each.item.raw)[1] or each.item.raw)
    except ValueError:
        return each.item.raw.decode(errors="replace")


def _without_who(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _without_who(value) for name, value in content.items() if name not in WHO}
    return [_without_who(value) for value in content] if isinstance(content, list) else content


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
