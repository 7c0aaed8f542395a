"""The message that shows how far one sending of a broadcast has come: a bar, numbers, how long still, and what can be pressed.

It is made from what is stored and shown again every ten seconds while something moves, in the place of the one before. It also asks what
shall become of a sending that could not begin in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from bot.model.broadcasts import Broadcast, Figures, Occurrence, OccurrenceState, home
from bot.model.calendar import in_utc
from bot.model.effects import Priority, Send, SetTimer
from bot.model.ids import LANGUAGES, PROVINCE, OccurrenceId
from bot.model.messages import Action, Button, Message, Recipient, ToForum, progress_slot
from bot.model.situation import Situation
from bot.model.text import C_, N_, P_, Names, Piece, Text, Words, lines, paragraphs
from handlers.broadcasts.facts import FEW, NOT_YET, excerpt
from handlers.broadcasts.message import question
from handlers.broadcasts.when import REASONS
from handlers.session_words import day_named
from handlers.topics import TOPIC_NAMES

EVERY = timedelta(seconds=10)
"""A group takes twenty messages and edits a minute; two sendings at once leave room for the rest."""
BAR = 12
LETTERS = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """What the card showed last: by it the pace is known. It travels in the key of the timer that brings the next look."""

    version: int
    settled: int
    at: datetime


def cards(broadcast: Broadcast, occurrence: Occurrence, situation: Situation, figures: Figures, last: Sample | None = None) -> list[Send]:
    """Return the message as the sending stands now, wherever it is followed."""
    message = card(broadcast, occurrence, situation, figures, last)
    return [Send(chat, message, Priority.CARD, slot=progress_slot(occurrence.id)) for chat in followed(broadcast, situation)]


def card(broadcast: Broadcast, occurrence: Occurrence, situation: Situation, figures: Figures, last: Sample | None = None) -> Message:
    """Return how the sending stands now, with what can be done to it."""
    body = paragraphs(named(broadcast, situation), _state(broadcast, occurrence, situation, figures, last))
    return Message(body, rows(occurrence))


def desk(broadcast: Broadcast, situation: Situation) -> Recipient:
    """Return where it is written and followed, in place of a group that cannot be reached the province's."""
    lost = broadcast.desk is None and situation.forums.get(broadcast.forum) != "linked"
    return ToForum(PROVINCE) if lost else home(broadcast)


def followed(broadcast: Broadcast, situation: Situation) -> tuple[Recipient, ...]:
    """Return where it is followed: of what was written in private the province's group too, where somebody else can stop it."""
    return (desk(broadcast, situation),) if broadcast.desk is None else everywhere(broadcast, situation)


def everywhere(broadcast: Broadcast, situation: Situation) -> tuple[Recipient, ...]:
    """Return who is told how it went and what has to be decided: its author's chat and the province's group."""
    return tuple(dict.fromkeys((desk(broadcast, situation), ToForum(PROVINCE))))


def named(broadcast: Broadcast, situation: Situation) -> Text:
    """Return what a broadcast is called."""
    return N_("Broadcast “{words}”", words=first_words(broadcast, situation))


def first_words(broadcast: Broadcast, situation: Situation) -> Text | Words:
    """Return how it begins, in the language of its author's group where it is said in it; its topic where nothing is said yet."""
    own = situation.province.forum_language(broadcast.forum)
    for language in (own, *LANGUAGES):
        asked = question(broadcast, language)
        if words := broadcast.texts.get(language) or (asked.question if asked else ""):
            return Words(excerpt(words, LETTERS))
    return TOPIC_NAMES[broadcast.topic] if broadcast.topic else NOT_YET


def rows(occurrence: Occurrence) -> tuple[tuple[Button, ...], ...]:
    """Return what can be done to a sending in its state. To cancel is to pause first: nobody gets it while somebody makes up their mind."""
    match occurrence.state:
        case "sending":
            return ((_button(C_("button", "Pause"), "pause", occurrence), _button(C_("button", "Cancel"), "cancel", occurrence)),)
        case "paused":
            return (
                (_button(C_("button", "Go on sending"), "resume", occurrence),),
                (_button(C_("button", "Cancel for good"), "really", occurrence),),
            )
        case "held":
            return ((_button(C_("button", "Send now"), "send", occurrence), _button(C_("button", "Leave it out"), "leave", occurrence)),)
        case _:
            return ()


def next_look(occurrence: Occurrence, situation: Situation, figures: Figures) -> list[SetTimer]:
    """Return what brings the next look: soon while something moves, after the wait while nothing may be sent, else none."""
    moving = occurrence.state == "sending" or (occurrence.state in ("paused", "cancelled") and figures.sending)
    if not moving:
        return []
    now, calendar = situation.now, situation.calendar
    waits = occurrence.state == "sending" and not calendar.sendable(now)
    due = calendar.next_sendable(now) if waits else now + EVERY
    key = f"{_head(occurrence.id)}:{occurrence.version}:{figures.settled}:{now.isoformat()}"
    return [SetTimer(key, "cast_progress", due, occurrence=occurrence.id)]


def sample(key: str, occurrence: OccurrenceId) -> Sample | None:
    """Return what a timer's key says of the last look."""
    rest = key.removeprefix(f"{_head(occurrence)}:")
    match rest.split(":", 2):
        case (version, settled, at) if version.isdecimal() and settled.isdecimal():
            return Sample(int(version), int(settled), datetime.fromisoformat(at))
        case _:
            return None


def bar(done: int, whole: int) -> Names:
    """Return how much is done as a bar that fills in the direction in which its reader reads."""
    full = BAR * done // whole if whole else 0
    rightwards, leftwards = "▓" * full + "░" * (BAR - full), "░" * (BAR - full) + "▓" * full
    return Names(en=rightwards, ar=leftwards, ckb=leftwards)


def _head(occurrence: OccurrenceId) -> str:
    return f"cast_progress:{occurrence}"


def _button(label: Text, what: str, occurrence: Occurrence) -> Button:
    return Button(label, Action("cast_go", None, (what,), occurrence=occurrence.id))


STATES: dict[OccurrenceState, Text] = {
    "sending": N_("It is being sent."),
    "paused": N_("Paused: nobody gets it now."),
    "held": N_("It waits for a decision."),
    "done": N_("It has been sent."),
    "cancelled": N_("Cancelled: nobody else gets it."),
    "skipped": N_("Left out."),
}


def _state(broadcast: Broadcast, occurrence: Occurrence, situation: Situation, figures: Figures, last: Sample | None) -> Piece:
    match occurrence.state:
        case "held":
            return N_(
                "Its time was {moment}. It could not begin then, and now it is too late to send it without asking. What shall be done?",
                moment=in_utc(occurrence.wall),
            )
        case "skipped":
            return STATES["skipped"]
        case "sending":
            return lines(
                _waits(situation) or STATES["sending"],
                _moved(occurrence),
                *_numbers(broadcast, occurrence, figures),
                _left(broadcast, occurrence, situation, figures, last),
            )
        case _:
            return lines(STATES[occurrence.state], *_numbers(broadcast, occurrence, figures))


def _waits(situation: Situation) -> Text | None:
    """Return why nothing leaves now although nobody has paused it."""
    if situation.doubted:
        return N_("It waits until somebody confirms the bot’s clock.")
    why = situation.calendar.hindrance(situation.now)
    if why is None:
        return None
    return N_("It waits until {moment}: {reason}", moment=situation.calendar.next_sendable(situation.now), reason=REASONS[why])


def _moved(occurrence: Occurrence) -> Text | None:
    if occurrence.started is None or occurrence.started - in_utc(occurrence.wall) < timedelta(minutes=5):
        return None
    return N_("It was due: {day}, {time}", day=day_named(occurrence.wall.date()), time=occurrence.wall.time())


def _numbers(broadcast: Broadcast, occurrence: Occurrence, figures: Figures) -> tuple[Piece, ...]:
    whole = whole_of(broadcast, occurrence, figures)
    if 0 < whole < FEW:
        return ()  # a third done would tell that they are three
    percent = 100 * figures.settled // whole if whole else 0
    unreached = figures.blocked + figures.gone + figures.refused + figures.unsure
    shown = N_("Done: {bar} {percent} %", bar=bar(figures.settled, whole), percent=percent)
    return (
        shown,
        N_("Delivered: {delivered} of {whole}", delivered=figures.delivered, whole=whole),
        *((N_("Not reached: {count}", count=unreached),) if unreached else ()),
    )


def whole_of(broadcast: Broadcast, occurrence: Occurrence, figures: Figures) -> int:
    """Return how many it is for: what was counted before, until everybody has been found."""
    counted = broadcast.counted.people if broadcast.counted else 0
    return figures.listed if occurrence.listed else max(figures.listed, counted)


def _left(broadcast: Broadcast, occurrence: Occurrence, situation: Situation, figures: Figures, last: Sample | None) -> Text | None:
    """Return the pace since the last look, and how long it will still take."""
    if last is None or not situation.calendar.sendable(situation.now):
        return None
    seconds, settled = (situation.now - last.at).total_seconds(), figures.settled - last.settled
    if seconds <= 0 or settled <= 0:
        return None
    left = ceil((whole_of(broadcast, occurrence, figures) - figures.settled) * seconds / settled / 60)
    told = P_("about {count} minute", "about {count} minutes", max(1, left))
    return N_("{rate} a second, {time} left", rate=max(1, round(settled / seconds)), time=told)
