"""The desk on a real database: what the pipeline loads is what the decisions need, and two members at once make no mess."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.engine.decide import decide
from bot.i18n import render
from bot.model.effects import Effect
from bot.model.events import Arrival, ButtonPressed, CommandGiven, GroupMoved, MemberJoined, MemberLeft, TextReceived
from bot.model.ids import PROVINCE, ForumId, TicketId
from bot.model.messages import Action, ToForum, recipient_key
from bot.model.situation import Situation
from bot.model.tickets import Ticket
from bot.pipeline import commit
from bot.pipeline.situation import load
from bot.pipeline.surroundings import Loaded, Surroundings, signed
from bot.storage import forums, tickets
from bot.storage.database import Database
from bot.storage.errors import Stale
from bot.storage.tables import tickets as table
from handlers import BOOK
from tests.handlers.build import JALAWLA, KHANAQIN, MANDALI, NOW, PLACES, Counting, sends, ticket, told

CHATS = {KHANAQIN: "-1", JALAWLA: "-2", MANDALI: "-3", PROVINCE: "-9"}
SARA, AZAD, HEAD = "11", "12", "91"
NAMES = {SARA: "Sara K.", AZAD: "Azad M.", HEAD: "Layla H."}


@dataclass
class Town:
    """Four linked groups and whoever acts in them."""

    database: Database
    around: Surroundings
    effects: list[Effect] = field(default_factory=list)

    async def opened(self, **changes: Any) -> Ticket:
        new = ticket(resident=None, **changes)
        await self.database.transact(lambda conn: tickets.open_ticket(conn, self.around.keys, new))
        return new

    def arrival(self, forum: ForumId, event: Any, person: str | None = SARA, **changes: Any) -> Arrival:
        plain = Arrival("telegram", "group", CHATS[forum], person, "person", NAMES.get(person or "", ""), NOW, event)
        return replace(plain, **changes)

    def press(self, forum: ForumId, action: Action, person: str = SARA, **changes: Any) -> Arrival:
        data = signed(self.around.keys, recipient_key(ToForum(forum)), action)
        return self.arrival(forum, ButtonPressed(None), person, button=data, **changes)

    async def loads(self, arrival: Arrival) -> Loaded:
        found = await self.database.transact(lambda conn: load(conn, self.around, arrival, NOW))
        assert found is not None
        return found

    async def commits(self, loaded: Loaded, arrival: Arrival) -> commit.After:
        self.effects = list(decide(BOOK, loaded.situation, loaded.event))
        turn = commit.Turn(self.around, loaded, arrival, NOW)
        return await self.database.transact(lambda conn: commit.apply(conn, turn, self.effects))

    async def happens(self, arrival: Arrival) -> commit.After:
        return await self.commits(await self.loads(arrival), arrival)

    async def state(self, ticket: TicketId) -> tuple[str, str]:
        async def read(conn: AsyncConnection) -> tuple[str, str]:
            row = (await conn.execute(select(table.c.state, table.c.forum).where(table.c.id == ticket))).one()
            return row.state, row.forum

        return await self.database.read(read)


@pytest.fixture
async def town(sqlite_database: Database) -> Town:
    around = Surroundings(sqlite_database.keys, PLACES, Counting(), render)
    await sqlite_database.transact(lambda conn: forums.ensure(conn, CHATS, CHATS, "telegram", NOW))
    return Town(sqlite_database, around)


async def test_two_members_press_take_at_once_and_one_of_them_has_it(town: Town) -> None:
    """B57: both turns read a new ticket; the later one is refused by the database, repeated, and names the winner."""
    about = await town.opened()
    hers, his = (town.press(KHANAQIN, Action("take", about.id), person) for person in (SARA, AZAD))
    seen_by_her, seen_by_him = await town.loads(hers), await town.loads(his)
    await town.commits(seen_by_her, hers)
    with pytest.raises(Stale):
        await town.commits(seen_by_him, his)
    after = await town.happens(his)
    assert after.toast is not None
    assert "Sara K." in after.toast[0]
    assert await town.state(about.id) == ("taken", KHANAQIN)


async def test_a_button_of_another_group_does_nothing(town: Town) -> None:
    """B45."""
    about = await town.opened()
    foreign = replace(town.press(KHANAQIN, Action("take", about.id)), chat=CHATS[JALAWLA])
    after = await town.happens(foreign)
    assert after.toast is not None
    assert await town.state(about.id) == ("new", KHANAQIN)


async def test_an_anonymous_admin_takes_nothing(town: Town) -> None:
    """B86."""
    about = await town.opened()
    after = await town.happens(town.press(KHANAQIN, Action("take", about.id), speaker="anonymous"))
    assert after.toast is not None
    assert await town.state(about.id) == ("new", KHANAQIN)


async def test_who_has_left_can_press_nothing(town: Town) -> None:
    """B65, B71."""
    about = await town.opened()
    await town.happens(town.press(KHANAQIN, Action("take", about.id)))
    await town.happens(town.arrival(KHANAQIN, MemberLeft(SARA), None))
    assert await town.state(about.id) == ("new", KHANAQIN)
    after = await town.happens(town.press(KHANAQIN, Action("take", about.id)))
    assert after.toast is not None
    assert await town.state(about.id) == ("new", KHANAQIN)


async def test_who_left_without_ever_acting_can_press_nothing_and_who_comes_back_can(town: Town) -> None:
    """B71: an old button is known for what it is, also of somebody of whom nothing was known; a volunteer who returns is welcome."""
    about = await town.opened()
    await town.happens(town.arrival(KHANAQIN, MemberLeft(SARA), None))
    after = await town.happens(town.press(KHANAQIN, Action("take", about.id)))
    assert after.toast is not None
    assert await town.state(about.id) == ("new", KHANAQIN)
    await town.happens(town.arrival(KHANAQIN, MemberJoined(SARA), None))
    await town.happens(town.press(KHANAQIN, Action("take", about.id)))
    assert await town.state(about.id) == ("taken", KHANAQIN)


async def test_chatter_in_a_group_decides_nothing(town: Town) -> None:
    """B58."""
    await town.opened()
    await town.happens(town.arrival(KHANAQIN, TextReceived("Tea at five?")))
    await town.happens(town.arrival(KHANAQIN, TextReceived("Yes!"), reply_to="777"))
    assert town.effects == []


async def _listed(town: Town, forum: ForumId, person: str) -> str:
    await town.happens(town.arrival(forum, CommandGiven("open"), person))
    return told(town.effects, ToForum(forum))


async def test_the_provinces_list_has_what_lies_on_its_desk(town: Town) -> None:
    await town.opened(id=TicketId("ticketplain1"), reference="KHN-PLAIN")
    await town.opened(id=TicketId("ticketsensit"), reference="KHN-SENSITIVE", sensitive=True)
    await town.opened(id=TicketId("ticketlost11"), reference="JLW-LOST", forum=JALAWLA)
    await town.opened(id=TicketId("ticketown111"), reference="DYL-OWN", forum=PROVINCE)
    await town.database.transact(lambda conn: forums.lose(conn, JALAWLA, NOW))
    heard = await _listed(town, PROVINCE, HEAD)
    assert {reference for reference in ("KHN-PLAIN", "KHN-SENSITIVE", "JLW-LOST", "DYL-OWN") if reference in heard} == {
        "KHN-SENSITIVE",
        "JLW-LOST",
        "DYL-OWN",
    }
    assert "KHN-PLAIN" in await _listed(town, KHANAQIN, SARA)


async def test_a_group_that_moved_is_loaded_with_its_open_reports(town: Town) -> None:
    """B73."""
    about = await town.opened()
    await town.happens(town.arrival(KHANAQIN, GroupMoved("-1001"), None))
    assert [send.ticket for send in sends(town.effects, ToForum(KHANAQIN))] == [about.id]
    moved: Situation = (await town.loads(town.arrival(KHANAQIN, TextReceived("x"), chat="-1001"))).situation
    assert moved.forum == KHANAQIN


async def test_a_report_can_be_closed_to_the_end_through_the_machine(town: Town) -> None:
    about = await town.opened()
    await town.happens(town.press(KHANAQIN, Action("close", about.id)))
    [ask] = sends(town.effects, ToForum(KHANAQIN))
    first = ask.message.rows[0][0].action
    after = await town.happens(town.press(KHANAQIN, first))
    assert after.toast is None
    assert await town.state(about.id) == ("closed", KHANAQIN)
