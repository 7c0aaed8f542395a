"""The demo's crowd as the bot knows it: residents who have opted in, put into the new database before the bot starts."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bot.config import Config, load
from bot.model.effects import SetResident
from bot.model.ids import ForumId, Language, ResidentId
from bot.model.subscriptions import CIRCLES, TOPICS, Circle, Subscription, Topic
from bot.pipeline.chance import SystemChance

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.demo.world.crowd import Reader
    from bot.storage.database import Database

CHANNEL = "telegram"
SEED = 20  # every demo has the same crowd
WANTED: dict[Topic, float] = {"drugs": 1.0, "online": 0.7, "harassment": 0.6, "services": 0.8, "sessions": 0.5}
"""How many of the crowd want to hear of each topic."""
EVERYWHERE = 0.1
BELONGING: dict[Circle, float] = {"women": 0.45, "youth": 0.35}


def opt_in(file: Path, crowd: Iterable[Reader]) -> None:
    """Make the database of these settings, and everybody of the crowd a subscriber in it."""
    asyncio.run(_opt_in(load(file), crowd, datetime.now(UTC).date()))


async def _opt_in(config: Config, crowd: Iterable[Reader], today: date) -> None:
    from bot.storage.database import Database
    from bot.storage.seal import Keyring

    database = await Database.open(config.storage.url, Keyring.parse(config.key()))
    try:
        await _store(database, crowd, tuple(district.id for district in config.places().districts), today)
    finally:
        await database.close()


async def _store(database: Database, crowd: Iterable[Reader], districts: tuple[ForumId, ...], today: date) -> None:
    from bot.storage import residents, subscribers

    chance = SystemChance()

    async def put(conn: AsyncConnection) -> None:
        wishes = random.Random(SEED)  # noqa: S311 - not a secret
        for reader in crowd:
            resident, language = ResidentId(chance.token()), cast("Language", reader.language)
            await residents.create(conn, database.keys, resident, CHANNEL, str(reader.id), str(reader.id), today)
            await residents.change(conn, database.keys, SetResident(resident, language=language, consented=True))
            wish = _wish(wishes, districts)
            await subscribers.put(conn, database.keys, resident, wish, language=language, reachable=True, today=today)

    await database.transact(put)


def _wish(chance: random.Random, districts: tuple[ForumId, ...]) -> Subscription:
    """What one of them wants to hear: of their own district, or of all."""
    home = chance.choice(districts)
    return Subscription(
        frozenset(districts) if chance.random() < EVERYWHERE else frozenset({home}),
        frozenset(topic for topic in TOPICS if chance.random() < WANTED[topic]),
        frozenset(circle for circle in CIRCLES if chance.random() < BELONGING[circle]),
    )
