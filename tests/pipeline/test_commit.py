"""Each effect becomes the rows it stands for, in its reader's language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.model.effects import (
    AddEntry,
    Audit,
    DismissMember,
    DropDraft,
    DropTimer,
    Effect,
    EraseResident,
    EraseTicket,
    KeepDraft,
    LinkForum,
    LoseForum,
    MoveForum,
    MoveTicket,
    OpenTicket,
    Priority,
    SayHere,
    SayHereAndLeave,
    Send,
    SetEntry,
    SetResident,
    SetTimer,
    Toast,
    Withdraw,
)
from bot.model.events import Arrival, CommandGiven, TextReceived
from bot.model.ids import PROVINCE, DraftId, EntryId, MemberId, ResidentId, TicketId
from bot.model.messages import Action, Button, Message, Recipient, ToChat, ToForum, ToResident
from bot.model.outgoing import Label
from bot.model.people import Draft
from bot.model.situation import Situation
from bot.model.text import C_, N_, Words
from bot.model.tickets import Content, Entry, Ticket
from bot.pipeline.commit import After, Turn, apply
from bot.pipeline.surroundings import Loaded, Surroundings
from bot.storage import drafts, entries, forums, inbox, members, outbox, posts, residents, tables, tickets, timers
from bot.storage.database import Database
from bot.storage.errors import Stale
from tests.pipeline.book import FORUM
from tests.pipeline.house import surroundings

NOW = datetime(2026, 11, 22, 17, 5, tzinfo=UTC)
SARA = ResidentId("sara")
TICKET = Ticket(
    TicketId("t1"), "KHN-1", "report", SARA, FORUM, FORUM, "other", False, False, True, "new", date(2026, 11, 22), Content("no water")
)
ENTRY = Entry(EntryId("e1"), TICKET.id, "answer", "we come", NOW, delivery="waiting")
HELLO = Message(N_("Main menu"))
ARRIVAL = Arrival("telegram", "group", "-77", "1", "person", "Hiwa", NOW, TextReceived("x"))


class Desk:
    """Commits effects of turns that all happened in the same place."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.keys = db.keys
        self.around: Surroundings = surroundings(db.keys)

    async def does(self, *effects: Effect, arrival: Arrival | None = ARRIVAL) -> After:
        """Commit the effects of one turn."""
        situation = Situation(NOW, NOW, self.around.province, self.around.chance, "group", self.around.words)
        turn = Turn(self.around, Loaded(situation, TextReceived("x")), arrival, NOW)
        return await self.db.transact(lambda conn: apply(conn, turn, effects))

    async def waiting(self) -> list[outbox.Row]:
        """Claim, and so return, everything that may be sent now."""
        heads = await self.db.read(lambda conn: outbox.heads(conn, NOW, 100))
        rows = [await self.db.transact(lambda conn, id=head.id: outbox.claim(conn, self.keys, id, NOW)) for head in heads]  # type: ignore[misc]
        return [row for row in rows if row is not None]

    async def said(self, to: Recipient) -> list[str]:
        """Return what waits for one recipient."""
        return [row.outgoing.text for row in await self.waiting() if row.recipient == to]


@pytest.fixture
async def desk(database: Database) -> Desk:
    """Return a desk in a province with one resident, who speaks Arabic, and one group."""
    desk = Desk(database)
    await database.transact(lambda conn: forums.ensure(conn, [PROVINCE, FORUM], {FORUM: "-77"}, "telegram", NOW))
    await database.transact(lambda conn: residents.create(conn, desk.keys, SARA, "telegram", "5", "5", NOW.date()))
    await desk.does(SetResident(SARA, language="ar", consented=True))
    return desk


async def test_what_is_said_is_in_its_readers_language_also_one_chosen_in_the_same_turn(desk: Desk) -> None:
    button = Button(C_("button", "Take"), Action("take"))
    await desk.does(
        Send(ToForum(FORUM), HELLO.with_rows((button,)), Priority.CARD, "slot", TICKET.id),
        SetResident(SARA, language="en"),
        Send(ToResident(SARA), HELLO, Priority.REPLY),
    )
    rows = await desk.waiting()
    assert [(row.recipient, row.outgoing.language, row.outgoing.text) for row in rows] == [
        (ToResident(SARA), "en", "Main menu"),
        (ToForum(FORUM), "en", "Main menu"),
    ]
    assert rows[1].outgoing.rows == ((Label("Take", Action("take")),),)
    assert (rows[1].slot, rows[1].ticket) == ("slot", TICKET.id)


async def test_a_resident_is_spoken_to_in_the_stored_language(desk: Desk) -> None:
    await desk.does(Send(ToResident(SARA), HELLO, Priority.REPLY))
    assert await desk.said(ToResident(SARA)) == ["القائمة الرئيسية"]


async def test_to_somebody_who_cannot_be_reached_nothing_is_put_and_the_entry_is_told_blocked(desk: Desk) -> None:
    """B81."""
    await desk.does(SetResident(SARA, reachable=False))
    after = await desk.does(
        OpenTicket(TICKET), AddEntry(ENTRY), Send(ToResident(SARA), HELLO, Priority.REPLY, ticket=TICKET.id, entry=ENTRY.id)
    )
    assert (after.news, await desk.waiting()) == (True, [])
    backlog = await desk.db.read(lambda conn: inbox.backlog(conn, NOW))
    assert backlog.waiting == 1


async def test_taking_back_takes_the_place_of_what_is_unsent(desk: Desk) -> None:
    await desk.does(Send(ToForum(FORUM), HELLO, Priority.CARD, "slot", TICKET.id), Withdraw(ToForum(FORUM), "slot", TICKET.id))
    assert [row.outgoing.do for row in await desk.waiting()] == ["withdraw"]


async def test_a_toast_goes_with_the_turn_and_into_no_row(desk: Desk) -> None:
    after = await desk.does(Toast(N_("Main menu"), alert=True))
    assert (after.toast, after.sends) == (("Main menu", True), False)


async def test_a_strange_group_is_spoken_to_by_its_address_and_perhaps_left(desk: Desk) -> None:
    await desk.does(SayHere(N_("Main menu")), arrival=replace(ARRIVAL, chat="-5"))
    await desk.does(SayHereAndLeave(N_("Main menu")), arrival=replace(ARRIVAL, chat="-6"))
    rows = await desk.waiting()
    assert [(row.recipient, row.outgoing.then_leave) for row in rows] == [
        (ToChat("telegram", "-5"), False),
        (ToChat("telegram", "-6"), True),
    ]


async def test_a_draft_is_kept_and_dropped(desk: Desk) -> None:
    draft = Draft(DraftId("d"), "report", NOW, answers={"category": "other"})
    await desk.does(KeepDraft(SARA, draft))
    assert await desk.db.read(lambda conn: drafts.load(conn, desk.keys, SARA)) == draft
    await desk.does(DropDraft(SARA))
    assert await desk.db.read(lambda conn: drafts.load(conn, desk.keys, SARA)) is None


async def test_a_ticket_is_opened_moved_once_and_erased(desk: Desk) -> None:
    """B57: of two changes of the same version one is refused."""
    await desk.does(OpenTicket(TICKET), AddEntry(ENTRY), SetEntry(replace(ENTRY, delivery="delivered")))
    known = await desk.db.read(lambda conn: residents.load(conn, desk.keys, SARA))
    assert known is not None
    assert known.tickets == (TICKET.id,)
    thread = await desk.db.read(lambda conn: entries.of_ticket(conn, desk.keys, TICKET.id, 9))
    assert [entry.delivery for entry in thread] == ["delivered"]
    await desk.does(MoveTicket(replace(TICKET, state="taken")))
    with pytest.raises(Stale):
        await desk.does(MoveTicket(replace(TICKET, state="closed")))
    await desk.does(EraseTicket(TICKET.id))
    erased = await desk.db.read(lambda conn: tickets.load(conn, desk.keys, TICKET.id))
    known = await desk.db.read(lambda conn: residents.load(conn, desk.keys, SARA))
    assert erased is not None
    assert known is not None
    assert (erased.state, erased.content.text, erased.resident, known.tickets) == ("erased", "", None, ())


async def test_a_resident_is_erased_with_what_was_to_be_said_and_hears_one_last_word(desk: Desk) -> None:
    private = Arrival("telegram", "private", "5", "5", "person", "", NOW, TextReceived("x"))
    await desk.does(
        Send(ToResident(SARA), HELLO, Priority.NOTICE),
        EraseResident(SARA),
        Send(ToResident(SARA), Message(Words("gone")), Priority.REPLY),
        arrival=private,
    )
    assert await desk.db.read(lambda conn: residents.load(conn, desk.keys, SARA)) is None
    assert [row.recipient for row in await desk.waiting()] == [ToChat("telegram", "5")]


async def test_somebody_erased_earlier_is_not_spoken_to_in_whatever_chat_a_turn_is(desk: Desk) -> None:
    await desk.does(EraseResident(SARA), arrival=None)
    await desk.does(Send(ToResident(SARA), HELLO, Priority.REPLY))
    assert await desk.waiting() == []


async def test_a_timer_is_set_replaced_and_dropped(desk: Desk) -> None:
    await desk.does(SetTimer("k", "draft", NOW + timedelta(hours=1), resident=SARA), SetTimer("k", "draft", NOW, resident=SARA))
    assert await desk.db.read(timers.next_due) == NOW
    await desk.does(DropTimer("k"))
    assert await desk.db.read(timers.next_due) is None


async def test_a_forum_is_lost_moved_and_linked_and_what_waited_goes(desk: Desk) -> None:
    """B73, B74, B116: messages in the old chat are not edited; the code works once."""
    group = ToForum(FORUM)
    await desk.db.transact(lambda conn: posts.record(conn, desk.keys, group, ["9"], "slot", None, None, NOW))
    await desk.does(LoseForum(FORUM), Send(group, HELLO, Priority.CARD))
    assert await desk.waiting() == []
    await desk.db.transact(lambda conn: forums.new_code(conn, desk.keys, FORUM, "ABCD", NOW))
    await desk.does(LinkForum(FORUM), arrival=replace(ARRIVAL, chat="-78", event=CommandGiven("link", "ABCD")))
    assert await desk.said(group) == ["Main menu"]
    assert await desk.db.read(lambda conn: posts.shown(conn, desk.keys, group, "slot")) == ()
    assert await desk.db.read(lambda conn: forums.peek_code(conn, desk.keys, "ABCD", NOW)) is None
    await desk.does(MoveForum(FORUM, "-79"))
    assert await desk.db.read(lambda conn: forums.address(conn, FORUM)) == ("telegram", "-79")


async def test_a_member_is_dismissed_and_an_act_written_down(desk: Desk) -> None:
    member = await desk.db.transact(lambda conn: members.remember(conn, desk.keys, MemberId("m"), FORUM, "telegram", "1", "Hiwa"))
    await desk.does(DismissMember(member.id), Audit("take", TICKET.id, FORUM, member.id))
    known = await desk.db.read(lambda conn: members.find(conn, desk.keys, FORUM, "telegram", "1"))
    assert known is not None
    assert not known.active
    assert await desk.db.read(lambda conn: conn.scalar(select(tables.audit.c.action))) == "take"
