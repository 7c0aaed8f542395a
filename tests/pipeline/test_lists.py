"""Lists: more new tickets than a group can be shown cards of. Eight calls a minute: four cards, two lists, two for what is urgent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from bot.channels.telegram.splitting import units
from bot.demo.api import limits as telegram_limits
from bot.i18n import render
from bot.model.effects import Priority
from bot.model.ids import LANGUAGES, Language, TicketId
from bot.model.messages import Action, ToForum
from bot.model.outgoing import Outgoing
from bot.pipeline.lists import MOST, composed
from bot.storage import outbox
from tests.pipeline.book import FORUM
from tests.pipeline.house import House
from tests.pipeline.test_sender import backlog
from tests.storage.samples import NOW

FEW = 8
CARDS = 4
REPORTS = 12
URGENT = 5


def narrowed(house: House) -> None:
    house.telegram.service.pace.limits = telegram_limits.Limits(group_a_minute=FEW)


def report(house: House, numbers: Iterable[int], word: str = "report") -> None:
    for number in numbers:
        house.resident(f"Resident {number}").writes(f"{word} story{number}")


def texts(house: House) -> list[str]:
    return house.sent(house.forum)


def lists(house: House) -> list[str]:
    return [text for text in texts(house) if " new reports:" in text]


def seen(house: House) -> set[str]:
    return {word for text in texts(house) for word in text.split() if word.startswith("story")}


async def all_seen(house: House, count: int = REPORTS) -> None:
    await house.telegram.world.until(lambda: len(seen(house)) == count, timeout=15)


async def the_rest_follows(house: House, count: int = REPORTS) -> None:
    """Let Telegram take whatever comes, and wait until every card is there, each once."""
    house.without_limits()
    async with house.running(group_per_minute=0):
        await house.telegram.world.until(lambda: len([text for text in texts(house) if text.startswith("card")]) >= count)
        await outbox_is_empty(house)
    assert sorted(text for text in texts(house) if text.startswith("card")) == sorted(f"card story{number}" for number in range(count))


async def outbox_is_empty(house: House) -> None:
    async with asyncio.timeout(20):
        while await backlog(house) != outbox.Backlog(0, 0, 0, 0, 0.0):  # noqa: ASYNC110 - a database rings no bell
            await asyncio.sleep(0.02)


async def test_a_burst_is_seen_at_once_as_a_list_the_urgent_first_and_each_card_follows(house: House) -> None:
    """B78: nothing is refused, nobody is told of twice, and no card is lost or doubled."""
    narrowed(house)
    async with house.running(group_per_minute=FEW):
        report(house, range(REPORTS - URGENT))
        await house.forum.hears("card")
        report(house, range(REPORTS - URGENT, REPORTS), "urgent")
        await all_seen(house)
    [told] = lists(house)
    lines = told.splitlines()[1:-2]
    stories = [int(line.rpartition("story")[2]) for line in lines]
    assert told.startswith(f"{len(lines)} new reports:")
    assert [line.partition(".")[0] for line in lines] == [str(number) for number in range(1, len(lines) + 1)]
    assert [each >= REPORTS - URGENT for each in stories] == sorted((each >= REPORTS - URGENT for each in stories), reverse=True)
    assert any(each >= REPORTS - URGENT for each in stories)
    assert len(texts(house)) <= FEW
    assert house.refused() == []
    await the_rest_follows(house)


async def test_a_list_has_a_button_for_each_of_its_lines_and_its_cards_come_without_a_sound(house: House) -> None:
    narrowed(house)
    async with house.running(group_per_minute=FEW):
        report(house, range(REPORTS))
        await all_seen(house)
    [told] = [message for message in house.forum.all if " new reports:" in message.text]
    assert sorted(told.labels, key=int) == [str(number) for number in range(1, len(told.text.splitlines()) - 2)]
    loud = len(house.telegram.world.asked("sendMessage", chat_id=house.forum.id))
    await the_rest_follows(house)
    after = house.telegram.world.asked("sendMessage", chat_id=house.forum.id)[loud:]
    assert [bool(call.params.get("disable_notification")) for call in after] == [True] * len(after)


async def test_a_single_card_that_would_wait_a_minute_goes_instead_of_a_list(house: House) -> None:
    narrowed(house)
    async with house.running(group_per_minute=FEW):
        for number in range(CARDS + 1):
            report(house, [number])
            await house.telegram.world.until(lambda: f"card story{number}" in texts(house), timeout=15)  # noqa: B023
    assert lists(house) == []


async def test_a_list_that_was_refused_for_now_survives_a_restart_and_comes_once(house: House) -> None:
    """B3, B77."""
    narrowed(house)
    async with house.running(group_per_minute=FEW):
        report(house, range(CARDS))
        await house.telegram.world.until(lambda: len(seen(house)) == CARDS, timeout=15)
        house.telegram.faults.add("status", "sendMessage", chat=house.forum.id, status=429, retry_after=2)
        report(house, range(CARDS, REPORTS))
        await house.telegram.world.until(lambda: house.refused() == [429], timeout=15)
    async with house.running(group_per_minute=FEW):
        await all_seen(house)
    assert len(lists(house)) == 1
    await the_rest_follows(house)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_fits_into_one_message_and_says_of_which_it_tells(language: Language) -> None:
    """The rest stands in the next one. What is right to left begins at the right in every line."""
    for length, count in ((20, MOST), (150, 23)):
        fresh = [_row(number, "\u2068ب\u2069" + "x" * (length - 3), language) for number in range(80)]
        told, outgoing = composed(fresh, language, render)
        assert told == fresh[: len(told)]
        assert len(told) == pytest.approx(count, abs=1)
        assert units(outgoing.text) <= 4096
        lines = outgoing.text.splitlines()[1:-2]
        assert len(lines) == len(told) == sum(map(len, outgoing.rows))
        assert all(line.startswith("\u200f") for line in lines) == (language != "en")


def _row(number: int, line: str, language: Language) -> outbox.Row:
    outgoing = Outgoing("card", language, line=(line, Action("card", TicketId(f"ticket{number:06}"))))
    return outbox.Row(number, ToForum(FORUM), Priority.CARD, None, 0, False, NOW, NOW, outgoing, None, None)
