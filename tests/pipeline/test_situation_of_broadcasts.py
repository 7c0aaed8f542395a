"""What a turn may know of broadcasts, loaded from a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.broadcasts import Broadcast, Counted, Figures, Occurrence, Question, Quiz
from bot.model.effects import CountVote, MoveBroadcast, OpenBroadcast, OpenOccurrence, SetResident, SetSubscription, SetTimer
from bot.model.events import AudienceCounted, OccurrenceEnded, TimerFired
from bot.model.ids import PROVINCE, BroadcastId, OccurrenceId, ResidentId
from bot.model.messages import Action, ToForum, approval_slot, cast_slot, progress_slot
from bot.model.situation import Situation
from bot.model.subscriptions import Subscription
from bot.pipeline import news
from bot.pipeline.news import News
from bot.pipeline.situation import load_news
from bot.storage import inbox, lanes, posts, tallies, timers
from bot.storage.database import Database
from tests.handlers.build import KHANAQIN, MANDALI
from tests.pipeline.wire import CHATS, NOW, Village
from tests.storage.samples import a_broadcast, an_occurrence

SARA = ResidentId("residentsara")
GROUP, CENTRE = CHATS[KHANAQIN], CHATS[PROVINCE]
QUIZ = Quiz({"en": Question("?", ("a", "b", "c"))}, right=1)
CAST: Broadcast = a_broadcast(quiz=QUIZ, texts={})
ELSEWHERE: Broadcast = a_broadcast("broadcastbbb", forum=MANDALI)
SENT: Occurrence = an_occurrence(started=NOW)
LATER: Occurrence = an_occurrence("occurrencbbb", wall=SENT.wall + timedelta(days=7), due=SENT.due + timedelta(days=7))
FIGURES = Figures(listed=9, delivered=4, answers=(0, 3, 0))


@pytest.fixture
async def village(database: Database) -> Village:
    village = await Village(database).founded()
    await village.settled("sara")
    await village.does(OpenBroadcast(CAST))
    village.clock.time += timedelta(seconds=1)
    await village.does(OpenBroadcast(ELSEWHERE))
    for occurrence in (SENT, LATER):
        await village.does(OpenOccurrence(occurrence, CAST.audience, "drugs", {}))

    async def counted(conn: AsyncConnection) -> None:
        await tallies.add(conn, SENT.id, {("listed", "", ""): 9, ("delivered", "", ""): 4, (tallies.option(1), "", ""): 3})

    await village.db.transact(counted)
    return village


def about(cast: Broadcast | None = None, occurrence: Occurrence | None = None, verb: str = "cast") -> Action:
    return Action(verb, None, ("text",), broadcast=cast.id if cast else None, occurrence=occurrence.id if occurrence else None)


async def test_a_button_brings_the_broadcast_and_its_last_occurrences(village: Village) -> None:
    for chat in (GROUP, CENTRE):
        seen = await village.sees(chat, "11", about(CAST))
        assert seen.broadcast == CAST
        assert (seen.occurrence, seen.figures) == (None, Figures())
        assert seen.occurrences == (LATER, SENT)


async def test_a_button_of_an_occurrence_brings_it_with_what_became_of_it(village: Village) -> None:
    seen = await village.sees(GROUP, "11", about(None, SENT, "cast_go"))
    assert (seen.broadcast, seen.occurrence, seen.figures) == (CAST, SENT, FIGURES)
    assert seen.occurrences == (LATER, SENT)


async def test_a_forum_learns_nothing_of_anothers_broadcast(village: Village) -> None:
    """Not by a button, an occurrence or a reply; the province sees all."""
    for action in (about(ELSEWHERE), about(None, SENT, "cast_go")):
        chat = CHATS[MANDALI] if action.occurrence else GROUP
        seen = await village.sees(chat, "11", action)
        assert (seen.broadcast, seen.occurrence, seen.occurrences, seen.figures) == (None, None, (), Figures())
    assert (await village.sees(CENTRE, "91", about(ELSEWHERE))).broadcast == ELSEWHERE


@pytest.mark.parametrize(
    ("slot", "occurrence"),
    [
        (cast_slot(CAST.id), None),
        (f"cast:{CAST.id}:text-ckb:token", None),
        (approval_slot(CAST.id), None),
        (progress_slot(SENT.id), SENT),
    ],
)
async def test_a_reply_to_a_message_about_a_broadcast_brings_it(village: Village, slot: str, occurrence: Occurrence | None) -> None:
    keys = village.db.keys
    await village.db.transact(lambda conn: posts.record(conn, keys, ToForum(KHANAQIN), ["77"], slot, None, None, NOW))
    seen = await village.sees(GROUP, "11", "words", reply_to="77")
    assert (seen.prompt, seen.broadcast, seen.occurrence) == (slot, CAST, occurrence)
    assert (await village.sees(GROUP, "11", "words", reply_to="78")).broadcast is None
    assert (await village.sees(GROUP, "11", "chatter")).broadcast is None


async def test_the_list_has_a_forums_own_and_in_the_province_all(village: Village) -> None:
    for said in ("/broadcasts", "/broadcast", Action("casts")):
        seen = await village.sees(GROUP, "11", said)
        assert seen.broadcasts == (CAST,)
        assert {id: occurrence for id, (occurrence, _) in seen.latest.items()} == {CAST.id: LATER}
        seen = await village.sees(CENTRE, "91", said)
        assert seen.broadcasts == (ELSEWHERE, CAST)
    for said in ("/sessions", "chatter", about(CAST)):
        assert (await village.sees(GROUP, "11", said)).broadcasts == ()


async def test_a_member_is_known_as_themselves_only_where_they_test_a_broadcast(village: Village) -> None:
    """B87: who tests must have a private chat with the bot; at every other press nobody asks who a member is in private."""
    assert (await village.sees(GROUP, "sara", about(CAST))).myself == SARA
    assert (await village.sees(CENTRE, "sara", about(CAST, verb="cast_ok"))).myself == SARA
    for said in (about(CAST, verb="cast_when"), about(None, SENT, "cast_go"), Action("casts"), "/broadcasts", Action("list")):
        assert (await village.sees(GROUP, "sara", said)).myself is None
    assert (await village.sees(GROUP, "11", about(CAST))).myself is None
    await village.does(SetResident(SARA, reachable=False))
    assert (await village.sees(GROUP, "sara", about(CAST))).myself is None


async def test_a_resident_who_presses_a_copys_button_brings_it_and_whether_they_have_answered(village: Village) -> None:
    """B95."""
    press = Action("quiz", None, ("1",), occurrence=SENT.id)
    seen: Situation = await village.sees("sara", "sara", press)
    assert (seen.broadcast, seen.occurrence, seen.voted) == (CAST, SENT, False)
    assert (seen.figures, seen.occurrences) == (Figures(), ()), "how others answered is not theirs to see"
    await village.does(CountVote(SENT.id, SARA, 1))
    assert (await village.sees("sara", "sara", press)).voted
    assert not (await village.sees("sara", "sara", replace(press, occurrence=LATER.id))).voted
    lost = await village.sees("sara", "sara", replace(press, occurrence=OccurrenceId("unknown")))
    assert (lost.broadcast, lost.occurrence) == (None, None)


async def test_a_resident_cannot_look_into_a_broadcast_that_is_being_written(village: Village) -> None:
    """Only what was sent to them has an occurrence; a button that names a broadcast itself is not made for them."""
    assert (await village.sees("sara", "sara", about(CAST))).broadcast is None


async def test_a_resident_sees_what_they_have_asked_to_hear(village: Village) -> None:
    wishes = Subscription(frozenset({KHANAQIN}), frozenset({"drugs"}), frozenset({"women"}))
    await village.does(SetSubscription(SARA, wishes))
    assert (await village.sees("sara", "sara", "hello")).subscription == wishes


async def told(village: Village, what: News) -> Any:
    raw = news.item("lane", "token", what, NOW).raw
    return await village.db.transact(lambda conn: load_news(conn, village.around, news.read(raw), village.clock.now()))


async def test_a_due_time_brings_its_broadcast_and_comes_in_its_lane(village: Village) -> None:
    keys = village.db.keys
    await village.does(
        SetTimer(f"cast:{CAST.id}", "cast_due", NOW, broadcast=CAST.id), SetTimer("progress", "cast_progress", NOW, occurrence=SENT.id)
    )
    assert await village.db.transact(lambda conn: timers.move_due(conn, keys, village.clock.now(), 9)) == 2
    seen = []
    for _ in range(2):
        lane = lanes.of_broadcast(keys, CAST.id)
        item = await village.db.transact(lambda conn, lane=lane: inbox.take(conn, keys, lane, village.clock.now()))  # type: ignore[misc]
        assert item is not None
        loaded = await village.db.transact(lambda conn, item=item: load_news(conn, village.around, news.read(item.raw), NOW))  # type: ignore[misc]
        await village.db.transact(lambda conn, item=item: inbox.done(conn, item))  # type: ignore[misc]
        assert loaded is not None
        seen.append((loaded.event, loaded.situation.broadcast, loaded.situation.occurrence, loaded.situation.figures))
    assert sorted(seen, key=lambda each: str(each[0])) == [
        (TimerFired("cast_due", f"cast:{CAST.id}"), CAST, None, Figures()),
        (TimerFired("cast_progress", "progress"), CAST, SENT, FIGURES),
    ]


async def test_a_due_time_of_a_forgotten_broadcast_comes_to_nothing(village: Village) -> None:
    keys = village.db.keys
    await village.does(SetTimer("a", "cast_due", NOW, broadcast=BroadcastId("gone")))
    await village.does(SetTimer("b", "cast_progress", NOW, occurrence=OccurrenceId("gone")))
    assert await village.db.transact(lambda conn: timers.move_due(conn, keys, village.clock.now(), 9)) == 1, "an occurrence has no lane"
    assert await told(village, News(AudienceCounted(BroadcastId("gone"), Counted(1, 5)), broadcast=BroadcastId("gone"))) is None


async def test_news_bring_what_they_are_about(village: Village) -> None:
    counted = Counted(1, 5)
    loaded = await told(village, News(AudienceCounted(CAST.id, counted), broadcast=CAST.id))
    assert (loaded.event, loaded.situation.broadcast) == (AudienceCounted(CAST.id, counted), CAST)
    loaded = await told(village, News(OccurrenceEnded(SENT.id), occurrence=SENT.id))
    assert (loaded.situation.occurrence, loaded.situation.figures) == (SENT, FIGURES)


async def test_a_broadcast_that_was_changed_is_seen_as_it_is_now(village: Village) -> None:
    await village.does(MoveBroadcast(replace(CAST, revision=2, state="submitted")))
    seen = await village.sees(GROUP, "11", about(CAST))
    assert (seen.broadcast.revision, seen.broadcast.version, seen.broadcast.state) == (2, 2, "submitted")
