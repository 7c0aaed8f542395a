"""Stop a sending, go on with it, end it for good, or decide about one that could not begin in time.

Each press is for one state of one sending: a second press, or a button that is old, finds another state and only says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.model.broadcasts import Occurrence, OccurrenceState
from bot.model.effects import Effect, MoveOccurrence, Priority, Send, Toast, Withdraw
from bot.model.ids import PROVINCE
from bot.model.messages import Message, ToChannel, ToForum, progress_slot
from bot.model.text import N_, Text, paragraphs
from handlers.broadcasts import finishing
from handlers.broadcasts.authority import GONE, Case, press, refuse
from handlers.broadcasts.progress import STATES, cards, followed, named, next_look
from handlers.broadcasts.starting import begun, post_slot
from handlers.clock import DOUBTED

OLD = N_("This has been decided already.")
CHANGED = N_("The broadcast has been changed since then. This sending can only be cancelled.")

Control = Callable[[Case, Occurrence], list[Effect]]


def _control(case: Case) -> list[Effect]:
    occurrence = case.situation.occurrence
    if occurrence is None:
        return refuse(GONE)
    match case.args:
        case (what,) if what in _CONTROLS:
            state, do = _CONTROLS[what]
            return do(case, occurrence) if occurrence.state == state else _old(case, occurrence)
        case _:
            return refuse(OLD)


def _old(case: Case, occurrence: Occurrence) -> list[Effect]:
    """Say that something else has been decided meanwhile, and show what."""
    shown = cards(case.broadcast, occurrence, case.situation, case.situation.figures)
    return [Toast(STATES[occurrence.state]), *shown]


def _pause(case: Case, occurrence: Occurrence) -> list[Effect]:
    return [*_moved(case, replace(occurrence, state="paused"), "pause"), Toast(N_("Paused. Nobody gets it now."))]


def _ask_to_cancel(case: Case, occurrence: Occurrence) -> list[Effect]:
    """Pause: the question whether it ends for good stands below what has gone out so far."""
    return [*_moved(case, replace(occurrence, state="paused"), "pause"), Toast(N_("Paused. Cancel it for good?"))]


def _resume(case: Case, occurrence: Occurrence) -> list[Effect]:
    if no := _not_now(case, occurrence):
        return refuse(no)
    return _moved(case, replace(occurrence, state="sending"), "resume")


def _cancel(case: Case, occurrence: Occurrence) -> list[Effect]:
    """End it for good: the numbers follow when the last that is on its way is settled. Its posts in channels are taken back."""
    posts: list[Effect] = []
    if case.broadcast.audience.channels:
        channels = (district.id for district in case.situation.province.districts if district.channel)
        posts = [Withdraw(ToChannel(district), post_slot(occurrence.id)) for district in channels]
    return [*_moved(case, replace(occurrence, state="cancelled"), "cancel"), *posts]


def _send(case: Case, occurrence: Occurrence) -> list[Effect]:
    """Send now what was held; it leaves as soon as the rules of time allow it."""
    if no := _not_now(case, occurrence):
        return refuse(no)
    begins = replace(occurrence, state="sending", started=case.situation.now)
    followed = begun(case.broadcast, replace(begins, version=occurrence.version + 1), case.situation)
    told = N_("It was decided: it is sent now.")
    return [MoveOccurrence(begins), case.audit("send", occurrence.id), *followed, *_decided(case, occurrence, told)]


def _leave(case: Case, occurrence: Occurrence) -> list[Effect]:
    skipped = replace(occurrence, state="skipped", ended=case.situation.now)
    told = N_("It was decided: it is left out.")
    shown = cards(case.broadcast, skipped, case.situation, case.situation.figures)
    ended = finishing.finished(case.broadcast, case.situation, occurrence.id)
    return [MoveOccurrence(skipped), case.audit("leave", occurrence.id), *shown, *_decided(case, occurrence, told), *ended]


def _not_now(case: Case, occurrence: Occurrence) -> Text | None:
    """Return why nothing may begin or go on: what is sent is what was approved, and at a time that can be trusted."""
    if case.situation.doubted:
        return DOUBTED
    return None if occurrence.revision == case.broadcast.approved else CHANGED


def _moved(case: Case, occurrence: Occurrence, action: str) -> list[Effect]:
    """Store the sending's changed state and show it."""
    situation = case.situation
    stored = replace(occurrence, version=occurrence.version + 1)
    shown = [replace(each, priority=Priority.REPLY) for each in cards(case.broadcast, stored, situation, situation.figures)]
    return [MoveOccurrence(occurrence), case.audit(action, occurrence.id), *shown, *next_look(stored, situation, situation.figures)]


def _decided(case: Case, occurrence: Occurrence, told: Text) -> list[Effect]:
    """Say in the province's group what was decided, in the place of the question, where no card of the sending stands there."""
    if ToForum(PROVINCE) in followed(case.broadcast, case.situation):
        return []
    message = Message(paragraphs(named(case.broadcast, case.situation), told))
    return [Send(ToForum(PROVINCE), message, Priority.CARD, slot=progress_slot(occurrence.id))]


_CONTROLS: Mapping[str, tuple[OccurrenceState, Control]] = {
    "pause": ("sending", _pause),
    "cancel": ("sending", _ask_to_cancel),
    "resume": ("paused", _resume),
    "really": ("paused", _cancel),
    "send": ("held", _send),
    "leave": ("held", _leave),
}

go = press("control", _control)
