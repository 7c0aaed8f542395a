"""The crowd beside the conversations: its bar moves, three of its phones show the message, and a resident is answered meanwhile."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.demo.cast import Cast
from bot.demo.server import StandIn
from bot.demo.stage import Stage, raised
from bot.demo.supervisor import Supervisor
from bot.demo.world.crowd import READS, Reader
from tests.demo_page.conftest import AREAS, PARROT, PROVINCE, Watched
from tests.demo_page.test_access import AXE, FOUND, LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

READERS = 600
SAID = {
    "ar": "لنحمِ أبناءنا من المخدرات. أخبرونا، ولن يعرف المنتدى من أنتم.",
    "ckb": "با منداڵەکانمان لە ماددە هۆشبەرەکان بپارێزین. کۆڕبەند نازانێت ئێوە کێن.",
    "en": "Let us protect our children from drugs. The forum does not see who you are.",
}
STOP = {"ar": "إيقاف الرسائل", "ckb": "ڕاگرتنی پەیامەکان", "en": "Stop messages"}


@pytest_asyncio.fixture(loop_scope="session")
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The demo with a crowd, and the parrot for a bot."""

    def keeper(telegram: StandIn, cast: Cast) -> Supervisor:
        del cast
        command = (sys.executable, str(PARROT), telegram.url, telegram.token)
        return Supervisor(command, dict(os.environ), tmp_path / "bot.log", pause=0.5)

    async with raised(0, AREAS, PROVINCE, keeper, tmp_path, limits=False, readers=READERS) as stage:
        await stage.telegram.world.until(lambda: stage.telegram.world.bot_is_up, 10)
        yield stage


class Caster:
    """Sends a broadcast in the bot's name, as fast as it is told to."""

    def __init__(self, stage: Stage, session: aiohttp.ClientSession) -> None:
        crowd = stage.telegram.world.crowd
        assert crowd is not None
        self.crowd = crowd
        self._session = session
        self._url = f"{stage.telegram.url}/bot{stage.telegram.token}/sendMessage"

    async def sends(self, readers: Iterable[Reader], extra: str = "") -> None:
        """One message to each of these."""
        await asyncio.gather(*(self._send(reader, extra) for reader in readers))

    async def post(self, chat: str, text: str) -> None:
        """One post with a door to the bot."""
        keyboard = {"inline_keyboard": [[{"text": "Open", "url": "https://t.me/alwand_demo_bot"}]]}
        await self._session.post(self._url, json={"chat_id": chat, "text": text, "reply_markup": keyboard})

    async def _send(self, reader: Reader, extra: str) -> None:
        button = [[{"text": STOP[reader.language], "callback_data": "toast"}]]
        said = {"chat_id": reader.id, "text": SAID[reader.language] + extra, "reply_markup": {"inline_keyboard": button}}
        async with self._session.post(self._url, json=said) as answer:
            assert (answer.status == 200) == (reader.fate == READS)


@pytest_asyncio.fixture(loop_scope="session")
async def caster(stage: Stage) -> AsyncIterator[Caster]:
    """A broadcast that the test itself sends."""
    async with aiohttp.ClientSession() as session:
        yield Caster(stage, session)


def small_phone(page: Page, name: str) -> Locator:
    return page.locator(".small-phone").filter(has_text=name)


async def test_the_bar_tells_how_many_have_it_and_who_cannot_be_reached(page: Page, caster: Caster) -> None:
    bar = page.get_by_role("progressbar", name="Who has the message")
    await expect(page.locator(".how")).to_contain_text("Write a broadcast in the province’s group")
    readers = list(caster.crowd)
    await caster.sends(readers[:300])
    reached = sum(reader.fate == READS for reader in readers[:300])
    await expect(bar).to_have_attribute("aria-valuenow", str(reached))
    await expect(page.locator(".figures .facts")).to_contain_text("a second")
    await expect(page.locator(".how")).to_have_count(0)
    await caster.sends(readers[300:])
    reached = sum(reader.fate == READS for reader in readers)
    await expect(bar).to_have_attribute("aria-valuenow", str(reached))
    await expect(bar).to_have_attribute("aria-valuetext", re.compile(f"{reached}.? of .?{READERS}"))
    await expect(page.locator(".figures .facts")).to_contain_text(re.compile(f"Cannot be reached: .?{READERS - reached}"))
    await expect(page.locator(".figures .facts")).to_contain_text("Nothing is on its way", timeout=12_000)


async def test_three_phones_show_the_message_in_their_language_and_direction(page: Page, stage: Stage, caster: Caster) -> None:
    """B36: each as its reader sees it, whatever the page's language is."""
    await caster.sends(caster.crowd)
    for face in stage.cast.faces:
        phone = small_phone(page, face.person.name)
        words = phone.locator(".words")
        await expect(words).to_have_text(SAID[face.language])
        await expect(words).to_have_attribute("dir", LANGUAGES[face.language])
        await expect(words).to_have_attribute("lang", face.language)
    arabic = small_phone(page, stage.cast.faces[0].person.name)
    await arabic.get_by_role("button", name=STOP["ar"]).click()
    await expect(arabic.locator(".toast")).to_have_text("Pressed quietly")


async def test_a_resident_is_answered_while_the_bar_moves(page: Page, caster: Caster) -> None:
    """B91, as it is seen."""
    readers = list(caster.crowd)
    await caster.sends(readers[:100])
    moving = asyncio.create_task(_slowly(caster, readers[100:]))
    await expect(page.locator(".figures .moves")).to_be_visible()
    await page.locator(".phone .entry").click()
    await expect(page.locator(".phone .from-bot")).to_have_count(1)
    await expect(page.locator(".meanwhile")).to_contain_text(re.compile("Answers to residents meanwhile: .?1.?; the slowest took .?0"))
    await moving


async def _slowly(caster: Caster, readers: list[Reader]) -> None:
    for at in range(0, len(readers), 25):
        await caster.sends(readers[at : at + 25])
        await asyncio.sleep(0.2)


async def test_the_next_broadcast_counts_from_nothing(page: Page, caster: Caster) -> None:
    await caster.sends(list(caster.crowd)[:50])
    await caster.sends(list(caster.crowd)[:20], " !")
    reached = sum(reader.fate == READS for reader in list(caster.crowd)[:20])
    await expect(page.get_by_role("progressbar", name="Who has the message")).to_have_attribute("aria-valuenow", str(reached))


async def test_the_chosen_districts_channel_shows_its_post(page: Page, caster: Caster) -> None:
    channel = page.locator(".small-phone.channel")
    await expect(channel).to_contain_text("no post yet")
    await caster.post("@khanaqin_cpf_demo", SAID["ckb"])
    await expect(channel.locator(".words")).to_have_text(SAID["ckb"])
    await expect(channel.get_by_role("link", name="Open")).to_have_attribute("href", "https://t.me/alwand_demo_bot")
    await page.get_by_role("combobox", name="Forum").select_option("baquba")
    await expect(channel).to_contain_text("no post yet")


async def test_the_button_begins_a_broadcast_in_the_provinces_group(page: Page, stage: Stage) -> None:
    await page.locator(".crowd").get_by_role("button", name="Write a broadcast").click()
    await expect(page.locator(".province .mine")).to_contain_text("/broadcast")
    assert stage.cast.province.chat.all[0].raw["from"]["id"] == stage.cast.province.members[0].person.id


async def test_axe_finds_nothing_in_the_crowd(page: Page, caster: Caster) -> None:
    """B111, with the crowd before and after a broadcast, as a column, a band and a tab."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    await _looked_at(page)
    await page.set_viewport_size({"width": 1280, "height": 860})
    await caster.sends(caster.crowd)
    await caster.post("@khanaqin_cpf_demo", SAID["ckb"])
    await _looked_at(page)


async def _looked_at(page: Page) -> None:
    for language in LANGUAGES:
        await page.locator(f".languages [lang={language}]").click()
        for width in (1440, 1000, 360):
            await page.set_viewport_size({"width": width, "height": 860})
            if width == 360:
                await page.locator("#tab-crowd").click()
            for light in ("light", "dark"):
                await page.emulate_media(color_scheme=light, reduced_motion="reduce")
                assert await page.evaluate(FOUND) == [], (language, width, light)
                assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_without_a_crowd_there_is_no_trace_of_one(browser: Browser, tmp_path: Path) -> None:
    def keeper(telegram: StandIn, cast: Cast) -> Supervisor:
        del cast
        return Supervisor((sys.executable, str(PARROT), telegram.url, telegram.token), dict(os.environ), tmp_path / "bot.log")

    async with raised(0, AREAS, PROVINCE, keeper, tmp_path) as bare:
        context = await browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
        page = await context.new_page()
        watched = Watched(page, bare.url)
        await page.goto(bare.url)
        await expect(page.get_by_role("tab")).to_have_count(3)
        await expect(page.locator(".crowd")).to_have_count(0)
        await context.close()
        assert watched.troubles == []
