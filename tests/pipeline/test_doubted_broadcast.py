"""A broadcast that is being sent when the machine's clock jumps (F31)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import OffsetClock
from bot.pipeline import timekeeping
from tests.pipeline.crowd import accounts, begins, figures, got, settle, state, until
from tests.pipeline.house import House


async def stands(house: House) -> bool:
    """Whether nothing of it is on its way, and nothing left for as long as the fan-out needs to look anew."""
    before = len(got(house.telegram))
    await asyncio.sleep(0.6)
    return len(got(house.telegram)) == before and (await figures(house.db)).sending == 0


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-20_000)], ids=["a day on", "to the seventies"])
async def test_it_waits_while_the_time_is_doubted_and_goes_on_to_nobody_twice_while_replies_never_wait(
    house: House, tmp_path: Path, jump: timedelta
) -> None:
    house.without_limits()
    offset = tmp_path / "offset"
    offset.write_text("0")
    house.clock = OffsetClock(offset, doubtful=True)
    await settle(house.db, accounts(house.telegram, 100))
    sara = house.resident()

    async def doubted() -> bool:
        return bool(await house.db.read(lambda conn: timekeeping.doubted(conn, house.db.keys)))

    async def trusted() -> bool:
        return not await doubted()

    async with house.running(per_second=40.0):
        await begins(house.db)
        await until(lambda: len(got(house.telegram)) >= 10)
        offset.write_text(str(jump.total_seconds()))
        await until(doubted)
        sara.writes("hello")
        await sara.hears("hello")
        await until(lambda: stands(house))
        told = len(got(house.telegram))
        for words in ("one", "two", "three"):
            sara.writes(words)
            await sara.hears(words)
        assert len(got(house.telegram)) == told < 100
        offset.write_text("0")
        await until(trusted)
        await until(lambda: len(got(house.telegram)) == 100)
    assert set(got(house.telegram).values()) == {1}
    assert await state(house.db) in ("sending", "done")
