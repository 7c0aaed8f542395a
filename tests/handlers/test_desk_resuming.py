"""What did not arrive while the reporter had blocked the bot is sent again when they come back."""

from __future__ import annotations

from bot.model.effects import Send, SetEntry, SetTimer
from bot.model.events import TimerFired
from handlers.deliveries import resident_back, resume
from tests.handlers.build import RESIDENT, entry, situation, taken

RESUME = TimerFired("resume", "resume:ticketaaaaaa")


def test_what_was_blocked_is_sent_again_once_the_reporter_is_back() -> None:
    """B81: unblocking brings the answer that did not arrive, and only that one."""
    missed, arrived = entry("answer", "Please come on Monday.", delivery="blocked"), entry("note", "Call the office.")
    said = list(resume(situation(taken(), entries=(missed, arrived)), RESUME))
    (again,) = [effect for effect in said if isinstance(effect, Send) and effect.to == RESIDENT]
    assert again.entry == missed.id
    assert [effect.entry.delivery for effect in said if isinstance(effect, SetEntry)] == ["waiting"]


def test_coming_back_asks_for_it_in_a_turn_of_its_own() -> None:
    """The ticket's own turn sees its thread; nothing happens for a ticket that was reachable all along."""
    back = resident_back(taken(reachable=False), situation())
    assert [effect.kind for effect in back if isinstance(effect, SetTimer)] == ["resume"]
    assert resident_back(taken(), situation()) == []


def test_a_ticket_without_anything_missed_is_left_alone() -> None:
    """Its mark goes at a moment of its own."""
    assert not list(resume(situation(taken(reachable=False), entries=(entry("answer", delivery="delivered"),)), RESUME))
