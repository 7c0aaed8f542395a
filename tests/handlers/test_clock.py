"""The clock has jumped: the province is asked, a coordinator answers (F31)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from bot.i18n import render
from bot.model.effects import Audit, Effect, Send, Toast, TrustClock
from bot.model.events import ClockDoubted
from bot.model.ids import LANGUAGES, PROVINCE
from bot.model.messages import Action, ToForum
from handlers import BOOK
from tests.handlers.build import HEAD, KHANAQIN, NOW, SARA, english, from_province, situation

OFFICE = ToForum(PROVINCE)


def jumped(seconds: int) -> Send:
    [send] = BOOK.news[ClockDoubted](situation(place="machine", forum=None, member=None, doubted=seconds), ClockDoubted(seconds))
    assert isinstance(send, Send)
    assert send.to == OFFICE
    return send


def pressed(seconds: int, doubted: int, **changes: Any) -> list[Effect]:
    found: Iterable[Effect] = BOOK.desk["clock"](
        situation(ticket=None, doubted=doubted, **{**from_province(), **changes}), Action("clock", None, (str(seconds),))
    )
    return list(found)


@pytest.mark.parametrize(
    ("seconds", "span", "shown"),
    [
        (86400, "1 day", "23 November 2026, 12:30"),
        (-3600, "1 hour", "22 November 2026, 11:30"),
        (660, "11 minutes", "22 November 2026, 12:41"),
        (-round(NOW.timestamp()), "20779 days · 9 hours · 30 minutes", "1 January 1970, 03:00"),
    ],
)
def test_the_province_is_told_how_far_it_has_jumped_and_what_time_it_should_be(seconds: int, span: str, shown: str) -> None:
    """F31."""
    send = jumped(seconds)
    assert english(send.message.body).startswith(
        f"The clock of the machine on which the bot runs has jumped by {span}: it shows {shown}, but it should be 22 November 2026, 12:30."
    )
    assert [english(button.label) for row in send.message.rows for button in row] == ["The clock is right"]
    for language in LANGUAGES:
        assert len(render(send.message.body, language)) < 1000


def test_when_the_time_is_known_again_the_question_gives_way() -> None:
    asked, known = jumped(86400), jumped(0)
    assert known.slot == asked.slot
    assert known.message.rows == ()
    assert english(known.message.body) == "The time is confirmed. What was waiting goes on."


def test_a_coordinators_word_is_taken_and_written_down() -> None:
    """F31."""
    effects = pressed(86400, 86400)
    assert [effect for effect in effects if isinstance(effect, TrustClock | Audit)] == [
        TrustClock(),
        Audit("clock", None, PROVINCE, HEAD.id),
    ]


def test_a_clock_that_was_corrected_a_little_is_still_the_same_jump() -> None:
    assert any(isinstance(effect, TrustClock) for effect in pressed(86400, 86390))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"forum": KHANAQIN, "actor": "member", "member": SARA}, "Only a coordinator can do this"),
        ({"actor": "member"}, "Only a coordinator can do this"),
        ({"actor": "anonymous", "member": None}, "Remain anonymous"),
        ({"doubted": 0}, "The time is confirmed"),
        ({"doubted": -7200}, "The clock has jumped again meanwhile"),
    ],
)
def test_nobody_elses_word_is_taken_nor_one_about_another_jump(changes: dict[str, Any], said: str) -> None:
    """F31."""
    [toast] = pressed(86400, **{"doubted": 86400, **changes})
    assert isinstance(toast, Toast)
    assert said in english(toast.text)


def test_a_forged_button_is_no_word() -> None:
    forged = Action("clock", None, ("soon",))
    here = situation(ticket=None, doubted=86400, **from_province())
    assert not any(isinstance(effect, TrustClock) for effect in BOOK.desk["clock"](here, forged))
