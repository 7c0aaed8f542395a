"""Write a broadcast: begin it, fill it in by taps and replies, look at it as people will read it, and submit it for approval."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from bot.model.broadcasts import Audience, Broadcast, home
from bot.model.effects import Audit, DropBroadcast, Effect, OpenBroadcast, Priority, Send, Toast, Withdraw
from bot.model.events import CommandGiven
from bot.model.ids import PROVINCE, BroadcastId
from bot.model.messages import Message, ToForum, ToResident, approval_slot, cast_slot
from bot.model.situation import Situation
from bot.model.text import C_, N_, Joined, Text
from handlers.broadcasts import audience, filling
from handlers.broadcasts.approving import previews, submitted, taken_back
from handlers.broadcasts.authority import Case, press, refuse
from handlers.broadcasts.facts import complete, missing, spoken, unsaid
from handlers.broadcasts.filling import CHANGED_MEANWHILE, OLD, language_of, opens, shown
from handlers.broadcasts.message import message_for
from handlers.broadcasts.panel import panel
from handlers.broadcasts.pending import Pending, Step, holding, opened, pending
from handlers.broadcasts.prompts import ask_for
from handlers.broadcasts.steps import button
from handlers.desk.authority import refuse_aloud
from handlers.may import stranger

NAMED_AT_ONCE = 3
"""So many of the missing things fit an answer to a press; the message names all of them."""
LOCKED = N_("This broadcast was submitted. To change it, press “Change” first.")
NO_PREVIEW = N_("There is nothing to look at yet. Please write a text or a quiz first.")
DOOR = N_("To get a test, open the private chat with the bot first and press “Start”. Then press “Send me a test” again.")


def broadcast_command(situation: Situation, _: CommandGiven) -> Iterable[Effect]:
    """Begin a broadcast: a forum's for its own district, the province's, and a coordinator's in private, for all of them."""
    forum, member = situation.forum, situation.member
    if forum is None:
        return []
    if (no := stranger(situation.actor, member)) or member is None:
        return refuse_aloud(situation, no.text) if no else []
    fresh = Broadcast(
        id=BroadcastId(situation.chance.token()),
        forum=forum,
        author=member.id,
        author_person=member.person,
        author_name=member.name,
        desk=situation.resident.id if situation.place == "private" and situation.resident is not None else None,
        writers=frozenset({member.person}),
        audience=Audience(districts=frozenset() if forum == PROVINCE else frozenset({forum})),
    )
    begun = opened(fresh, "topic")
    first = replace(panel(begun, situation), priority=Priority.REPLY)
    return [OpenBroadcast(begun), first, Audit("cast_open", None, forum, member.id, begun.id)]


def _cast(case: Case) -> list[Effect]:
    match case.args:
        case (step, value, revision):
            pass
        case _:
            return refuse(OLD)
    if case.broadcast.state != "draft":
        return _locked(case, step, value)
    if step in _AT_REVISION and revision != str(case.broadcast.revision):
        return refuse(CHANGED_MEANWHILE)
    take = _TAPS.get(step)
    return take(case, value) if take is not None else refuse(OLD)


def _locked(case: Case, step: str, value: str) -> list[Effect]:
    """Submitted or approved, it can only be looked at and taken back, after a question."""
    if case.broadcast.state == "finished":
        return refuse(OLD)
    match step, value:
        case "open", "change":
            return opens(case, "change")
        case "change", "yes":
            return taken_back(case)
        case "show", _:
            return opens(case, "")
        case "test", _:
            return _test(case, value)
        case _:
            return refuse(LOCKED)


def _open(case: Case, value: str) -> list[Effect]:
    step = next((step for step in _OPENED if step == value), None)
    if step is None or (step == "right" and case.broadcast.quiz is None) or (step == "file" and case.broadcast.attachment is None):
        return refuse(OLD)
    return opens(case, step)


def _ask(case: Case, field: str, value: str) -> list[Effect]:
    language = language_of(value)
    if language is None or language not in spoken(case.broadcast):
        return refuse(OLD)
    return ask_for(case.broadcast, case.situation, "quiz" if field == "quiz" else "text", language)


def _preview(case: Case, _: str) -> list[Effect]:
    """Show it as people will read it, in every language, and remember that it was seen once all of it is there."""
    broadcast, situation = case.broadcast, case.situation
    here = situation.here
    if here is None or not message_for(broadcast, situation):
        return refuse(NO_PREVIEW)
    whole = complete(broadcast, situation)
    seen = replace(opened(broadcast), previewed=broadcast.revision) if whole else opened(broadcast)
    rows = ((button(C_("button", "Submit"), seen, "submit"),), (button(C_("button", "Send me a test"), seen, "test"),))
    told = N_("People will read it like this, each in their language.") if whole else _lacking(unsaid(broadcast, situation))
    below = Message(told, rows, answers=cast_slot(broadcast.id) if here == home(broadcast) else None)
    return [
        *(shown(case, seen) if seen != broadcast else []),
        *previews(broadcast, situation, Priority.REPLY, here),
        Send(here, below, Priority.REPLY),
    ]


def _test(case: Case, _: str) -> list[Effect]:
    """Send it to the one who presses, in private, in every language; who they are there stays between them and the bot."""
    situation, messages = case.situation, message_for(case.broadcast, case.situation)
    if not messages or situation.here is None:
        return refuse(NO_PREVIEW)
    if situation.myself is None:
        return [Send(situation.here, Message(DOOR, door=C_("button", "Open the bot")), Priority.REPLY)]
    tests = [Send(ToResident(situation.myself), message, Priority.REPLY) for message in messages.values()]
    return [*tests, Toast(N_("The test is on its way to your private chat with the bot.")), case.audit("test")]


def _submit(case: Case, _: str) -> list[Effect]:
    """Ask the province for its approval, once nothing is missing; else say what is."""
    lacking = missing(case.broadcast, case.situation)
    if lacking:
        return refuse(_lacking(lacking[:NAMED_AT_ONCE]))
    again = pending(case.broadcast).again
    waiting = replace(holding(case.broadcast, Pending(again=True)), state="submitted")
    return [
        *shown(case, waiting),
        *submitted(replace(case, broadcast=waiting), waiting, again=again),
        case.audit("submit", str(waiting.revision)),
    ]


def _delete(case: Case, value: str) -> list[Effect]:
    """Delete it; what has been sent before stays as a thing of the past."""
    if value != "yes":
        return refuse(OLD)
    broadcast = case.broadcast
    if case.situation.occurrences:
        return [*shown(case, replace(holding(broadcast, Pending()), state="finished")), case.audit("finish")]
    return [
        DropBroadcast(broadcast.id),
        Withdraw(home(broadcast), cast_slot(broadcast.id)),
        Withdraw(ToForum(PROVINCE), approval_slot(broadcast.id)),
        case.audit("delete"),
    ]


def _lacking(what: list[Text]) -> Text:
    return N_("Still missing: {what}", what=Joined(tuple(what), " · "))


_OPENED: tuple[Step, ...] = ("topic", "audience", "quiz", "right", "file", "delete")
_AT_REVISION = frozenset({"submit", "delete", "right", "sure", "unquiz", "unfile"})
"""What is meant of exactly what was on the screen; everything else says itself what it brings about."""
_TAPS: Mapping[str, Callable[[Case, str], list[Effect]]] = {
    "show": lambda case, value: opens(case, ""),
    "open": _open,
    "topic": filling.set_topic,
    "text": lambda case, value: _ask(case, "text", value),
    "quiz": lambda case, value: _ask(case, "quiz", value),
    "right": filling.set_right,
    "unquiz": lambda case, value: filling.remove_quiz(case),
    "file": lambda case, value: ask_for(case.broadcast, case.situation, "file"),
    "unfile": lambda case, value: filling.remove_file(case),
    "sure": lambda case, value: filling.take_waiting_file(case),
    "lang": audience.set_language,
    "area": audience.set_area,
    "circle": audience.set_circle,
    "channels": audience.set_channels,
    "count": lambda case, value: audience.count_again(case),
    "preview": _preview,
    "test": _test,
    "submit": _submit,
    "delete": _delete,
}
cast = press("write", _cast)
