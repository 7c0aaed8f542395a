"""One examination of everything, in the order in which things are mended."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.check import groups, machine, telegram
from bot.check.finding import Finding, fine, wrong
from bot.clock import Clock
from bot.config import Config
from bot.errors import AlwandError
from bot.model.ids import PROVINCE


async def examine(config: Config, clock: Clock) -> AsyncIterator[Finding]:
    """Examine what the settings describe, and yield each finding when it is known."""
    now = clock.now()
    yield fine("settings", f"{len(config.district)} districts, {len(config.category)} categories")
    yield machine.key_file(config)
    database, linked = await machine.database(config)
    yield database
    yield machine.disk(config)
    for finding in (*machine.languages(), *machine.hotlines(config, now.date())):
        yield finding
    try:
        token = config.token()
    except AlwandError as error:
        yield wrong("token", "there is none, so Telegram was not asked", str(error))
        return
    async with telegram.connected(config.telegram.api_url, token) as api:
        bot, findings = await telegram.examine(api, clock)
        for finding in findings:
            yield finding
        if bot is None:
            return
        for forum in [*(each.id for each in config.places().districts), PROVINCE]:
            yield await groups.examine(api, bot, forum, config.places().forum_names(forum).en, linked.get(forum))
