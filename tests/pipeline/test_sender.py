"""Sending: who goes first, how fast, and what becomes of what cannot be sent."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlalchemy import update

from bot.demo.api import limits as telegram_limits
from bot.demo.world.membership import bot_becomes, kick_bot, migrate
from bot.model.effects import Priority
from bot.model.ids import ForumId
from bot.model.messages import Recipient, ToChat, ToForum
from bot.pipeline.sender import HEADS
from bot.storage import forums, outbox, residents, tables
from tests.pipeline.book import FORUM
from tests.pipeline.house import BAQUBA, House
from tests.storage.samples import put


async def backlog(house: House) -> outbox.Backlog:
    """Return what waits to be sent."""
    return await house.db.read(lambda conn: outbox.backlog(conn, house.clock.now()))


async def test_a_reply_passes_hundreds_of_waiting_notices(house: House) -> None:
    omar = house.resident("Omar")
    async with house.running(per_second=25):
        for number in range(20):
            house.resident(f"Resident {number}").writes("many 25")
        await house.telegram.world.until(lambda: len(house.telegram.world.asked("sendMessage")) >= 10)
        omar.writes("hello")
        await omar.hears("echo hello")
        assert (await backlog(house)).waiting > 300


async def test_a_card_waits_no_longer_than_the_replies_of_its_time(house: House) -> None:
    """Row 7: while a crowd keeps the bot busy, other forums see their reports as ever; also where replies alone would fill a look."""
    people = [house.resident(f"Resident {number}") for number in range(HEADS + 44)]
    for person in people:
        person.writes("/start")
    replies: list[tuple[Recipient, Priority]] = [(ToChat("telegram", str(person.id)), Priority.REPLY) for person in people]
    for to, priority in (*replies[:20], (ToForum(FORUM), Priority.CARD), *replies[20:]):
        await put(house.db, to, "words", priority, now=house.clock.now())
    async with house.running(per_second=25):
        await house.forum.hears("words", timeout=20)
        assert (await backlog(house)).waiting > HEADS


async def test_a_burst_provokes_no_refusal_and_uses_the_rate(house: House) -> None:
    """The stand-in counts as strictly as Telegram; the figure itself is proved in simulated time.

    Where the machine stands still for a moment, a call or two come later than they left, and so with those behind them.
    """
    people = [house.resident(f"Resident {number}") for number in range(60)]
    for person in people:
        person.writes("hello")
    async with house.running():
        await house.telegram.world.until(lambda: all(house.sent(person) for person in people), timeout=20)
    assert len(house.refused()) <= 3, "sent all at once, half of them are refused"


async def test_a_full_minute_of_a_group_is_not_spent_twice_over_a_restart(house: House) -> None:
    house.telegram.service.pace.limits = telegram_limits.Limits(group_a_minute=3)
    sara = house.resident()
    async with house.running(group_per_minute=3):
        sara.writes("forum 4")
        await house.forum.hears("to the forum 0")
    async with house.running(group_per_minute=3):
        sara.writes("hello")
        await sara.hears("echo hello")
        await asyncio.sleep(1.5)  # long enough for a sender that had forgotten
    assert house.refused() == []
    assert (await backlog(house)).waiting >= 3


async def test_a_chat_that_must_wait_waits_exactly_also_over_a_restart_and_alone(house: House) -> None:
    """B77, F17."""
    sara, omar = house.resident("Sara"), house.resident("Omar")
    house.telegram.faults.add("status", "sendMessage", chat=sara.id, status=429, retry_after=2)
    world = house.telegram.world
    async with house.running():
        sara.writes("1")
        refused = await world.until(lambda: [call for call in world.calls if call.status == 429])
        omar.writes("2")
        await omar.hears("echo 2", timeout=1.9)
    async with house.running():
        sara.writes("3")
        await sara.hears("echo 3")
    sent = [call for call in world.asked("sendMessage", chat_id=sara.id) if call.status == 200]
    assert house.sent(sara) == ["echo 1", "echo 3"]
    assert house.refused() == [429]
    assert 2.0 <= sent[0].time - refused[0].time < 4.0


async def test_of_several_states_of_one_message_the_last_is_shown_with_one_call(house: House) -> None:
    """B79."""
    sara = house.resident()
    async with house.running():
        sara.writes("edit 3")
        await house.forum.hears("state 2")
        sara.writes("edit 5")
        await house.forum.hears("state 4")
    assert house.sent(house.forum) == ["state 2", "state 4"]
    assert len([message for message in house.forum.all if "state" in message.text]) == 1


async def test_a_migrated_group_gets_its_messages_at_the_new_address_when_an_error_tells_first(house: House) -> None:
    """B73, F21: no service message has come, the refusal itself names the new address."""
    await _migrates(house, quietly=True)


async def test_a_migrated_group_gets_its_messages_at_the_new_address_when_its_own_message_tells_first(house: House) -> None:
    """B73, F21."""
    await _migrates(house, quietly=False)


async def _migrates(house: House, *, quietly: bool) -> None:
    sara = house.resident()
    group = house.telegram.world.group("Baquba", house.member, kind="group")
    await house.db.transact(lambda conn: forums.link(conn, FORUM, "telegram", str(group.id), house.clock.now()))
    async with house.running():
        sara.writes("edit 1")
        await house.telegram.world.until(lambda: house.telegram.world.asked("sendMessage", chat_id=group.id))
        migrate(group, quietly=quietly)
        sara.writes("edit 2")
        await group.hears("state 1")
        sara.writes("forum 1")
        await group.hears("to the forum 0")
    address = await house.db.read(lambda conn: forums.address(conn, FORUM))
    assert address == ("telegram", str(group.id))
    assert len([message for message in group.all if "state 1" in message.text]) == 1


async def test_what_is_for_a_lost_group_is_held_and_sent_after_it_is_linked_again(house: House) -> None:
    """B74, F20: the channel tells of the loss. Nothing is tried for ever or goes to a wrong chat, and nothing is dropped."""
    sara = house.resident()
    async with house.running():
        sara.writes("report no water")
        await house.forum.hears("no water")
        kick_bot(house.forum, house.member)
        await house.province.hears("lost khanaqin, 1 open")
        sara.writes("forum 3")
        await _until_held(house, 3)
        assert house.refused() == []
        await _linked_again(house)


async def test_a_loss_that_only_a_refusal_tells_of_is_noticed_at_once(house: House) -> None:
    """B74, F20: the first refusal tells the province and holds the rest."""
    sara = house.resident()
    house.telegram.faults.add(
        "status",
        "sendMessage",
        chat=house.forum.id,
        times=None,
        status=403,
        description="Forbidden: bot was kicked from the supergroup chat",
    )
    async with house.running():
        sara.writes("forum 3")
        await house.province.hears("lost khanaqin")
        await _until_held(house, 3)
        sara.writes("forum 1")
        await _until_held(house, 4)
        assert house.refused() == [403]
        await _linked_again(house)


async def _linked_again(house: House) -> None:
    await house.db.transact(lambda conn: forums.new_code(conn, house.db.keys, FORUM, "CODE", house.clock.now()))
    other = house.telegram.world.group("New group", house.member)
    house.member.writes("/link CODE", other)
    await other.hears("linked")
    await other.hears("to the forum 2", timeout=8)
    await house.telegram.world.until(lambda: house.sent(other)[-1].startswith("to the forum"))


async def _until_held(house: House, rows: int) -> outbox.Backlog:
    async with asyncio.timeout(5):
        while True:
            found = await backlog(house)
            if found.held >= rows:
                return found
            await asyncio.sleep(0.02)


async def test_what_is_for_a_forum_without_a_group_waits_for_its_group(house: House) -> None:
    async with house.running():
        sara = house.resident()
        sara.writes("hello")
        await sara.hears("echo hello")
        await house.db.transact(lambda conn: forums.move(conn, FORUM, "-1", house.clock.now()))
        await _unlink(house, FORUM)
        sara.writes("forum 1")
        await _until_held(house, 1)
    assert house.refused() == []


async def _unlink(house: House, forum: ForumId) -> None:
    """Give the forum's address to another forum, which takes it away here."""
    await house.db.transact(lambda conn: forums.link(conn, BAQUBA, "telegram", "-1", house.clock.now()))
    assert await house.db.read(lambda conn: forums.address(conn, forum)) is None


async def test_an_answer_shows_in_the_group_what_became_of_it(house: House) -> None:
    """B59."""
    sara = house.resident()
    async with house.running():
        sara.writes("report no water")
        card = await house.forum.hears("no water")
        house.member.replies(card, "we are coming")
        await sara.hears("answer: we are coming")
        await house.forum.hears("answer delivered")


async def test_to_somebody_who_blocked_the_bot_nothing_is_sent_until_they_come_back(house: House) -> None:
    """B81, F19."""
    sara = house.resident()
    async with house.running():
        sara.writes("report no water")
        card = await house.forum.hears("no water")
        await sara.hears("receipt")
        house.telegram.faults.add("status", "sendMessage", chat=sara.id, status=403, description="Forbidden: bot was blocked by the user")
        house.member.replies(card, "first")
        await house.forum.hears("answer blocked")
        calls = len(house.telegram.world.asked("sendMessage", chat_id=sara.id))
        house.member.replies(card, "second")
        await house.telegram.world.until(lambda: house.sent(house.forum).count("answer blocked") == 2, timeout=8)
        assert len(house.telegram.world.asked("sendMessage", chat_id=sara.id)) == calls
        sara.writes("I am back")
        await sara.hears("echo I am back")
    known = await house.db.read(lambda conn: residents.find(conn, house.db.keys, "telegram", str(sara.id)))
    assert known is not None
    assert known.reachable


async def test_a_message_that_telegram_refuses_is_put_aside_and_the_next_goes(house: House) -> None:
    """F18, F27."""
    sara = house.resident()
    house.telegram.faults.add("status", "sendMessage", chat=sara.id, status=400, description="Bad Request: cannot be said")
    async with house.running():
        sara.writes("1")
        sara.writes("2")
        await sara.hears("echo 2")
        await house.province.hears("could not be sent")
    assert house.sent(sara) == ["echo 2"]
    assert (await backlog(house)).dead == 1


async def test_a_message_whose_answer_is_always_lost_is_sent_twice_and_no_more(house: House) -> None:
    """F6."""
    sara = house.resident()
    house.telegram.faults.add("reset_after", "sendMessage", chat=sara.id, times=None)
    async with house.running():
        sara.writes("1")
        await house.province.hears("could not be sent", timeout=10)
    assert [message.text for message in sara.talk.from_bot if "echo 1" in message.text] == ["\u2068echo 1\u2069"] * 2


async def test_trouble_at_telegram_delays_and_loses_nothing(house: House) -> None:
    """F16: a page instead of JSON, a status 502, a connection that breaks before the call took effect."""
    sara = house.resident()
    for kind in ("html", "status", "reset_before"):
        house.telegram.faults.add(kind, "sendMessage", chat=sara.id, status=502)
    async with house.running():
        sara.writes("1")
        sara.writes("2")
        await sara.hears("echo 2", timeout=30)
    assert house.sent(sara)[-1] == "echo 2"
    assert "echo 1" in house.sent(sara)


async def test_a_row_that_cannot_be_opened_holds_up_nobody_else(house: House) -> None:
    """F27: damaged on the disk, or written by a version that we do not know."""
    sara, omar = house.resident("Sara"), house.resident("Omar")
    world = house.telegram.world
    house.telegram.faults.add("status", "sendMessage", chat=sara.id, status=429, retry_after=1)
    async with house.running():
        sara.writes("1")
        await world.until(lambda: [call for call in world.calls if call.status == 429])
    await house.db.transact(lambda conn: conn.execute(update(tables.outbox).values(body=b"damaged")))
    async with house.running():
        await asyncio.sleep(1.0)  # until it is tried again
        omar.writes("2")
        await omar.hears("echo 2")


async def test_a_strange_group_hears_one_sentence_and_is_left(house: House) -> None:
    group = house.telegram.world.group("Strangers", house.member, bot=None)
    async with house.running():
        bot_becomes(group, "administrator", house.member)
        await group.hears("no place for me")
        await house.telegram.world.until(lambda: house.telegram.world.asked("leaveChat"))


async def test_who_was_erased_still_hears_that_it_is_done(house: House) -> None:
    sara = house.resident()
    async with house.running():
        sara.writes("hello")
        await sara.hears("echo hello")
        sara.writes("erase")
        await sara.hears("all is gone")
    assert await house.db.read(lambda conn: residents.find(conn, house.db.keys, "telegram", str(sara.id))) is None


async def test_after_a_cut_network_everything_arrives(house: House) -> None:
    """F14."""
    house.limits = replace(house.limits, per_second=25)
    sara = house.resident()
    async with house.running():
        sara.writes("hello")
        await sara.hears("echo hello")
        house.telegram.world.cut_network()
        sara.writes("again")
        await asyncio.sleep(0.3)
        house.telegram.world.mend_network()
        await sara.hears("echo again", timeout=15)
