"""Takes the pictures of docs/guide anew: for each language and page a demo whose groups speak it, the page's story, and Chromium.

`python docs/guide_pictures.py` takes all of them, `python docs/guide_pictures.py ckb broadcast` those of one language and one page.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

import guide_broadcast
import guide_session
from guide_demo import DISTRICT, IMAGES, OWN_NAMES, Story, playing
from pictures import ARGUMENTS
from playwright.async_api import Page, async_playwright

from bot.model.ids import LANGUAGES


class Tale(NamedTuple):
    """What is told for a page of the guide, with so many subscribers there."""

    take: Callable[[Page, Story], Awaitable[None]]
    readers: int


TALES: Mapping[str, Tale] = {"session": Tale(guide_session.take, 0), "broadcast": Tale(guide_broadcast.take, 3000)}


async def tell(tale: Tale, story: Story) -> None:
    """Tell a story before the camera."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": 1380, "height": 1500}, device_scale_factor=2)
        await page.goto(story.demo.url)
        await page.get_by_text(OWN_NAMES[story.language], exact=True).first.click()
        await page.evaluate("document.querySelector('.above').style.display = 'none'")
        await page.select_option("#choose-district", DISTRICT)
        await page.select_option("#choose-phone", str(story.people["phone"]))
        await tale.take(page, story)
        await browser.close()


def main() -> None:
    """Take the pictures of the languages and pages named, by default of all."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    named = set(sys.argv[1:])
    for language in LANGUAGES:
        for page, tale in TALES.items():
            if named & {*LANGUAGES} <= {language} and named & {*TALES} <= {page}:
                with playing(language, tale.readers) as story:
                    asyncio.run(tell(tale, story))


if __name__ == "__main__":
    main()
