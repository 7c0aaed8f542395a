"""What a resident is told of their ticket calls it what it is."""

from __future__ import annotations

import pytest

from bot.i18n import render
from bot.model.effects import Effect, Send
from bot.model.ids import LANGUAGES, Language
from bot.model.messages import Attachment
from bot.model.tickets import Ticket
from handlers.telling import tell_answer, tell_closed, tell_free, tell_moved, tell_reopened, tell_taken
from tests.handlers.build import JALAWLA, PLACES, RESIDENT, entry, taken, told

REPORT = {"en": "report", "ar": "بلاغ", "ckb": "سکاڵا"}
REQUEST = {"en": "request", "ar": "طلب", "ckb": "داواکاری"}


def everything_told(ticket: Ticket) -> list[list[Effect]]:
    """Return what each step of the forum's work makes the resident read."""
    photo = entry("answer", "", attachments=(Attachment("photo", "x"),))
    return [
        tell_taken(ticket),
        tell_free(ticket),
        tell_moved(ticket, JALAWLA, PLACES, closer=True),
        tell_moved(ticket, JALAWLA, PLACES, closer=False),
        tell_answer(ticket, entry("answer")),
        tell_answer(ticket, photo),
        tell_closed(ticket, None),
        tell_closed(ticket, entry("answer")),
        tell_reopened(ticket),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_is_never_called_a_report(language: Language) -> None:
    """Who asked for a session reads of a request at every step, in their language; who reported, of a report."""
    for kind, own, other in (("dialogue", REQUEST, REPORT), ("report", REPORT, REQUEST)):
        for effects in everything_told(taken(kind=kind)):
            (send,) = (effect for effect in effects if isinstance(effect, Send))
            words = render(send.message.body, language).casefold()
            assert own[language] in words
            assert other[language] not in words


def test_who_said_no_to_messages_gets_none() -> None:
    """Neither about a report nor about a request."""
    assert not any(everything_told(taken(kind="dialogue", contact=False)))
    assert "Sara" not in told(tell_taken(taken(kind="dialogue")), RESIDENT)
