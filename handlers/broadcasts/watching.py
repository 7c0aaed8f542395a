"""Follow a sending: every look brings its card up to date, the end brings the report."""

from __future__ import annotations

from dataclasses import replace

from bot.model.effects import Audit, Effect, MoveOccurrence
from bot.model.events import OccurrenceEnded, TimerFired
from bot.model.situation import Situation
from handlers.broadcasts.finishing import finished, reports
from handlers.broadcasts.progress import cards, next_look, sample


def look(situation: Situation, event: TimerFired) -> list[Effect]:
    """Show how far it has come, and look again while something moves. A sending that was resumed meanwhile is followed by another timer."""
    broadcast, occurrence = situation.broadcast, situation.occurrence
    if broadcast is None or occurrence is None or occurrence.ended is not None:
        return []
    last = sample(event.key, occurrence.id)
    if last is None or (occurrence.state == "sending" and last.version != occurrence.version):
        return []
    figures = situation.figures
    return [*cards(broadcast, occurrence, situation, figures, last), *next_look(occurrence, situation, figures)]


def ended(situation: Situation, _: OccurrenceEnded) -> list[Effect]:
    """Tell how it went; if nothing is still to come, the broadcast is over."""
    broadcast, occurrence = situation.broadcast, situation.occurrence
    if broadcast is None or occurrence is None:
        return []
    over = replace(occurrence, state="cancelled" if occurrence.state == "cancelled" else "done", ended=occurrence.ended or situation.now)
    moved: list[Effect] = [MoveOccurrence(over)] if over != occurrence else []
    return [
        *moved,
        Audit(f"cast_{over.state}", None, broadcast.forum, None, f"{broadcast.id} {occurrence.id}"),
        *cards(broadcast, over, situation, situation.figures),
        *reports(broadcast, over, situation),
        *finished(broadcast, situation, occurrence.id),
    ]
