"""With Telegram's own limits on, as the real bot meets them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.demo.api.limits import Limits, Pace
from tests.town.town import raised
from tests.town.words import plain

PEOPLE = 60
LINES = 5


async def test_five_hundred_waiting_updates_are_handled_in_order_and_within_the_limits(tmp_path: Path) -> None:
    """B5: nobody is answered faster than Telegram allows, nobody is forgotten, and every story is in its order."""
    async with raised(tmp_path) as town:
        people = [town.resident("en", f"Resident{number}") for number in range(PEOPLE)]

        async def begins(number: int) -> None:
            await people[number].arrives()
            await people[number].goes_to_story(district=("Khanaqin", "Khalis", "Baquba")[number % 3])

        await asyncio.gather(*(begins(number) for number in range(PEOPLE)))
        await town.stop()
        for line in range(LINES):
            for number, sara in enumerate(people):
                sara.person.writes(f"Line {line} of {number}.")
        for forum in town.forums.values():
            for number in range(25):
                forum.ali.writes(f"Chatter {number}", forum.chat)
        assert len(town.world.updates) == PEOPLE * LINES + 25 * len(town.forums) >= 500
        town.telegram.service.pace = Pace(Limits(a_second=1000))
        calls = len(town.world.calls)
        town.environment |= {"TOWN": "", "ALWAND_LIMITS__CHAT_SECONDS": "1.0"}
        await town.starts()
        await town.until(lambda: len(town.world.updates) == 0)
        for sara in people:
            await sara.hears("press “Done”")
        assert not [call for call in list(town.world.calls)[calls:] if call.status == 429]
        for sara in people[:3]:
            await sara.taps("done")
            await sara.answers("when?", "skip")
            await sara.answers("contact?", "no")
            review = await sara.hears("Shall we send it")
            told = [line for line in plain(review.text).splitlines() if line.startswith("Line")]
            assert told == [f"Line {line} of {people.index(sara)}." for line in range(LINES)]
        assert not [call for call in list(town.world.calls)[calls:] if call.status == 429]
