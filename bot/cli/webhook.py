"""`alwand webhook`: whether Telegram brings what people write, and how to make it stop."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.options import config_file
from bot.errors import AlwandError, StartRefused

if TYPE_CHECKING:
    from bot.config import Config


@click.group()
def webhook() -> None:
    """See, or take away, the address to which Telegram brings what people write."""


@webhook.command()
@config_file
def show(config_file: Path) -> None:
    """Say whether it is as the settings want it, how much waits at Telegram, and what went wrong. Changes nothing."""
    from bot.check.webhook import judge
    from bot.clock import SystemClock
    from bot.config import load

    config = load(config_file)
    click.echo(judge(asyncio.run(_ask(config, "getWebhookInfo")), config.telegram, SystemClock().now()).told())


@webhook.command()
@config_file
def delete(config_file: Path) -> None:
    """Let Telegram keep everything until the bot asks for it: the way back to intake = "polling". Nothing that waits is lost."""
    from bot.config import load

    config = load(config_file)
    if config.telegram.intake == "webhook":
        raise StartRefused('[telegram] intake is "webhook", so a bot would set it again: stop the bot, change it to "polling", try again')
    waiting = asyncio.run(_delete(config))
    click.echo(f"The webhook is deleted; {waiting} update{'' if waiting == 1 else 's'} wait{'s' if waiting == 1 else ''} for the bot.")


async def _delete(config: Config) -> int:
    await _ask(config, "deleteWebhook", drop_pending_updates=False)
    return int((await _ask(config, "getWebhookInfo")).get("pending_update_count", 0))


async def _ask(config: Config, method: str, **parameters: bool) -> dict[str, Any]:
    """Ask Telegram.

    Raises:
        AlwandError: it did not answer, or not as asked.
    """
    from bot.check.telegram import Unreachable, connected

    try:
        async with connected(config.telegram.api_url, config.token()) as api:
            answer = await api.ask(method, **parameters)
    except Unreachable as error:
        raise AlwandError(f"Telegram cannot be reached ({error}): see `alwand check`") from None
    if answer.code == 429:
        raise AlwandError(f"Telegram asks to wait {answer.retry_after:.0f} s: try again then")
    if answer.code:
        raise AlwandError(f"Telegram answered with error {answer.code}: see `alwand check`")
    return answer.result if isinstance(answer.result, dict) else {}
