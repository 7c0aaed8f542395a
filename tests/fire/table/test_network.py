"""F16 to F19: a way to Telegram that fails, and Telegram saying not now, never, or not to this person."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.fire.faults import (
    clock_jumps,
    eventually,
    lines,
    no_network,
    one_line,
    others_are_served,
    own_names,
    until_alarm,
    until_line,
)
from tests.fire.judge import judge
from tests.fire.kept import kept, settled
from tests.town.people import PATIENCE
from tests.town.town import Town, raised
from tests.town.words import plain, said

TOO_MANY = "Too Many Requests: retry after"
ANSWER = "We will come tomorrow."
BLOCKED = {"forbidden": "Forbidden: bot was blocked by the user", "deactivated": "Forbidden: user is deactivated"}
REFUSALS = (
    "Bad Request: can't parse entities: Unsupported start tag",
    "Bad Request: message is too long",
    "Bad Request: BUTTON_DATA_INVALID",
    "Bad Request: something that nobody has ever read before",
)


@pytest.mark.parametrize("fault", ["html", "reset_before", "truncated", "status"])
async def test_f16_a_proxy_in_trouble_costs_time_only(town: Town, fault: str) -> None:
    """F16, B85: both ways; nothing is lost, and what was surely not done is done once."""
    sara = town.resident("en")
    await sara.arrives()
    times = 1 if fault == "reset_before" else 2  # whether a broken connection brought it nobody knows: it is sent once more, not twice
    town.telegram.faults.add(fault, "sendMessage", times=times, status=502, description="Bad Gateway")
    town.telegram.faults.add(fault, "getUpdates", times=1, status=502, description="Bad Gateway")
    sara.says("/report")
    await sara.is_told("danger?")
    asked = [message for message in sara.talk.from_bot if "Is anyone in danger" in message.text]
    assert len(asked) <= (3 if fault == "truncated" else 1)


async def test_f16_in_one_persons_trouble_others_are_served(sqlite_town: Town) -> None:
    """F16: one chat for which nothing but web pages comes back; it is tried again, ever more rarely, and is served in the end."""
    sara = sqlite_town.resident("en")
    await sara.arrives()
    fault = sqlite_town.telegram.faults.add("html", "sendMessage", chat=sara.person.id, times=None)
    sara.says("/report")
    await eventually(lambda: fault.met >= 2)
    await others_are_served(sqlite_town)
    sqlite_town.telegram.faults.clear()
    await sara.is_told("danger?")
    assert fault.met <= 8


@pytest.mark.parametrize("where", ["closed", "no TLS"])
async def test_f16_where_telegram_cannot_be_reached_at_all_nothing_is_lost(sqlite_town: Town, where: str) -> None:
    """F16: nobody listens (as with a name that leads nowhere), or whoever does speaks no TLS; then the address is right."""
    town = sqlite_town
    sara = town.resident("en")
    await sara.arrives()
    await town.kill()
    sara.says("/report")
    wrong = "http://127.0.0.1:1" if where == "closed" else town.telegram.url.replace("http:", "https:")
    before = len(lines(town, "started"))
    town.launches(TELEGRAM__API_URL=wrong)
    await eventually(lambda: len(lines(town, "started")) > before)
    await town.restart()
    await sara.is_told("danger?")


@pytest.mark.slow
async def test_f16_a_name_that_leads_nowhere_is_told_once_and_found_as_soon_as_it_leads_somewhere(tmp_path: Path) -> None:
    """F16: the machine's own list of names, which is the bot's alone; the name is in it after more than a minute."""
    async with raised(tmp_path, asleep=True) as town:
        sara = town.resident("en")
        sara.says("/start")
        with own_names(town) as names:
            town.launches(TELEGRAM__API_URL=town.telegram.url.replace("127.0.0.1", "telegram.invalid"))
            await eventually(lambda: lines(town, "alarm", about="telegram", word="deaf"), 2 * PATIENCE)
            names.write_text("127.0.0.1 telegram.invalid\n")
            await sara.chooses_language()
            await sara.agrees()
            await others_are_served(town)
            one_line(town, "telegram")


async def test_f16_a_cut_network_loses_nothing_and_brings_no_storm(town: Town) -> None:
    """F16, F14: what was written meanwhile is answered once; how it was sent is judged by the stand-in's limits elsewhere."""
    sara = town.resident("en")
    await sara.arrives()
    with no_network(town):
        sara.says("/report")
        await eventually(lambda: len(town.world.updates) == 1)
    await sara.is_told("danger?")
    await settled(town)
    (await judge(town)).sound()


@pytest.mark.parametrize("seconds", [2, 60, 3600])
async def test_f17_only_the_chat_that_is_told_to_wait_waits_and_exactly_so_long(town: Town, seconds: int) -> None:
    """F17, B77: also over a restart; in order; the operator is told of what waits for ten minutes. The long ones by the clock."""
    sara = town.resident("en")
    await sara.arrives()
    town.telegram.faults.add("status", "sendMessage", chat=sara.person.id, status=429, retry_after=seconds)
    sara.says("/report")
    await until_line(town, "send", outcome="later")
    sara.person.writes("/status")
    await town.restart()
    await others_are_served(town)
    if seconds > 10:
        clock_jumps(town, timedelta(seconds=seconds - 15))
        await others_are_served(town)
        assert not sara.news()
        if seconds > 600:
            await until_alarm(town, "waiting")
            one_line(town, "waiting")
        clock_jumps(town, timedelta(seconds=seconds + 1))
    await sara.is_told("danger?")
    await sara.hears("You have no open reports")
    texts = [message.text for message in sara.news()]
    assert len(texts) == len(set(texts))
    calls = [call for call in town.world.calls if call.chat_id == sara.person.id and call.method == "sendMessage"]
    refused = next(place for place, call in enumerate(calls) if call.status == 429)
    assert calls[refused + 1].time - calls[refused].time >= seconds or seconds > 10
    assert [call.status for call in calls].count(429) == 1
    assert TOO_MANY in calls[refused].error


@pytest.mark.parametrize("description", REFUSALS)
async def test_f18_what_telegram_never_takes_is_not_tried_again_and_a_human_is_told(sqlite_town: Town, description: str) -> None:
    """F18: the forum sees that its answer did not arrive, the province that somebody has to look, and everything else goes on."""
    town, forum = sqlite_town, sqlite_town.forums["khanaqin"]
    sara = town.resident("en")
    await sara.arrives()
    reference = await sara.reports("The lamp is broken.")
    card = await forum.card(reference)
    await settled(town)
    fault = town.telegram.faults.add("status", "sendMessage", chat=sara.person.id, times=None, status=400, description=description)
    forum.ali.replies(card, ANSWER)
    offer = await forum.hears(ANSWER)
    await forum.presses(forum.ali, offer, "Send to the person").answer()
    await town.province.hears("alwand parked")
    await forum.until(lambda: any("✖" in message.text for message in forum.about(ANSWER)))
    await settled(town)
    assert fault.met == (await kept(town)).dead
    town.telegram.faults.clear()
    sara.says("/status")
    await sara.hears(reference)
    await others_are_served(town)
    assert ANSWER not in sara.screen()


async def test_f18_an_answer_to_a_message_that_is_gone_is_sent_without_it(sqlite_town: Town) -> None:
    """F18: the words matter more than what they hang on."""
    forum = sqlite_town.forums["khanaqin"]
    sara = sqlite_town.resident("en")
    await sara.arrives()
    card = await forum.card(await sara.reports("The lamp is broken."))
    fault = sqlite_town.telegram.faults.add(
        "status", "sendMessage", chat=forum.chat.id, status=400, description="Bad Request: message to be replied not found"
    )
    forum.ali.replies(card, ANSWER)
    await forum.hears(ANSWER)
    assert fault.met == 1


@pytest.mark.parametrize("why", BLOCKED)
async def test_f19_who_cannot_be_reached_is_written_to_once_and_the_ticket_says_so(town: Town, why: str) -> None:
    """F19: no retry; where the block is taken back the answer arrives."""
    forum = town.forums["khanaqin"]
    sara = town.resident("en")
    await sara.arrives()
    reference = await sara.reports("The lamp is broken.")
    card = await forum.card(reference)
    await settled(town)
    fault = town.telegram.faults.add("status", "sendMessage", chat=sara.person.id, times=None, status=403, description=BLOCKED[why])
    forum.ali.replies(card, ANSWER)
    offer = await forum.hears(ANSWER)
    await forum.presses(forum.ali, offer, "Send to the person").answer()
    mark = said("✖ The reporter cannot be reached: the bot may have been blocked, or the account deleted.", forum.language)
    await forum.until(lambda: mark in plain(card.text))
    await settled(town)
    assert fault.met == 1
    await others_are_served(town)
    town.telegram.faults.clear()
    if why == "forbidden":
        sara.person.blocks()
        sara.person.unblocks()
        await sara.hears(ANSWER)
        await forum.until(lambda: mark not in plain(card.text))
