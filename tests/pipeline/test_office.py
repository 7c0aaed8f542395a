"""A coordinator who writes broadcasts in private, on real databases: who is one, what they see, and what nobody learns."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.broadcasts import Broadcast, home
from bot.model.effects import DismissMember, Effect, EraseResident, OpenBroadcast, OpenOccurrence, SetResident, SetTimer
from bot.model.events import MediaReceived, OccurrenceEnded, UnsupportedReceived
from bot.model.ids import PROVINCE, MemberId, ResidentId
from bot.model.messages import Action, Attachment, Recipient, ToForum, ToResident, cast_slot, recipient_key
from bot.model.people import Asked, Member
from bot.pipeline.news import News
from bot.pipeline.situation import load, load_news
from bot.storage import broadcasts, members, posts
from bot.storage.broadcasts import of_forum
from bot.storage.database import Database
from bot.storage.tables import metadata
from tests.handlers.build import KHANAQIN
from tests.pipeline.wire import CHATS, NAME, NOW, Village
from tests.storage.samples import a_broadcast, an_occurrence

GROUP, CENTRE = CHATS[KHANAQIN], CHATS[PROVINCE]
LAYLA, OMAR, AZAD, SARA = "91", "92", "12", "11"
DESK = ResidentId(f"resident{LAYLA}")
"""Layla and Omar are coordinators, Azad is a member of a forum, Sara of nothing; all of them write to the bot in private."""


@pytest.fixture
async def village(database: Database) -> Village:
    village = await Village(database).founded()
    for name in (LAYLA, OMAR, AZAD, SARA):
        await village.settled(name)
    for name in (LAYLA, OMAR):
        await member(village, name, CENTRE)
    await member(village, AZAD, GROUP)
    return village


async def member(village: Village, name: str, chat: str) -> None:
    """Let somebody act in a group, by which the bot knows them."""
    forum = PROVINCE if chat == CENTRE else KHANAQIN
    keys, fresh = village.db.keys, MemberId(f"member{name:0>6}")
    await village.db.transact(lambda conn: members.remember(conn, keys, fresh, forum, NAME, name, f"Member {name}"))


async def of_layla(village: Village) -> Member:
    known = await village.reads(lambda conn: members.find(conn, village.db.keys, PROVINCE, NAME, LAYLA))
    assert known is not None
    found: Member = known.member
    return found


async def written(village: Village, **changes: Any) -> Broadcast:
    """Return a broadcast that Layla writes in private, stored."""
    layla = await of_layla(village)
    plain = a_broadcast(forum=PROVINCE, author=layla.id, author_person=layla.person, author_name=layla.name, desk=DESK)
    broadcast = replace(plain, **changes)
    await village.does(OpenBroadcast(broadcast))
    return broadcast


def about(broadcast: Broadcast, verb: str = "cast") -> Action:
    return Action(verb, None, ("open", "topic", "1"), broadcast=broadcast.id)


async def shows(village: Village, to: Recipient, slot: str, message: str) -> None:
    await village.db.transact(lambda conn: posts.record(conn, village.db.keys, to, [message], slot, None, None, NOW))


@pytest.mark.parametrize("said", ["/broadcast", "/broadcasts"])
async def test_a_coordinator_acts_for_the_province_in_private(village: Village, said: str) -> None:
    seen = await village.sees(LAYLA, LAYLA, said)
    assert (seen.place, seen.forum, seen.actor, seen.here) == ("private", PROVINCE, "coordinator", ToResident(DESK))
    assert seen.member == await of_layla(village)
    assert seen.language() == "en"


@pytest.mark.parametrize("said", ["/report", "/help", "/sessions", "words", Action("home"), Action("cast_ok", None, ("approve", "1"))])
async def test_for_everything_else_they_are_a_resident_like_all_others(village: Village, said: Action | str) -> None:
    seen = await village.sees(LAYLA, LAYLA, said)
    assert (seen.forum, seen.actor, seen.member, seen.broadcast) == (None, "resident", None, None)


@pytest.mark.parametrize("who", [AZAD, SARA])
async def test_nobody_else_learns_that_there_is_anything(village: Village, who: str) -> None:
    broadcast = await written(village)
    for said in ("/broadcast", "/broadcasts", about(broadcast), about(broadcast, "casts")):
        seen = await village.sees(who, who, said)
        assert (seen.forum, seen.actor, seen.member, seen.broadcast, seen.broadcasts) == (None, "resident", None, None, ())
    await village.arrives([(who, "/broadcast"), (who, "/nonsense")])
    first, second = [row.outgoing for row in await village.said()]
    assert first == second


async def test_who_was_dismissed_is_asked_again_at_every_press(village: Village) -> None:
    broadcast = await written(village)
    assert (await village.sees(LAYLA, LAYLA, about(broadcast))).broadcast == broadcast
    await village.does(DismissMember((await of_layla(village)).id))
    for said in (about(broadcast), about(broadcast, "casts")):
        seen = await village.sees(LAYLA, LAYLA, said)
        assert (seen.actor, seen.broadcast, seen.broadcasts) == ("former_member", None, ())
    assert (await village.sees(LAYLA, LAYLA, "/broadcast")).forum is None


async def test_a_button_of_somebody_elses_chat_or_of_the_group_does_nothing(village: Village) -> None:
    """B45: each is signed for the one chat that it was made for."""
    broadcast = await written(village)
    made_for_layla = village.arrival(LAYLA, LAYLA, about(broadcast)).button
    made_for_the_group = village.arrival(CENTRE, OMAR, about(broadcast)).button
    for chat, who, button in ((OMAR, OMAR, made_for_layla), (CENTRE, OMAR, made_for_layla), (LAYLA, LAYLA, made_for_the_group)):
        seen = await village.sees(chat, who, about(broadcast), button=button)
        assert seen.broadcast is None


async def test_words_after_a_question_are_about_its_broadcast_and_all_others_are_not(village: Village) -> None:
    broadcast = await written(village)
    asked = Asked(f"{cast_slot(broadcast.id)}:text-en:token", NOW)
    assert (await village.sees(LAYLA, LAYLA, "words")).forum is None
    await village.does(SetResident(DESK, reask=True, asked=asked))
    seen = await village.sees(LAYLA, LAYLA, "words")
    assert (seen.forum, seen.prompt, seen.broadcast, seen.resident.asked) == (PROVINCE, None, broadcast, asked)
    assert (await village.sees(LAYLA, LAYLA, "words", reply_to="5")).forum is None, "a reply to something else"
    await village.does(SetResident(DESK, reask=True))
    assert (await village.sees(LAYLA, LAYLA, "words")).forum is None


async def test_a_reply_to_a_question_is_known_by_its_message(village: Village) -> None:
    broadcast = await written(village)
    slot = f"{cast_slot(broadcast.id)}:text-en:token"
    await shows(village, ToResident(DESK), slot, "77")
    seen = await village.sees(LAYLA, LAYLA, "words", reply_to="77")
    assert (seen.forum, seen.prompt, seen.broadcast) == (PROVINCE, slot, broadcast)


async def test_a_document_is_taken_of_a_coordinator_who_was_asked_for_it_and_of_no_resident(village: Village) -> None:
    """B48."""
    broadcast = await written(village)
    sent = MediaReceived(Attachment("document", "file-1"), message="5")
    for who in (LAYLA, SARA):
        await shows(village, ToResident(ResidentId(f"resident{who}")), f"{cast_slot(broadcast.id)}:file:token", "77")
    for who, reply_to, event in (
        (LAYLA, "77", sent),
        (LAYLA, None, UnsupportedReceived("document")),
        (SARA, "77", UnsupportedReceived("document")),
    ):
        arrival = replace(village.arrival(who, who, "x"), event=sent, reply_to=reply_to)
        loaded = await village.db.transact(lambda conn, arrival=arrival: load(conn, village.around, arrival, NOW))  # type: ignore[misc]
        assert loaded is not None
        assert loaded.event == event


async def desk_of(village: Village, broadcast: Broadcast) -> Recipient:
    """Return where the machine would follow a broadcast now."""
    news = News(OccurrenceEnded(an_occurrence().id), occurrence=an_occurrence().id)
    loaded = await village.db.transact(lambda conn: load_news(conn, village.around, news, NOW))
    assert loaded is not None
    assert loaded.situation.broadcast is not None
    assert loaded.situation.broadcast.id == broadcast.id
    return home(loaded.situation.broadcast)


@pytest.mark.parametrize("how", ["erased", "blocked", "dismissed"])
async def test_where_its_author_cannot_be_told_the_group_of_the_province_is(village: Village, how: str) -> None:
    """The broadcast stays; whoever has left reads nothing new of it."""
    broadcast = await written(village)
    await village.does(OpenOccurrence(replace(an_occurrence(), broadcast=broadcast.id, forum=PROVINCE), broadcast.audience, "drugs", {}))
    assert await desk_of(village, broadcast) == ToResident(DESK)
    gone: dict[str, Effect] = {
        "erased": EraseResident(DESK),
        "blocked": SetResident(DESK, reachable=False),
        "dismissed": DismissMember((await of_layla(village)).id),
    }
    await village.does(gone[how])
    assert await desk_of(village, broadcast) == ToForum(PROVINCE)
    [listed] = (await village.sees(CENTRE, OMAR, "/broadcasts")).broadcasts
    assert home(listed) == ToForum(PROVINCE)


async def test_one_is_written_by_taps_and_plain_words_and_the_group_hears_nothing(village: Village) -> None:
    """The whole way through real turns: what is sent is read from the outbox."""
    await village.arrives([(LAYLA, "/broadcast")])
    [row] = await village.said()
    assert row.recipient == ToResident(DESK)
    topic = next(label.action for labels in row.outgoing.rows for label in labels if label.text == "Protection from drugs")
    await village.arrives([(LAYLA, topic)])
    asked = Action("cast", None, ("text", "en", "2"), broadcast=topic.broadcast)
    await village.arrives([(LAYLA, asked), (LAYLA, "Drugs destroy families."), (LAYLA, "/help")])
    assert {row.recipient for row in await village.said()} == {ToResident(DESK)}
    [broadcast] = await village.reads(lambda conn: of_forum(conn, village.db.keys, PROVINCE, 9))
    assert broadcast.texts == {"en": "Drugs destroy families."}
    assert broadcast.desk == DESK


async def test_a_report_that_begins_after_the_question_never_becomes_a_broadcast(village: Village) -> None:
    await village.arrives([(LAYLA, "/broadcast")])
    [row] = await village.said()
    topic = next(label.action for labels in row.outgoing.rows for label in labels if label.text == "Protection from drugs")
    await village.arrives([(LAYLA, topic), (LAYLA, Action("cast", None, ("text", "en", "2"), broadcast=topic.broadcast))])
    await village.arrives([(LAYLA, "/report"), (LAYLA, "My uncle sells pills in our house.")])
    [broadcast] = await village.reads(lambda conn: of_forum(conn, village.db.keys, PROVINCE, 9))
    assert broadcast.texts == {}


async def test_no_column_in_clear_ties_a_member_to_a_resident(village: Village) -> None:
    """B46: outside the resident's own row and what hangs on it by its key, their id stands nowhere that can be read."""
    await village.arrives([(LAYLA, "/broadcast")])
    [row] = await village.said()
    topic = next(label.action for labels in row.outgoing.rows for label in labels if label.text == "Protection from drugs")
    await village.arrives([(LAYLA, topic), (LAYLA, Action("cast", None, ("text", "en", "2"), broadcast=topic.broadcast))])
    await village.does(SetTimer("cast_due:x", "cast_due", NOW + timedelta(days=1), broadcast=topic.broadcast))
    own = {"residents", "drafts"}
    found = await village.db.read(lambda conn: _holding(conn, DESK.encode(), recipient_key(ToResident(DESK)).encode()))
    assert found <= own
    [stored] = await village.db.read(lambda conn: _rows(conn, metadata.tables["broadcasts"]))
    keys = village.db.keys
    known = await village.db.read(lambda conn: broadcasts.load(conn, keys, stored.id))
    assert known is not None
    assert known.desk == DESK


async def _rows(conn: AsyncConnection, table: Table) -> list[Row[Any]]:
    return list((await conn.execute(select(table))).all())


async def _holding(conn: AsyncConnection, *needles: bytes) -> set[str]:
    """Return the tables in a row of which one of these can be read."""
    found = set()
    for table in metadata.sorted_tables:
        for row in await _rows(conn, table):
            values = [value if isinstance(value, bytes) else str(value).encode() for value in row]
            if any(needle in value for needle in needles for value in values):
                found.add(table.name)
    return found
