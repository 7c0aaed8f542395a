"""What a decision may know: everything it needs, and nothing of who anybody is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.model.events import Arrival, ButtonPressed, CommandGiven, Event, GroupLost, MemberLeft, TextReceived
from bot.model.ids import PROVINCE, MemberId, TicketId
from bot.model.messages import Action, ToForum, ToResident, card_slot
from bot.pipeline.situation import load, load_news
from bot.pipeline.surroundings import Loaded, Surroundings, signed
from bot.storage import forums, members, posts, tickets
from bot.storage.database import Database
from tests.pipeline.book import FORUM
from tests.pipeline.house import House, surroundings

NOW = datetime(2026, 11, 22, 17, 5, tzinfo=UTC)
CANARIES = ("31337000111", "Canary Name", "-100987654", "77001", "77002", "presstoken")


def arrival(event: Event, *, place: str = "group", **how: Any) -> Arrival:
    """Return an update full of canaries."""
    private = place == "private"
    known: dict[str, Any] = {
        "channel": "telegram",
        "place": place,
        "chat": CANARIES[0] if private else CANARIES[2],
        "person": CANARIES[0],
        "speaker": "person",
        "name": CANARIES[1],
        "at": NOW,
        "event": event,
        "message": CANARIES[3],
        "press": CANARIES[5],
    }
    return Arrival(**known | how)


def leaves(value: Any) -> Iterator[str]:
    """Yield every text inside a tree of dataclasses and collections."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from leaves(getattr(value, field.name))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(key)
            yield from leaves(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from leaves(each)
    elif not callable(value):
        yield str(value)


@pytest.fixture
async def around(database: Database) -> Surroundings:
    """Return the surroundings of a province with one group."""
    around = surroundings(database.keys)
    chats = {FORUM: CANARIES[2]}
    await database.transact(lambda conn: forums.ensure(conn, [PROVINCE, FORUM], chats, "telegram", NOW))
    return around


async def loaded(database: Database, around: Surroundings, arrived: Arrival) -> Loaded:
    """Load the situation of an arrival."""
    found = await database.transact(lambda conn: load(conn, around, arrived, NOW))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("place", "event", "reply"),
    [
        ("private", TextReceived("hello"), None),
        ("private", CommandGiven("start"), "77002"),
        ("private", ButtonPressed(None), None),
        ("group", ButtonPressed(None), None),
        ("group", GroupLost(), None),
        ("group", MemberLeft(CANARIES[0]), None),
    ],
)
async def test_no_identity_of_an_arrival_enters_what_a_resident_or_group_decision_sees(
    database: Database, around: Surroundings, place: str, event: Event, reply: str | None
) -> None:
    """B43, B45: ids, chats, messages and press tokens of the channel stay behind, and names too but for a member's in their own group."""
    found = await loaded(database, around, arrival(event, place=place, reply_to=reply))
    texts = list(leaves((found.situation, found.event)))
    allowed = {CANARIES[1]} if place == "group" else set()
    assert [canary for canary in CANARIES if canary not in allowed and any(canary in text for text in texts)] == []


async def test_who_writes_first_becomes_a_resident_and_is_known_again(database: Database, around: Surroundings) -> None:
    first = await loaded(database, around, arrival(TextReceived("1"), place="private"))
    second = await loaded(database, around, arrival(TextReceived("2"), place="private"))
    assert first.situation.resident is not None
    assert first.situation.resident == second.situation.resident
    assert first.situation.actor == "resident"


async def test_a_reply_to_a_card_finds_its_ticket_also_when_the_group_has_moved(house: House) -> None:
    """B61."""
    sara = house.resident()
    async with house.running():
        sara.writes("report no water")
        card = await house.forum.hears("no water")
    around, keys = surroundings(house.db.keys), house.db.keys
    await house.db.transact(lambda conn: posts.forget_chat(conn, keys, ToForum(FORUM)))
    reply = arrival(TextReceived("we come"), chat=str(house.forum.id), reply_to=str(card.id))
    found = await loaded(house.db, around, reply)
    held = await house.db.read(lambda conn: tickets.held_by(conn, keys, FORUM))
    assert found.situation.ticket == held[0]
    assert found.situation.prompt == card_slot(held[0].id)


async def test_a_reply_to_a_copy_that_was_never_written_down_finds_its_ticket_by_the_number_in_it(house: House) -> None:
    """F6, B61: and of a resident only their own."""
    sara = house.resident()
    async with house.running():
        sara.writes("report no water")
        await house.forum.hears("no water")
    around, keys = surroundings(house.db.keys), house.db.keys
    (held,) = await house.db.read(lambda conn: tickets.held_by(conn, keys, FORUM))
    how = {"reply_to": "99999", "reply_about": held.reference}
    found = await loaded(house.db, around, arrival(TextReceived("we come"), chat=str(house.forum.id), **how))
    assert (found.situation.ticket, found.situation.prompt) == (held, card_slot(held.id))
    stranger = await loaded(house.db, around, arrival(TextReceived("mine?"), place="private", **how))
    assert stranger.situation.ticket is None
    nobodys = how | {"reply_about": "KHN-2222-2222"}
    unknown = await loaded(house.db, around, arrival(TextReceived("?"), chat=str(house.forum.id), **nobodys))
    assert (unknown.situation.ticket, unknown.situation.prompt) == (None, None)


async def test_a_signed_button_tells_its_action_and_ticket_in_its_own_chat_only(database: Database, around: Surroundings) -> None:
    """B45."""
    action = Action("take", TicketId("t1"), ("x",))
    data = signed(around.keys, "forum:khanaqin", action)
    assert len(data) <= 64
    here = await loaded(database, around, arrival(ButtonPressed(None), button=data))
    elsewhere = await loaded(database, around, arrival(ButtonPressed(None), place="private", button=data))
    changed = await loaded(database, around, arrival(ButtonPressed(None), button=data.replace("take", "close")))
    assert here.event == ButtonPressed(action)
    assert (elsewhere.event, changed.event) == (ButtonPressed(None), ButtonPressed(None))


async def test_nobody_sees_a_ticket_of_somebody_else_in_private(house: House) -> None:
    """Even with a button signed for their own chat."""
    sara, omar = house.resident("Sara"), house.resident("Omar")
    async with house.running():
        sara.writes("report no water")
        await sara.hears("receipt")
        omar.writes("hello")
        await omar.hears("hello")
    around, keys = surroundings(house.db.keys), house.db.keys
    ticket = (await house.db.read(lambda conn: tickets.held_by(conn, keys, FORUM)))[0]
    written = arrival(TextReceived("x"), place="private", person=str(omar.id), chat=str(omar.id))
    resident = (await loaded(house.db, around, written)).situation.resident
    assert resident is not None
    data = signed(keys, f"resident:{resident.id}", Action("write", ticket.id))
    press = arrival(ButtonPressed(None), place="private", person=str(omar.id), chat=str(omar.id), button=data)
    assert (await loaded(house.db, around, press)).situation.ticket is None


async def test_who_acts_in_a_group_is_told_apart(database: Database, around: Surroundings) -> None:
    """B71, B86."""
    keys = around.keys
    assert (await loaded(database, around, arrival(CommandGiven("open")))).situation.actor == "member"
    for speaker in ("anonymous", "channel"):
        found = await loaded(database, around, arrival(CommandGiven("open"), speaker=speaker))
        assert (found.situation.actor, found.situation.member) == (speaker, None)
    assert (await loaded(database, around, arrival(CommandGiven("open"), speaker="bot"))).situation.actor == "stranger"
    assert (await loaded(database, around, arrival(CommandGiven("open"), chat="-5"))).situation.actor == "stranger"

    member = (await loaded(database, around, arrival(CommandGiven("open")))).situation.member
    assert member is not None
    await database.transact(lambda conn: members.dismiss(conn, member.id))
    assert (await loaded(database, around, arrival(ButtonPressed(None)))).situation.actor == "former_member"
    assert (await loaded(database, around, arrival(CommandGiven("open")))).situation.actor == "member"

    await database.transact(lambda conn: members.remember(conn, keys, MemberId("m2"), PROVINCE, "telegram", CANARIES[0], "x"))
    assert (await loaded(database, around, arrival(CommandGiven("open")))).situation.actor == "coordinator"


async def test_of_who_merely_chats_in_the_group_nothing_is_kept(database: Database, around: Surroundings) -> None:
    found = await loaded(database, around, arrival(TextReceived("good morning")))
    assert (found.situation.actor, found.situation.member) == ("member", None)
    assert await database.read(lambda conn: members.find(conn, around.keys, FORUM, "telegram", CANARIES[0])) is None


async def test_who_left_is_named_to_the_decision_by_our_own_id(database: Database, around: Surroundings) -> None:
    await loaded(database, around, arrival(CommandGiven("open")))
    found = await loaded(database, around, arrival(MemberLeft(CANARIES[0]), speaker="bot"))
    assert found.situation.leaver is not None
    assert found.event == MemberLeft("")


async def test_a_valid_link_code_is_told_to_the_decision(database: Database, around: Surroundings) -> None:
    """B116."""
    await database.transact(lambda conn: forums.new_code(conn, around.keys, FORUM, "ABCD", NOW))
    right = await loaded(database, around, arrival(CommandGiven("link", "abcd"), chat="-5"))
    wrong = await loaded(database, around, arrival(CommandGiven("link", "ABCE"), chat="-5"))
    assert (right.situation.code, wrong.situation.code) == (FORUM, None)


async def test_news_of_what_is_gone_concerns_nobody(database: Database, around: Surroundings) -> None:
    from bot.model.events import DeliveryChanged
    from bot.model.ids import EntryId
    from bot.pipeline.news import News

    gone = News(DeliveryChanged(EntryId("e"), TicketId("t"), "delivered"), ticket=TicketId("t"))
    assert await database.transact(lambda conn: load_news(conn, around, gone, NOW)) is None


def test_a_resident_is_addressed_by_our_own_id_only() -> None:
    assert [field.name for field in fields(ToResident)] == ["resident"]
