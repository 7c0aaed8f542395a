"""What decides is cut off when it takes too long, and holds nothing once it has failed."""

from __future__ import annotations

import weakref
from collections.abc import Callable

import pytest

from bot.pipeline.cutting import TooSlow, within


class Held:
    """Something large."""


HELD: list[weakref.ref[Held]] = []


def takes_all() -> None:
    held = Held()
    HELD.append(weakref.ref(held))
    raise MemoryError


def takes_all_and_stumbles() -> None:
    try:
        takes_all()
    except MemoryError:
        raise LookupError from None


def never_ends() -> None:
    held = Held()
    HELD.append(weakref.ref(held))
    while True:
        pass


@pytest.mark.parametrize(("decide", "error"), [(takes_all, MemoryError), (takes_all_and_stumbles, LookupError), (never_ends, TooSlow)])
def test_what_has_failed_lets_go_of_what_it_held_while_its_error_is_still_handled(
    decide: Callable[[], None], error: type[Exception]
) -> None:
    """F26: or nothing would be left for whoever writes the failure down."""
    HELD.clear()
    with pytest.raises(error) as failed:
        within(0.05, decide)
    assert failed.value.__traceback__ is not None
    assert [held() for held in HELD] == [None]
