"""The command menus, in the codes that Telegram takes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram import Entry, Menus, TelegramChannel
from bot.demo.server import StandIn
from bot.model.text import Names
from tests.channels.conftest import Alarms, channel_to

START = Entry("start", Names("Start here", "ابدأ هنا", "لێرەوە دەست پێ بکە"))
LINK = Entry("link", Names("Link this group", "ربط هذه المجموعة", "بەستنەوەی ئەم گرووپە"))
MENUS = Menus((START,), (LINK,), Names("The bridge", "الجسر", "پردەکە"))


@pytest.fixture
async def telegram() -> AsyncIterator[StandIn]:
    async with StandIn.start(limits=False) as stand_in:
        yield stand_in
        assert not stand_in.world.violations


@pytest.fixture
async def channel(telegram: StandIn) -> AsyncIterator[TelegramChannel]:
    async with channel_to(telegram, Alarms(), menus=MENUS) as made:
        yield made


async def test_each_language_and_place_has_its_menu(telegram: StandIn, channel: TelegramChannel) -> None:
    """Sorani stands under `ku`; a phone in any other language shows Arabic."""
    assert await channel.publish_menus()
    assert await channel.publish_menus()
    asked = telegram.world.asked("setMyCommands")
    menus = {(call.params["scope"]["type"], call.params.get("language_code")): call.params["commands"][0] for call in asked}
    assert menus["all_private_chats", None]["description"] == "ابدأ هنا"
    assert menus["all_private_chats", "ku"]["description"] == "لێرەوە دەست پێ بکە"
    assert menus["all_group_chats", "en"] == {"command": "link", "description": "Link this group"}
    assert len(menus) == 6
    assert {call.params.get("language_code") for call in telegram.world.asked("setMyShortDescription")} == {None, "en", "ku"}


async def test_a_chat_gets_its_menu_in_the_language_chosen_there(telegram: StandIn, channel: TelegramChannel) -> None:
    sara = telegram.world.person("Sara", language_code="en")
    sara.starts()
    assert await channel.set_chat_menu(str(sara.talk.id), "ckb")
    call = telegram.world.asked("setMyCommands")[-1]
    assert call.params["scope"] == {"type": "chat", "chat_id": sara.talk.id}
    assert call.params["commands"][0]["description"] == "لێرەوە دەست پێ بکە"


async def test_a_menu_that_cannot_be_set_stops_nothing(telegram: StandIn, channel: TelegramChannel) -> None:
    telegram.faults.add("status", "setMyCommands", status=500)
    assert not await channel.publish_menus()
    assert await channel.publish_menus()
