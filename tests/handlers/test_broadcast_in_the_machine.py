"""A broadcast from its first word to its approval, loaded and stored by the machine on real databases, its people really counted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest

from bot.engine.decide import decide
from bot.i18n import render
from bot.model.broadcasts import Audience, Broadcast
from bot.model.effects import CountAudience, Effect, OpenOccurrence, Send, Toast
from bot.model.events import Arrival, ButtonPressed, CommandGiven, MediaReceived, TextReceived
from bot.model.ids import LANGUAGES, PROVINCE, ForumId, Language, ResidentId
from bot.model.messages import Action, Attachment, ToForum, ToResident, approval_slot, cast_slot, recipient_key
from bot.model.outgoing import Outgoing
from bot.model.subscriptions import Subscription
from bot.model.text import Piece
from bot.pipeline import commit, news
from bot.pipeline.fanout.counting import Counting
from bot.pipeline.saying import written as outgoing
from bot.pipeline.situation import load, load_news
from bot.pipeline.surroundings import Loaded, Surroundings, signed
from bot.storage import broadcasts, forums, inbox, lanes, occurrences, posts, residents, subscribers
from bot.storage.database import Database
from bot.storage.errors import Stale
from handlers import BOOK
from tests.handlers.build import JALAWLA, KHANAQIN, MANDALI, NOW, PLACES, english, sends, told
from tests.handlers.build import Counting as Foretold
from tests.handlers.casting import TEXTS

CHATS = {KHANAQIN: "-1", JALAWLA: "-2", MANDALI: "-3", PROVINCE: "-9"}
SARA, AZAD, LAYLA, OMAR = "11", "12", "91", "92"
NAMES = {SARA: "Sara K.", AZAD: "Azad M.", LAYLA: "Layla H.", OMAR: "Omar S."}
MYSELF = ResidentId("residentsara")


@dataclass(frozen=True)
class Still:
    """A clock that stands at the tests' noon."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return 0.0


@dataclass
class Office:
    """Four linked groups and the people who write and approve; `shown` is what each group has in each slot, the newest last."""

    database: Database
    around: Surroundings
    now: datetime = NOW
    effects: list[Effect] = field(default_factory=list)
    shown: dict[tuple[ForumId, str], Send] = field(default_factory=dict)

    def arrival(self, event: Any, person: str, forum: ForumId, **changes: Any) -> Arrival:
        plain = Arrival("telegram", "group", CHATS[forum], person, "person", NAMES[person], self.now, event)
        return replace(plain, **changes)

    def pressed(self, action: Action, person: str, forum: ForumId) -> Arrival:
        data = signed(self.around.keys, recipient_key(ToForum(forum)), action)
        return self.arrival(ButtonPressed(None), person, forum, button=data)

    def button(self, label: str, forum: ForumId) -> Action:
        for (group, _), send in reversed(self.shown.items()):
            for button in (button for row in send.message.rows for button in row):
                if group == forum and english(button.label) == label:
                    action: Action = button.action
                    return action
        raise AssertionError(label)

    async def taps(self, label: str, person: str = SARA, forum: ForumId = KHANAQIN) -> commit.After:
        return await self.happens(self.pressed(self.button(label, forum), person, forum))

    async def replies(self, event: Any, person: str = SARA, forum: ForumId = KHANAQIN) -> None:
        """Reply to the last prompt of a group, whose message the channel has given a number."""
        slot = next(slot for group, slot in reversed(self.shown) if group == forum and slot.count(":") == 3)
        keys, to = self.around.keys, ToForum(forum)
        await self.database.transact(lambda conn: posts.record(conn, keys, to, ["77"], slot, None, None, self.now, None))
        heard = TextReceived(event) if isinstance(event, str) else event
        await self.happens(self.arrival(heard, person, forum, reply_to="77"))

    def toast(self) -> Piece:
        return next(effect.text for effect in self.effects if isinstance(effect, Toast))

    async def loads(self, arrival: Arrival) -> Loaded:
        found = await self.database.transact(lambda conn: load(conn, self.around, arrival, self.now))
        assert found is not None
        return found

    async def commits(self, loaded: Loaded, arrival: Arrival | None) -> commit.After:
        self.effects = list(decide(BOOK, loaded.situation, loaded.event))
        turn = commit.Turn(self.around, loaded, arrival, self.now)
        after = await self.database.transact(lambda conn: commit.apply(conn, turn, self.effects))
        for send in (send for send in sends(self.effects) if isinstance(send.to, ToForum)):
            assert isinstance(send.to, ToForum)
            key = (send.to.forum, send.slot or f"once:{len(self.shown)}")
            self.shown.pop(key, None)
            self.shown[key] = send
        return after

    async def happens(self, arrival: Arrival) -> commit.After:
        return await self.commits(await self.loads(arrival), arrival)

    async def counted(self) -> None:
        """Count what the last turn asked for as the machine does, and let the turn come that tells it."""
        [asked] = [effect for effect in self.effects if isinstance(effect, CountAudience)]
        done = asyncio.Event()
        counting = Counting(self.database, self.around, Still(self.now), told=done.set)
        counting.ask(asked)
        at_work = asyncio.create_task(counting.run())
        await asyncio.wait_for(done.wait(), 10)
        at_work.cancel()
        lane = lanes.of_broadcast(self.around.keys, asked.broadcast)
        item = await self.database.transact(lambda conn: inbox.take(conn, self.around.keys, lane, self.now))
        assert item is not None
        loaded = await self.database.transact(lambda conn: load_news(conn, self.around, news.read(item.raw), self.now))
        assert loaded is not None
        await self.commits(loaded, None)
        await self.database.transact(lambda conn: inbox.done(conn, item))

    async def broadcast(self) -> Broadcast:
        id = next(slot for _, slot in self.shown if slot.startswith("cast:") and slot.count(":") == 1).removeprefix("cast:")
        found = await self.database.read(lambda conn: broadcasts.load(conn, self.around.keys, id))  # type: ignore[arg-type]
        assert found is not None
        return found


@pytest.fixture
async def office(database: Database) -> Office:
    keys, everywhere = database.keys, frozenset({KHANAQIN})
    around = Surroundings(keys, PLACES, Foretold(), render)

    async def settle(conn: Any) -> None:
        await forums.ensure(conn, CHATS, CHATS, "telegram", NOW)
        await residents.create(conn, keys, MYSELF, "telegram", SARA, SARA, NOW.date())
        wish = Subscription(everywhere, frozenset({"drugs"}))
        for number in range(12):
            language: Language = LANGUAGES[number % 2]
            reader = ResidentId(f"reader{number:06}")
            await subscribers.put(conn, keys, reader, wish, language=language, reachable=number != 11, today=NOW.date())

    await database.transact(settle)
    return Office(database, around)


async def _written(office: Office) -> None:
    await office.happens(office.arrival(CommandGiven("broadcast"), SARA, KHANAQIN))
    await office.taps("Protection from drugs")
    await office.counted()
    for language, name in (("ar", "Arabic"), ("ckb", "Kurdish"), ("en", "English")):
        await office.taps(f"Text: {name}")
        await office.replies(TEXTS[language])  # type: ignore[index]  # a literal of the loop
    await office.taps("Picture, video, voice, file")
    await office.replies(MediaReceived(Attachment("photo", "file-photo")))


async def _submitted(office: Office) -> None:
    await _written(office)
    await office.taps("Preview")
    await office.taps("Submit")
    assert (await office.broadcast()).state == "submitted"


async def test_a_broadcast_goes_from_the_first_word_to_the_approval(office: Office) -> None:
    """B87, B88: what was previewed is what is stored to be sent, to the letter."""
    await _written(office)
    shown = english(office.shown[KHANAQIN, cast_slot((await office.broadcast()).id)].message.body)
    assert "The message will go to 10 people.\nArabic: 5 · Kurdish: 5 · English: fewer than 5" in shown
    assert "Left out because they cannot be reached: fewer than 5" in shown
    await office.taps("Preview")
    previews = [send.message for send in sends(office.effects, ToForum(KHANAQIN)) if send.message.silent]
    await office.taps("Submit")
    await office.taps("Approve", OMAR, PROVINCE)
    opened = next(effect for effect in office.effects if isinstance(effect, OpenOccurrence))
    keys = office.around.keys
    content = await office.database.read(lambda conn: occurrences.content(conn, keys, opened.occurrence.id))
    assert content is not None
    assert (content.topic, content.audience) == ("drugs", Audience(frozenset({KHANAQIN})))
    for language, preview in zip(LANGUAGES, previews, strict=True):
        assert _read(content.outgoing[language]) == _read(outgoing(preview, language, render))


def _read(shown: Outgoing) -> tuple[Any, ...]:
    return shown.text, [[(label.text, label.action.verb, label.action.args) for label in row] for row in shown.rows], shown.attachment


async def test_the_author_cannot_approve_their_own_from_the_province(office: Office) -> None:
    """B87: known again by nothing but the account behind both memberships."""
    await _submitted(office)
    after = await office.taps("Approve", SARA, PROVINCE)
    assert after.toast is not None
    assert "You wrote this broadcast." in english(office.toast())
    assert (await office.broadcast()).state == "submitted"


async def test_a_coordinator_who_changed_a_word_in_the_forums_group_cannot_approve(office: Office) -> None:
    """B87."""
    await _written(office)
    await office.taps("✓ Text: English", OMAR)
    await office.replies("Other words.", OMAR)
    await office.taps("Preview")
    await office.taps("Submit")
    after = await office.taps("Approve", OMAR, PROVINCE)
    assert after.toast is not None
    assert (await office.broadcast()).state == "submitted"
    await office.taps("Approve", LAYLA, PROVINCE)
    assert (await office.broadcast()).state == "approved"


async def test_of_two_members_who_press_at_once_one_is_told_to_look_again(office: Office) -> None:
    """B57: the second turn read what is no longer so, and is repeated."""
    await _submitted(office)
    first = office.pressed(office.button("Approve", PROVINCE), OMAR, PROVINCE)
    second = office.pressed(office.button("Approve", PROVINCE), LAYLA, PROVINCE)
    seen = await office.loads(second)
    await office.happens(first)
    with pytest.raises(Stale):
        await office.commits(seen, second)
    after = await office.happens(second)
    assert after.toast is not None
    broadcast = await office.broadcast()
    assert len(await office.database.read(lambda conn: occurrences.last(conn, broadcast.id, 10))) == 1


async def test_one_changes_the_text_while_another_approves_the_old_one(office: Office) -> None:
    """B87: the approval was made for another revision."""
    await _submitted(office)
    approve = office.pressed(office.button("Approve", PROVINCE), OMAR, PROVINCE)
    seen = await office.loads(approve)
    await office.taps("Change")
    await office.taps("Yes, change it")
    with pytest.raises(Stale):
        await office.commits(seen, approve)
    assert (await office.happens(approve)).toast is not None
    assert (await office.broadcast()).state == "draft"


async def test_a_button_of_another_group_does_nothing(office: Office) -> None:
    """B45."""
    await _submitted(office)
    approve = office.button("Approve", PROVINCE)
    for forum in (KHANAQIN, JALAWLA):
        assert (await office.happens(office.pressed(approve, LAYLA, forum))).toast is not None
        foreign = replace(office.pressed(approve, LAYLA, PROVINCE), chat=CHATS[forum])
        assert (await office.happens(foreign)).toast is not None
    assert (await office.broadcast()).state == "submitted"


async def test_it_is_given_back_with_a_reason(office: Office) -> None:
    await _submitted(office)
    await office.taps("Give it back", LAYLA, PROVINCE)
    await office.replies("Please name the school.", LAYLA, PROVINCE)
    assert (await office.broadcast()).state == "draft"
    assert "The province gave it back: Please name the school." in told(office.effects, ToForum(KHANAQIN))
    assert "does not wait" in english(office.shown[PROVINCE, approval_slot((await office.broadcast()).id)].message.body)


async def test_the_test_reaches_the_one_who_pressed_and_only_them(office: Office) -> None:
    """B87."""
    await _written(office)
    await office.taps("Preview")
    await office.taps("Send me a test", AZAD)
    assert sends(office.effects, ToForum(KHANAQIN))[-1].message.door is not None
    await office.taps("Send me a test")
    assert len(sends(office.effects, ToResident(MYSELF))) == 3
    assert len(sends(office.effects)) == 3
