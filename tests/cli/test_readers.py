"""The demo's crowd as the bot knows it: the same people with the same languages, each with their own wishes."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.cli.keys import make
from bot.cli.readers import opt_in
from bot.config import example, load
from bot.demo.world import World
from bot.storage import residents, subscribers
from bot.storage.database import Database
from bot.storage.seal import Keyring


async def test_everybody_of_the_crowd_is_a_subscriber_at_their_own_address(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(example().read_text(encoding="utf-8"), encoding="utf-8")
    make(tmp_path / "alwand.key")
    crowd = World().gather(40, ("ar", "ckb", "en"))
    await asyncio.to_thread(opt_in, file, tuple(crowd))
    config = load(file)
    database = await Database.open(config.storage.url, Keyring.parse(config.key()))
    found = await database.read(lambda conn: subscribers.scan(conn, database.keys, 0, 100))
    addresses = await database.read(lambda conn: residents.addresses(conn, database.keys, [each.resident for each in found]))
    somebody = await database.read(lambda conn: residents.find(conn, database.keys, "telegram", str(crowd.first)))
    await database.close()
    assert [(addresses[each.resident], each.language) for each in found] == [(("telegram", str(one.id)), one.language) for one in crowd]
    assert all("drugs" in each.subscription.topics and each.reachable for each in found)
    assert len({each.subscription for each in found}) > 10
    assert somebody is not None
    assert (somebody.language, somebody.consented) == ("ar", True)
