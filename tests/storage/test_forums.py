"""Forums, their groups and link codes; the posts in them; timers; the audit trail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from bot.model.effects import Audit, SetTimer
from bot.model.ids import EntryId, ForumId, ResidentId, TicketId
from bot.model.messages import ToForum
from bot.model.situation import ForumState
from bot.storage import audit, forums, inbox, lanes, posts, residents, timers
from bot.storage.database import Database
from bot.storage.posts import Post
from bot.storage.tables import audit as trail
from tests.storage.samples import DAY, GROUP, KHANAQIN, MANDALI, NOW, SECOND, SOMEBODY, TAKER, TODAY, count

TICKET = TicketId("ticketaaaaaa")


async def ensure(db: Database, chats: Mapping[ForumId, str]) -> None:
    await db.transact(lambda conn: forums.ensure(conn, [KHANAQIN, MANDALI], chats, "telegram", NOW))


async def where(db: Database) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for forum in (KHANAQIN, MANDALI):
        address = await db.read(lambda conn, forum=forum: forums.address(conn, forum))  # type: ignore[misc]
        found[forum] = address and address[1]
    return found


async def states(db: Database) -> Mapping[ForumId, ForumState]:
    return await db.read(forums.states)


async def test_a_forum_is_linked_by_the_configuration_or_not_at_all(database: Database) -> None:
    await ensure(database, {KHANAQIN: "-1"})
    assert await states(database) == {KHANAQIN: "linked", MANDALI: "unlinked"}
    assert await where(database) == {KHANAQIN: "-1", MANDALI: None}
    assert await database.read(lambda conn: forums.of_chat(conn, "telegram", "-1")) == KHANAQIN
    assert await database.read(lambda conn: forums.of_chat(conn, "telegram", "-2")) is None
    assert await database.read(lambda conn: forums.of_chat(conn, "whatsapp", "-1")) is None


async def test_an_old_line_of_the_configuration_does_not_undo_a_move(database: Database) -> None:
    """B73: after a restart with the old number in the file, the group's new address still holds; a new number counts."""
    await ensure(database, {KHANAQIN: "-1"})
    await database.transact(lambda conn: forums.move(conn, KHANAQIN, "-1001", NOW))
    await ensure(database, {KHANAQIN: "-1"})
    assert (await where(database))[KHANAQIN] == "-1001"
    await ensure(database, {KHANAQIN: "-2"})
    assert (await where(database))[KHANAQIN] == "-2"
    await ensure(database, {})
    assert (await where(database))[KHANAQIN] == "-2"


async def test_one_chat_is_one_forums_only(database: Database) -> None:
    """F21: nothing is ever sent to the wrong group."""
    await ensure(database, {KHANAQIN: "-1"})
    await database.transact(lambda conn: forums.link(conn, MANDALI, "telegram", "-1", NOW))
    assert await where(database) == {KHANAQIN: None, MANDALI: "-1"}
    assert await states(database) == {KHANAQIN: "unlinked", MANDALI: "linked"}


async def test_a_lost_forum_keeps_its_address_and_is_linked_again(database: Database) -> None:
    """B74."""
    await ensure(database, {KHANAQIN: "-1"})
    await database.transact(lambda conn: forums.lose(conn, KHANAQIN, NOW))
    assert (await states(database))[KHANAQIN] == "lost"
    assert (await where(database))[KHANAQIN] == "-1"
    await database.transact(lambda conn: forums.link(conn, KHANAQIN, "telegram", "-1", NOW))
    assert (await states(database))[KHANAQIN] == "linked"


async def test_a_link_code_is_good_once_and_for_an_hour(database: Database) -> None:
    async def peek(code: str, after: timedelta = SECOND) -> ForumId | None:
        return await database.read(lambda conn: forums.peek_code(conn, database.keys, code, NOW + after))

    async def use(code: str, after: timedelta = SECOND) -> ForumId | None:
        return await database.transact(lambda conn: forums.use_code(conn, database.keys, code, NOW + after))

    async def new(forum: ForumId, code: str) -> None:
        await database.transact(lambda conn: forums.new_code(conn, database.keys, forum, code, NOW))

    await new(KHANAQIN, "ABCD-2345")
    await new(MANDALI, "MNOP-2345")
    assert await peek(" abcd-2345 ") == KHANAQIN
    assert await peek("ABCD-2346") is None
    assert await peek("ABCD-2345", timedelta(hours=1)) is None
    assert await use("ABCD-2345") == KHANAQIN
    assert await use("ABCD-2345") is None
    await new(MANDALI, "QRST-2345")
    assert await peek("MNOP-2345") is None
    assert await use("QRST-2345", timedelta(hours=2)) is None


async def record(db: Database, *messages: str, slot: str | None = "card:1", to: ToForum = GROUP, ticket: TicketId | None = TICKET) -> None:
    await db.transact(lambda conn: posts.record(conn, db.keys, to, messages, slot, ticket, None, NOW))


async def shown(db: Database, slot: str = "card:1") -> tuple[str, ...]:
    return await db.read(lambda conn: posts.shown(conn, db.keys, GROUP, slot))


async def about(db: Database, message: str, to: ToForum = GROUP) -> Post | None:
    return await db.read(lambda conn: posts.about(conn, db.keys, to, message))


async def test_what_shows_a_slot_is_known_in_its_order(database: Database) -> None:
    assert await shown(database) == ()
    await record(database, "10", "11")
    await record(database, "12", slot="card:2")
    assert await shown(database) == ("10", "11")
    await record(database, "10", "11")
    assert await count(database, "posts") == 3
    await record(database, "11", "10", "13")
    assert await shown(database) == ("11", "10", "13")


async def test_a_reply_finds_what_it_is_about(database: Database) -> None:
    await record(database, "10", "11")
    entry = EntryId("entryaaaaaaa")
    await database.transact(lambda conn: posts.record(conn, database.keys, SOMEBODY, ["10"], None, TICKET, entry, NOW))
    assert await about(database, "11") == Post("11", "card:1", TICKET, None)
    found = await database.read(lambda conn: posts.about(conn, database.keys, SOMEBODY, "10"))
    assert found == Post("10", None, TICKET, entry)
    assert await about(database, "99") is None
    assert await about(database, "10", ToForum(MANDALI)) is None


async def test_a_reply_to_an_old_card_still_finds_its_ticket_after_the_group_moved(database: Database) -> None:
    """B61, B73: nothing of the old chat can be edited, and its numbers may name new messages."""
    await record(database, "10")
    await database.transact(lambda conn: posts.forget_chat(conn, database.keys, GROUP))
    assert await shown(database) == ()
    assert await about(database, "10") == Post("10", "card:1", TICKET, None, live=False)
    await record(database, "10", slot="card:9", ticket=TicketId("ticketzzzzzz"))
    found = await about(database, "10")
    assert found is not None
    assert (found.ticket, found.live) == ("ticketzzzzzz", True)
    await database.transact(lambda conn: posts.forget_chat(conn, database.keys, GROUP))
    await database.transact(lambda conn: posts.forget_chat(conn, database.keys, GROUP))


async def test_a_withdrawn_slot_shows_nothing_but_is_still_recognised(database: Database) -> None:
    await record(database, "10")
    await database.transact(lambda conn: posts.forget_slot(conn, database.keys, GROUP, "card:1"))
    assert await shown(database) == ()
    found = await about(database, "10")
    assert found is not None
    assert (found.ticket, found.live) == (TICKET, False)


async def test_the_posts_of_an_erased_ticket_or_resident_are_forgotten(database: Database) -> None:
    await record(database, "10")
    await record(database, "11", slot=None)
    await record(database, "12", ticket=None, slot="menu")
    found = await database.read(lambda conn: posts.of_ticket(conn, database.keys, GROUP, TICKET))
    assert [post.message for post in found] == ["10", "11"]
    await database.transact(lambda conn: posts.forget_ticket(conn, database.keys, GROUP, TICKET))
    assert await count(database, "posts") == 1
    await database.transact(lambda conn: posts.record(conn, database.keys, SOMEBODY, ["1"], None, None, None, NOW))
    await database.transact(lambda conn: posts.forget_resident(conn, database.keys, SOMEBODY.resident))
    assert await count(database, "posts") == 1
    assert await database.transact(lambda conn: posts.forget(conn, TODAY + DAY, 5)) == 1


async def set_timer(db: Database, effect: SetTimer) -> None:
    await db.transact(lambda conn: timers.put(conn, db.keys, effect))


async def move_due(db: Database, after: timedelta = timedelta(), limit: int = 10) -> int:
    return await db.transact(lambda conn: timers.move_due(conn, db.keys, NOW + after, limit))


async def test_a_due_timer_arrives_in_the_lane_of_the_residents_own_chat(database: Database) -> None:
    """So it is handled in order with what the resident writes."""
    await database.transact(lambda conn: residents.create(conn, database.keys, SOMEBODY.resident, "telegram", "42", "4242", TODAY))
    await set_timer(database, SetTimer("draft:1", "draft_reminder", NOW + SECOND, resident=SOMEBODY.resident))
    assert await database.read(timers.next_due) == NOW + SECOND
    assert await move_due(database) == 0
    assert await move_due(database, SECOND) == 1
    lane = lanes.of_chat(database.keys, "telegram", "4242")
    item = await database.transact(lambda conn: inbox.take(conn, database.keys, lane, NOW + SECOND))
    assert item is not None
    assert (item.source, item.received) == ("timer", NOW + SECOND)
    assert json.loads(item.raw) == {
        "timer": "draft_reminder",
        "key": "draft:1",
        "resident": SOMEBODY.resident,
        "ticket": None,
        "session": None,
        "broadcast": None,
        "occurrence": None,
    }
    assert await move_due(database, SECOND) == 0
    assert await database.read(timers.next_due) is None


async def test_a_tickets_timer_arrives_in_the_tickets_lane_and_any_other_in_its_own(database: Database) -> None:
    await set_timer(database, SetTimer("late:1", "late", NOW, ticket=TICKET))
    await set_timer(database, SetTimer("daily", "digest", NOW))
    assert await move_due(database) == 2
    expected = {lanes.of_ticket(database.keys, TICKET), lanes.of_timer(database.keys, "daily")}
    assert set(await database.read(lambda conn: inbox.waiting_lanes(conn, NOW, 5))) == expected


async def test_a_timer_set_again_fires_once_at_the_later_time(database: Database) -> None:
    for n in range(2):
        await set_timer(database, SetTimer("late:1", "late", NOW + n * SECOND, ticket=TICKET))
    assert await move_due(database) == 0
    assert await move_due(database, SECOND) == 1
    await set_timer(database, SetTimer("late:1", "late", NOW, ticket=TICKET))
    assert await move_due(database) == 1


async def test_a_dropped_timer_and_that_of_an_erased_resident_never_fire(database: Database) -> None:
    await set_timer(database, SetTimer("late:1", "late", NOW, ticket=TICKET))
    await set_timer(database, SetTimer("draft:1", "draft", NOW, resident=ResidentId("erased")))
    await database.transact(lambda conn: timers.drop(conn, database.keys, "late:1"))
    assert await move_due(database) == 0
    assert await count(database, "timers") + await count(database, "inbox") == 0


async def test_timers_fire_in_their_order_a_portion_at_a_time(database: Database) -> None:
    for n in (3, 1, 2):
        await set_timer(database, SetTimer(f"k{n}", "late", NOW + n * SECOND))
    assert await move_due(database, DAY, limit=2) == 2
    assert await database.read(timers.next_due) == NOW + 3 * SECOND


async def test_the_audit_trail_keeps_who_did_what(database: Database) -> None:
    await database.transact(lambda conn: audit.write(conn, Audit("take", TICKET, KHANAQIN, TAKER, "by button"), NOW))
    row = (await database.read(lambda conn: conn.execute(select(trail)))).one()
    assert (row.at, row.action, row.ticket, row.forum, row.member, row.detail) == (NOW, "take", TICKET, KHANAQIN, TAKER, "by button")
    assert await database.transact(lambda conn: audit.forget(conn, NOW)) == 0
    assert await database.transact(lambda conn: audit.forget(conn, NOW + SECOND)) == 1


async def test_the_audit_trail_does_not_tell_the_hour_of_what_a_resident_did(database: Database) -> None:
    """Somebody with a copy of the database learns the day of a report, as from the card."""
    await database.transact(lambda conn: audit.write(conn, Audit("open", TICKET, KHANAQIN), NOW))
    row = (await database.read(lambda conn: conn.execute(select(trail)))).one()
    assert row.at == NOW.replace(hour=0, minute=0, second=0, microsecond=0)
