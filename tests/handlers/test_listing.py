"""What a group can ask for."""

from __future__ import annotations

from datetime import date, timedelta

from bot.model.effects import Effect, Toast
from bot.model.events import CommandGiven
from bot.model.ids import TicketId
from bot.model.messages import Action, ToForum
from bot.model.situation import Situation
from bot.model.tickets import Ticket
from handlers.desk import DESK, DESK_COMMANDS
from tests.handlers.build import KHANAQIN, english, labels, sends, situation, taken, ticket, told

GROUP = ToForum(KHANAQIN)


def _many(count: int) -> tuple[Ticket, ...]:
    first = date(2026, 9, 1)
    return tuple(
        ticket(id=TicketId(f"ticket{number:06}"), reference=f"KHN-{number:05}", opened=first + timedelta(days=number))
        for number in range(count)
    )


def _open(here: Situation) -> list[Effect]:
    return list(DESK_COMMANDS["open"](here, CommandGiven("open")))


def test_the_list_names_reference_type_and_state_and_the_oldest_first() -> None:
    held = (taken(opened=date(2026, 11, 20)), *_many(1))
    assert told(_open(situation(held=held)), GROUP) == ("2 open reports:\nKHN-00000 – Drugs – new\nKHN-7F3K9 – Drugs – being followed")


def test_a_list_of_nothing_says_so() -> None:
    assert told(_open(situation()), GROUP) == "This forum has no open reports."


def test_the_list_does_not_tell_what_a_sensitive_report_is_about() -> None:
    held = (ticket(category="harassment", sensitive=True),)
    assert told(_open(situation(held=held)), GROUP).endswith("KHN-7F3K9 – sensitive report – new")


def test_a_long_list_is_turned_page_by_page_in_its_place() -> None:
    here = situation(held=_many(45), ticket=None)
    effects = _open(here)
    [first] = sends(effects)
    assert first.slot is not None
    assert len(english(first.message.body).splitlines()) == 21
    assert labels(effects, GROUP, first.slot) == [["Later"]]
    [[later]] = first.message.rows

    second = list(DESK["page"](here, later.action))
    assert sends(second)[0].slot == first.slot
    assert "KHN-00020" in told(second, GROUP)
    assert labels(second, GROUP, first.slot) == [["Earlier", "Later"]]

    last = list(DESK["page"](here, Action("page", None, (*later.action.args[:1], "9"))))
    assert len(told(last, GROUP).splitlines()) == 6
    assert labels(last, GROUP, first.slot) == [["Earlier"]]


def test_a_page_that_makes_no_sense_does_nothing() -> None:
    for args in ((), ("token",), ("token", "-1"), ("token", "x")):
        assert list(DESK["page"](situation(held=_many(30)), Action("page", None, args))) == []
    assert list(DESK["page"](situation(forum=None), Action("page", None, ("token", "1")))) == []


def test_the_list_is_for_members() -> None:
    """B86."""
    anonymous = situation(actor="anonymous", member=None, held=_many(3))
    assert "Remain anonymous" in told(_open(anonymous), GROUP)
    assert "KHN-00001" not in told(_open(anonymous), GROUP)
    [toast] = DESK["page"](anonymous, Action("page", None, ("token", "1")))
    assert isinstance(toast, Toast)


def test_help_says_how_the_desk_works() -> None:
    heard = told(DESK_COMMANDS["help"](situation(), CommandGiven("help")), GROUP)
    assert "The reporter never sees your name, and you never see theirs." in heard
    assert "/open" in heard
