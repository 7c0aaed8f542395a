"""What members reply to the prompts of a broadcast, handed to what takes it. What is not taken still stands in the chat, as typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot.model.broadcasts import Broadcast, home
from bot.model.effects import Effect, MoveBroadcast, Priority, Send, SetResident
from bot.model.events import Event, LocationReceived, MediaReceived, TextReceived, UnsupportedReceived
from bot.model.ids import Language
from bot.model.messages import Attachment, Message, cast_slot
from bot.model.situation import Situation
from bot.model.text import N_, P_, Text
from handlers.broadcasts.approving import give_back
from handlers.broadcasts.authority import Case, allowed
from handlers.broadcasts.filling import changed, shown
from handlers.broadcasts.message import excess, visible
from handlers.broadcasts.pending import Pending, holding, opened, pending
from handlers.broadcasts.prompts import Prompt, ask_apart, in_doubt, prompt_of
from handlers.broadcasts.quizzes import translated, typed
from handlers.desk.authority import refuse_aloud
from handlers.may import Refused

Heard = Callable[[Situation, Any], Iterable[Effect]]
KINDS = (TextReceived, MediaReceived, LocationReceived, UnsupportedReceived)

EMPTY = N_("There were no words in it. Please write the text, as a reply to the same message.")
AS_TEXT = N_("Please write it as text, as a reply to the same message.")
AS_FILE = N_("Please send a picture, a video, a voice note or a PDF file, as a reply to the same message.")
TOO_BIG = N_("This file is too big to be passed on: 20 MB at most. Please send a smaller one, as a reply to the same message.")
WITHOUT_CAPTION = N_("The words under the file were not taken. The text has its own buttons, one for each language.")
PRESS_FIRST = N_("To write a part of the broadcast, please press its button first.")
NOT_CLEAR = N_(
    "It is not clear whether this is for the broadcast, so it was not taken. For the broadcast, please send it once more as a reply to "
    "this message. For anything else, send it once more without a reply."
)
TAKEN = N_("Taken, thank you. Please go on in this message.")
LOCKED = N_("This broadcast waits for its approval or has it, so your words were not taken. Press “Change” on it first, then reply again.")


def hearing(others: Mapping[type[Event], Heard]) -> dict[type[Event], Heard]:
    """Return what hears a group: replies to a broadcast's prompts are taken here, everything else goes on as before."""
    return {kind: _or_else(heard) if kind in KINDS else heard for kind, heard in others.items()}


def _or_else(other: Heard) -> Heard:
    def heard(situation: Situation, event: Event) -> Iterable[Effect]:
        if situation.place == "private":
            return _in_private(situation, event)
        asked = prompt_of(situation.prompt)
        return other(situation, event) if asked is None else _pointed(situation, _reply(situation, asked, event))

    return heard


def _pointed(situation: Situation, effects: list[Effect]) -> list[Effect]:
    """Say below what was written that it was taken, and where it goes on: the broadcast's message may be a screen above."""
    broadcast = situation.broadcast
    if broadcast is None or situation.here != home(broadcast) or not _taken(effects):
        return effects
    return [*effects, Send(home(broadcast), Message(TAKEN, answers=cast_slot(broadcast.id)), Priority.REPLY)]


def _taken(effects: Iterable[Effect]) -> bool:
    return any(isinstance(effect, MoveBroadcast) for effect in effects)


def _in_private(situation: Situation, event: Event) -> list[Effect]:
    """Take what a coordinator sends in private where they write a broadcast: a reply, or the next words after the question.

    Where it is not clear that it is the answer it is taken nowhere: neither may a report become a broadcast, nor a broadcast be read by a
    forum as somebody's report, which would tell who its author is in private.
    """
    resident, broadcast = situation.resident, situation.broadcast
    slot = situation.prompt or (resident.asked.slot if resident is not None and resident.asked is not None else None)
    asked = prompt_of(slot)
    if resident is None:
        return []
    answered = SetResident(resident.id, reask=True)
    if asked is None or broadcast is None:
        return [answered, *refuse_aloud(situation, PRESS_FIRST)]
    if situation.actor == "coordinator" and in_doubt(situation, asked):
        return ask_apart(broadcast, situation, asked, NOT_CLEAR)
    effects = _reply(replace(situation, prompt=slot), asked, event)
    more = _more(situation, event, taken=_taken(effects))
    return [*([] if more else [answered]), *_pointed(situation, effects)]


def _more(situation: Situation, event: Event, *, taken: bool) -> bool:
    """Whether the answer is still to come: another try, or the next picture of an album."""
    if taken:
        return isinstance(event, MediaReceived) and event.album is not None
    return situation.actor == "coordinator" and situation.broadcast is not None and situation.broadcast.state == "draft"


def _reply(situation: Situation, asked: Prompt, event: Event) -> list[Effect]:
    case = allowed(situation, "approve" if asked.field == "return" else "write")
    if isinstance(case, Refused):
        return refuse_aloud(situation, case.text)
    if asked.field == "return":
        return give_back(case, event.text) if isinstance(event, TextReceived) else refuse_aloud(situation, AS_TEXT)
    if case.broadcast.state != "draft":
        return refuse_aloud(situation, LOCKED)
    match asked, event:
        case Prompt("file"), MediaReceived():
            return _file(case, event)
        case Prompt("file"), _:
            return refuse_aloud(situation, AS_FILE)
        case Prompt("text", language), TextReceived(words) if language is not None:
            return _text(case, language, words)
        case Prompt("quiz", language), TextReceived(words) if language is not None:
            return _quiz(case, language, words)
        case _:
            return refuse_aloud(situation, AS_TEXT)


def _text(case: Case, language: Language, words: str) -> list[Effect]:
    if not visible(words):
        return refuse_aloud(case.situation, EMPTY)
    written = replace(opened(case.broadcast), texts={**case.broadcast.texts, language: words.strip()})
    return _too_long(case, written, language) or changed(case, written)


def _quiz(case: Case, language: Language, words: str) -> list[Effect]:
    read = typed(words)
    quiz = translated(case.broadcast.quiz, language, *read) if not isinstance(read, Text) else read
    if isinstance(quiz, Text):
        return refuse_aloud(case.situation, quiz)
    written = replace(opened(case.broadcast, "quiz"), quiz=quiz)
    return _too_long(case, written, language) or changed(case, written)


def _too_long(case: Case, written: Broadcast, language: Language) -> list[Effect]:
    over = excess(written, case.situation, language)
    if not over:
        return []
    told = P_(
        "This is {count} letter too long. Please write it shorter, as a reply to the same message.",
        "This is {count} letters too long. Please write it shorter, as a reply to the same message.",
        over,
    )
    return refuse_aloud(case.situation, told)


def _file(case: Case, event: MediaReceived) -> list[Effect]:
    """Take a file; of a voice or a video it is asked first whether everybody may hear and see it (B52)."""
    file = event.attachment
    if file.too_big:
        return refuse_aloud(case.situation, TOO_BIG)
    told = refuse_aloud(case.situation, WITHOUT_CAPTION) if event.caption.strip() else []
    if file.kind in ("voice", "video"):
        return [*shown(case, _waiting(case.broadcast, file)), *told]
    return [*changed(case, replace(opened(case.broadcast), attachment=file)), *told]


def _waiting(broadcast: Broadcast, file: Attachment) -> Broadcast:
    known = pending(broadcast)
    waits = Pending("sure", file.kind, file.file, file.size, file.duration, known.returned, known.again)
    return holding(broadcast, waits)
