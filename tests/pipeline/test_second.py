"""What a channel may have counted in its last second."""

from __future__ import annotations

import pytest

from bot.pipeline.second import FEW, SECOND, UNHEARD, Second


def made(second: Second, calls: int, takes: float) -> float:
    """Make so many calls one after the other; return when the last one began."""
    began = 0.0
    for number in range(calls):
        began = number * (SECOND + takes)
        second.end(second.begin(began), began + takes)
    return began


def test_as_long_as_nobody_knows_how_long_a_way_takes_a_call_counts_from_its_end() -> None:
    second = Second(1)
    made(second, 1, takes=0.2)
    assert second.free_at(0.3) == pytest.approx(0.2 + SECOND)


def test_on_an_even_network_a_call_counts_from_its_beginning() -> None:
    second = Second(1)
    began = made(second, FEW, takes=0.2)
    assert second.free_at(began + 0.3) == pytest.approx(began + SECOND)


def test_a_call_that_took_longer_counts_from_as_much_later() -> None:
    second = Second(1)
    began = made(second, FEW, takes=0.2) + 5.0
    second.end(second.begin(began), began + 0.9)
    assert second.free_at(began + 1.0) == pytest.approx(began + 0.7 + SECOND)


def test_a_call_that_begins_late_is_no_slow_one() -> None:
    """The event loop was busy between the slot and the call."""
    second = Second(1)
    began = made(second, FEW, takes=0.2) + 5.0
    slot = second.begin(began)
    slot.left = began + 0.4
    second.end(slot, slot.left + 0.2)
    assert second.free_at(began + 1.0) == pytest.approx(began + 0.4 + SECOND)


def test_what_is_open_holds_its_place_until_it_has_not_been_heard_of_for_too_long() -> None:
    second = Second(2)
    hanging = second.begin(0.0)
    second.begin(1.0)
    assert second.free_at(1.5) == pytest.approx(UNHEARD)
    assert second.free_at(UNHEARD) == pytest.approx(UNHEARD + SECOND)
    second.end(hanging, 9.0)
    assert second.free_at(9.0) == 9.0


def test_an_album_is_as_many_messages_as_it_has_pictures() -> None:
    second = Second(4)
    second.end(second.begin(0.0), 0.0, count=3)
    assert second.free_at(0.0) == 0.0
    second.end(second.begin(0.1), 0.1)
    assert second.free_at(0.2) == pytest.approx(SECOND)
