"""What falls due for a resident: one reminder of an unfinished conversation, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.engine.conversing import timer_key
from bot.model.effects import DropDraft, Effect, KeepDraft, Priority, Send, SetTimer
from bot.model.events import TimerFired
from bot.model.messages import Action, Button, Message, ToResident
from bot.model.people import Draft, Resident
from bot.model.situation import Situation
from bot.model.text import C_, N_
from handlers.wording import duration, unsent


def draft_due(situation: Situation, event: TimerFired) -> Iterator[Effect]:
    """Look at an unfinished conversation: remind once when it has rested an hour, delete it when it has rested a week."""
    resident, draft = situation.resident, situation.draft
    if resident is None or draft is None or event.key != timer_key(draft):
        return
    province = situation.province
    rested = situation.now - (draft.touched or draft.started)
    if rested >= province.draft_expiry:
        yield from _expire(situation, resident)
    elif draft.reminded or rested < province.draft_reminder:
        last = draft.touched or draft.started
        due = last + (province.draft_expiry if draft.reminded else province.draft_reminder)
        yield SetTimer(event.key, "draft", due, resident=resident.id)
    else:
        yield KeepDraft(resident.id, replace(draft, reminded=True))
        yield SetTimer(event.key, "draft", (draft.touched or draft.started) + province.draft_expiry, resident=resident.id)
        if resident.language is not None and resident.reachable:
            yield _reminder(resident, draft)


def _reminder(resident: Resident, draft: Draft) -> Send:
    rows = (
        (Button(C_("button", "Continue"), Action("resume", None, (draft.id,))),),
        (Button(C_("button", "Cancel"), Action("cancel", None, (draft.id,))),),
    )
    return Send(ToResident(resident.id), Message(unsent(draft.flow), rows, silent=True), Priority.NOTICE)


def _expire(situation: Situation, resident: Resident) -> Iterator[Effect]:
    yield DropDraft(resident.id)
    if not resident.consented:
        yield SetTimer(f"forget:{resident.id}", "forget", situation.now, resident=resident.id)
    elif resident.reachable:
        text = N_(
            "For your safety we deleted your unfinished report after {time}. You can start again at any time.",
            time=duration(situation.province.draft_expiry),
        )
        yield Send(ToResident(resident.id), Message(text, silent=True), Priority.NOTICE)
