"""A dialogue session from the request to the promise that was kept: what three people in three languages and a forum see of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from bot.demo.world import Message
from bot.i18n import render
from bot.model.ids import Language
from bot.model.text import C_, N_, Piece, Words
from tests.town.people import PATIENCE, Forum, Resident
from tests.town.test_sessions import PLACE, TOPIC, arranges, asks_for_a_session, chooses, presses, replies
from tests.town.test_times import moves_clock, start
from tests.town.town import Town
from tests.town.words import label, plain, said

REASON = "پارێزگار درەنگ دەگات"
MINUTES = "شارەوانی ڕوونی کردەوە بۆچی ئاو نییە"
PROMISE = "بۆرییەکە چاک دەکرێتەوە"
THOUGHT = "كانت الجلسة مفيدة"
LANGUAGES: tuple[Language, ...] = ("ckb", "ar", "en")


def told(piece: Piece, language: Language) -> str:
    """Return a sentence as the eye reads it."""
    return plain(render(piece, language))


def entry(file: Message) -> Event:
    """Return the entry of a calendar file, read back."""
    assert file.media == "document"
    return next(part for part in Calendar.from_ical(file.data.decode()).walk("VEVENT") if isinstance(part, Event))


def times_heard(resident: Resident, words: str) -> int:
    """Return how many messages on a phone have these words."""
    return sum(words in plain(message.text) for message in resident.talk.from_bot)


async def arrive(town: Town) -> dict[Language, Resident]:
    """Three people start the bot; those who will not ask for a session want to hear of those in Khanaqin."""
    people = {language: town.resident(language, f"Canary-{language}") for language in LANGUAGES}
    for language, resident in people.items():
        await resident.arrives()
        if language != "ckb":
            await resident.taps("My area")
            await resident.taps("khanaqin")
            await resident.hears(said("Nobody in the forum learns who gets these messages.", language))
    return people


async def answer(people: dict[Language, Resident]) -> Event:
    """One has the only seat, one waits, one may come; then the first gives the seat up. Return the entry of whoever may come."""
    dilan, sara, nadia = (people[language] for language in LANGUAGES)
    for resident in people.values():
        await resident.hears(said("You are invited to a dialogue session.", resident.language), TOPIC, PLACE, "16:00")
    await dilan.taps("I will come")
    await dilan.hears(said("Thank you. We look forward to seeing you.", "ckb"))
    await sara.taps("I will come")
    waiting = "All seats are taken. You are on the waiting list: when a seat becomes free, it is yours and we tell you at once."
    await sara.hears(said(waiting, "ar"))
    await nadia.taps("Maybe")
    file = await nadia.hears(said("Thank you. We will remind you before the session.", "en"))
    await dilan.taps("I will not come")
    await sara.hears(told(N_("A seat has become free: you now have a place at the session “{topic}”.", topic=Words(TOPIC)), "ar"))
    return entry(file)


async def change(forum: Forum, plan: Message, people: dict[Language, Resident], before: Event) -> None:
    """The forum moves the session by an hour: each hears so once, with the reason, and the calendar takes the new hour."""
    for text in (label("Change", "ckb"), label("Time", "ckb"), "17:00", label("Tell everybody", "ckb")):
        await presses(forum, plan, text)
    await replies(
        forum, "Why does it change? Write the reason as a reply to this message. Everybody who asked or answered will read it.", REASON
    )
    for resident in people.values():
        await resident.hears(REASON, "17:00")
        assert times_heard(resident, REASON) == 1
    sara = people["ar"]
    await sara.taps("Put it in my calendar")
    after = entry(await sara.hears(said("Open this file to put the session into the calendar of your phone.", "ar")))
    assert (after["UID"], before["SEQUENCE"], after["SEQUENCE"]) == (before["UID"], 0, 1)
    assert before.start == start().astimezone(UTC)
    assert after.start == start().astimezone(UTC) + timedelta(hours=1)


async def look_back(forum: Forum, plan: Message, people: dict[Language, Resident]) -> None:
    """After the session those who came say how it was; the forum writes down numbers, minutes and a promise."""
    dilan, sara, nadia = (people[language] for language in LANGUAGES)
    for resident in (sara, nadia):
        asked = N_("How was the session “{topic}”? Your answer is not linked to your name.", topic=Words(TOPIC))
        await resident.hears(told(asked, resident.language))
    assert times_heard(dilan, told(C_("rating", "Good"), "ckb")) == 0
    await chooses(sara, "rating", "Good")
    await sara.taps("Add words")
    await sara.hears(said("What was good, what was missing? The forum reads your words without your name.", "ar"))
    sara.says(THOUGHT)
    await sara.hears(said("Thank you. This helps us to do better.", "ar"))

    await presses(forum, plan, label("How many came", "ckb"))
    came = "How many came? Write three numbers as a reply to this message: men, women, young people. For example: 12 9 5"
    await replies(forum, came, "١٢ ۹ 5")
    await presses(forum, plan, label("Minutes", "ckb"))
    minutes = "What was said and agreed? Write it as a reply to this message, or reply with a photo. Please write no names of residents."
    await replies(forum, minutes, MINUTES)
    await forum.chat.world.until(lambda: MINUTES in plan.text, PATIENCE)
    await presses(forum, plan, label("Write down a promise", "ckb"))
    await presses(forum, plan, told(C_("office", "Municipality"), "ckb"))
    await replies(forum, "What was promised? Write it as a reply to this message.", PROMISE)
    await forum.chat.world.until(lambda: any("28" in shown for shown in plan.labels), PATIENCE)
    await presses(forum, plan, "28")
    numbers = told(N_("Came: {men} men, {women} women, {youth} young people", men=12, women=9, youth=5), "ckb")
    await forum.chat.world.until(lambda: numbers in plain(plan.text) and PROMISE in plan.text, PATIENCE)


async def keep_the_promise(forum: Forum, people: dict[Language, Resident]) -> None:
    """On its day the forum says what became of the promise, and everybody is told in their language."""
    due = await forum.hears(told(N_("A promise from the session “{topic}” is due:", topic=Words(TOPIC)), "ckb"), PROMISE)
    await forum.ali.presses(due, told(C_("promise", "kept"), "ckb")).answer()
    for resident in people.values():
        await resident.hears(PROMISE, told(C_("office", "Municipality"), resident.language))
        assert times_heard(resident, PROMISE) == 1
        resident.says("/sessions")
        await resident.hears(told(N_("Past sessions:"), resident.language), TOPIC)


async def test_a_session_is_followed_from_the_request_to_the_promise_that_was_kept(own_town: Town) -> None:
    """B96 to B99 with the real bot, in three languages; no group and no log shows who asked, answered, came or thought what."""
    people = await arrive(own_town)
    forum, province = own_town.forums["khanaqin"], own_town.province
    plan = await arranges(forum, await asks_for_a_session(people["ckb"]))
    await change(forum, plan, people, await answer(people))

    moves_clock(own_town, start() + timedelta(hours=4))
    await look_back(forum, plan, people)
    moves_clock(own_town, start() + timedelta(hours=6))  # what people thought is shown at the full hour
    await forum.hears(THOUGHT)
    await province.hears(THOUGHT, MINUTES, PROMISE)
    moves_clock(own_town, datetime.combine(start().date().replace(day=28), start().time().replace(hour=11), start().tzinfo))
    await keep_the_promise(forum, people)

    seen = "\n".join(str(message.raw) for group in (forum, province) for message in group.chat.from_bot)
    for resident in people.values():
        for canary in (resident.person.first_name, str(resident.person.id)):
            assert canary not in seen
            assert canary not in own_town.log
    for written in (TOPIC, PLACE, REASON, MINUTES, PROMISE, THOUGHT):
        assert written not in own_town.log
