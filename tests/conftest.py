"""What holds for every test."""

import os
import socket
from collections.abc import Generator
from typing import Any

import pytest

from bot.demo.world import World
from tests.town.people import PATIENCE
from tests.town.process import last_words

pytest_plugins = ("tests.databases",)

World.patience = PATIENCE
BEGAN = pytest.StashKey[float]()
LONGEST = (
    "demo_page/test_broadcast",
    "pipeline/test_fanout_killed",
    "town/test_limits",
    "pipeline/test_fanout",
    "fire",
    "backup",
    "demo_page",
    "town",
    "bench",
    "health",
    "pipeline",
    "check",
)
"""Begins with what takes longest, so that no worker is left alone with it at the end: the starts of paths below `tests`."""
LOOPBACK = ("127.", "localhost", "::1")


@pytest.fixture(autouse=True)
def _stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves the machine: a test that needs the world outside proves nothing on another day."""

    def guarded(method: Any) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
                pytest.fail("a test tried to leave 127.0.0.1")
            return method(self, address)

        return connect

    monkeypatch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the developer's own `ALWAND_` variables."""
    for name in [name for name in os.environ if name.startswith("ALWAND_") or name == "CREDENTIALS_DIRECTORY"]:
        monkeypatch.delenv(name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what the bots wrote last: most of what fails in a town is told there."""
    report = yield
    began = item.stash.setdefault(BEGAN, call.start)  # with its fixtures
    if report.failed:
        report.sections += last_words(began)
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what takes longest."""
    items.sort(
        key=lambda item: next((place for place, start in enumerate(LONGEST) if item.nodeid.startswith(f"tests/{start}")), len(LONGEST))
    )
