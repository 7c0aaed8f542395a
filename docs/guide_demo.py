"""What the pictures of docs/guide are taken of: a demo whose groups speak one language, its people, and a camera.

`python docs/guide_demo.py ckb 900` is such a demo, with 900 subscribers.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pictures import Demo
from PIL import Image
from playwright.async_api import Page

sys.path.insert(0, str(Path(__file__).parents[1]))
from bot.i18n import render
from bot.model.ids import LANGUAGES, Language
from bot.model.text import C_, Piece

IMAGES = Path(__file__).with_name("images") / "guide"
MARKS = re.compile("[\u200e\u200f\u2066-\u2069]")
DISTRICT = "khanaqin"
OWN_NAMES: dict[Language, str] = {"ar": "العربية", "ckb": "کوردی", "en": "English"}
COLOURS = 128
"""Enough for a chat, and a quarter of the bytes."""
MARGIN = 6
PATIENCE = 150
"""Seconds: a group may have to wait a minute for its next message, and a broadcast takes its time."""

LINE_AT = r"""(message, words) => {
  const marks = /[\u200e\u200f\u2066-\u2069]/;
  const walker = document.createTreeWalker(message, NodeFilter.SHOW_TEXT);
  const letters = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    [...node.data].forEach((letter, at) => { if (!marks.test(letter)) letters.push({ letter, node, at }); });
  const first = letters[letters.map((each) => each.letter).join('').indexOf(words)];
  const range = document.createRange();
  range.setStart(first.node, first.at);
  range.setEnd(first.node, first.at + 1);
  return range.getBoundingClientRect().top;
}"""
"""Where a line of a message begins on the page, whatever marks of direction stand in it."""

Column = Literal["phone", "forum", "province"]


class Story:
    """A demo whose groups speak one language, with a resident, a member of Khanaqin's forum and a coordinator who speak it too."""

    def __init__(self, url: str, language: Language) -> None:
        self.demo, self.language = Demo(url), language
        cast = self.get("/console/state")["cast"]
        forum = next(each for each in cast["forums"] if each["district"] == DISTRICT)
        self.district = forum["names"][language]
        self.people: dict[Column, int] = {
            "phone": next(each["id"] for each in cast["residents"] if each["language"] == language),
            "forum": forum["members"][0]["id"],
            "province": cast["province"]["members"][0]["id"],
        }
        self.chats: dict[Column, int | None] = {"phone": None, "forum": forum["chat_id"], "province": cast["province"]["chat_id"]}

    def label(self, english: str, context: str = "button", **values: Any) -> str:
        """Return what a button is called."""
        return self.words(C_(context, english, **values))

    def words(self, piece: Piece) -> str:
        """Return what the bot says."""
        return plain(render(piece, self.language))

    def messages(self, column: Column) -> list[Any]:
        """Return what is said in a group or on the resident's phone."""
        chats, wanted = self.get(f"/world/state?as={self.people[column]}")["chats"], self.chats[column]
        return next(list(c["messages"]) for c in chats if (c["kind"] == "private" if wanted is None else c["id"] == wanted))

    def last(self, column: Column, words: str) -> Any:
        """Return the newest message of the bot that says this, None where none does."""
        said = (message for message in reversed(self.messages(column)) if message["from"]["side"] == "bot")
        return next((message for message in said if words in plain(message["text"])), None)

    def offering(self, column: Column, label: str) -> Any:
        """Return the newest message with a button that is called so, None where none has one."""
        offered = ((message, button) for message in reversed(self.messages(column)) for row in message["buttons"] for button in row)
        return next((message for message, button in offered if label in plain(button["text"])), None)

    def taps(self, column: Column, *labels: str) -> None:
        """Press the buttons with these labels, one after the other, each on the newest message that has it, as soon as there is one."""
        for label in labels:
            found = list[tuple[int, str]]()
            self.until(partial(self._find, column, label, found))
            message, button = found[0]
            self._act(column, do="press", message_id=message, button=button)

    def _find(self, column: Column, label: str, found: list[tuple[int, str]]) -> bool:
        found.extend(self._buttons(column, label))
        return bool(found)

    def _buttons(self, column: Column, label: str) -> Iterator[tuple[int, str]]:
        buttons = [(message["id"], button) for message in reversed(self.messages(column)) for row in message["buttons"] for button in row]
        for same in (label.__eq__, lambda text: label in text):
            yield from ((message, button["id"]) for message, button in buttons if same(plain(button["text"])))

    def says(self, column: Column, text: str) -> None:
        """Let somebody write."""
        self._act(column, do="send", text=text)

    def replies(self, column: Column, text: str) -> None:
        """Let somebody answer what the bot has just asked for."""
        newest = [message for message in self.messages(column) if message["from"]["side"] == "bot"][-1]
        self._act(column, do="reply", message_id=newest["id"], text=text)

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.post("/console/clock", {"advance": max(1, int(seconds))})

    def post(self, path: str, body: Any) -> None:
        """Tell the demo something."""
        request = urllib.request.Request(f"{self.demo.url}{path}", json.dumps(body).encode(), {"content-type": "application/json"})
        urllib.request.urlopen(request).close()

    def get(self, path: str) -> Any:
        """Ask the demo something."""
        with urllib.request.urlopen(f"{self.demo.url}{path}") as answer:
            return json.load(answer)

    def until(self, condition: Callable[[], Any]) -> None:
        """Wait for something to become true."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the demo did not answer")
            time.sleep(0.1)

    def _act(self, column: Column, **what: Any) -> None:
        before, chat = self.messages(column), self.chats[column]
        self.post("/world/act", {"as": self.people[column], **({"chat": chat} if chat else {}), **what})
        self.until(lambda: any(m["from"]["side"] == "bot" and m not in before for m in self.messages(column)))
        settled: list[Any] = []
        while settled != (settled := self.messages(column)):
            time.sleep(0.6)


def plain(text: str) -> str:
    """Return a text as the eye reads it."""
    return MARKS.sub("", text)


async def look(page: Page, story: Story, column: Column, name: str, message: Any, since: str = "") -> None:
    """Take a picture of one message in its column, or of its end from the line that begins with `since`."""
    await page.wait_for_timeout(1000)  # fonts and the last change; nothing here is asserted
    found = page.locator(f"#{column}-{message['id']}")
    await found.evaluate("each => each.scrollIntoView({block: 'end'})")
    await page.wait_for_timeout(300)
    talk, shown = await page.locator(f"#column-{column} .talk").bounding_box(), await found.bounding_box()
    if talk is None or shown is None:
        raise RuntimeError("the talk is not on the page")
    top = await found.evaluate(LINE_AT, since) - MARGIN / 2 if since else shown["y"] - MARGIN
    top = max(talk["y"], top)
    bottom = min(talk["y"] + talk["height"], shown["y"] + shown["height"] + MARGIN)
    file = IMAGES / f"{story.language}-{name}.png"
    await page.screenshot(path=file, clip={"x": talk["x"], "y": top, "width": talk["width"], "height": bottom - top})
    with Image.open(file) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(file, optimize=True)


@contextmanager
def playing(language: Language, readers: int) -> Iterator[Story]:
    """Start a demo whose groups speak this language, with so many subscribers, and end it."""
    command = [sys.executable, __file__, language, str(readers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            found = re.search(r"http://\S+", line)
            if found is None:
                raise RuntimeError(f"the demo did not start: {line}")
            story = Story(found[0].rstrip("/"), language)
            story.until(lambda: story.demo.state()["bot"]["up"])
            yield story
        finally:
            process.terminate()


def main(name: str, readers: str, port: str = "0") -> None:
    """Be `alwand demo`, with groups that speak this language."""
    from bot.cli import demo

    language = next(language for language in LANGUAGES if language == name)
    with tempfile.TemporaryDirectory(prefix="alwand-guide-") as folder:
        settings = Path(folder) / "config.example.toml"
        explained = demo.example().read_text(encoding="utf-8")
        settings.write_text(re.sub(r'^language = "\w+"', f'language = "{language}"', explained, flags=re.MULTILINE), encoding="utf-8")
        demo.example = lambda: settings
        demo.demo(["--port", port, "--readers", readers])


if __name__ == "__main__":
    main(*sys.argv[1:])
