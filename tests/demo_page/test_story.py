"""The whole product in a browser: the real bot, killed and cut off on the way (B1, B56, B59, B111)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.cli.demo import areas, keeper
from bot.config import example, load
from bot.demo.stage import Stage, raised
from tests.demo_page.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SOON = 15_000  # ms; the bot keeps to Telegram's pace, and comes back 3 s after it was killed


@pytest_asyncio.fixture(loop_scope="session")
async def demo(tmp_path: Path) -> AsyncIterator[Stage]:
    """What `alwand demo` shows."""
    async with raised(0, *areas(load(example())), partial(keeper, folder=tmp_path), tmp_path) as stage:
        await stage.telegram.world.until(lambda: stage.telegram.world.bot_is_up, 20)
        yield stage
    assert stage.telegram.world.violations == []


@pytest_asyncio.fixture(loop_scope="session")
async def page(demo: Stage, browser: Browser) -> AsyncIterator[Page]:
    """The page in Arabic, as a forum would first see it."""
    context = await browser.new_context(viewport={"width": 1366, "height": 900}, locale="ar-IQ")
    context.set_default_timeout(SOON)
    page = await context.new_page()
    watched = Watched(page, demo.url)
    await page.goto(demo.url)
    await page.wait_for_selector("#conversations")
    yield page
    await context.close()
    assert watched.troubles == []


def newest(page: Page, column: str) -> Locator:
    return page.locator(f".{column} .from-bot").last


async def hears(page: Page, column: str, words: str) -> None:
    await expect(newest(page, column)).to_contain_text(words, timeout=SOON)


async def presses(page: Page, column: str, label: str) -> None:
    await page.locator(f".{column} .from-bot").get_by_role("button", name=label, exact=True).last.click()


async def writes(page: Page, column: str, text: str) -> None:
    await page.locator(f".{column} textarea").fill(text)
    await page.locator(f".{column} textarea").press("Enter")


async def test_a_report_reaches_its_forum_and_the_answer_comes_back_whatever_breaks(page: Page, demo: Stage) -> None:
    """B1, B31, B36, B43, B56, B57, B59, B111: in Arabic to a Kurdish group, through a `kill -9` and a cut network."""
    await page.locator(".phone .entry").click()
    await hears(page, "phone", "يرجى اختيار اللغة")
    for label, answer in (
        ("العربية", "هل توافقون"),
        ("أوافق", "كيف يمكننا المساعدة"),
        ("الإبلاغ عن مشكلة", "هل هناك شخص في خطر"),
        ("لا", "ما نوع المشكلة"),
        ("الخدمات", "في أي منطقة"),
        ("خانقين", "أين بالضبط"),
        ("تخطّي", "يرجى إخبارنا بما حدث"),
    ):
        await presses(page, "phone", label)
        await hears(page, "phone", answer)

    await writes(page, "phone", "أنبوب الماء مكسور قرب السوق")
    await page.get_by_role("button", name="إيقاف البوت قسرًا").click()
    await writes(page, "phone", "والشارع كله ماء")
    await expect(page.locator(".pills")).to_contain_text("البوت متوقف")
    await expect(page.locator(".story")).to_contain_text("عاد البوت", timeout=SOON)
    await hears(page, "phone", "يمكنكم إرسال المزيد")

    await presses(page, "phone", "تم")
    await hears(page, "phone", "متى حدث ذلك")
    await presses(page, "phone", "تخطّي")
    await hears(page, "phone", "هل يمكن للمنتدى أن يسألكم")
    await presses(page, "phone", "نعم")
    await hears(page, "phone", "هل نرسله إلى المنتدى؟")
    for words in ("أنبوب الماء مكسور قرب السوق", "والشارع كله ماء"):
        await expect(newest(page, "phone")).to_contain_text(words)
    await presses(page, "phone", "إرسال")
    await hears(page, "phone", "رقم المتابعة")
    reference = re.search(r"KHN-\w{4}-\w{4}", await newest(page, "phone").inner_text())
    assert reference

    card = page.locator(".forum .from-bot").first
    await expect(card).to_contain_text(reference[0], timeout=SOON)
    await expect(card).to_contain_text("والشارع كله ماء")
    await presses(page, "forum", "وەرگرتن")
    await expect(card).to_contain_text(demo.cast.forums[0].members[0].person.name, timeout=SOON)
    await hears(page, "phone", "بدأ أحد أعضاء المنتدى بمتابعة بلاغكم")

    await card.locator(".words").click()
    await writes(page, "forum", "تیمێک بەیانی دێت")
    await expect(newest(page, "forum")).to_contain_text("تیمێک بەیانی دێت", timeout=SOON)
    await page.get_by_role("button", name="قطع الشبكة").click()
    await presses(page, "forum", "ناردن بۆ خاوەنی سکاڵا")
    await expect(page.locator(".pills")).to_contain_text("الشبكة مقطوعة")
    await page.get_by_role("button", name="إعادة الشبكة").click()
    await hears(page, "phone", "تیمێک بەیانی دێت")

    assert sum("تیمێک بەیانی دێت" in message.text for message in demo.cast.residents[0].talk.from_bot) == 1
    await expect(page.locator(".hidden-facts .clean")).to_contain_text("ولا يظهر فيها أي من هذا")
    member = demo.cast.forums[0].members[0].person.name
    assert not any(member in message.text for message in demo.cast.residents[0].talk.from_bot)
