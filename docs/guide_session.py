"""The pictures of "How a forum holds a dialogue session": from a request to a promise."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import NamedTuple

from guide_demo import OWN_NAMES, Column, Story, look, plain
from playwright.async_api import Page

from bot.i18n import render
from bot.model.calendar import BAGHDAD
from bot.model.ids import Language
from bot.model.text import N_

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


def asks(story: Story) -> None:
    """The resident asks for a session."""
    words = WORDS[story.language]
    story.post("/world/act", {"as": story.people["phone"], "do": "start"})
    story.taps("phone", OWN_NAMES[story.language], story.label("I agree"), story.label("Ask for a dialogue session"))
    story.says("phone", words.topic)
    story.taps("phone", story.label("Municipality", "office"))
    story.taps("phone", story.label("Done"))
    for context, english in (("audience", "Everyone"), ("size", "Up to 30 people"), ("weekday", "Any day"), ("part of day", "Afternoon")):
        story.taps("phone", story.label(english, context))
    story.taps("phone", story.district)
    story.taps("phone", story.label("Skip"))
    story.says("phone", words.why)
    for english in ("Done", "Yes", "Send"):
        story.taps("phone", story.label(english))
    story.until(lambda: len(story.messages("forum")) == 1)


def arranges(story: Story) -> None:
    """The forum fills in the plan, up to the invitation."""
    for token in ("15", "16:00"):
        story.taps("forum", token)
    story.taps("forum", story.label("Place"))
    story.replies("forum", WORDS[story.language].place)
    story.taps("forum", story.label("Seats"))
    story.taps("forum", "30")
    story.taps("forum", story.label("Look at the invitation"))


def holds(story: Story) -> None:
    """The session takes place, and the forum writes down what came of it."""
    words = WORDS[story.language]
    later = datetime.now(BAGHDAD).replace(day=1) + timedelta(days=32)
    start = later.replace(day=15, hour=16, minute=0, second=0, microsecond=0)
    story.passes((start - datetime.now(BAGHDAD)).total_seconds() + SPARE)
    story.taps("phone", story.label("Good", "rating"))
    for english, text in (("How many came", "12 9 5"), ("Minutes", words.minutes)):
        story.taps("forum", story.label(english))
        story.replies("forum", text)
    story.taps("forum", story.label("Write down a promise"))
    story.taps("forum", story.label("Municipality", "office"))
    story.replies("forum", words.promise)
    story.taps("forum", "28")
    story.passes(3700)  # what people thought is shown at the full hour
    story.until(lambda: story.label("Good", "rating") in " ".join(m["text"] for m in story.messages("forum")))


async def take(page: Page, story: Story) -> None:
    """Tell the story and take a picture at each step."""

    async def picture(number: int, column: Column = "forum", at: int = -1) -> None:
        await look(page, story, column, str(number), story.messages(column)[at])

    await asyncio.to_thread(asks, story)
    await picture(1)
    await asyncio.to_thread(story.taps, "forum", *(story.label(each) for each in ("Schedule", "Day", "Later")))
    await picture(2)
    await asyncio.to_thread(arranges, story)
    await picture(3, at=1)
    await asyncio.to_thread(story.taps, "forum", story.label("Announce"))
    invited = plain(render(N_("You are invited to a dialogue session."), story.language))
    await asyncio.to_thread(story.until, lambda: invited in plain(story.messages("phone")[-1]["text"]))
    await picture(4, "phone")
    await asyncio.to_thread(story.taps, "phone", story.label("I will come"))
    await asyncio.to_thread(holds, story)
    await picture(5, at=1)
