"""A forum to which more is reported than Telegram lets its group be told one by one, and a bot that dies over it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from bot.demo.api.limits import Limits, Pace
from bot.demo.world import Message
from bot.model.tickets import number_in
from tests.fire.judge import died, judge
from tests.fire.kept import kept, settled
from tests.town.people import Forum, Resident
from tests.town.town import raised
from tests.town.words import REFERENCE, plain

REPORTS = 12
FEW = 10
"""Calls a minute into a group: five cards, three lists, two for what is urgent."""
SETTINGS: dict[str, Any] = {"LIMITS__GROUP_PER_MINUTE": str(FEW), "LIMITS__MESSAGES_PER_SECOND": "1000", "LIMITS__CHAT_SECONDS": "0.05"}


async def test_a_burst_is_seen_within_a_minutes_few_calls_and_every_card_follows_over_a_kill(tmp_path: Path) -> None:
    """B78, B1, B3: killed as its list appears, the bot says it twice at most; each report can be taken from it, none is lost or doubled."""
    async with raised(tmp_path, words="", **SETTINGS) as town:
        forum = town.forums["khanaqin"]
        people = [town.resident("en", f"Resident{number}") for number in range(REPORTS)]
        await asyncio.gather(*(sara.reviews(f"Story {number}") for number, sara in enumerate(people)))
        town.telegram.service.pace = Pace(Limits(a_second=1000, group_a_minute=FEW))
        references = set(await asyncio.gather(*map(_sends, people)))
        told = await forum.until(lambda: _list(forum))
        assert told is not None
        await town.kill()
        kills = [died(town, 1)]
        await town.starts()
        await forum.until(lambda: references <= set(REFERENCE.findall(_all(forum))))
        assert not [call for call in town.world.calls if call.status == 429]

        wanted = next(line for line in plain(told.text).splitlines() if line[:1].isdecimal() and _card(forum, line) is None)
        assert not set(plain(told.text).split()) & {"Story"}
        forum.ali.presses(told, wanted.partition(".")[0])
        card = await forum.until(lambda: _card(forum, wanted))
        assert card is not None
        forum.presses(forum.ali, card, "Take")
        forum.ali.presses(told, wanted.partition(".")[0])
        assert (await forum.until(lambda: _answer_to(forum, card))) is not None
        assert len(town.world.asked("sendMessage", chat_id=forum.chat.id)) <= FEW

        await town.stop()
        town.telegram.service.pace = Pace(None)
        town.environment["TOWN"] = "quick"
        await town.starts()
        await settled(town)
        (await judge(town, kills)).sound()
        cards = [number_in(plain(message.text)) for message in forum.chat.from_bot if message.labels]
        assert sorted(filter(None, cards)) == sorted(references)
        taken = [ticket.reference for ticket in (await kept(town)).tickets.values() if ticket.state == "taken"]
        assert taken == [number_in(wanted)]


async def _sends(sara: Resident) -> str:
    await sara.taps("send")
    return await sara.gets_receipt()


def _all(forum: Forum) -> str:
    return plain("\n".join(message.text for message in forum.chat.from_bot))


def _list(forum: Forum) -> Message | None:
    """Return the first message that names several reports."""
    return next((each for each in forum.chat.from_bot if len(set(REFERENCE.findall(plain(each.text)))) > 1), None)


def _card(forum: Forum, line: str) -> Message | None:
    return next((each for each in forum.chat.from_bot if each.labels and number_in(plain(each.text)) == number_in(line)), None)


def _answer_to(forum: Forum, card: Message) -> Message | None:
    return next((each for each in forum.chat.from_bot if each.reply_to == card), None)
