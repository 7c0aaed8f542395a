"""F25 to F27: updates that come twice, in disorder or too late, updates that nobody can bear, messages that Telegram never takes."""

from __future__ import annotations

import random
import resource
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.pipeline.careful import LIVES
from tests.fire.faults import limited, one_line, others_are_served, size
from tests.fire.kept import kept, settled
from tests.fire.table.conftest import Raise
from tests.town.people import Resident
from tests.town.town import Town, raised
from tests.town.words import plain

SORRY = "Sorry, we could not read this message."


@pytest.fixture
async def frail(raise_town: Raise) -> AsyncIterator[Town]:
    """A town whose bot cannot bear certain words."""
    async with raise_town("quick frail", LIMITS__HANDLER_SECONDS="0.5") as town:
        yield town


async def telling(town: Town) -> Resident:
    """Somebody who is asked what happened."""
    sara = town.resident("en")
    await sara.arrives()
    await sara.goes_to_story()
    return sara


async def is_set_aside(town: Town, sara: Resident, word: str) -> None:
    """The words are with a human, whoever wrote them knows, what came behind them is in the report, and the log quotes nothing."""
    await sara.hears(SORRY)
    await sara.taps("done")
    card = await town.forums["khanaqin"].card(await sara.finishes())
    assert "A text behind it." in card.text
    assert word not in card.text
    await town.province.hears("alwand parked")
    assert word not in town.log
    await settled(town)
    assert (await kept(town)).parked == 1
    one_line(town, "parked")


@pytest.mark.parametrize("word", ["poison", "molasses"])
async def test_f26_what_cannot_be_decided_is_set_aside_and_nobody_waits_for_it(frail: Town, word: str) -> None:
    """F26, B9: a decision that always raises, and one that never ends."""
    sara = await telling(frail)
    sara.says(f"A text that is {word} to the bot")
    sara.person.writes("A text behind it.")
    await others_are_served(frail)
    await is_set_aside(frail, sara, word)


async def test_f26_what_eats_all_memory_is_set_aside(tmp_path: Path) -> None:
    """F26: the system lets the bot have little more than it has, so that it is the decision that fails and not the machine."""
    async with raised(tmp_path, words="quick frail") as town:
        sara = await telling(town)
        with limited(town, resource.RLIMIT_AS, size(town) + (512 << 20)):
            sara.says("A text that is glutton to the bot")
            sara.person.writes("A text behind it.")
            await is_set_aside(town, sara, "glutton")
            await others_are_served(town)


async def test_f26_what_takes_the_process_with_it_is_set_aside_after_five_lives(frail: Town) -> None:
    """F26: nobody is left to count, so the next process counts beforehand; who wrote at the same time is served, and never blamed."""
    sara, dara = await telling(frail), await telling(frail)
    await frail.kill()
    sara.says("A text that is arsenic to the bot")
    sara.person.writes("A text behind it.")
    dara.says("What dara saw.")
    for _ in range(LIVES):
        frail.launches()
        assert await frail.ends() == -signal.SIGKILL
    await frail.starts()
    await is_set_aside(frail, sara, "arsenic")
    await dara.taps("done")
    assert "What dara saw." in (await frail.forums["khanaqin"].card(await dara.finishes())).text


@pytest.mark.parametrize("seed", [1, 2])
async def test_f25_whatever_comes_twice_in_disorder_or_with_new_numbers_is_handled_once_and_stands_in_order(town: Town, seed: int) -> None:
    """F25: by polling."""
    await in_disorder(town, random.Random(seed))


async def test_f25_whatever_is_brought_twice_in_disorder_or_with_new_numbers_is_handled_once_and_stands_in_order(tmp_path: Path) -> None:
    """F25: by webhook, where each comes alone."""
    async with raised(tmp_path, intake="webhook") as town:
        town.telegram.courier.pace = 0.02
        await town.until(lambda: town.world.asked("setWebhook"))
        await in_disorder(town, random.Random(3))


async def in_disorder(town: Town, chance: random.Random) -> None:
    """Each update once or several times, in any order; then numbers that begin anew below the old ones; and a press long out of date."""
    sara = town.resident("en")
    await sara.arrives()
    await sara.goes_to_story()
    old = next(message for message in sara.talk.from_bot if "Is anyone in danger" in message.text)
    await town.kill()
    for number in range(8):
        sara.says(f"Sentence number {number}.")
    for update in town.world.updates.first(100):
        for _ in range(chance.randrange(3)):
            town.world.updates.repeat(update["update_id"])
    town.world.updates.shuffle(chance)
    await town.starts()
    await town.until(lambda: len(town.world.updates) == 0)
    await settled(town)
    town.world.updates.restart_ids(chance.randrange(1, 1000))
    sara.says("Sentence number 8.")
    await settled(town)
    assert plain(await sara.person.presses(old, "No").answer()) == "This step is already done."
    await sara.taps("done")
    card = await town.forums["khanaqin"].card(await sara.finishes())
    told = [line for line in plain(card.text).splitlines() if line.startswith("Sentence")]
    assert told == [f"Sentence number {number}." for number in range(9)]


async def test_f27_a_message_that_telegram_never_takes_does_not_hold_up_those_behind_it(town: Town) -> None:
    """F27: put aside for a human; the next ones of the same chat go out, and others never noticed."""
    sara = town.resident("en")
    await sara.arrives()
    fault = town.telegram.faults.add("status", "sendMessage", chat=sara.person.id, status=400, description="Bad Request: text is poison")
    sara.says("/report")
    await others_are_served(town)
    sara.says("/status")
    await sara.hears("You have no open reports")
    await settled(town)
    assert (fault.met, (await kept(town)).dead) == (1, 1)
    await town.province.hears("alwand parked")
