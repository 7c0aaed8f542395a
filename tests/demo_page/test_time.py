"""Time passes before one's eyes: what falls due in an hour or a day can be seen without waiting for it."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from bot.demo.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_an_hour_and_a_day_pass_at_a_press(page: Page, stage: Stage) -> None:
    before = stage.cast.province.chat.world.clock.now()
    for name, words, seconds in (
        ("Let an hour pass", "An hour has passed", 3600),
        ("Let a day pass", "A day has passed", 25 * 3600),
    ):
        await page.get_by_role("button", name=name).click()
        await expect(page.locator(".story")).to_contain_text(words)
        assert seconds <= stage.cast.province.chat.world.clock.now() - before < seconds + 60
