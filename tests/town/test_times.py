"""Time in the whole town: the calendar is changed in the province's group, and reminders come when their hour has come (B97)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.i18n import render
from bot.model.calendar import BAGHDAD
from bot.model.ids import Language
from bot.model.text import P_, Words
from tests.town.people import Resident
from tests.town.test_sessions import PLACE, TOPIC, arranges, asks_for_a_session
from tests.town.town import Town
from tests.town.words import plain, said


def reminder(hours: int, language: Language) -> str:
    """Return how a reminder begins."""
    told = P_(
        "Reminder: the session “{topic}” starts in {count} hour. Place: {place}.",
        "Reminder: the session “{topic}” starts in {count} hours. Place: {place}.",
        hours,
        topic=Words(TOPIC),
        place=Words(PLACE),
    )
    return plain(render(told, language))


def heard(resident: Resident, words: str) -> int:
    """Return how many messages with these words a resident has."""
    return sum(words in plain(message.text) for message in resident.talk.from_bot)


def moves_clock(town: Town, to: datetime) -> None:
    """Let the town's clock show this moment, now."""
    (town.folder / "clock").write_text(str((to - datetime.now(UTC)).total_seconds()), encoding="utf-8")


def start() -> datetime:
    """Return when the session that `arranges` arranges begins: the 15th of next month, 16:00."""
    later = datetime.now(BAGHDAD).replace(day=1) + timedelta(days=32)
    return later.replace(day=15, hour=16, minute=0, second=0, microsecond=0)


async def test_reminders_come_a_day_and_two_hours_before_each_once_also_over_a_restart(own_town: Town) -> None:
    """B97: nobody who said no is reminded, and a bot that was off when the hour came makes up for it."""
    sara, azad = own_town.resident("ckb"), own_town.resident("ckb", "Azad")
    for resident in (sara, azad):
        await resident.arrives()
    await azad.taps("My area")
    await azad.taps("khanaqin")
    await arranges(own_town.forums["khanaqin"], await asks_for_a_session(sara))
    await azad.hears(said("You are invited to a dialogue session.", "ckb"))
    await azad.taps("I will not come")
    await sara.taps("Maybe")
    await sara.hears(said("Thank you. We will remind you before the session.", "ckb"))

    await own_town.kill()
    moves_clock(own_town, start() - timedelta(hours=24))
    await own_town.starts()
    await sara.hears(reminder(24, "ckb"))
    assert await own_town.stop() == 0
    await own_town.starts()
    moves_clock(own_town, start() - timedelta(hours=2))
    await sara.hears(reminder(2, "ckb"))
    await own_town.until(lambda: len(own_town.world.updates) == 0)
    assert (heard(sara, reminder(24, "ckb")), heard(sara, reminder(2, "ckb"))) == (1, 1)
    assert heard(azad, reminder(24, "ckb")) + heard(azad, reminder(2, "ckb")) == 0


async def test_a_shutdown_that_the_province_enters_moves_the_reminder_of_a_session(own_town: Town) -> None:
    """B97: entered by taps and a reply, kept over a restart, told to the forum, and heeded."""
    sara = own_town.resident("ckb")
    await sara.arrives()
    forum, province = own_town.forums["khanaqin"], own_town.province
    await arranges(forum, await asks_for_a_session(sara))
    await sara.hears(said("You are invited to a dialogue session.", "ckb"))
    await sara.taps("I will come")
    await sara.hears(said("Thank you. We look forward to seeing you.", "ckb"))

    province.ali.writes("/calendar", province.chat)
    panel = await province.hears(said("The calendar as the bot was set up with", province.language))
    await province.presses(province.ali, panel, "Add an internet shutdown").answer()
    prompt = await province.hears("5/6/2027 – 24/6/2027")
    province.ali.replies(prompt, f"{start():%d/%m/%Y}، 13:00 – 18:00")
    await province.hears(said("These sessions now fall into it:", province.language), TOPIC)
    await forum.hears(TOPIC, said("the internet is off", forum.language))
    await own_town.restart()
    province.ali.writes("/calendar", province.chat)
    await own_town.until(lambda: len(province.about("13:00", "18:00")) == 3)  # what was written, the answer to it, and now

    moves_clock(own_town, start() - timedelta(hours=3, minutes=4))
    await sara.hears(reminder(3, "ckb"))
