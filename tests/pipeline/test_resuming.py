"""Going on from a backup: erased stays erased, nothing is said twice by itself, nobody is told less than the truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import (
    EraseResident,
    EraseTicket,
    OpenBroadcast,
    OpenTicket,
    Priority,
    Send,
    SetResident,
    SetSubscription,
    SetTimer,
)
from bot.model.ids import PROVINCE, ForumId, ResidentId, TicketId
from bot.model.messages import Message, ToForum, ToResident
from bot.model.subscriptions import Subscription
from bot.model.text import Words
from bot.pipeline.resuming import Resumed, resume
from bot.storage import broadcasts, forums, inbox, occurrences, outbox, residents, settings, subscribers, tables, tickets
from bot.storage.erasures import Erasures, token_of
from tests.pipeline.book import FORUM
from tests.pipeline.test_commit import NOW, SARA, TICKET, Desk, desk
from tests.storage.samples import a_broadcast, a_content, an_occurrence
from tests.town.words import plain

__all__ = ["desk"]

MADE = NOW + timedelta(minutes=1)
LATER = NOW + timedelta(hours=30)
AZAD = ResidentId("azad")
WISH = Subscription(frozenset({ForumId("khanaqin")}), frozenset({"drugs", "online"}))


@pytest.fixture
def listed(desk: Desk, tmp_path: Path) -> Erasures:
    """Let what is erased be listed."""
    listed = Erasures(tmp_path / "alwand.erased", timedelta(days=365))
    listed.begin(NOW.date())
    desk.around = replace(desk.around, erasures=listed)
    return listed


async def is_of_a_backup(desk: Desk) -> None:
    await desk.db.transact(lambda conn: settings.put(conn, desk.keys, settings.RESTORING, MADE.isoformat()))


async def resumes(desk: Desk, listed: Erasures) -> Resumed | None:
    return await resume(desk.db, desk.around, listed.after(-1), LATER)


async def brought_back(desk: Desk, listed: Erasures, *effects: EraseTicket | EraseResident | SetResident | SetSubscription) -> None:
    """Let effects be listed, as they were in the time that is forgotten, and the database not know of them."""
    for effect in effects:
        await desk.does(effect, arrival=None)
    await desk.db.transact(lambda conn: settings.put(conn, desk.keys, "erased", "0"))


async def due(desk: Desk) -> set[str]:
    async def read(conn: AsyncConnection) -> set[str]:
        return set(await conn.scalars(select(tables.timers.c.kind)))

    return await desk.db.read(read)


async def test_whoever_was_erased_since_the_backup_is_erased_again(desk: Desk, listed: Erasures) -> None:
    """F36: with their reports, and with what they wanted to be told; others stay, with theirs."""
    await desk.db.transact(lambda conn: residents.create(conn, desk.keys, AZAD, "telegram", "6", "6", NOW.date()))
    other = replace(TICKET, id=TicketId("other"), reference="KHN-2222", resident=AZAD)
    await brought_back(desk, listed, SetResident(SARA, consented=False))
    await desk.does(OpenTicket(TICKET), OpenTicket(other), SetSubscription(SARA, WISH), SetSubscription(AZAD, WISH))
    await is_of_a_backup(desk)
    resumed = await resumes(desk, listed)
    assert resumed is not None
    assert (resumed.residents, resumed.tickets) == (1, 1)
    assert await desk.db.read(lambda conn: residents.load(conn, desk.keys, SARA)) is None
    assert await desk.db.read(lambda conn: subscribers.of_resident(conn, desk.keys, SARA)) == Subscription()
    gone, stays = [await desk.db.read(lambda conn, id=id: tickets.load(conn, desk.keys, id)) for id in (TICKET.id, other.id)]  # type: ignore[misc]
    assert gone is not None
    assert (gone.state, gone.resident) == ("erased", None)
    assert stays == other
    assert await desk.db.read(lambda conn: subscribers.of_resident(conn, desk.keys, AZAD)) == WISH


async def test_a_report_that_was_erased_by_itself_is_erased_again_without_its_author(desk: Desk, listed: Erasures) -> None:
    """A closed report at the end of its time; in the profile of who wrote it there is no trace either."""
    await desk.does(OpenTicket(TICKET))
    await brought_back(desk, listed, EraseTicket(TicketId("never heard of")))
    listed.path.write_text(
        listed.path.read_text().replace(token_of(desk.keys, "ticket", "never heard of"), token_of(desk.keys, "ticket", TICKET.id))
    )
    await is_of_a_backup(desk)
    await resumes(desk, listed)
    sara = await desk.db.read(lambda conn: residents.load(conn, desk.keys, SARA))
    assert sara is not None
    assert sara.tickets == ()


async def test_whoever_wanted_to_be_told_less_is_told_nothing_until_they_ask_again(desk: Desk, listed: Erasures) -> None:
    """B95: one who stopped must not get the next broadcast; one who only wanted more loses nothing."""
    await desk.db.transact(lambda conn: residents.create(conn, desk.keys, AZAD, "telegram", "6", "6", NOW.date()))
    less = replace(WISH, topics=frozenset({"online"}))
    await desk.does(SetSubscription(SARA, WISH), SetSubscription(AZAD, less))
    await desk.does(SetSubscription(SARA, less), SetSubscription(AZAD, WISH))
    assert len(listed.after(0)) == 1
    await desk.db.transact(lambda conn: settings.put(conn, desk.keys, "erased", "0"))
    await is_of_a_backup(desk)
    await resumes(desk, listed)
    assert await desk.db.read(lambda conn: subscribers.of_resident(conn, desk.keys, SARA)) == Subscription()
    assert await desk.db.read(lambda conn: subscribers.of_resident(conn, desk.keys, AZAD)) == WISH


async def test_what_was_unsent_waits_for_a_human_and_goes_once_that_says_so(desk: Desk, listed: Erasures) -> None:
    """F36: it may have been said since. In its place the forums hear what is missing."""
    await desk.does(
        Send(ToForum(FORUM), Message(Words("a card")), Priority.CARD), Send(ToResident(SARA), Message(Words("a reply")), Priority.REPLY)
    )
    await desk.db.transact(lambda conn: outbox.hold_forum(conn, desk.keys, FORUM))
    await is_of_a_backup(desk)
    resumed = await resumes(desk, listed)
    assert resumed is not None
    assert resumed.unsent == 2
    aside = await desk.db.read(lambda conn: outbox.dead(conn, desk.keys, 9))
    assert [(plain(row.outgoing.text), row.reason) for row in aside] == [("a card", "restored"), ("a reply", "restored")]
    waiting = await desk_waits(desk)
    assert {row.recipient for row in waiting} == {ToForum(FORUM), ToForum(PROVINCE)}
    assert all("restored from a copy" in row.outgoing.text for row in waiting if row.recipient == ToForum(FORUM))
    assert await desk.db.transact(lambda conn: outbox.revive(conn, desk.keys, aside[1].id, LATER)) == "queued"
    assert "a reply" in [plain(row.outgoing.text) for row in await desk_waits(desk)]


async def test_what_had_arrived_and_was_not_handled_is_not_handled_a_second_time_by_itself(desk: Desk, listed: Erasures) -> None:
    """F36: it was handled a moment after the backup was made, and its card is in the group."""
    item = inbox.NewItem("telegram", "77", "lane", b"{}", NOW)
    await desk.db.transact(lambda conn: inbox.store(conn, desk.keys, [item]))
    await is_of_a_backup(desk)
    resumed = await resumes(desk, listed)
    assert resumed is not None
    assert resumed.due == 1
    assert await desk.db.transact(lambda conn: inbox.take(conn, desk.keys, "lane", LATER)) is None
    (aside,) = await desk.db.read(lambda conn: inbox.parked(conn, desk.keys, 9))
    assert "restored" in aside.trace


async def desk_waits(desk: Desk) -> list[outbox.Row]:
    """Claim what may be sent by then."""
    heads = await desk.db.read(lambda conn: outbox.heads(conn, LATER, 100))
    rows = [await desk.db.transact(lambda conn, id=head.id: outbox.claim(conn, desk.keys, id, LATER)) for head in heads]  # type: ignore[misc]
    return [row for row in rows if row is not None]


async def test_an_old_state_that_waits_for_a_human_gives_way_to_a_newer_one(desk: Desk, listed: Erasures) -> None:
    """Otherwise its release would show a card as it was long ago."""
    await desk.does(Send(ToForum(FORUM), Message(Words("new")), Priority.CARD, "card:t"))
    await is_of_a_backup(desk)
    await resumes(desk, listed)
    await desk.does(Send(ToForum(FORUM), Message(Words("taken")), Priority.CARD, "card:t"))
    assert await desk.db.read(lambda conn: outbox.dead(conn, desk.keys, 9)) == []
    texts = [plain(row.outgoing.text) for row in await desk_waits(desk)]
    assert "new" not in texts


async def test_reminders_that_fell_due_wait_for_a_human_and_what_deletes_does_not(desk: Desk, listed: Erasures) -> None:
    """F36, B58: a second reminder harms; a deletion that waits for somebody would never come."""
    await desk.does(OpenTicket(TICKET))
    kinds = {"remind": NOW, "promise": NOW, "purge": NOW, "draft": NOW, "over": LATER + timedelta(hours=1)}
    await desk.does(*(SetTimer(f"{kind}:x", kind, moment, ticket=TICKET.id) for kind, moment in kinds.items()))
    await desk.does(SetTimer("seats:s", "seats", NOW, ticket=TICKET.id))
    await desk.db.transact(lambda conn: _enters(conn, desk))
    await is_of_a_backup(desk)
    resumed = await resumes(desk, listed)
    assert resumed is not None
    assert resumed.due == 3
    assert await due(desk) == {"purge", "draft", "over"}
    parked = await desk.db.read(lambda conn: inbox.parked(conn, desk.keys, 9))
    assert all(each.trace.startswith("restored") for each in parked)
    assert await desk.db.transact(lambda conn: inbox.revive(conn, parked[0].item.id, LATER))


async def _enters(conn: AsyncConnection, desk: Desk) -> None:
    """Let one reminder be in the inbox already."""
    from bot.storage import timers

    await timers.move_due(conn, desk.keys, NOW, 99, frozenset({"remind", "promise", "purge", "draft", "over"}))


async def test_a_broadcast_that_was_being_sent_is_paused_and_codes_are_void(desk: Desk, listed: Erasures) -> None:
    """F28, F36: who of those that waited has it since, only a human can weigh."""
    cast, sending = a_broadcast(state="approved", approved=1), replace(an_occurrence(), state="sending", started=NOW)
    await desk.does(OpenBroadcast(cast))
    await desk.db.transact(lambda conn: occurrences.open_occurrence(conn, desk.keys, sending, a_content()))
    await desk.db.transact(lambda conn: forums.new_code(conn, desk.keys, FORUM, "ABC", LATER))
    await is_of_a_backup(desk)
    resumed = await resumes(desk, listed)
    assert resumed is not None
    assert resumed.paused == 1
    found = await desk.db.read(lambda conn: occurrences.load(conn, sending.id))
    assert found is not None
    assert (found.state, found.version) == ("paused", sending.version + 1)
    assert await desk.db.read(lambda conn: forums.peek_code(conn, desk.keys, "ABC", LATER)) is None
    assert await desk.db.read(lambda conn: broadcasts.load(conn, desk.keys, cast.id)) == cast


async def test_all_of_it_happens_once(desk: Desk, listed: Erasures) -> None:
    await is_of_a_backup(desk)
    assert await resumes(desk, listed) is not None
    await desk.does(Send(ToForum(FORUM), Message(Words("a card")), Priority.CARD))
    assert await resumes(desk, listed) is None
    assert await desk.db.read(lambda conn: outbox.dead(conn, desk.keys, 9)) == []


async def test_an_erasure_that_a_crash_prevented_is_asked_for_again_in_the_ordinary_way(desk: Desk, listed: Erasures) -> None:
    """F4: the line was on disk, the commit was not; and the same where an older copy was put in place by hand. Cards are taken back."""
    await brought_back(desk, listed, SetResident(SARA, consented=False))
    await desk.does(SetResident(SARA, consented=True), OpenTicket(TICKET))
    assert await resumes(desk, listed) is None
    assert await due(desk) == {"forget", "erase_ticket"}
    sara = await desk.db.read(lambda conn: residents.load(conn, desk.keys, SARA))
    assert sara is not None
    assert not sara.consented
    assert await resumes(desk, listed) is None
