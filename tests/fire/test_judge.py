"""The judge itself: each promise is broken once in a made-up record of calls, and seen to be broken."""

from __future__ import annotations

from typing import Any

import pytest

from bot.demo.world import Call, World
from tests.fire.judge import (
    Kill,
    Thread,
    copies,
    drafts_lost,
    left_over,
    lost,
    out_of_order,
    receipt,
    receipts_without_ticket,
    tickets_without_receipt,
)
from tests.fire.kept import Kept, KeptTicket

SARA, GROUP = 51, -77
NUMBER = "KHN-7F3K-9Q2M"
RECEIPT = f"Thank you.\nYour follow-up number is \u2068{NUMBER}\u2069. Please keep it."
TICKET = KeptTicket(NUMBER, "new", "khanaqin", frozenset({"khanaqin"}), SARA)


def told(*said: tuple[int, str], method: str = "sendMessage") -> World:
    """Return a world in which the bot said this, one call after the other, the first with number 0."""
    world = World()
    for chat, text in said:
        result: dict[str, Any] = {"message_id": world.counters.calls, "text": text}
        world.note_call(Call(world.counters.calls, 0.0, method, {"chat_id": chat}, {}, 200, result))
    return world


def disk(*tickets: KeptTicket, drafts: dict[int, str] | None = None, **left: int) -> Kept:
    """Return what is on disk; nothing is left over unless it is said."""
    return Kept(
        {ticket.reference: ticket for ticket in tickets}, drafts or {}, **{"unhandled": 0, "parked": 0, "unsent": 0, "dead": 0} | left
    )


def test_a_receipt_without_a_ticket_and_a_ticket_without_a_receipt_are_seen() -> None:
    world = told((SARA, RECEIPT))
    assert receipt(RECEIPT) == NUMBER
    assert receipts_without_ticket(world, disk(TICKET)) == []
    assert len(receipts_without_ticket(world, disk())) == 1
    assert tickets_without_receipt(world, disk(TICKET)) == []
    assert len(tickets_without_receipt(told((SARA + 1, RECEIPT)), disk(TICKET))) == 1


def test_what_is_lost_or_out_of_order_is_seen() -> None:
    thread = Thread("s1", GROUP)
    words = [thread.next("Words") for _ in range(3)]
    assert out_of_order(told(*((GROUP, each) for each in words))) == []
    assert lost(told(*((GROUP, each) for each in words)), [thread]) == []
    assert len(out_of_order(told((GROUP, words[0]), (GROUP, words[2]), (GROUP, words[1])))) == 1
    assert len(lost(told((GROUP, words[0]), (GROUP, words[2]), (SARA, words[1])), [thread])) == 1


def test_a_repeat_after_it_came_is_no_disorder() -> None:
    assert out_of_order(told((GROUP, "a s1/1"), (GROUP, "b s1/2"), (GROUP, "a s1/1"))) == []


@pytest.mark.parametrize(
    ("kills", "explained"),
    [([], None), ([Kill(1, 0)], 1), ([Kill(1, 1)], None), ([Kill(1, 0), Kill(2, 0)], 1)],
    ids=["nobody died", "died after it", "died later", "died twice after it"],
)
def test_a_copy_is_explained_only_by_a_death_right_after_the_original(kills: list[Kill], explained: int | None) -> None:
    """The second call went to the same chat, so the first had been written down by then."""
    (copy,) = copies(told((SARA, RECEIPT), (SARA, "Something else"), (SARA, RECEIPT)), kills)
    assert copy.kill == explained


def test_a_kill_explains_one_copy_in_a_chat() -> None:
    twice = copies(told((SARA, RECEIPT), (SARA, RECEIPT), (SARA, RECEIPT)), [Kill(1, 0)])
    assert [copy.kill for copy in twice] == [1, None]


def test_a_question_may_be_asked_again_but_not_twice_in_a_row_over_a_death() -> None:
    assert copies(told((SARA, "When?"), (SARA, "Where?"), (SARA, "When?")), [Kill(1, 0)]) == []
    assert [copy.kill for copy in copies(told((SARA, "When?"), (SARA, "When?")), [Kill(1, 0)])] == [1]


def test_an_edit_is_no_copy() -> None:
    assert copies(told((GROUP, f"{NUMBER} new"), (GROUP, f"{NUMBER} new"), method="editMessageText"), []) == []


def test_a_draft_elsewhere_and_what_waits_for_a_human_are_seen() -> None:
    assert drafts_lost({SARA: "story"}, disk(drafts={SARA: "story"})) == []
    assert len(drafts_lost({SARA: "story"}, disk(drafts={SARA: "when"}))) == 1
    assert len(drafts_lost({SARA: "story"}, disk())) == 1
    assert left_over(disk(parked=1, dead=2)) == ["1 parked", "2 dead"]
