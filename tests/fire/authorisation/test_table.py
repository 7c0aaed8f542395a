"""Every action, tried by everybody in every state, does what the table says: nothing is done by who is not named there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.storage.database import Database
from tests.databases import KEYS
from tests.fire.authorisation.areas import wrong
from tests.fire.authorisation.hamlet import Hamlet
from tests.fire.authorisation.table import AREAS, Area


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hamlet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hamlet]:
    """One hamlet for all tests of the module: nothing that is tried in it stays."""
    folder: Path = tmp_path_factory.mktemp("hamlet")
    database = await Database.open(f"sqlite+aiosqlite:///{folder / 'alwand.db'}", KEYS)
    yield await Hamlet(database).settles()
    await database.close()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("all_of_them", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.about)
async def test_everybody_may_what_the_table_says_and_nothing_else(hamlet: Hamlet, area: Area, all_of_them: bool) -> None:
    """B71, B86."""
    count, found = await hamlet.db.transact(lambda conn: wrong(area, hamlet, conn, all_of_them=all_of_them))
    print(f"{count} tries about {area.about}")
    assert found == []
