"""Who may have killed the process is tried with care, and who is innocent pays nothing for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.model.effects import Effect
from bot.model.events import Event
from bot.model.situation import Situation
from bot.pipeline.careful import LIVES, Careful
from bot.storage import inbox
from tests.pipeline.book import decide
from tests.pipeline.house import House


async def dies_with_it_in_hand(house: House) -> None:
    """A life that ends when it has begun with what waits."""
    (lane,) = await house.db.read(lambda conn: inbox.waiting_lanes(conn, house.clock.now(), 1))
    careful = Careful(house.db, house.clock)
    await careful.begin()
    async with careful.over(lane) as deadly:
        assert deadly is None


async def test_a_bot_that_was_restarted_twice_gives_a_message_no_fewer_tries(house: House) -> None:
    """F26: what came from outside is not held against what was in hand; a failure that passes is one failure."""
    failures = iter(range(house.limits.attempts - 1))

    def fails_at_first(situation: Situation, event: Event) -> Iterator[Effect]:
        if next(failures, None) is not None:
            raise ValueError("not this time")
        return decide(situation, event)

    house.decide, house.limits = fails_at_first, replace(house.limits, pauses=(0.1,))
    sara = house.resident()
    sara.writes("hello")
    await house.takes_in()
    for _ in range(LIVES - 3):
        await dies_with_it_in_hand(house)
    async with house.running():
        await sara.hears("echo hello")
    backlog = await house.db.read(lambda conn: inbox.backlog(conn, house.clock.now()))
    assert (backlog.waiting, backlog.parked) == (0, 0)
