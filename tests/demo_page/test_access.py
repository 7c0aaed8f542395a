"""The page for everybody: three languages, both directions, a phone's width, keyboard, screen reader, dark and light."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.demo.stage import Stage
from tests.demo_page.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
LANGUAGES = {"en": "ltr", "ar": "rtl", "ckb": "rtl"}
FOUND = "axe.run().then(all => all.violations.map(one => one.id + ': ' + one.nodes.map(node => node.target.join(' ')).join(', ')))"


async def play(stage: Stage) -> None:
    """Let every kind of content be on show."""
    _, _, nadia, _ = stage.cast.residents
    nadia.starts()
    await nadia.hears("You said")
    nadia.sends("photo")
    nadia.sends_album(3, caption="Three photos")
    nadia.sends("voice")
    nadia.sends("video")
    nadia.sends("document")
    nadia.sends_location(34.3, 45.4)
    nadia.sends_contact()
    nadia.sends_poll("When?", ["Today", "Tomorrow"])
    nadia.replies(nadia.last, "ڕێگاکە خراپە")
    forum = stage.cast.forums[0]
    forum.members[0].person.writes("/all السلام عليكم", forum.chat)
    await nadia.hears("ڕێگاکە")


async def test_axe_finds_nothing_in_any_language_width_or_light(page: Page, stage: Stage) -> None:
    """B111: held against the rules of WCAG 2.2 that a program can check."""
    await play(stage)
    await expect(page.locator(".phone .from-bot").last).to_contain_text("ڕێگاکە")
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    for language in LANGUAGES:
        await page.locator(f".languages [lang={language}]").click()
        for width in (1280, 360):
            await page.set_viewport_size({"width": width, "height": 860})
            for light in ("light", "dark"):
                await page.emulate_media(color_scheme=light, reduced_motion="reduce")
                assert await page.evaluate(FOUND) == [], (language, width, light)
                assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_axe_finds_nothing_in_what_opens(page: Page, stage: Stage) -> None:
    await play(stage)
    await page.emulate_media(reduced_motion="reduce")  # what is still fading in has no contrast yet
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    phone = page.locator(".phone")
    await phone.get_by_role("button", name="Attach").click()
    await phone.get_by_role("button", name="Location", exact=True).click()
    assert await page.evaluate(FOUND) == []
    await page.keyboard.press("Escape")
    await phone.get_by_role("button", name="Record a voice note").click()
    assert await page.evaluate(FOUND) == []
    await page.keyboard.press("Escape")
    await phone.get_by_role("button", name="Menu").click()
    assert await page.evaluate(FOUND) == []
    await page.keyboard.press("Escape")
    await phone.get_by_role("button", name="Loudly").last.click()
    await expect(page.get_by_role("alertdialog")).to_be_visible()
    assert await page.evaluate(FOUND) == []


async def test_the_page_mirrors_itself(page: Page) -> None:
    """B36: Arabic and Kurdish run from the right, English from the left."""
    for language, direction in LANGUAGES.items():
        await page.locator(f".languages [lang={language}]").click()
        await expect(page.locator("html")).to_have_attribute("dir", direction)
        await expect(page.locator("html")).to_have_attribute("lang", language)
        phone, province = [await page.locator(f".column.{column}").bounding_box() for column in ("phone", "province")]
        assert phone is not None
        assert province is not None
        assert (phone["x"] < province["x"]) == (direction == "ltr")


async def test_the_browsers_language_is_taken_first(browser: Browser, stage: Stage) -> None:
    for locale, language in (("ar-IQ", "ar"), ("ku", "ckb"), ("de-DE", "ar"), ("en-US", "en")):
        context = await browser.new_context(locale=locale)
        page = await context.new_page()
        await page.goto(stage.url)
        await expect(page.locator("html")).to_have_attribute("lang", language)
        await context.close()


async def test_a_phone_shows_one_conversation_at_a_time(page: Page, stage: Stage) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    forum = stage.cast.forums[0]
    forum.members[0].person.writes("/hello", forum.chat)
    tab = page.get_by_role("tab", name="Forum")
    await expect(tab).to_contain_text(re.compile("2.? new"))
    await expect(page.locator(".column.forum")).to_be_hidden()
    await page.get_by_role("tab", name="Resident").focus()
    await page.keyboard.press("ArrowRight")
    await expect(tab).to_be_focused()
    await expect(page.locator(".column.forum")).to_be_visible()
    await expect(page.locator(".column.phone")).to_be_hidden()
    field = await page.locator(".forum textarea").bounding_box()
    assert field is not None
    assert field["height"] > 30


async def test_who_goes_on_right_after_a_notice_is_not_called_back(page: Page, stage: Stage) -> None:
    await page.locator(".phone .entry").click()
    await page.get_by_role("button", name="Loudly").click()
    notice = page.get_by_role("alertdialog")
    await expect(notice.get_by_role("button")).to_be_focused()
    await page.evaluate("document.querySelector('dialog').close(); document.querySelector('.phone textarea').focus()")
    await expect(notice).to_have_count(0)
    await expect(page.locator(".phone textarea")).to_be_focused()
    assert stage.telegram.world.asked("answerCallbackQuery")


async def test_everything_can_be_done_without_a_mouse(page: Page, stage: Stage) -> None:
    """From the language to an answered, edited message, with Tab, arrows, Enter and Esc only."""
    keys = page.keyboard
    await keys.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await keys.press("Enter")
    await page.locator(".phone .entry").focus()
    await keys.press("Enter")
    await expect(page.locator(".phone .from-bot")).to_have_count(1)
    log = page.get_by_role("log", name="Resident’s phone")
    await log.focus()
    await keys.press("End")
    await expect(page.locator(".phone .from-bot")).to_be_focused()
    await keys.press("Tab")
    await keys.press("Tab")
    await expect(page.get_by_role("button", name="Quietly").first).to_be_focused()
    await keys.press("ArrowRight")
    await keys.press("Enter")
    await expect(page.get_by_role("alertdialog").get_by_role("button")).to_be_focused()
    await keys.press("Escape")
    await expect(page.get_by_role("button", name="Loudly").first).to_be_focused()
    await keys.press("Shift+Tab")
    await keys.press("Shift+Tab")
    await keys.press("Enter")
    await expect(page.locator(".phone textarea")).to_be_focused()
    await keys.type("By keyboard")
    await keys.press("Escape")
    await expect(page.locator(".aimed")).to_have_count(0)
    await keys.press("Enter")
    await expect(page.locator(".phone .from-bot").last).to_contain_text("You said: By keyboard")
    assert stage.cast.residents[2].messages[-2].text == "By keyboard"


async def test_the_page_says_everything_in_three_languages(page: Page) -> None:
    """B34, for the page's own words: none is missing, and all carry the same values."""
    words: dict[str, list[str]] = await page.evaluate("import('/words.js').then(({ WORDS }) => WORDS)")
    assert len(words) > 90
    for key, said in words.items():
        assert len(said) == 3, key
        assert all(said), key
        assert len({tuple(sorted(re.findall(r"\{\w+\}", each))) for each in said}) == 1, key


async def test_new_messages_are_read_out(page: Page) -> None:
    for name in ("Resident’s phone", "Forum’s group", "Province’s group"):
        await expect(page.get_by_role("log", name=name)).to_have_attribute("aria-live", "polite")


async def test_a_browser_without_storage_still_works(browser: Browser, stage: Stage) -> None:
    context = await browser.new_context(locale="en-GB")
    await context.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('none'); } })")
    page = await context.new_page()
    watched = Watched(page, stage.url)
    await page.goto(stage.url)
    await page.get_by_role("button", name="کوردی").click()
    await expect(page.locator("html")).to_have_attribute("lang", "ckb")
    await context.close()
    assert watched.troubles == []
