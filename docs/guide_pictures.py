"""Takes the pictures of docs/guide anew: for each language a demo whose forum speaks it, the story of a session, and Chromium.

`python docs/guide_pictures.py` takes all of them, `python docs/guide_pictures.py ckb` those of one language.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from pictures import ARGUMENTS, Demo
from PIL import Image
from playwright.async_api import Page, async_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from bot.i18n import render
from bot.model.calendar import BAGHDAD
from bot.model.ids import LANGUAGES, Language
from bot.model.text import C_, N_

IMAGES = Path(__file__).with_name("images") / "guide"
MARKS = re.compile("[\u200e\u200f\u2066-\u2069]")
DISTRICT = "khanaqin"
COLOURS = 128
"""Enough for a chat, and a quarter of the bytes."""
MARGIN = 14
SPARE = 5 * 3600  # seconds from the start of a session until it is surely over


class Words(NamedTuple):
    """What people type."""

    topic: str
    why: str
    place: str
    minutes: str
    promise: str


WORDS: dict[Language, Words] = {
    "ar": Words(
        "ماء الشرب في حي النصر",
        "الماء مقطوع منذ حزيران، ونحتاج إلى موعد واضح للتصليح.",
        "مركز شباب خانقين",
        "شرحت البلدية سبب انقطاع الماء، واتفق الحاضرون على تصليح الأنبوب الرئيسي.",
        "تصليح الأنبوب الرئيسي",
    ),
    "ckb": Words(
        "ئاوی خواردنەوە لە گەڕەکی ئازادی",
        "لە حوزەیرانەوە ئاو نییە، پێویستمان بە کاتێکی ڕوونە بۆ چاککردنەوە.",
        "ناوەندی گەنجانی خانەقین",
        "شارەوانی ڕوونی کردەوە بۆچی ئاو نییە. ئامادەبووان لەسەر چاککردنەوەی بۆرییە سەرەکییەکە ڕێک کەوتن.",
        "چاککردنەوەی بۆرییە سەرەکییەکە",
    ),
    "en": Words(
        "Drinking water in Azadi quarter",
        "There has been no water since June. We need a clear date for the repair.",
        "Khanaqin youth centre",
        "The municipality explained why there was no water. Everybody agreed that the main pipe must be repaired.",
        "Repair the main pipe",
    ),
}
OWN_NAMES: dict[Language, str] = {"ar": "العربية", "ckb": "کوردی", "en": "English"}


class Story:
    """A demo whose forum of Khanaqin speaks one language, a resident and a member who speak it too."""

    def __init__(self, url: str, language: Language) -> None:
        self.demo, self.language = Demo(url), language
        self.cast = self._get("/console/state")["cast"]
        self.resident = next(each["id"] for each in self.cast["residents"] if each["language"] == language)
        forum = next(each for each in self.cast["forums"] if each["district"] == DISTRICT)
        self.group, self.member = forum["chat_id"], forum["members"][0]["id"]
        self.district = forum["names"][language]

    def label(self, english: str, context: str = "button") -> str:
        """Return what a button is called."""
        return plain(render(C_(context, english), self.language))

    def messages(self, *, group: bool) -> list[Any]:
        """Return what is said in the group or on the resident's phone."""
        viewer = self.member if group else self.resident
        chats = self._get(f"/world/state?as={viewer}")["chats"]
        return next(list(c["messages"]) for c in chats if (c["id"] == self.group if group else c["kind"] == "private"))

    def taps(self, label: str, *, group: bool = False) -> None:
        """Press the button with this label on the newest message that has it, as soon as there is one."""
        found = list[tuple[int, str]]()

        def offered() -> bool:
            buttons = [(m["id"], b) for m in reversed(self.messages(group=group)) for row in m["buttons"] for b in row]
            for same in (label.__eq__, lambda text: label in text):
                found.extend((message, b["id"]) for message, b in buttons if same(plain(b["text"])))
            return bool(found)

        self.until(offered)
        message, button = found[0]
        self._act(group, do="press", message_id=message, button=button)

    def says(self, text: str) -> None:
        """Let the resident write."""
        self._act(False, do="send", text=text)

    def replies(self, text: str) -> None:
        """Let the member answer what the bot has just asked for."""
        newest = [message for message in self.messages(group=True) if message["from"]["side"] == "bot"][-1]
        self._act(True, do="reply", message_id=newest["id"], text=text)

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.post("/console/clock", {"advance": max(1, int(seconds))})

    def post(self, path: str, body: Any) -> None:
        """Tell the demo something."""
        request = urllib.request.Request(f"{self.demo.url}{path}", json.dumps(body).encode(), {"content-type": "application/json"})
        urllib.request.urlopen(request).close()

    def until(self, condition: Any) -> None:
        """Wait for something to become true; a group may have to wait a minute for its next message."""
        end = time.monotonic() + 90
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the demo did not answer")
            time.sleep(0.1)

    def _act(self, group: bool, **what: Any) -> None:
        before = self.messages(group=group)
        who = {"as": self.member, "chat": self.group} if group else {"as": self.resident}
        self.post("/world/act", {**who, **what})
        self.until(lambda: any(m["from"]["side"] == "bot" and m not in before for m in self.messages(group=group)))
        settled: list[Any] = []
        while settled != (settled := self.messages(group=group)):
            time.sleep(0.6)

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.demo.url}{path}") as answer:
            return json.load(answer)


def plain(text: str) -> str:
    """Return a text as the eye reads it."""
    return MARKS.sub("", text)


def asks(story: Story) -> None:
    """The resident asks for a session."""
    words = WORDS[story.language]
    story.post("/world/act", {"as": story.resident, "do": "start"})
    for label in (OWN_NAMES[story.language], story.label("I agree"), story.label("Ask for a dialogue session")):
        story.taps(label)
    story.says(words.topic)
    story.taps(story.label("Municipality", "office"))
    story.taps(story.label("Done"))
    for context, english in (("audience", "Everyone"), ("size", "Up to 30 people"), ("weekday", "Any day"), ("part of day", "Afternoon")):
        story.taps(story.label(english, context))
    story.taps(story.district)
    story.taps(story.label("Skip"))
    story.says(words.why)
    for english in ("Done", "Yes", "Send"):
        story.taps(story.label(english))
    story.until(lambda: len(story.messages(group=True)) == 1)


def arranges(story: Story) -> None:
    """The forum fills in the plan, up to the invitation."""
    for token in ("15", "16:00"):
        story.taps(token, group=True)
    story.taps(story.label("Place"), group=True)
    story.replies(WORDS[story.language].place)
    story.taps(story.label("Seats"), group=True)
    story.taps("30", group=True)
    story.taps(story.label("Look at the invitation"), group=True)


def holds(story: Story) -> None:
    """The session takes place, and the forum writes down what came of it."""
    words = WORDS[story.language]
    later = datetime.now(BAGHDAD).replace(day=1) + timedelta(days=32)
    start = later.replace(day=15, hour=16, minute=0, second=0, microsecond=0)
    story.passes((start - datetime.now(BAGHDAD)).total_seconds() + SPARE)
    story.taps(story.label("Good", "rating"))
    for english, text in (("How many came", "12 9 5"), ("Minutes", words.minutes)):
        story.taps(story.label(english), group=True)
        story.replies(text)
    story.taps(story.label("Write down a promise"), group=True)
    story.taps(story.label("Municipality", "office"), group=True)
    story.replies(words.promise)
    story.taps("28", group=True)
    story.passes(3700)  # what people thought is shown at the full hour
    story.until(lambda: story.label("Good", "rating") in " ".join(m["text"] for m in story.messages(group=True)))


async def look(page: Page, story: Story, column: str, number: int, *, at: int | None = None) -> None:
    """Take a picture of a column, with the message at this place of the talk (by default the last) in view."""
    messages = await asyncio.to_thread(story.messages, group=column == "forum")
    shown = messages[-1 if at is None else at]["id"]
    await page.wait_for_timeout(1000)  # fonts and the last change; nothing here is asserted
    await page.evaluate("id => document.getElementById(id).scrollIntoView({block: 'end'})", f"{column}-{shown}")
    await page.wait_for_timeout(300)
    talk = await page.locator(f"#column-{column} .talk").bounding_box()
    message = await page.locator(f"#{column}-{shown}").bounding_box()
    if talk is None or message is None:
        raise RuntimeError("the talk is not on the page")
    top = max(talk["y"], message["y"] - MARGIN)
    bottom = min(talk["y"] + talk["height"], message["y"] + message["height"] + MARGIN)
    file = IMAGES / f"{story.language}-{number}.png"
    await page.screenshot(path=file, clip={"x": talk["x"], "y": top, "width": talk["width"], "height": bottom - top})
    with Image.open(file) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(file, optimize=True)


async def take(story: Story) -> None:
    """Tell the story and take a picture at each step."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": 1380, "height": 1500}, device_scale_factor=2)
        await page.goto(story.demo.url)
        await page.get_by_text(OWN_NAMES[story.language], exact=True).first.click()
        await page.evaluate("document.querySelector('.above').style.display = 'none'")
        await page.select_option("#choose-district", DISTRICT)
        await page.select_option("#choose-phone", str(story.resident))
        await asyncio.to_thread(asks, story)
        await look(page, story, "forum", 1)
        await asyncio.to_thread(story.taps, story.label("Schedule"), group=True)
        for english in ("Day", "Later"):
            await asyncio.to_thread(story.taps, story.label(english), group=True)
        await look(page, story, "forum", 2)
        await asyncio.to_thread(arranges, story)
        await look(page, story, "forum", 3, at=1)
        await asyncio.to_thread(story.taps, story.label("Announce"), group=True)
        invited = plain(render(N_("You are invited to a dialogue session."), story.language))
        await asyncio.to_thread(story.until, lambda: invited in plain(story.messages(group=False)[-1]["text"]))
        await look(page, story, "phone", 4)
        await asyncio.to_thread(story.taps, story.label("I will come"))
        await asyncio.to_thread(holds, story)
        await look(page, story, "forum", 5, at=1)
        await browser.close()


def demo_in(language: Language, folder: Path) -> None:
    """Be `alwand demo`, with a forum of Khanaqin whose group speaks this language."""
    from bot.cli import demo

    settings = folder / "config.example.toml"
    explained = demo.example().read_text(encoding="utf-8")
    settings.write_text(re.sub(r'^language = "ckb"', f'language = "{language}"', explained, flags=re.MULTILINE), encoding="utf-8")
    demo.example = lambda: settings
    demo.demo(["--port", "0"])


def tell(language: Language) -> None:
    """Start a demo, tell the story in it and take its pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen([sys.executable, __file__, "demo", language], stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            found = re.search(r"http://\S+", line)
            if found is None:
                raise RuntimeError(f"the demo did not start: {line}")
            story = Story(found[0].rstrip("/"), language)
            story.until(lambda: story.demo.state()["bot"]["up"])
            asyncio.run(take(story))
        finally:
            process.terminate()


def main() -> None:
    """Take the pictures of the languages named, by default of all."""
    match sys.argv[1:]:
        case ["demo", name]:
            with tempfile.TemporaryDirectory(prefix="alwand-guide-") as folder:
                demo_in(next(language for language in LANGUAGES if language == name), Path(folder))
        case names:
            for language in LANGUAGES:
                if not names or language in names:
                    tell(language)


if __name__ == "__main__":
    main()
