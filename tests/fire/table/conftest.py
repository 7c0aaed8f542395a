"""Towns to do harm to, one for each test: they start in a third of a second."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.town.town import Town, raised


class Raise(Protocol):
    """Raises a town on the database that the test runs with: as `tests.town.town.raised` does, with less to say."""

    def __call__(
        self, words: str = ..., *, asleep: bool = ..., text: Callable[[str], str] = ..., **settings: str
    ) -> AbstractAsyncContextManager[Town]:
        """Raise it."""
        ...


@pytest.fixture(params=["sqlite", "postgresql"])
def raise_town(request: pytest.FixtureRequest, tmp_path: Path) -> Raise:
    """Return what raises a town; the test runs once on each kind of database."""
    on = {} if request.param == "sqlite" else {"STORAGE__URL": str(request.getfixturevalue("own_postgresql_url"))}

    def raising(
        words: str = "quick", *, asleep: bool = False, text: Callable[[str], str] = lambda text: text, **settings: str
    ) -> AbstractAsyncContextManager[Town]:
        environment: Any = {**on, **settings}
        return raised(tmp_path, words=words, asleep=asleep, text=text, **environment)

    return raising


@pytest.fixture
async def town(raise_town: Raise) -> AsyncIterator[Town]:
    """A town on each kind of database."""
    async with raise_town() as town:
        yield town


@pytest.fixture
async def sqlite_town(tmp_path: Path) -> AsyncIterator[Town]:
    """A town on SQLite, for what happens to files."""
    async with raised(tmp_path) as town:
        yield town


@pytest.fixture
async def postgresql_town(tmp_path: Path, own_postgresql_url: str) -> AsyncIterator[Town]:
    """A town on PostgreSQL, for what happens to a server."""
    async with raised(tmp_path, STORAGE__URL=own_postgresql_url) as town:
        yield town
