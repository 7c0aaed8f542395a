"""Towns for the tests of this room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.town.town import Town, raised


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(request: pytest.FixtureRequest, tmp_path_factory: object) -> AsyncIterator[Town]:
    """One town for all tests of a module: each brings its own residents. Its parameter is the way in."""
    folder: Path = tmp_path_factory.mktemp("town")  # type: ignore[attr-defined]
    async with raised(folder, intake=getattr(request, "param", "polling")) as town:
        yield town


@pytest_asyncio.fixture(loop_scope="function")
async def own_town(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    """A town for one test alone, which may do to it what it likes."""
    async with raised(tmp_path, intake=getattr(request, "param", "polling")) as town:
        yield town
