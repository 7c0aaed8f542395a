"""One of three dies, stands still or loses the server: the others go on, and nothing comes twice but what was on its way."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from bot.pipeline.pace import EARLY
from bot.pipeline.works import DUTIES, Duty
from bot.storage.database import Database
from bot.storage.leases import SPAN
from bot.storage.seal import Keyring
from tests.fire.conversations import CONVERSATIONS
from tests.fire.faults import backends_killed, eventually
from tests.fire.judge import Thread, judge
from tests.fire.kept import settled
from tests.fire.processes.several import Bots, several
from tests.fire.talk import Crowd
from tests.pipeline.crowd import accounts, begins, hushes, settle
from tests.town.people import Resident

RATE = "60"
"""Messages a second: twice Telegram's, so that a kill finds few under way."""
AT_ONCE = 10
"""So many of them a busy machine may not have written down yet: those of a sixth of a second."""


async def chatting(bots: Bots) -> tuple[Resident, Thread]:
    """Somebody in the middle of telling what happened."""
    sara = bots.town.resident("en")
    await sara.arrives()
    await sara.goes_to_story()
    return sara, Thread("s1", bots.town.forums["khanaqin"].chat.id)


@pytest.mark.parametrize("duty", ["send", *(pytest.param(duty, marks=pytest.mark.slow) for duty in ("tick", "receive"))])
async def test_what_a_killed_process_did_another_does_within_ten_seconds(tmp_path: Path, own_postgresql_url: str, duty: Duty) -> None:
    """F29, aim 9: it is the only one that sends, ticks or receives."""
    async with several(tmp_path, own_postgresql_url) as bots:
        sara, story = await chatting(bots)
        holder, fence = await bots.holder(duty), await bots.fence(duty)
        await bots.kill(holder)
        began = time.monotonic()
        sara.says(story.next("They dug up the road again."))
        await sara.taps("done")
        reference = await sara.finishes()
        assert story.last in (await bots.town.forums["khanaqin"].card(reference)).text
        assert await bots.holder(duty) is not holder
        assert await bots.fence(duty) == fence + 1
        print(f"{duty}: {time.monotonic() - began:.1f} s from the kill to the card")
        assert time.monotonic() - began < 10
        await settled(bots.town)
        (await judge(bots.town, bots.kills, [story])).sound()


@pytest.mark.slow
async def test_whoever_does_most_is_killed_again_and_again(tmp_path: Path, own_postgresql_url: str) -> None:
    """B1-B5, F3-F6, F29: a crowd talks meanwhile, and each time another process begins."""
    chance = random.Random(11)
    async with several(tmp_path, own_postgresql_url, LIMITS__MESSAGES_PER_SECOND="300") as bots:
        crowd = Crowd(bots.town, chance, CONVERSATIONS, at_once=20)
        talking = asyncio.create_task(crowd.lives(60))
        while not talking.done() and len(bots.kills) < 12:
            await asyncio.sleep(chance.uniform(0.5, 3))
            await bots.kill(await bots.holder(chance.choice(DUTIES)))
            await bots.starts()
        await talking
        await crowd.comes_back()
        assert crowd.stuck == []
        await settled(bots.town)
        assert len(bots.kills) > 5
        (await judge(bots.town, bots.kills, crowd.threads)).sound()


async def test_one_that_stood_still_longer_than_its_lease_sends_and_writes_nothing_when_it_wakes(
    tmp_path: Path, own_postgresql_url: str
) -> None:
    """F29: it believes that it is still its turn, and has messages in hand that wait for their moment; the next one has sent them since."""
    async with several(tmp_path, own_postgresql_url, LIMITS__MESSAGES_PER_SECOND="3") as bots:
        town = bots.town
        people = [town.resident("en") for _ in range(6)]
        for one in people:
            one.says("/start")
        await town.until(lambda: asked(bots))
        holder = await bots.holder("send")
        with holder.frozen():
            await eventually(lambda: any(bot.lines("duty", duty="send", outcome="taken", was="lapsed") for bot in bots.all))
            for one in people:
                await one.hears("911")
            other = await bots.holder("send")
            assert other is not holder
        await eventually(lambda: holder.lines("duty", duty="send", outcome="lost"))
        people[0].says("/start")
        await people[0].hears("911")
        await settled(town)
        found = asked(bots)
        assert found[people[0].person.id] in (2, 3)
        assert found.total() - 1 < len(people) + EARLY  # so many calls may have been open when it was stopped
        assert await bots.holder("send") is other


def asked(bots: Bots) -> Counter[int]:
    """Count by chat how often the first question was asked."""
    calls = [call for call in bots.town.world.asked("sendMessage") if call.status == 200 and "911" in str(call.params["text"])]
    return Counter(int(call.params["chat_id"]) for call in calls)


@pytest.mark.slow
async def test_all_go_on_after_the_server_has_ended_every_connection(tmp_path: Path, own_postgresql_url: str) -> None:
    """F35: again and again, while people talk; a server that is started anew does no more. Everybody comes back for what is theirs."""
    async with several(tmp_path, own_postgresql_url, LIMITS__MESSAGES_PER_SECOND="300") as bots:
        crowd = Crowd(bots.town, random.Random(3), CONVERSATIONS, at_once=10)
        talking = asyncio.create_task(crowd.lives(15))
        held = await bots.spread()
        fences = [await bots.fence(duty) for duty in DUTIES]
        for _ in range(4):
            await asyncio.sleep(1.5)
            await backends_killed(bots.town)
        await talking
        await crowd.comes_back()
        assert crowd.stuck == []
        await settled(bots.town)
        (await judge(bots.town, (), crowd.threads)).sound()
        assert len(bots.living) == 3
        assert await bots.holders() == held
        assert [await bots.fence(duty) for duty in DUTIES] == fences


async def test_whoever_stops_in_order_hands_on_at_once(tmp_path: Path, own_postgresql_url: str) -> None:
    """F33: an upgrade, one process after the other, holds up nobody; no lease has to lapse."""
    async with several(tmp_path, own_postgresql_url) as bots:
        sara, story = await chatting(bots)
        for bot in [*bots.all]:
            sara.says(story.next("They dug up the road again."))
            began = time.monotonic()
            assert await bot.stops() == 0
            assert time.monotonic() - began < SPAN
            await bots.starts()
        await sara.taps("done")
        await sara.finishes()
        await settled(bots.town)
        (await judge(bots.town, (), [story])).sound()
        assert not any(bot.lines("duty", was="lapsed") or bot.lines("duty", was="gone") for bot in bots.all)


@pytest.mark.slow
async def test_a_broadcast_goes_on_over_kills_of_who_sends_it(tmp_path: Path, own_postgresql_url: str) -> None:
    """B89, B90, F28: nobody is missed, each kill repeats what was under way at most."""
    async with several(tmp_path, own_postgresql_url, LIMITS__MESSAGES_PER_SECOND=RATE) as bots:
        world = bots.town.world
        people = accounts(bots.town.telegram, 400)
        db = await Database.open(own_postgresql_url, Keyring.parse((tmp_path / "alwand.key").read_text(encoding="ascii")))
        try:
            await settle(db, people)
            await hushes(db, hush=False)
            await begins(db)
        finally:
            await db.close()

        def told() -> Counter[int]:
            taken = [call for call in world.asked("sendMessage") if call.status == 200 and "Beware" in str(call.params["text"])]
            return Counter(int(call.params["chat_id"]) for call in taken)

        for reached in (80, 200, 320):
            await eventually(lambda reached=reached: len(told()) >= reached)  # type: ignore[misc]
            await bots.kill(await bots.holder("send"))
            await bots.starts()
        await eventually(lambda: len(told()) == len(people))
        await settled(bots.town)
        found = told()
        assert max(found.values()) <= 2
        in_doubt = sum(line["copies"] for bot in bots.all for line in bot.lines("picked up"))
        assert found.total() - len(found) <= min(in_doubt, AT_ONCE * len(bots.kills))
