"""A broadcast that was due in the time that a restored backup does not know of: it may have been sent, so somebody is asked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.model.broadcasts import Schedule
from bot.model.effects import OpenBroadcast
from bot.model.ids import PROVINCE
from bot.model.messages import Action, ToForum, progress_slot
from bot.pipeline.resuming import resume
from bot.storage import settings
from bot.storage.database import Database
from tests.handlers.build import KHANAQIN
from tests.pipeline.test_broadcast_due import DUE, MONDAY, approved, opened, says, wakes, when
from tests.pipeline.wire import Village

MINUTES_AFTER = timedelta(minutes=20)
"""So long after its time it would still begin by itself."""


@pytest.fixture
async def village(database: Database) -> Village:
    return await Village(database).founded()


async def restored(village: Village, made: datetime) -> None:
    """Let the database be that of a backup, restored now."""
    await village.db.transact(lambda conn: settings.put(conn, village.db.keys, settings.RESTORING, made.isoformat()))
    assert await resume(village.db, village.around, (), village.clock.now()) is not None


async def test_a_recurring_broadcast_that_was_due_in_the_gap_is_held_and_the_next_goes_by_itself(village: Village) -> None:
    """F30, F36: within its window too; it was sent at its time, minutes before the disk was lost, or it was not."""
    cast = approved()
    await village.does(OpenBroadcast(cast), wakes(cast))
    village.clock.time = DUE + MINUTES_AFTER
    await restored(village, DUE - timedelta(hours=7))
    await village.wakes()
    [held] = (await opened(village.db, cast))[cast.id]
    assert (held.wall, held.state) == (MONDAY, "held")
    asked = {row.recipient for row in await village.said() if row.slot == progress_slot(held.id)}
    assert asked == {ToForum(KHANAQIN), ToForum(PROVINCE)}
    assert await when(village.db) == [DUE + timedelta(days=7)]
    await says(village, Action("cast_go", None, ("send",), occurrence=held.id))
    assert [each.state for each in (await opened(village.db, cast))[cast.id]] == ["sending"]
    village.clock.time = DUE + timedelta(days=7)
    await village.wakes()
    assert [each.state for each in (await opened(village.db, cast))[cast.id]] == ["sending", "sending"]


async def test_one_that_was_to_go_at_once_is_held_too(village: Village) -> None:
    """It was approved in the second of the backup: its sending began after that, if it did."""
    cast = approved(schedule=Schedule("now"), since=MONDAY)
    await village.does(OpenBroadcast(cast), wakes(cast))
    village.clock.time = DUE + MINUTES_AFTER
    await restored(village, DUE)
    await village.wakes()
    assert [each.state for each in (await opened(village.db, cast))[cast.id]] == ["held"]


async def test_without_a_restore_it_goes_by_itself(village: Village) -> None:
    """B93: a delay within the window asks nobody."""
    cast = approved()
    await village.does(OpenBroadcast(cast), wakes(cast))
    village.clock.time = DUE + MINUTES_AFTER
    await village.wakes()
    assert [each.state for each in (await opened(village.db, cast))[cast.id]] == ["sending"]
