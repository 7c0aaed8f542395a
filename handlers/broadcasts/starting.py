"""When an approved broadcast begins: at once, at its time, or not without asking. Each due time is dealt with once, as one occurrence.

Everything is worked out anew from the hour on the wall whenever the timer comes: so a timer that comes twice, too early or days late, a
calendar that was changed and a zone with another rule all lead to what was promised. `Broadcast.since` says which times are behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice, zip_longest
from typing import Literal

from bot.model.broadcasts import Broadcast, Occurrence, OccurrenceState, Schedule
from bot.model.calendar import in_utc, on_the_wall
from bot.model.effects import Audit, DropTimer, Effect, MoveBroadcast, MoveOccurrence, OpenOccurrence, Priority, Send, SetTimer
from bot.model.events import TimerFired
from bot.model.ids import BroadcastId, OccurrenceId
from bot.model.messages import Message, ToChannel, progress_slot
from bot.model.schedule import Due, dues, happening, moment_of, too_late_from
from bot.model.situation import NO_FIGURES, Situation
from bot.model.text import N_, P_, Piece, lines, paragraphs
from handlers.broadcasts.authority import Case
from handlers.broadcasts.message import channel_message, message_for
from handlers.broadcasts.panel import panel
from handlers.broadcasts.progress import card, cards, everywhere, followed, named, next_look
from handlers.broadcasts.when import REASONS, date_line

AT_ONCE = 20
"""So many times are dealt with in one turn: more have only passed where the machine was off for weeks."""
TOLD = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done about one due time now; `at` is when to look again, for what waits."""

    what: Literal["wait", "send", "hold", "skip", "missed"]
    due: Due
    at: datetime


def wall_now(situation: Situation) -> datetime:
    """Return what clocks in Asia/Baghdad show, to the second."""
    return on_the_wall(situation.now).replace(microsecond=0)


def due_key(broadcast: BroadcastId) -> str:
    """Return the key of the timer that brings a broadcast's next time."""
    return f"cast_due:{broadcast}"


def approved(case: Case) -> list[Effect]:
    """Begin what is due with the approval, and wait for the rest. The broadcast is stored by who calls, approved and with `since`."""
    return _go_on(case.broadcast, case.situation)[1]


def withdrawn(case: Case) -> list[Effect]:
    """Take the approval's consequences back: nothing begins, what is being sent pauses, what waits for a decision is left out."""
    effects: list[Effect] = [DropTimer(due_key(case.broadcast.id))]
    for occurrence in case.situation.occurrences:
        if occurrence.state == "sending":
            effects += _moved(case, replace(occurrence, state="paused"))
        elif occurrence.state == "held":
            effects += _moved(case, replace(occurrence, state="skipped", ended=case.situation.now))
    return effects


def _moved(case: Case, occurrence: Occurrence) -> list[Effect]:
    shown = replace(case.situation, occurrence=occurrence)
    return [MoveOccurrence(occurrence), *cards(case.broadcast, occurrence, shown, NO_FIGURES)]


def due(situation: Situation, event: TimerFired) -> list[Effect]:
    """Begin what has fallen due, or wait for it anew."""
    broadcast = situation.broadcast
    if broadcast is None or broadcast.state != "approved" or event.key != due_key(broadcast.id):
        return []
    if situation.doubted:  # this kind of timer stays where it is until the time is believed again
        return [_timer(broadcast, situation.now)]
    after, effects = _go_on(broadcast, situation)
    if after == broadcast:
        return effects
    return [MoveBroadcast(after), *effects, panel(after, situation)]


def pending(broadcast: Broadcast, situation: Situation, count: int) -> tuple[datetime, ...]:
    """Return the due times that have not been dealt with, on the wall; also of what is sent once and should have begun already."""
    latest = situation.latest.get(broadcast.id)
    known = (*situation.occurrences, *(latest[:1] if latest else ()))
    dealt_with = {each.wall for each in known if each.broadcast == broadcast.id}
    if broadcast.since is None:
        return ()
    match broadcast.schedule.kind:
        case "now":
            found: tuple[datetime, ...] = (broadcast.since,)
        case "once":
            moment = moment_of(broadcast.schedule)
            found = (moment,) if moment else ()
        case _:
            found = dues(broadcast.schedule, broadcast.since, count)
    return tuple(wall for wall in found if wall not in dealt_with)


def over(broadcast: Broadcast, situation: Situation, ended: OccurrenceId | None = None) -> bool:
    """Whether nothing of a broadcast is still to come, once the named sending has ended."""
    going_on = any(each.state in ("sending", "paused", "held") and each.id != ended for each in situation.occurrences)
    return not going_on and not pending(broadcast, situation, 1)


def begun(broadcast: Broadcast, occurrence: Occurrence, situation: Situation) -> list[Effect]:
    """Follow a sending that begins now, and post it in the districts' channels where that is wanted."""
    posts: list[Effect] = []
    if broadcast.audience.channels:
        meant = broadcast.audience.districts
        districts = (each for each in situation.province.districts if each.channel and (not meant or each.id in meant))
        silent = situation.calendar.quiet(situation.now)
        for district in districts:
            message = replace(channel_message(broadcast, district), silent=silent)
            posts.append(Send(ToChannel(district.id), message, Priority.BROADCAST, slot=post_slot(occurrence.id)))
    return [*posts, *cards(broadcast, occurrence, situation, NO_FIGURES), *next_look(occurrence, situation, NO_FIGURES)]


def post_slot(occurrence: OccurrenceId) -> str:
    """Return the slot of a sending's post in a district's public channel."""
    return f"post:{occurrence}"


def _go_on(broadcast: Broadcast, situation: Situation) -> tuple[Broadcast, list[Effect]]:
    """Return the broadcast after what has fallen due, and what that means; the timer for the next is among it."""
    verdicts = list(_verdicts(broadcast, situation))
    dealt_with = [verdict for verdict in verdicts if verdict.what != "wait"]
    after = _after(broadcast, dealt_with)
    effects = [effect for verdict in dealt_with for effect in _opened(broadcast, verdict, situation)]
    effects += _told_left_out(broadcast, dealt_with, situation)
    if len(verdicts) > len(dealt_with):
        effects += [_timer(broadcast, verdicts[-1].at), *_told_to_wait(broadcast, verdicts[-1], situation)]
    elif len(dealt_with) == AT_ONCE:
        effects.append(_timer(broadcast, situation.now))
    elif all(verdict.what in ("skip", "missed") for verdict in dealt_with) and over(after, situation):
        after = replace(after, state="finished")
    return after, effects


def _after(broadcast: Broadcast, dealt_with: list[Verdict]) -> Broadcast:
    """Return the broadcast with these times behind it; what is not repeated is known by its occurrence."""
    if not dealt_with or broadcast.schedule.kind in ("now", "once"):
        return broadcast
    return replace(broadcast, since=dealt_with[-1].due.wall)


def _verdicts(broadcast: Broadcast, situation: Situation) -> Iterator[Verdict]:
    """Yield what is to be done about one time after the other, up to the first that waits."""
    walls = pending(broadcast, situation, AT_ONCE + 1)
    for wall, following in islice(zip_longest(walls, walls[1:]), AT_ONCE):
        passed = following is not None and in_utc(following) <= situation.now
        verdict = _verdict(broadcast.schedule, situation, wall, passed=passed)
        yield verdict
        if verdict.what == "wait":
            return


def _verdict(schedule: Schedule, situation: Situation, wall: datetime, *, passed: bool) -> Verdict:
    """Return what is to be done about one time now; `passed` if the one after it has come too, and says the same."""
    calendar, now = situation.calendar, situation.now
    due = happening(schedule, calendar, wall)
    start, last = in_utc(wall), too_late_from(schedule, calendar, wall)
    if start > now:
        return Verdict("wait", due, start if due.skipped else due.at)
    if due.skipped and schedule.kind != "once":
        return Verdict("skip", due, now)
    if passed:
        return Verdict("missed", due, now)
    if situation.restored is not None and start <= situation.restored:  # it may have been sent, and nobody knows
        return Verdict("hold", due, now)
    soonest = calendar.next_sendable(max(now, due.at))
    if now > last or (soonest > last and schedule.kind != "now"):
        return Verdict("hold", due, now)
    return Verdict("wait", due, soonest) if soonest > now else Verdict("send", due, now)


def _timer(broadcast: Broadcast, at: datetime) -> SetTimer:
    return SetTimer(due_key(broadcast.id), "cast_due", at, broadcast=broadcast.id)


def _opened(broadcast: Broadcast, verdict: Verdict, situation: Situation) -> list[Effect]:
    if broadcast.topic is None:
        raise AssertionError("what was approved has a topic")
    now, state = situation.now, _STATES[verdict.what]
    occurrence = Occurrence(
        OccurrenceId(situation.chance.token()),
        broadcast.id,
        broadcast.forum,
        verdict.due.wall,
        in_utc(verdict.due.wall),
        state,
        broadcast.approved,
        started=now if state == "sending" else None,
        ended=now if state == "skipped" else None,
        paid=bool(situation.province.paid),
    )
    messages = {} if state == "skipped" else message_for(broadcast, situation, occurrence.id)
    opening = OpenOccurrence(occurrence, broadcast.audience, broadcast.topic, messages)
    audit = Audit(f"cast_{verdict.what}", None, broadcast.forum, None, f"{broadcast.id} {broadcast.approved}")
    match state:
        case "sending":
            return [opening, audit, *begun(broadcast, occurrence, situation)]
        case "held":
            asked, slot = card(broadcast, occurrence, situation, NO_FIGURES), progress_slot(occurrence.id)
            return [opening, audit, *(Send(chat, asked, Priority.CARD, slot=slot) for chat in everywhere(broadcast, situation))]
        case _:
            return [opening, audit]


_STATES: Mapping[str, OccurrenceState] = {"send": "sending", "hold": "held", "skip": "skipped", "missed": "skipped"}


def _told_to_wait(broadcast: Broadcast, verdict: Verdict, situation: Situation) -> list[Effect]:
    """Say that a time has come but nothing may be sent now."""
    why = situation.calendar.hindrance(situation.now)
    if in_utc(verdict.due.wall) > situation.now or why is None:
        return []
    told = N_("It waits until {moment}: {reason}", moment=verdict.at, reason=REASONS[why])
    slot = f"waits:{broadcast.id}:{broadcast.approved}:{verdict.due.wall:%Y%m%d%H%M}"
    return _say(broadcast, situation, told, slot)


def _told_left_out(broadcast: Broadcast, dealt_with: list[Verdict], situation: Situation) -> list[Effect]:
    """Say which times were left out by the rules, and how many passed while the bot was off."""
    skipped = [verdict.due for verdict in dealt_with if verdict.what == "skip"]
    missed = sum(verdict.what == "missed" for verdict in dealt_with)
    if not skipped and not missed:
        return []
    more = P_(
        "{count} earlier time passed while the bot was off. It is not sent any more.",
        "{count} earlier times passed while the bot was off. They are not sent any more.",
        missed,
    )
    told = lines(*(date_line(each, situation) for each in skipped[-TOLD:]), more if missed else None)
    return _say(broadcast, situation, told, None)


def _say(broadcast: Broadcast, situation: Situation, told: Piece, slot: str | None) -> list[Effect]:
    message = Message(paragraphs(named(broadcast, situation), told))
    return [Send(chat, message, Priority.CARD, slot=slot) for chat in followed(broadcast, situation)]
