"""A session from the card to the promise, loaded and stored by the machine on a real database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.engine.decide import decide
from bot.i18n import render
from bot.model.effects import Effect
from bot.model.events import Arrival, ButtonPressed, CommandGiven, TextReceived, TimerFired
from bot.model.ids import PROVINCE, ForumId, SessionId
from bot.model.messages import Action, ToForum, plan_slot, recipient_key
from bot.model.sessions import Attendance, Session
from bot.model.tickets import Ticket
from bot.pipeline import commit
from bot.pipeline.news import News
from bot.pipeline.situation import load, load_news
from bot.pipeline.surroundings import Loaded, Surroundings, signed
from bot.storage import forums, posts, promises, sessions, tickets
from bot.storage.database import Database
from bot.storage.errors import Stale
from handlers import BOOK
from tests.handlers.build import JALAWLA, KHANAQIN, MANDALI, NOW, PLACES, Counting, english, sends, told
from tests.handlers.meeting import another, request

CHATS = {KHANAQIN: "-1", JALAWLA: "-2", MANDALI: "-3", PROVINCE: "-9"}
SARA, AZAD, HEAD = "11", "12", "91"
NAMES = {SARA: "Sara K.", AZAD: "Azad M.", HEAD: "Layla H."}


@dataclass
class Town:
    """Four linked groups; `shown` is what the group of Khanaqin has in each slot."""

    database: Database
    around: Surroundings
    now: datetime = NOW
    effects: list[Effect] = field(default_factory=list)
    shown: dict[str, Any] = field(default_factory=dict)

    async def opened(self, new: Ticket) -> Ticket:
        mine = replace(new, resident=None)
        await self.database.transact(lambda conn: tickets.open_ticket(conn, self.around.keys, mine))
        return mine

    def arrival(self, event: Any, person: str = SARA, forum: ForumId = KHANAQIN, **changes: Any) -> Arrival:
        plain = Arrival("telegram", "group", CHATS[forum], person, "person", NAMES[person], self.now, event)
        return replace(plain, **changes)

    def press(self, action: Action, person: str = SARA, forum: ForumId = KHANAQIN) -> Arrival:
        data = signed(self.around.keys, recipient_key(ToForum(forum)), action)
        return self.arrival(ButtonPressed(None), person, forum, button=data)

    def button(self, label: str) -> Action:
        for send in reversed(self.shown.values()):
            for button in (button for row in send.message.rows for button in row):
                if english(button.label) == label:
                    action: Action = button.action
                    return action
        raise AssertionError(label)

    async def taps(self, label: str, person: str = SARA) -> commit.After:
        return await self.happens(self.press(self.button(label), person))

    async def replies(self, words: str) -> None:
        slot = next(slot for slot in reversed(self.shown) if slot.startswith("field:"))
        await self._posted(slot)
        await self.happens(self.arrival(TextReceived(words), reply_to="77"))

    async def loads(self, arrival: Arrival) -> Loaded:
        found = await self.database.transact(lambda conn: load(conn, self.around, arrival, self.now))
        assert found is not None
        return found

    async def commits(self, loaded: Loaded, arrival: Arrival | None) -> commit.After:
        self.effects = list(decide(BOOK, loaded.situation, loaded.event))
        turn = commit.Turn(self.around, loaded, arrival, self.now)
        after = await self.database.transact(lambda conn: commit.apply(conn, turn, self.effects))
        for send in sends(self.effects, ToForum(KHANAQIN)):
            slot = send.slot or f"once:{len(self.shown)}"
            self.shown.pop(slot, None)
            self.shown[slot] = send
        return after

    async def happens(self, arrival: Arrival) -> commit.After:
        return await self.commits(await self.loads(arrival), arrival)

    async def fires(self, kind: str, key: str, session: SessionId) -> None:
        news = News(TimerFired(kind, key), session=session)
        loaded = await self.database.transact(lambda conn: load_news(conn, self.around, news, self.now))
        assert loaded is not None
        await self.commits(loaded, None)

    async def session(self) -> Session:
        [slot] = [slot for slot in self.shown if slot.startswith("plan:")]
        id = SessionId(slot.removeprefix(plan_slot(SessionId(""))))
        found = await self.database.read(lambda conn: sessions.load(conn, self.around.keys, id))
        assert found is not None
        return found

    async def _posted(self, slot: str) -> None:
        about = self.shown[slot].session
        keys, to = self.around.keys, ToForum(KHANAQIN)
        await self.database.transact(lambda conn: posts.record(conn, keys, to, ["77"], slot, None, None, self.now, about))


@pytest.fixture
async def town(sqlite_database: Database) -> Town:
    around = Surroundings(sqlite_database.keys, PLACES, Counting(), render)
    await sqlite_database.transact(lambda conn: forums.ensure(conn, CHATS, CHATS, "telegram", NOW))
    return Town(sqlite_database, around)


async def _previewed(town: Town) -> None:
    about = await town.opened(request())
    await town.happens(town.press(Action("schedule", about.id)))
    await town.taps("Day")
    await town.taps("Later")
    await town.taps("°5")
    await town.taps("16:00")
    await town.taps("Place")
    await town.replies("Public library")
    await town.taps("Look at the invitation")


async def test_a_session_goes_from_the_card_to_the_promise(town: Town) -> None:
    await _previewed(town)
    await town.taps("Announce")
    session = await town.session()
    assert (session.state, session.place) == ("announced", "Public library")
    assert session.starts == datetime(2026, 12, 5, 13, 0, tzinfo=UTC)
    town.now = session.starts + timedelta(minutes=90)
    await town.fires("over", f"session:{session.id}:over", session.id)
    await town.taps("How many came")
    await town.replies("12 9 5")
    await town.taps("Write down a promise")
    await town.taps("Police")
    await town.replies("A patrol at the school gate")
    await town.taps("20")
    after = await town.session()
    assert (after.state, after.attendance) == ("held", Attendance(12, 9, 5))
    [promise] = await town.database.read(lambda conn: promises.of_sessions(conn, town.around.keys, (session.id,)))
    assert promise.what == "A patrol at the school gate"
    await town.fires("promise", f"promise:{promise.id}", session.id)
    await town.taps("not kept")
    [promise] = await town.database.read(lambda conn: promises.of_sessions(conn, town.around.keys, (session.id,)))
    assert promise.state == "broken"


async def test_of_two_who_announce_at_once_one_does_and_the_other_reads_it(town: Town) -> None:
    """B57: both turns read the plan; the later one is refused by the database, repeated, and says that the button is old."""
    await _previewed(town)
    announce = town.button("Announce")
    hers, his = (town.press(announce, person) for person in (SARA, AZAD))
    seen_by_her, seen_by_him = await town.loads(hers), await town.loads(his)
    await town.commits(seen_by_her, hers)
    with pytest.raises(Stale):
        await town.commits(seen_by_him, his)
    after = await town.happens(his)
    assert after.toast is not None
    assert (await town.session()).state == "announced"


async def test_like_requests_are_loaded_and_joined(town: Town) -> None:
    about = await town.opened(request())
    other = await town.opened(another("No water in the old town", 1))
    await town.happens(town.press(Action("take", about.id)))
    await town.taps("Yes")
    session = await town.session()
    joined = await town.database.read(lambda conn: tickets.joined_to(conn, town.around.keys, session.id))
    assert {each.id for each in joined} == {about.id, other.id}


async def test_a_plan_of_another_forum_is_not_for_this_group(town: Town) -> None:
    """B45: a button of another group does nothing."""
    await _previewed(town)
    action = town.button("Announce")
    foreign = replace(town.press(action), chat=CHATS[JALAWLA])
    assert (await town.happens(foreign)).toast is not None
    assert (await town.happens(town.press(action, AZAD, JALAWLA))).toast is not None
    assert (await town.session()).state == "planned"


async def test_the_province_lists_the_sessions_of_all_forums(town: Town) -> None:
    """B99."""
    await _previewed(town)
    await town.happens(town.arrival(CommandGiven("sessions"), HEAD, PROVINCE))
    assert "Khanaqin: “Water in the old town”" in told(town.effects, ToForum(PROVINCE))
    await town.happens(town.arrival(CommandGiven("sessions"), SARA, JALAWLA))
    assert "There are no sessions yet." in told(town.effects, ToForum(JALAWLA))
