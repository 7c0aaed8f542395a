"""What a visitor of the demo clicks: a broadcast is written, approved by another, and sent through a cut network and a kill."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.cli.demo import areas, keeper, until_sendable
from bot.clock import SystemClock
from bot.config import example, load
from bot.demo.stage import Stage, raised
from bot.i18n import render
from bot.model.text import C_
from tests.demo_page.conftest import Watched
from tests.town.words import label, plain

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SOON = 20_000  # ms
BY_THE_END = 90_000  # ms
READERS = 300
MARKS = "[\u200e\u200f\u2066-\u2069]*"
TEXTS = {"العربية": "لنحمِ أبناءنا من المخدرات", "الكردية": "با منداڵەکانمان بپارێزین", "الإنجليزية": "Let us protect our children"}


@pytest_asyncio.fixture(loop_scope="session")
async def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """What `alwand demo` shows, with fewer subscribers, and a group that takes more than 20 messages and edits a minute."""
    monkeypatch.setenv("TOWN", "quick")
    config = load(example())
    ahead = until_sendable(config.times(), SystemClock().now())
    keeping = partial(keeper, folder=tmp_path, module="tests.town.launch")
    async with raised(0, *areas(config), keeping, tmp_path, readers=READERS, ahead=ahead, limits=False) as stage:
        await stage.telegram.world.until(lambda: stage.telegram.world.bot_is_up, 30)
        yield stage
    assert stage.telegram.world.violations == []


@pytest_asyncio.fixture(loop_scope="session")
async def page(demo: Stage, browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.set_default_timeout(SOON)
    page = await context.new_page()
    watched = Watched(page, demo.url)
    await page.goto(demo.url)
    await page.wait_for_selector("#conversations")
    yield page
    await context.close()
    assert watched.troubles == []


def as_seen(text: str) -> re.Pattern[str]:
    """Match what reads so, whatever marks of direction are in it."""
    return re.compile(f"^{MARKS}{MARKS.join(map(re.escape, text))}{MARKS}$")


def button(page: Page, text: str) -> Locator:
    return page.locator(".province .from-bot").get_by_role("button", name=as_seen(text)).last


async def writes_all_languages(page: Page) -> None:
    """Answer each request for a text; it opens by itself in the line to write in."""
    for language, text in TEXTS.items():
        await button(page, f"النص: {language}").click()
        await expect(page.locator(".province .aimed")).to_be_visible()
        await page.locator(".province textarea").fill(text)
        await page.locator(".province textarea").press("Enter")
        await expect(button(page, f"✓ النص: {language}")).to_be_visible(timeout=SOON)


async def test_a_broadcast_passes_through_a_cut_network_and_a_kill_while_a_resident_is_answered(page: Page, demo: Stage) -> None:
    """B87, B88, B89, B90, B91, B111, F28: all of it seen on the page."""
    crowd = demo.telegram.world.crowd
    assert crowd is not None
    await page.locator(".crowd").get_by_role("button", name="Write a broadcast").click()
    await button(page, plain(render(C_("topic", "Protection from drugs"), "ar"))).click()
    await writes_all_languages(page)
    await button(page, label("Preview", "ar")).click()
    await expect(page.locator(".province .from-bot .words").filter(has_text=TEXTS["الكردية"]).last).to_be_visible()
    await button(page, label("Submit", "ar")).click()

    approve = button(page, label("Approve", "ar"))
    await approve.click()
    await expect(page.get_by_role("alertdialog")).to_be_visible()
    await page.keyboard.press("Escape")
    assert not crowd.reached.total()
    await page.locator(".province").get_by_label("You are").select_option(str(demo.cast.province.members[1].person.id))
    await approve.click()

    moves = page.locator(".figures .moves")
    await expect(moves).to_be_visible(timeout=SOON)
    await page.locator(".phone .entry").click()
    await expect(page.locator(".phone .from-bot")).to_have_count(1)
    await expect(page.locator(".meanwhile")).to_be_visible()
    await page.get_by_role("button", name="Cut the network").click()
    await expect(page.locator(".figures .facts")).to_contain_text("Nothing is on its way", timeout=SOON)
    await page.get_by_role("button", name="Connect the network").click()
    await expect(moves).to_be_visible(timeout=SOON)
    await page.get_by_role("button", name="Kill the bot").click()
    killed_at = crowd.reached.total()
    assert killed_at < READERS * 0.9
    await expect(page.locator(".story")).to_contain_text("The bot is back", timeout=SOON)

    await expect(page.locator(".province .photo img")).to_be_visible(timeout=BY_THE_END)
    assert crowd.missed == 0
    assert crowd.doubled <= 1
    for face in demo.cast.faces:
        await expect(page.locator(".small-phone").filter(has_text=face.person.name).locator(".words")).to_have_count(1)
    await expect(page.locator(".hidden-facts")).to_contain_text("none of this is in them")
