"""A machine whose clock jumps, in the whole town: the province is told, what deletes waits, everybody else goes on (F31, B12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conversation.words import SAYS, STORY
from tests.town.people import Resident
from tests.town.test_residents import rows
from tests.town.town import Town, raised
from tests.town.words import parts, said

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC) - datetime.now(UTC)
WAITING = "Until the time is confirmed no broadcast begins and nothing is deleted. Reports and answers go on as usual."
AGAIN = "The time is confirmed. What was waiting goes on."
UNFINISHED = "For your safety we deleted your unfinished report after {time}. You can start again at any time."


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A town on a machine whose clock only this test moves, and nobody knows why."""
    async with raised(tmp_path, CLOCK_DOUBT="1") as town:
        yield town


def jumps(town: Town, by: timedelta) -> None:
    """Let the clock of the town's machine be off by so much, from now on."""
    (town.folder / "clock").write_text(str(by.total_seconds()), encoding="utf-8")


def told(town: Town, english: str) -> int:
    """Return how many of the province's messages say this."""
    return len(town.province.about(said(english, town.province.language)))


def deleted(sara: Resident) -> bool:
    """Whether she was told that her unfinished report is gone."""
    return parts(UNFINISHED, sara.language, time="").split("\n")[0][:20] in sara.screen()


@pytest.mark.parametrize("jump", [HOUR, -HOUR, DAY, -DAY, EPOCH], ids=["an hour on", "an hour back", "a day on", "a day back", "to 1970"])
async def test_f31_a_report_is_written_answered_and_delivered_once_whichever_way_the_clock_jumps(town: Town, jump: timedelta) -> None:
    """F31, B12."""
    sara, forum = town.resident("ar"), town.forums["khanaqin"]
    await sara.arrives()
    await sara.goes_to_story()
    jumps(town, jump)
    await town.province.hears(said(WAITING, town.province.language))
    sara.says(STORY["ar"])
    await sara.taps("done")
    reference = await sara.finishes()
    await forum.hears(reference)
    jumps(town, timedelta())
    await town.province.until(lambda: told(town, AGAIN))
    sara.says("/status")
    await sara.hears(reference)
    assert told(town, AGAIN) == 1
    assert sara.screen().count(SAYS["thanks"]["ar"]) == 1
    assert len(forum.about(reference)) == 1


async def test_f31_nothing_is_deleted_by_a_clock_that_jumps_a_week_until_somebody_says_that_it_is_right(town: Town) -> None:
    """F31: over a kill too. What has fallen due by the new time comes then."""
    sara, province = town.resident("ar"), town.province
    await sara.arrives()
    await sara.goes_to_story()
    await town.kill()
    jumps(town, 8 * DAY)
    await town.starts()
    question = await province.hears(said(WAITING, province.language))
    dara = town.resident("ar", "Dara")
    await dara.arrives()
    await town.kill()
    await town.starts()
    dara.says("/report")
    await dara.is_told("danger?")
    assert not deleted(sara)
    assert rows(town, "drafts") == 2
    await province.presses(province.ali, question, "The clock is right").answer()
    await province.until(lambda: told(town, AGAIN))
    await town.until(lambda: deleted(sara))
    assert told(town, AGAIN) == 1
