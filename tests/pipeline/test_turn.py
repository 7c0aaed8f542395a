"""Turns: in order, whole or not at all, and nobody waits for somebody else's fault."""

from __future__ import annotations

import asyncio

from bot.storage import inbox, tickets
from tests.pipeline.book import FORUM
from tests.pipeline.house import House
from tests.town.people import PATIENCE


async def test_messages_of_one_person_are_handled_in_their_order(house: House) -> None:
    house.without_limits()
    sara = house.resident()
    for number in range(20):
        sara.writes(f"{number}")
    async with house.running():
        await sara.hears("echo 19")
    assert [text.removeprefix("echo ") for text in house.sent(sara)] == [f"{number}" for number in range(20)]


async def test_a_report_is_a_ticket_a_card_and_a_receipt(house: House) -> None:
    sara = house.resident()
    async with house.running():
        sara.writes("report no water")
        receipt = await sara.hears("receipt")
        card = await house.forum.hears("no water")
    held = await house.db.read(lambda conn: tickets.held_by(conn, house.db.keys, FORUM))
    assert [ticket.content.text for ticket in held] == ["no water"]
    assert held[0].reference in receipt.text
    assert card.is_protected


async def test_a_repeated_update_changes_nothing(house: House) -> None:
    """B4."""
    sara = house.resident()
    sara.writes("report once")
    updates = house.telegram.world.updates
    updates.repeat(updates.first(1)[0]["update_id"])
    sara.writes("after")
    async with house.running():
        await sara.hears("echo after")
    assert len(house.sent(sara)) == 2
    held = await house.db.read(lambda conn: tickets.held_by(conn, house.db.keys, FORUM))
    assert len(held) == 1


async def test_an_answer_to_what_is_still_being_sent_is_understood(house: House) -> None:
    """Whoever reads quickly knows of a message before Telegram has told us that it took it."""
    sara = house.resident()
    house.telegram.faults.add("late", "sendMessage", chat=house.forum.id, seconds=0.5)
    async with house.running():
        sara.writes("report no water")
        card = await house.forum.hears("no water")
        house.member.replies(card, "we are coming")
        await sara.hears("answer: we are coming")


async def test_what_keeps_failing_is_parked_with_a_kind_word_and_the_next_message_is_handled(house: House) -> None:
    """B9, F26: the message is kept whole for a human, its trace sealed; the province hears of a count and nothing else."""
    sara = house.resident()
    async with house.running(pauses=(0.05, 0.1)):
        sara.writes("boom my secret story")
        sara.writes("after")
        await sara.hears("Please write it in another way")
        await sara.hears("echo after")
        alarm = await house.province.hears("needs a human")
    assert "secret" not in alarm.text
    parked = await house.db.read(lambda conn: inbox.parked(conn, house.db.keys, 10))
    assert [item.item.attempts for item in parked] == [3]
    assert b"my secret story" in parked[0].item.raw
    assert "RuntimeError: boom my secret story" in parked[0].trace


async def test_one_failing_chat_delays_no_other(house: House) -> None:
    sara, omar = house.resident("Sara"), house.resident("Omar")
    async with house.running(pauses=(600.0, 600.0)):
        sara.writes("boom")
        omar.writes("hello")
        await omar.hears("echo hello")


async def test_a_decision_that_hangs_is_cut_off_and_parked_at_once(house: House) -> None:
    """F26: a handler that never returns costs its time once."""
    sara = house.resident()
    async with house.running(handler_seconds=0.2):
        sara.writes("hang")
        sara.writes("after")
        await sara.hears("Please write it in another way")
        await sara.hears("echo after")
    parked = await house.db.read(lambda conn: inbox.parked(conn, house.db.keys, 10))
    assert "cut off after 0.2 s" in parked[0].trace


async def test_an_unreadable_update_is_parked_at_once_and_its_sender_is_told(house: House) -> None:
    """F26: the address stands on the envelope, so somebody known can be answered even if the letter cannot be read."""
    sara = house.resident()
    async with house.running():
        sara.writes("hello")
        await sara.hears("echo hello")
        letter = sara.talk.compose(sara.user, location={"latitude": "north"})
        house.telegram.world.tell_bot("message", letter)
        await sara.hears("Please write it in another way")
    parked = await house.db.read(lambda conn: inbox.parked(conn, house.db.keys, 10))
    assert len(parked) == 1


async def test_500_waiting_messages_are_handled_in_order_within_all_limits(house: House) -> None:
    """B5: what piled up while the bot was away; Telegram refuses nothing of the answers."""
    people = [house.resident(f"Resident {number}") for number in range(10)]
    for number in range(50):
        for person in people:
            person.writes(f"{number}")
    async with house.running():
        await house.telegram.world.until(lambda: all(len(house.sent(person)) >= 3 for person in people))
        await _all_handled(house)
    for person in people:
        assert house.sent(person) == [f"echo {number}" for number in range(len(house.sent(person)))]
    assert house.refused() == []


async def _all_handled(house: House) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            waiting = await house.db.read(lambda conn: inbox.backlog(conn, house.clock.now()))
            if waiting.waiting == len(house.telegram.world.updates) == 0:
                return
            await asyncio.sleep(0.05)


async def test_a_press_is_answered_within_a_second_while_500_turns_wait(house: House) -> None:
    """B83."""
    sara = house.resident()
    async with house.running():
        sara.writes("button")
        await sara.hears("button")
    for number in range(500):
        house.resident(f"Resident {number}").writes("hello")
    await house.takes_in()
    async with house.running():
        await house.telegram.world.until(lambda: len(house.telegram.world.asked("sendMessage")) > 1)
        await sara.presses("Press me").answer(timeout=1.0)
        await sara.hears("pressed", timeout=30)


async def test_the_first_of_two_members_takes_and_the_other_is_told_who(house: House) -> None:
    """B57."""
    sara, other = house.resident(), house.telegram.world.person("Nesrin")
    other.joins(house.forum)
    async with house.running(press_seconds=30.0):
        sara.writes("report no water")
        card = await house.forum.hears("no water")
        presses = [house.member.presses(card, "Take"), other.presses(card, "Take")]
        answers = [await press.answer() for press in presses]
        await house.forum.hears("Hiwa")
    assert answers[0] == "yours now"
    assert "Hiwa" in answers[1]


async def test_a_button_of_another_chat_or_a_forged_one_means_nothing(house: House) -> None:
    """B45."""
    sara, omar = house.resident("Sara"), house.resident("Omar")
    async with house.running():
        sara.writes("button")
        data = (await sara.hears("button")).button("Press me")["callback_data"]
        omar.writes("button")
        own = await omar.hears("button")
        assert own.button("Press me")["callback_data"] != data
        for forged in (data, "press~~1.AAAAAAAAAAA", "press~~1", "", "~.~"):
            if forged:
                assert await omar.presses_data(own, forged).answer() == "not yours"
    assert str(sara.id) not in data
