"""Residents, drafts and members."""

from __future__ import annotations

from datetime import timedelta

from bot.model.effects import SetResident
from bot.model.ids import PROVINCE, DraftId, MemberId, ResidentId, TicketId
from bot.model.messages import Attachment
from bot.model.people import Draft, Member, Piece, Resident
from bot.storage import drafts, members, residents
from bot.storage.database import Database
from tests.storage.samples import DAY, KHANAQIN, MANDALI, NOW, SOMEBODY, TAKER, TODAY, count

ID = SOMEBODY.resident


async def arrive(db: Database, id: ResidentId = ID, person: str = "42", chat: str = "4242") -> Resident:
    return await db.transact(lambda conn: residents.create(conn, db.keys, id, "telegram", person, chat, TODAY))


async def find(db: Database, person: str = "42", channel: str = "telegram") -> Resident | None:
    return await db.read(lambda conn: residents.find(conn, db.keys, channel, person))


async def test_a_resident_is_found_again_by_who_they_are_at_their_channel(database: Database) -> None:
    assert await find(database) is None
    assert await arrive(database) == Resident(ID)
    assert await find(database) == Resident(ID)
    assert await find(database, "43") is None
    assert await find(database, channel="whatsapp") is None
    assert await database.read(lambda conn: residents.load(conn, database.keys, ID)) == Resident(ID)


async def test_a_resident_can_be_written_back_to(database: Database) -> None:
    await arrive(database)
    assert await database.read(lambda conn: residents.address(conn, database.keys, ID)) == ("telegram", "4242")
    assert await database.read(lambda conn: residents.address(conn, database.keys, ResidentId("nobody"))) is None


async def test_what_a_resident_chose_is_kept_and_the_rest_stays(database: Database) -> None:
    await arrive(database)
    ticket = TicketId("ticketaaaaaa")
    for effect in (
        SetResident(ID, language="ckb"),
        SetResident(ID, consented=True),
        SetResident(ID, reachable=False, refocus=True, focus=ticket),
    ):
        await database.transact(lambda conn, effect=effect: residents.change(conn, database.keys, effect))  # type: ignore[misc]
    assert await find(database) == Resident(ID, "ckb", True, False, (), ticket)
    await database.transact(lambda conn: residents.change(conn, database.keys, SetResident(ID, reachable=True, refocus=True)))
    assert await find(database) == Resident(ID, "ckb", True, True, (), None)


async def test_a_residents_tickets_are_the_newest_first(database: Database) -> None:
    await arrive(database)
    for ticket in map(TicketId, ("a", "b", "c", "b")):
        await database.transact(lambda conn, id=ticket: residents.add_ticket(conn, database.keys, ID, id))  # type: ignore[misc]
    await database.transact(lambda conn: residents.change(conn, database.keys, SetResident(ID, refocus=True, focus=TicketId("b"))))
    found = await find(database)
    assert found is not None
    assert found.tickets == ("c", "b", "a")
    await database.transact(lambda conn: residents.drop_ticket(conn, database.keys, ID, TicketId("b")))
    found = await find(database)
    assert found is not None
    assert (found.tickets, found.focus) == (("c", "a"), None)


async def test_an_erased_resident_is_a_stranger(database: Database) -> None:
    """B51: row, key and draft are gone, and what still comes for them changes nothing."""
    await arrive(database)
    await database.transact(lambda conn: drafts.keep(conn, database.keys, ID, Draft(DraftId("d"), "report", NOW), NOW))
    await database.transact(lambda conn: residents.erase(conn, ID))
    assert await find(database) is None
    assert await count(database, "drafts") == 0
    await database.transact(lambda conn: residents.change(conn, database.keys, SetResident(ID, language="ar")))
    await database.transact(lambda conn: residents.add_ticket(conn, database.keys, ID, TicketId("t")))
    await database.transact(lambda conn: drafts.keep(conn, database.keys, ID, Draft(DraftId("d"), "report", NOW), NOW))
    assert await count(database, "residents") + await count(database, "drafts") == 0
    assert await arrive(database, ResidentId("residentbbbb")) == Resident(ResidentId("residentbbbb"))


async def test_the_day_a_resident_last_wrote_only_moves_forward(database: Database) -> None:
    await arrive(database)
    for day in (TODAY + DAY, TODAY):
        await database.transact(lambda conn, day=day: residents.seen(conn, ID, day))  # type: ignore[misc]

    assert (await database.read(lambda conn: conn.exec_driver_sql("SELECT seen FROM residents"))).scalar() in (
        TODAY + DAY,
        str(TODAY + DAY),
    )


async def test_a_draft_comes_back_as_it_stood(database: Database) -> None:
    """A conversation survives a restart to the letter."""
    await arrive(database)
    draft = Draft(
        DraftId("draftaaaaaaa"),
        "report",
        NOW,
        reference="KHN-7F3K9",
        answers={"category": "water", "story": [{"text": "ئاو نییە"}], "contact": True, "place": None},
        at="story",
        kept=(Piece("hello"), Piece(attachment=Attachment("photo", "file", 1, True, 0), album="7", message="9")),
        cancelling=True,
        pending="review",
        touched=NOW + timedelta(minutes=1),
        reminded=True,
        about=TicketId("ticketaaaaaa"),
    )
    assert await database.read(lambda conn: drafts.load(conn, database.keys, ID)) is None
    await database.transact(lambda conn: drafts.keep(conn, database.keys, ID, Draft(DraftId("old"), "x", NOW), NOW))
    await database.transact(lambda conn: drafts.keep(conn, database.keys, ID, draft, NOW))
    assert await database.read(lambda conn: drafts.load(conn, database.keys, ID)) == draft
    await database.transact(lambda conn: drafts.drop(conn, ID))
    assert await database.read(lambda conn: drafts.load(conn, database.keys, ID)) is None


async def act(db: Database, id: str, name: str, forum: str = KHANAQIN, person: str = "7") -> Member:
    return await db.transact(lambda conn: members.remember(conn, db.keys, MemberId(id), forum, "telegram", person, name))  # type: ignore[arg-type]


async def test_a_member_keeps_their_id_and_is_shown_by_the_newest_name(database: Database) -> None:
    person = (first := await act(database, TAKER, "Azad")).person
    assert first == Member(TAKER, KHANAQIN, "Azad", person=person)
    now = Member(TAKER, KHANAQIN, "Azad K.", person=person)
    assert await act(database, "another", "Azad K.") == now
    assert await database.read(lambda conn: members.find(conn, database.keys, KHANAQIN, "telegram", "7")) == members.Known(now, active=True)
    assert await database.read(lambda conn: members.load(conn, database.keys, TAKER)) == now


async def test_one_person_in_two_forums_is_two_members(database: Database) -> None:
    """B87: and known to be one, by a token that does not say who it is: who wrote as the one may not approve as the other."""
    first = await act(database, TAKER, "Azad")
    assert (await act(database, "memberbbbbbb", "Azad", MANDALI)).id == "memberbbbbbb"
    coordinator = await act(database, "membercccccc", "Azad", PROVINCE)
    assert coordinator.role == "coordinator"
    assert coordinator.person == first.person == database.keys.lookup("member", "telegram:7")
    assert (await act(database, "memberdddddd", "Azad", PROVINCE, person="8")).person != first.person
    assert coordinator.person not in {coordinator.id, "telegram:7"}
    assert await database.read(lambda conn: members.find(conn, database.keys, MANDALI, "telegram", "8")) is None


async def test_who_has_left_is_remembered_as_such_until_they_act_in_the_group_again(database: Database) -> None:
    """B71."""
    await act(database, TAKER, "Azad")
    await database.transact(lambda conn: members.dismiss(conn, TAKER))
    left = await database.read(lambda conn: members.find(conn, database.keys, KHANAQIN, "telegram", "7"))
    assert left is not None
    assert not left.active
    await act(database, "another", "Azad")
    back = await database.read(lambda conn: members.find(conn, database.keys, KHANAQIN, "telegram", "7"))
    assert back == members.Known(left.member, active=True)
