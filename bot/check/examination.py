"""One examination of everything, in the order in which things are mended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from bot.check import channels, groups, machine, telegram, webhook
from bot.check.finding import Finding, fine, wrong
from bot.clock import Clock
from bot.config import Config
from bot.errors import AlwandError
from bot.model.ids import PROVINCE, ForumId


async def examine(config: Config, clock: Clock) -> AsyncIterator[Finding]:
    """Examine what the settings describe, and yield each finding when it is known."""
    now = clock.now()
    yield fine("settings", f"{len(config.district)} districts, {len(config.category)} categories")
    yield machine.key_file(config)
    database, linked = await machine.database(config)
    yield database
    yield machine.disk(config)
    yield machine.backup(config)
    for finding in (*machine.languages(), *machine.hotlines(config, now.date())):
        yield finding
    yield await machine.pictures()
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
        yield await webhook.examine(api, config.telegram, clock)
        async for finding in _chats(api, bot, config, linked):
            yield finding


async def _chats(api: telegram.Api, bot: int, config: Config, linked: Mapping[ForumId, str]) -> AsyncIterator[Finding]:
    """Examine where the bot writes beside private chats, and what broadcasts are paid with."""
    province = config.places()
    for forum in [*(each.id for each in province.districts), PROVINCE]:
        yield await groups.examine(api, bot, forum, province.forum_names(forum).en, linked.get(forum))
    for district in province.districts:
        if district.channel is not None:
            yield await channels.examine(api, bot, district.names.en, district.channel)
    if province.paid:
        yield await telegram.stars(api)
