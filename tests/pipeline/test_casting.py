"""What a turn decides about broadcasts, written down on a real database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import SystemClock
from bot.model.broadcasts import VOICES_KEPT, Audience, Broadcast, Figures, Occurrence
from bot.model.effects import (
    CountAudience,
    CountOptOut,
    CountVote,
    DropBroadcast,
    Effect,
    EraseResident,
    MoveBroadcast,
    MoveOccurrence,
    OpenBroadcast,
    OpenOccurrence,
    Priority,
    Send,
    SetResident,
    SetSubscription,
)
from bot.model.events import CommandGiven, Event
from bot.model.ids import LANGUAGES, BroadcastId, Language, OccurrenceId, ResidentId
from bot.model.messages import Action, Bar, Button, Chart, Message, ToChannel, ToForum
from bot.model.situation import Situation
from bot.model.subscriptions import Subscription
from bot.model.text import C_, N_, Names
from bot.pipeline import commit
from bot.pipeline.limits import Limits
from bot.pipeline.surroundings import Loaded, blank
from bot.pipeline.timekeeping import Timekeeper
from bot.pipeline.timers import Timers
from bot.pipeline.turn import Turns
from bot.storage import copies, occurrences, subscribers, tallies
from bot.storage.database import Database
from bot.storage.errors import Stale
from bot.storage.subscribers import Subscriber
from tests.handlers.build import KHANAQIN, MANDALI
from tests.pipeline.wire import NAME, NOW, Village, Wire
from tests.storage.samples import a_broadcast, an_occurrence, count

SARA, AZAD = ResidentId("residentsara"), ResidentId("residentazad")
CAST: Broadcast = a_broadcast()
SENT: Occurrence = an_occurrence(started=NOW)
WISHES = Subscription(frozenset({KHANAQIN}), frozenset({"drugs"}), frozenset({"youth"}))
STOP = Button(C_("button", "All promises of this session"), Action("optout", occurrence=SENT.id))
AFTERWARDS = CommandGiven("x")


@pytest.fixture
async def village(database: Database) -> Village:
    village = await Village(database).founded()
    await village.settled("sara", language="ckb")
    await village.settled("azad")
    return village


def _same(name: str) -> Names:
    return Names(name, name, name)


async def writes(village: Village, *effects: Effect) -> commit.After:
    """Write effects down, and return what is left to do."""

    async def work(conn: AsyncConnection) -> commit.After:
        now = village.clock.now()
        situation = await blank(conn, village.around, now, now, "machine")
        return await commit.apply(conn, commit.Turn(village.around, Loaded(situation, AFTERWARDS), None, now), effects)

    return await village.db.transact(work)


def is_sent(occurrence: Occurrence = SENT) -> OpenOccurrence:
    messages: dict[Language, Message] = {tag: Message(Names("test", "اختبار", "تاقیکردنەوە"), ((STOP,),)) for tag in LANGUAGES}
    return OpenOccurrence(occurrence, Audience(), "drugs", messages)


async def figures(village: Village, options: int = 3) -> Figures:
    return await village.db.read(lambda conn: tallies.figures(conn, SENT.id, options))


async def everybody(village: Village) -> dict[ResidentId, Subscriber]:
    keys = village.db.keys
    return {each.resident: each for each in await village.db.read(lambda conn: subscribers.scan(conn, keys, 0, 99))}


async def test_a_broadcast_is_written_changed_and_forgotten(village: Village) -> None:
    await writes(village, OpenBroadcast(CAST))
    await writes(village, MoveBroadcast(replace(CAST, revision=2)))
    with pytest.raises(Stale):
        await writes(village, MoveBroadcast(replace(CAST, state="approved", approved=1)))
    assert (await writes(village, DropBroadcast(CAST.id))).casts, "whatever is being sent of it stops"
    assert await count(village.db, "broadcasts") == 0


async def test_an_occurrence_says_the_same_to_all_who_read_a_language(village: Village) -> None:
    """B88: what was approved, in each language, with its buttons."""
    after = await writes(village, OpenBroadcast(CAST), is_sent())
    assert after.casts
    content = await village.reads(lambda conn: occurrences.content(conn, village.db.keys, SENT.id))
    assert {tag: said.text for tag, said in content.outgoing.items()} == {"ar": "اختبار", "ckb": "تاقیکردنەوە", "en": "test"}
    assert len({said.rows[0][0].text for said in content.outgoing.values()}) == 3
    assert {said.rows[0][0].action for said in content.outgoing.values()} == {STOP.action}


async def test_a_due_time_that_fires_twice_begins_once(village: Village) -> None:
    """F29: the second one changes nothing of what the first began, and wakes nobody."""
    await writes(village, OpenBroadcast(CAST), is_sent())
    await writes(village, MoveOccurrence(replace(SENT, state="paused")))
    again = await writes(village, is_sent(replace(SENT, id=OccurrenceId("occurrencbbb"))))
    assert not again.casts
    assert await count(village.db, "occurrences") == 1
    kept = await village.reads(lambda conn: occurrences.load(conn, SENT.id))
    assert kept.state == "paused"


async def test_whoever_pauses_resumes_or_cancels_wakes_the_sending_at_once(village: Village) -> None:
    """B89: within the second."""
    await writes(village, OpenBroadcast(CAST), is_sent())
    for version, state in enumerate(("paused", "sending", "cancelled"), start=1):
        moved = replace(SENT, state=state, version=version)  # type: ignore[arg-type]
        assert (await writes(village, MoveOccurrence(moved))).casts
    with pytest.raises(Stale):
        await writes(village, MoveOccurrence(SENT))


async def test_counting_and_sending_are_asked_for_once_the_turn_is_on_disk(village: Village) -> None:
    wish = CountAudience(CAST.id, 1, CAST.audience, "drugs")
    asked: list[Any] = []

    def decided(situation: Situation, event: Event) -> tuple[Effect, ...]:
        assert not asked
        return (OpenBroadcast(CAST), wish, is_sent())

    def counts(request: CountAudience) -> None:
        asked.append(request)

    def casts() -> None:
        asked.append("casts")

    village.turns = Turns(
        village.db, village.around, {NAME: Wire()}, decided, Limits(attempts=1), village.clock,
        sends=lambda: None, told=lambda: None, counts=counts, casts=casts,
    )  # fmt: skip
    await village.arrives([("sara", "hello")])
    assert asked == [wish, "casts"]


async def test_what_somebody_wants_to_hear_is_kept_with_how_to_reach_them(village: Village) -> None:
    """B94: in the language that they have chosen, also in the same turn."""
    await writes(village, SetSubscription(SARA, WISHES), SetResident(AZAD, language="ar", reachable=False), SetSubscription(AZAD, WISHES))
    found = await everybody(village)
    assert (found[SARA].language, found[SARA].reachable, found[SARA].subscription) == ("ckb", True, WISHES)
    assert (found[AZAD].language, found[AZAD].reachable) == ("ar", False)
    assert found[SARA].seen == NOW.date().replace(day=1)
    await writes(village, SetSubscription(SARA, Subscription()))
    assert set(await everybody(village)) == {AZAD}


async def test_who_is_erased_wants_nothing_any_more_and_is_sent_nothing_more(village: Village) -> None:
    """B106: subscription, voice and waiting copy go; what was counted stays."""
    keys = village.db.keys
    await writes(village, OpenBroadcast(CAST), is_sent(), SetSubscription(SARA, WISHES), SetSubscription(AZAD, WISHES))
    await writes(village, CountVote(SENT.id, SARA, 1), CountOptOut(SENT.id, AZAD))

    async def put(conn: AsyncConnection) -> None:
        key = await occurrences.key_of(conn, keys, SENT.id)
        assert key is not None
        await copies.put(conn, keys, key, SENT.id, [copies.Meant(who, KHANAQIN, "ar") for who in (SARA, AZAD)])

    await village.db.transact(put)
    await writes(village, EraseResident(SARA), SetSubscription(SARA, WISHES))
    assert set(await everybody(village)) == {AZAD}
    assert await count(village.db, "voices") == 1
    assert (await figures(village)).answers == (0, 1, 0)
    waiting = await village.db.read(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM copies WHERE state = 'waiting'"))
    assert waiting.scalar() == 1


async def test_an_answer_to_a_quiz_counts_once_however_often_it_is_pressed(village: Village) -> None:
    """B95: also another answer, also presses at the same moment; an answer to the next round counts anew."""
    later = replace(SENT, id=OccurrenceId("occurrencbbb"), wall=SENT.wall + timedelta(days=7))
    await writes(village, OpenBroadcast(CAST), is_sent(), is_sent(later))
    await asyncio.gather(*(writes(village, CountVote(SENT.id, SARA, option)) for option in (1, 1, 2, 0)))
    await writes(village, CountVote(SENT.id, AZAD, 2), CountVote(later.id, SARA, 0))
    await writes(village, CountVote(OccurrenceId("unknown"), SARA, 0))
    assert sum((await figures(village)).answers) == 2
    assert (await village.db.read(lambda conn: tallies.figures(conn, later.id, 1))).answers == (1,)


async def test_who_stops_is_counted_once_and_apart_from_their_answer(village: Village) -> None:
    await writes(village, OpenBroadcast(CAST), is_sent(), CountVote(SENT.id, SARA, 0))
    for _ in range(2):
        await writes(village, CountOptOut(SENT.id, SARA))
    found = await figures(village)
    assert (found.opted_out, found.answers, found.cells) == (1, (1, 0, 0), ())


@pytest.mark.parametrize(("after", "counted"), [(VOICES_KEPT - timedelta(seconds=1), 2), (VOICES_KEPT, 1)])
async def test_when_it_is_forgotten_who_answered_nobody_can_answer_any_more(village: Village, after: timedelta, counted: int) -> None:
    """B95: else a second press would count as a first one."""
    await writes(village, OpenBroadcast(CAST), is_sent(), CountVote(SENT.id, SARA, 0))
    await writes(village, MoveOccurrence(replace(SENT, state="done", ended=NOW)))
    village.clock.time = NOW + after
    await writes(village, CountVote(SENT.id, AZAD, 0))
    assert (await figures(village)).answers == (counted, 0, 0)


async def test_the_days_chores_forget_who_answered_what_is_long_over(village: Village) -> None:
    """B95: what goes on is still remembered."""
    clock = SystemClock()
    later = replace(SENT, id=OccurrenceId("occurrencbbb"), wall=SENT.wall + timedelta(days=7))
    await writes(village, OpenBroadcast(CAST), is_sent(), is_sent(later), CountVote(SENT.id, SARA, 0), CountVote(later.id, SARA, 0))
    await writes(village, MoveOccurrence(replace(SENT, state="done", ended=clock.now() - VOICES_KEPT - timedelta(minutes=1))))
    time = Timekeeper(village.db, clock, told=lambda: None)
    await Timers(village.db, time, keep_posts=timedelta(days=180), told=lambda: None).chores()
    assert await count(village.db, "voices") == 1
    assert (await figures(village)).answers == (1, 0, 0)


async def test_a_channel_is_spoken_to_in_its_forums_language_with_a_door_to_the_bot(village: Village) -> None:
    post = Message(_same("Beware"), door=N_("Write to us"))
    await writes(village, Send(ToChannel(MANDALI), post, Priority.NOTICE))
    [row] = await village.said()
    assert (row.recipient, row.outgoing.language, row.outgoing.text) == (ToChannel(MANDALI), "en", "Beware")
    assert row.outgoing.door == "Write to us"
    assert row.outgoing.whole, "a public post without its picture would be a wrong one"


async def test_a_chart_is_labelled_in_its_readers_language(village: Village) -> None:
    chart = Chart(Names("Question", "سؤال", "پرسیار"), (Bar(_same("Yes"), 12, marked=True), Bar(_same("No"), 7)))
    await writes(village, Send(ToForum(KHANAQIN), Message(_same("12, 7"), chart=chart), Priority.NOTICE))
    [row] = await village.said()
    assert row.outgoing.chart == ("Question", (("Yes", 12, True), ("No", 7, False)))


async def test_a_lost_broadcast_makes_no_occurrence(village: Village) -> None:
    assert not (await writes(village, is_sent(replace(SENT, broadcast=BroadcastId("unknown"))))).casts
    assert await count(village.db, "occurrences") == 0
