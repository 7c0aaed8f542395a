"""What a group has of a report is taken back from it, also from a group that cannot be reached at the moment."""

from __future__ import annotations

from typing import Any

from bot.model.events import TimerFired
from bot.model.ids import PROVINCE
from bot.model.messages import Attachment, ToForum, card_slot, entry_slot, media_slot
from bot.model.tickets import Content
from handlers import TIMERS
from handlers.cards import OPENING
from tests.handlers.build import JALAWLA, KHANAQIN, LINKED, STORY, Desk, entry, from_province, sends, situation, ticket, told, withdrawn

GROUP, HEADS = ToForum(KHANAQIN), ToForum(PROVINCE)
LOST: dict[str, Any] = {"forums": {**LINKED, KHANAQIN: "lost"}}
REPORT = ticket(content=Content(STORY, (Attachment("photo", "p"),)))
WORDS = entry("message", "It was Omar.")
EVERYTHING = {card_slot(REPORT.id), media_slot(REPORT.id, OPENING, 0), entry_slot(WORDS.id)}


def test_what_a_lost_group_shows_is_deleted_when_it_is_back() -> None:
    """B106: the bot was removed, the reporter had everything deleted; the group must not keep the words for ever."""
    here = situation(REPORT, place="machine", forum=None, member=None, entries=(WORDS,), **LOST)
    effects = list(TIMERS["erase_ticket"](here, TimerFired("erase_ticket", f"purge:{REPORT.id}")))
    assert set(withdrawn(effects, GROUP)) == EVERYTHING
    assert STORY not in told(effects, HEADS)


def test_what_the_province_saw_while_it_stood_in_is_deleted_with_the_rest() -> None:
    """B106: the district's group is back, but the thread is still in the province's."""
    here = situation(REPORT, place="machine", forum=None, member=None, entries=(WORDS,))
    effects = list(TIMERS["erase_ticket"](here, TimerFired("erase_ticket", f"purge:{REPORT.id}")))
    assert set(withdrawn(effects, HEADS)) == EVERYTHING
    assert set(withdrawn(effects, GROUP)) == EVERYTHING - {card_slot(REPORT.id)}


def test_a_report_that_leaves_a_lost_group_is_taken_from_it() -> None:
    """B63: moved on by a coordinator while the first group cannot be reached, it is no business of that group any more."""
    desk = Desk(situation(REPORT, entries=(WORDS,), **from_province(**LOST)))
    effects = desk.press("move", JALAWLA, "tokenn000001")
    assert set(withdrawn(effects, GROUP)) == EVERYTHING


def test_a_prompt_is_taken_back_once_it_is_answered() -> None:
    """B58: "no, do not tell him that", as a reply to the prompt, would go to the reporter."""
    for verb in ("reply", "note"):
        desk = Desk(situation(REPORT))
        [asked] = sends(desk.press(verb))
        assert asked.slot is not None
        assert asked.slot in withdrawn(desk.reply("We are coming.", asked.slot), GROUP)


def test_a_prompt_stays_while_words_with_a_number_are_thought_over() -> None:
    """They may be written again without it."""
    desk = Desk(situation(REPORT))
    [asked] = sends(desk.press("reply"))
    assert withdrawn(desk.reply("Call 07701234567.", asked.slot), GROUP) == []
