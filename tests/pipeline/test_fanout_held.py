"""Copies that were claimed when Telegram stopped taking anything: whoever changes their mind meanwhile gets nothing."""

from __future__ import annotations

import asyncio

import pytest

from bot.model.effects import SetSubscription
from bot.model.subscriptions import Subscription
from tests.pipeline.crowd import accounts, begins, does, got, settle, until
from tests.pipeline.house import House
from tests.pipeline.test_fanout import Ear, ends, fast, nothing_sending


@pytest.fixture
def ear(house: House) -> Ear:
    heard = Ear()
    house.decide = heard.decide
    return heard


async def test_who_stops_while_the_network_is_cut_gets_nothing_once_it_is_back(house: House, ear: Ear) -> None:
    """B94: nothing stays claimed while nothing can leave, so each copy is asked for again before it goes."""
    fast(house, rate=40)
    people = accounts(house.telegram, 80)
    await settle(house.db, people)
    await begins(house.db)
    async with house.running():
        await until(lambda: len(got(house.telegram)) >= 10)
        house.telegram.world.cut_network()
        await asyncio.sleep(0.3)
        await until(lambda: nothing_sending(house.db), 5)
        told = set(got(house.telegram))
        for each in people:
            if each.chat not in told:
                await does(house.db, SetSubscription(each.id, Subscription()))
        house.telegram.world.mend_network()
        found = await ends(house, ear)
    assert len(got(house.telegram)) <= len(told) + 1, "what was on its way when the network broke may be tried again"
    assert found.left == 0
