"""The demo on its stage with a parrot for a bot, and a real Chromium that looks at it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect

from bot.demo.cast import Area, Cast
from bot.demo.server import StandIn
from bot.demo.stage import Stage, raised
from bot.demo.supervisor import Supervisor
from tests.town.people import PATIENCE

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AREAS = [
    Area("khanaqin", {"en": "Khanaqin", "ar": "خانقين", "ckb": "خانەقین"}, "ckb", 34.3475, 45.3919),
    Area("baquba", {"en": "Baquba", "ar": "بعقوبة", "ckb": "بەعقووبە"}, "ar", 33.7447, 44.6436),
]
PROVINCE = Area("province", {"en": "Diyala", "ar": "ديالى", "ckb": "دیالە"}, "ar", 33.7447, 44.6436)
PARROT = Path(__file__).with_name("parrot.py")

expect.set_options(timeout=PATIENCE * 1000)


@pytest_asyncio.fixture(loop_scope="session")
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The demo, with the parrot kept alive by the supervisor."""

    def keeper(telegram: StandIn, cast: Cast) -> Supervisor:
        del cast
        command = (sys.executable, str(PARROT), telegram.url, telegram.token)
        return Supervisor(command, dict(os.environ), tmp_path / "bot.log", pause=0.5)

    async with raised(0, AREAS, PROVINCE, keeper, tmp_path, limits=False) as stage:
        await stage.telegram.world.until(lambda: stage.telegram.world.bot_is_up, PATIENCE)
        yield stage


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, one for all tests: it takes a second to start."""
    if CHROMIUM is None:
        pytest.skip("no chromium here: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


class Watched:
    """A page that must stay quiet: no error in its console, no request elsewhere."""

    def __init__(self, page: Page, own: str) -> None:
        self.page = page
        self.troubles: list[str] = []
        self._own = own
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self._own, "data:", "blob:")):
            self.troubles.append(f"request: {request.url}")


@pytest_asyncio.fixture(loop_scope="session")
async def page(stage: Stage, browser: Browser) -> AsyncIterator[Page]:
    """The demo's page in English, on a desk; the test fails if anything went wrong in it."""
    context = await browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB")
    context.set_default_timeout(PATIENCE * 1000)
    page = await context.new_page()
    watched = Watched(page, stage.url)
    await page.goto(stage.url)
    await page.wait_for_selector("#conversations")
    yield page
    await context.close()
    assert watched.troubles == []
