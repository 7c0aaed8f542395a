"""What the province hears while nothing can be stored: once that something has to be done, once that it is done."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram import TelegramChannel
from bot.clock import SystemClock
from bot.i18n import render
from bot.pipeline import outage
from bot.pipeline.outage import Notice
from tests.pipeline.house import House, surroundings
from tests.pipeline.test_trouble import Hand

WRONG, RIGHT = "cannot store new messages", "stores messages again"


@pytest.fixture
async def notice(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Notice]:
    """Return what tells the house's province."""
    monkeypatch.setattr(outage, "CALM_SECONDS", 0.1)
    channel = TelegramChannel(token=house.telegram.token, api_url=house.telegram.url, render=render, alarm=lambda word: None)
    async with channel:
        yield Notice(house.db, channel, surroundings(house.db.keys), SystemClock())


async def test_however_often_it_is_refused_the_province_hears_it_once_and_of_its_end_once(house: House, notice: Notice) -> None:
    """F8: a small message that passes in between is no end; the next outage is told anew."""
    for _ in range(2):
        for _ in range(20):
            notice.tell("full")
            notice.over()
        await house.province.hears(WRONG)
        notice.tell("full")
        notice.over()
        await house.province.hears(RIGHT)
        await done(notice)
        notice.over()
    assert [WRONG in text for text in house.sent(house.province)] == [True, False, True, False]
    assert "disk of its machine is full" in house.sent(house.province)[0]


async def test_what_ends_by_itself_in_a_moment_is_not_told(house: House, notice: Notice) -> None:
    """F10, F35: another program that holds the database, a server that starts again; a minute of it is told."""
    clock = notice._clock = Hand()
    for seconds in (0.0, 59.0, 1.0):
        clock.at += seconds
        notice.tell("locked")
        notice.over()
        notice.tell("locked")
    assert house.sent(house.province) == []
    clock.at += outage.PASSING_SECONDS
    notice.tell("locked")
    await house.province.hears(WRONG)


async def test_a_province_that_cannot_be_reached_is_told_when_it_can(house: House, notice: Notice) -> None:
    """F8: the network may be away as well."""
    fault = house.telegram.faults.add("status", "sendMessage", status=429, retry_after=1)
    notice.tell("readonly")
    await house.telegram.world.until(lambda: fault.met)
    await done(notice)
    notice.tell("readonly")
    await house.province.hears(WRONG)
    assert len(house.sent(house.province)) == 1


async def done(notice: Notice) -> None:
    """Wait until it has nothing to tell any more."""
    assert notice._telling is not None
    await notice._telling
