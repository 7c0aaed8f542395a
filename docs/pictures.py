"""Takes the pictures in these pages anew: starts the demo, lets its people talk, and looks at it with Chromium. `make pictures`."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

IMAGES = Path(__file__).with_name("images")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SARA, DILAN, AZAD = "سارة حسن", "دیلان کەریم", "ئازاد محەمەد"
WAIT = 15.0


class Demo:
    """The running demo, and its people by name."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.ids = {person["name"]: person["id"] for person in self.state()["people"]}

    def state(self, name: str | None = None) -> Any:
        """Return the world, as somebody sees it."""
        query = f"?as={self.ids[name]}" if name else ""
        with urllib.request.urlopen(f"{self.url}/world/state{query}") as answer:
            return json.load(answer)

    def chat(self, name: str, title: str | None = None) -> Any:
        """Return somebody's talk with the bot, or a group by its title."""
        chats = self.state(name)["chats"]
        return next(c for c in chats if (c["title"] == title if title else c["kind"] == "private"))

    def act(self, name: str, do: str, **more: Any) -> None:
        """Let somebody do something, and wait until the bot has answered in that chat."""
        title = more.pop("group", None)
        chat = self.chat(name, title)
        seen = chat["messages"]
        if "label" in more and "message_id" not in more:
            more["message_id"] = next(m["id"] for m in reversed(seen) if any(b["text"] == more["label"] for r in m["buttons"] for b in r))
        body = {"as": self.ids[name], "do": do, **more, **({"chat": chat["id"]} if title else {})}
        request = urllib.request.Request(f"{self.url}/world/act", json.dumps(body).encode(), {"content-type": "application/json"})
        urllib.request.urlopen(request).close()
        self.until(lambda: self._answered(self.chat(name, title)["messages"], seen))

    def until(self, condition: Any) -> None:
        """Wait for something to become true."""
        end = time.monotonic() + WAIT
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the demo did not answer")
            time.sleep(0.05)

    @staticmethod
    def _answered(now: list[Any], before: list[Any]) -> bool:
        new = [m for m in now if m not in before]
        return any(m["from"]["side"] == "bot" for m in new)


def a_report(demo: Demo) -> None:
    """Sara reports in Arabic, the forum of Khanaqin follows it in Kurdish, and its answer arrives."""
    demo.act(SARA, "start")
    for label in ("العربية", "أوافق", "الإبلاغ عن مشكلة", "لا", "الخدمات", "خانقين"):
        demo.act(SARA, "press", label=label)
    demo.act(SARA, "send", text="حي النصر، قرب الجسر")
    demo.act(SARA, "send", text="ماكو ماي من ثلاثة أيام، والأنبوب مكسور قدام المدرسة")
    demo.act(SARA, "photo")
    for label in ("تم", "نعم", "تخطّي", "نعم", "إرسال"):
        demo.act(SARA, "press", label=label)
    group = "کۆڕبەندی خانەقین"
    demo.until(lambda: len(demo.chat(AZAD, group)["messages"]) >= 2)
    demo.act(AZAD, "press", group=group, label="وەرگرتن")
    card = demo.chat(AZAD, group)["messages"][0]["id"]
    demo.act(AZAD, "reply", group=group, message_id=card, text="سوپاس. شارەوانی سبەی بەیانی بۆرییەکە چاک دەکاتەوە.")
    demo.act(AZAD, "press", group=group, label="ناردن بۆ خاوەنی سکاڵا")
    demo.until(lambda: any("✔" in m["text"] for m in demo.chat(AZAD, group)["messages"]))


async def look(browser: Browser, url: str, file: str, *, language: str, person: str, size: tuple[int, int]) -> None:
    """Take one picture of the page."""
    page = await browser.new_page(viewport={"width": size[0], "height": size[1]})
    await page.goto(url)
    await page.get_by_text(language, exact=True).first.click()
    chooser = page.locator("select").first
    names = await chooser.locator("option").all_inner_texts()
    await chooser.select_option(label=next(name for name in names if person in name))
    await page.wait_for_timeout(1500)  # fonts and the photo; nothing here is asserted
    await page.screenshot(path=IMAGES / file)
    await page.close()


async def take(url: str) -> None:
    """Take all pictures."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        await look(browser, url, "demo.png", language="English", person=SARA, size=(1360, 860))
        await look(browser, url, "demo-ckb.png", language="کوردی", person=SARA, size=(1360, 860))
        await browser.close()


def main() -> None:
    """Start the demo, tell the story, take the pictures."""
    IMAGES.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "bot", "demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            found = re.search(r"http://\S+", line)
            if found is None:
                raise RuntimeError(f"the demo did not start: {line}")
            demo = Demo(found[0].rstrip("/"))
            demo.until(lambda: demo.state()["bot"]["up"])
            a_report(demo)
            asyncio.run(take(demo.url))
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
