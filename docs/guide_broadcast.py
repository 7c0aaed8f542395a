"""The pictures of "How a forum sends a broadcast": from the first word to the report, and one that could not begin in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any, NamedTuple

from guide_demo import OWN_NAMES, Column, Story, look, plain
from playwright.async_api import Page

from bot.model.calendar import BAGHDAD
from bot.model.ids import LANGUAGES, Language
from bot.model.text import N_
from handlers.session_words import LANGUAGE_NAMES

ANSWERING = 60
CHOICES = (1, 1, 0, 1, 2, 1, 1, 0, 1, 2)
"""What those choose who answer the quiz, in turns."""
HALFWAY = "▓▓"


class Words(NamedTuple):
    """What is written in one language. Under the question stand its answers, and after an empty line what explains them."""

    text: str
    quiz: str
    soon_over: str


WORDS: dict[Language, Words] = {
    "ar": Words(
        "إلى الأمهات والآباء: تكلموا مع أولادكم عن المخدرات بهدوء ومن دون تهديد. من يُسأل بهدوء يجيب. "
        "إذا احتجتم إلى مساعدة فاكتبوا إلينا: المنتدى لا يعرف من أنتم.",
        "عرض صديق على ابنكم حبة «للامتحان». بماذا تبدؤون؟\nنمنعه من الخروج\n* نتكلم معه بهدوء\nنسكت\n\nالخوف يُسكت الأولاد.",
        "سيارات الماء اليوم في حي النصر من الساعة 10 حتى 12.",
    ),
    "ckb": Words(
        "بۆ دایکان و باوکان: بە هێمنی و بەبێ هەڕەشە لەگەڵ منداڵەکانتان باسی ماددە هۆشبەرەکان بکەن. "
        "ئەوەی بە هێمنی لێی بپرسن، وەڵام دەداتەوە. ئەگەر پێویستتان بە یارمەتییە بۆمان بنووسن: کۆڕبەند نازانێت ئێوە کێن.",
        "هاوڕێیەک حەبێکی «بۆ تاقیکردنەوە» پێشکەشی کوڕەکەتان دەکات. بە چی دەست پێ دەکەن؟\n"
        "ناهێڵین بچێتە دەرەوە\n* بە هێمنی لەگەڵی دەدوێین\nهیچ ناڵێین\n\nترس منداڵ بێدەنگ دەکات.",
        "ئەمڕۆ لە کاتژمێر 10 تا 12 تانکەری ئاو لە گەڕەکی ئازادی دەبێت.",
    ),
    "en": Words(
        "For mothers and fathers: talk with your children about drugs, calmly and without threats. Who is asked calmly answers. "
        "If you need help, write to us: the forum does not see who you are.",
        "A friend offers your son a pill “for the exams”. What do you do first?\n"
        "We forbid him to go out\n* We talk with him calmly\nWe say nothing\n\nFear makes children silent.",
        "Water trucks will be in Azadi quarter today from 10 to 12.",
    ),
}


def subscribes(story: Story) -> None:
    """The resident chooses to hear from the forum."""
    story.post("/world/act", {"as": story.people["phone"], "do": "start"})
    story.taps("phone", OWN_NAMES[story.language], story.label("I agree"), story.label("My area"), story.district)


def writes(story: Story, languages: tuple[Language, ...]) -> None:
    """A member writes the text in these languages."""
    for language in languages:
        story.taps("forum", story.label("Text: {language}", language=LANGUAGE_NAMES[language]))
        story.replies("forum", WORDS[language].text)


def chooses_a_time(story: Story) -> None:
    """A member looks what comes of a time that falls into the Friday prayer."""
    story.taps("forum", story.label("Time"), story.label("Every week", "when"))
    story.taps("forum", *(story.label(day, "weekday") for day in ("Sunday", "Friday")), story.label("Next"), "13:30")


def asks_a_question(story: Story) -> None:
    """A member chooses to send it at once, and adds a quiz in every language."""
    story.taps("forum", story.label("Another time"), story.label("At once, after the approval", "when"), story.label("Quiz"))
    for language in LANGUAGES:
        story.taps("forum", story.words(LANGUAGE_NAMES[language]))
        story.replies("forum", WORDS[language].quiz)
    story.taps("forum", story.label("Back"))


def submits(story: Story) -> None:
    """A member looks at the preview and submits the broadcast."""
    story.taps("forum", story.label("Preview"), story.label("Submit"))
    story.until(lambda: story.offering("province", story.label("Approve")))


def answers(story: Story) -> None:
    """Many of those who have got it answer the quiz."""
    crowd = story.get("/world/crowd")["crowd"]
    watched = {face["id"] for face in story.get("/console/state")["cast"]["faces"]}
    chosen, answered = cycle(CHOICES), 0
    for person in range(crowd["first"], crowd["first"] + crowd["size"]):
        for message in _copies(story, person) if person not in watched else ():
            story.post("/world/act", {"as": person, "do": "press", "message_id": message["id"], "button": f"{next(chosen)}.0"})
            answered += 1
        if answered == ANSWERING:
            return


def _copies(story: Story, person: int) -> Iterator[Any]:
    quizzes = [words.quiz.partition("\n")[0] for words in WORDS.values()]
    for chat in story.get(f"/world/state?as={person}")["chats"]:
        yield from (message for message in chat["messages"] if any(quiz in plain(message["text"]) for quiz in quizzes))


def comes_too_late(story: Story) -> None:
    """A second broadcast, for tomorrow at ten; when its time comes the bot is away."""
    story.says("forum", "/broadcast")
    story.taps("forum", story.label("Public services", "topic"), story.label("Audience"))
    others = [f"✓ {story.words(LANGUAGE_NAMES[each])}" for each in LANGUAGES if each != story.language]
    story.taps("forum", *others, story.label("Done"), story.label("Text: {language}", language=LANGUAGE_NAMES[story.language]))
    story.replies("forum", WORDS[story.language].soon_over)
    now = datetime.fromtimestamp(story.get("/world/state")["now"], BAGHDAD)
    tomorrow = now + timedelta(days=1)
    story.taps("forum", story.label("Time"), story.label("At a day and an hour", "when"))
    if tomorrow.month != now.month:
        story.taps("forum", story.label("Later"))
    days = (b["text"] for row in story.offering("forum", story.label("Back"))["buttons"] for b in row)
    story.taps("forum", next(plain(day) for day in days if plain(day).strip("★°") == str(tomorrow.day)))
    story.taps("forum", "10:00", story.label("{hours} h", hours="1"), story.label("Save"))
    submits(story)
    story.taps("province", story.label("Approve"))
    story.passes((tomorrow.replace(hour=12, minute=30) - now).total_seconds())
    story.until(lambda: story.offering("forum", story.label("Leave it out")))


async def take(page: Page, story: Story) -> None:
    """Tell the story and take a picture at each step."""
    words, areas, unsaved = WORDS[story.language], story.words(N_("Areas: {districts}", districts="")), story.words(N_("Not saved yet:"))
    answered = story.words(N_("Answers: “{question}”", question=words.quiz.partition("\n")[0]))

    async def picture(number: int, column: Column, find: Callable[[Column, str], Any], said: str, since: str = "") -> None:
        await does(story.until, lambda: find(column, said))
        await look(page, story, column, f"broadcast-{number}", find(column, said), since)

    async def does(what: Callable[..., Any], *more: Any) -> None:
        await asyncio.to_thread(what, *more)

    await does(subscribes, story)
    await does(story.says, "forum", "/broadcast")
    await does(story.taps, "forum", story.label("Protection from drugs", "topic"))
    await does(writes, story, ("ar", "ckb"))
    await picture(1, "forum", story.offering, story.label("Audience"))
    await does(writes, story, ("en",))
    await does(chooses_a_time, story)
    await picture(2, "forum", story.offering, story.label("Another time"), unsaved)
    await does(asks_a_question, story)
    await does(submits, story)
    await picture(3, "forum", story.last, words.text)
    await picture(4, "province", story.offering, story.label("Approve"), areas)
    await does(story.taps, "province", story.label("Approve"))
    await picture(5, "forum", story.last, HALFWAY)
    await does(answers, story)
    await picture(6, "phone", story.last, words.text)
    await picture(8, "forum", story.last, story.words(N_("It took: {span}", span="")))
    await picture(9, "forum", story.last, answered)
    await does(comes_too_late, story)
    await picture(7, "forum", story.offering, story.label("Leave it out"))
