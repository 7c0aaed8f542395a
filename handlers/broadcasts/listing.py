"""`/broadcasts`: the last ones with their state, their next date and what came of them; one of them opened."""

from __future__ import annotations

from collections.abc import Iterable

from bot.model.broadcasts import Broadcast, BroadcastState, Figures, Occurrence, home
from bot.model.effects import Effect, Priority, Send, Toast
from bot.model.events import CommandGiven
from bot.model.ids import PROVINCE
from bot.model.messages import Action, Button, Message, Recipient, approval_slot, cast_slot, progress_slot
from bot.model.schedule import happening
from bot.model.situation import Situation
from bot.model.text import C_, N_, Joined, Names, Piece, Text, Words, lines, paragraphs
from handlers.broadcasts import approving
from handlers.broadcasts.authority import Case, press
from handlers.broadcasts.facts import FEW
from handlers.broadcasts.finishing import answered, report
from handlers.broadcasts.message import plain
from handlers.broadcasts.panel import panel
from handlers.broadcasts.progress import STATES, card, cards, first_words, followed, named, next_look
from handlers.broadcasts.starting import pending
from handlers.broadcasts.when import date_line
from handlers.desk.authority import refuse_aloud
from handlers.may import stranger

PAGE = 8
LABEL = 40
WRITTEN: dict[BroadcastState, Text] = {
    "draft": C_("broadcast", "being written"),
    "submitted": C_("broadcast", "waits for approval"),
    "approved": C_("broadcast", "approved"),
    "finished": C_("broadcast", "over"),
}


def casts_command(situation: Situation, _: CommandGiven) -> Iterable[Effect]:
    """List the forum's broadcasts, in the province's group those of all."""
    if situation.here is None:
        return []
    if no := stranger(situation.actor, situation.member):
        return refuse_aloud(situation, no.text)
    return [_list(situation, situation.here, situation.chance.token(), 0)]


def casts(situation: Situation, action: Action) -> Iterable[Effect]:
    """Show another page of the list in its place, or open one broadcast."""
    if action.broadcast is not None:
        return _opening(situation, action)
    if situation.here is None:
        return []
    if no := stranger(situation.actor, situation.member):
        return [Toast(no.text, alert=True)]
    match action.args:
        case (token, number) if number.isdecimal():
            return [_list(situation, situation.here, token, int(number))]
        case _:
            return []


def _open(case: Case) -> list[Effect]:
    """Bring a broadcast's messages up to date and point to them; of its last sending say how it stands by now."""
    situation, broadcast, here = case.situation, case.broadcast, case.situation.here
    if here is None:
        return []
    name = named(broadcast, situation)
    if here == home(broadcast):
        shown = [panel(broadcast, situation), Send(here, Message(name, answers=cast_slot(broadcast.id)), Priority.REPLY)]
    elif broadcast.state == "draft":
        shown = [Send(here, Message(name), Priority.REPLY)]
    elif here == approving.OFFICE:
        pointer = Message(name, answers=approval_slot(broadcast.id))
        shown = [approving.card(broadcast, situation), Send(here, pointer, Priority.REPLY)]
    else:
        shown = [Send(here, Message(approving.card(broadcast, situation).message.body), Priority.REPLY)]
    return [*shown, *_last(case, here)]


def _last(case: Case, here: Recipient) -> list[Effect]:
    situation, broadcast = case.situation, case.broadcast
    occurrence, figures = _latest(broadcast, situation)
    if occurrence is None or occurrence.state == "skipped":
        return []
    if occurrence.ended is None:
        live = cards(broadcast, occurrence, situation, figures)
        pointer = Message(named(broadcast, situation), answers=progress_slot(occurrence.id))
        at_home = here in followed(broadcast, situation)
        there = pointer if at_home else card(broadcast, occurrence, situation, figures)
        return [*live, *next_look(occurrence, situation, figures), Send(here, there, Priority.REPLY)]
    told = (Message(report(broadcast, occurrence, figures, situation)), answered(broadcast, figures, situation))
    return [Send(here, message, Priority.REPLY) for message in told if message is not None]


def _latest(broadcast: Broadcast, situation: Situation) -> tuple[Occurrence | None, Figures]:
    """Return the last sending with its numbers, however the machine handed it over."""
    if situation.occurrence is not None:
        return situation.occurrence, situation.figures
    known = situation.latest.get(broadcast.id)
    return known if known else (None, situation.figures)


def _list(situation: Situation, here: Recipient, token: str, wanted: int) -> Send:
    broadcasts = [each for each in situation.broadcasts if _listed(each, here)]
    last = max(0, len(broadcasts) - 1) // PAGE
    number = min(wanted, last)
    shown = broadcasts[number * PAGE : (number + 1) * PAGE]
    body: Piece = N_("There are no broadcasts yet. Write one with /broadcast.")
    if broadcasts:
        body = paragraphs(N_("Broadcasts:"), *(_entry(broadcast, situation) for broadcast in shown))
    opening = tuple((Button(_label(each, situation), Action("casts", None, (), broadcast=each.id)),) for each in shown)
    return Send(here, Message(body, (*opening, *_turning(token, number, last))), Priority.REPLY, slot=f"casts:{token}")


def _listed(broadcast: Broadcast, here: Recipient) -> bool:
    """Whether it is told of here: what somebody is writing in private is for others once it is submitted."""
    return broadcast.desk is None or broadcast.state != "draft" or home(broadcast) == here


def _entry(broadcast: Broadcast, situation: Situation) -> Piece:
    latest = situation.latest.get(broadcast.id)
    name: Piece = named(broadcast, situation)
    if situation.forum == PROVINCE:
        name = Joined((situation.province.forum_names(broadcast.forum), name), ": ")
    return lines(name, WRITTEN[broadcast.state], _next(broadcast, situation), _sent(*latest) if latest else None)


def _next(broadcast: Broadcast, situation: Situation) -> Text | None:
    """Return the next date of what is approved, as it will happen."""
    if broadcast.state != "approved":
        return None
    wall = next(iter(pending(broadcast, situation, 1)), None)
    return date_line(happening(broadcast.schedule, situation.calendar, wall), situation) if wall else None


def _sent(occurrence: Occurrence, figures: Figures) -> Piece:
    state = STATES[occurrence.state]
    if figures.listed < FEW:
        return state
    return Joined((state, N_("Delivered: {delivered} of {whole}", delivered=figures.delivered, whole=figures.listed)), " ")


def _label(broadcast: Broadcast, situation: Situation) -> Text | Names:
    words = first_words(broadcast, situation)
    return plain(words.text[:LABEL]) if isinstance(words, Words) else words


def _turning(token: str, number: int, last: int) -> tuple[tuple[Button, ...], ...]:
    earlier = Button(C_("button", "Earlier"), Action("casts", None, (token, str(number + 1))))
    later = Button(C_("button", "Later"), Action("casts", None, (token, str(number - 1))))
    row = (*((earlier,) if number < last else ()), *((later,) if number > 0 else ()))
    return (row,) if row else ()


_opening = press("control", _open)
