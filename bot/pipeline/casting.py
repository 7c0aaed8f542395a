"""Broadcasts as effects change them: what is written, when it is sent, who wants to hear, and what people answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.broadcasts import VOICES_KEPT
from bot.model.effects import (
    CountAudience,
    CountOptOut,
    CountVote,
    DropBroadcast,
    MoveBroadcast,
    MoveOccurrence,
    OpenBroadcast,
    OpenOccurrence,
    SetSubscription,
    TrustClock,
)
from bot.model.ids import OccurrenceId, ResidentId
from bot.pipeline import timekeeping
from bot.pipeline.saying import Saying, written
from bot.pipeline.surroundings import Surroundings
from bot.storage import broadcasts, occurrences, subscribers, tallies, voices

Cast = (
    OpenBroadcast
    | MoveBroadcast
    | DropBroadcast
    | CountAudience
    | OpenOccurrence
    | MoveOccurrence
    | CountVote
    | CountOptOut
    | SetSubscription
    | TrustClock
)


@dataclass(slots=True)
class Casting:
    """Writes down what one turn decides about broadcasts.

    Attributes:
        counts: what is to be counted once the turn is on disk; if it never is, whoever asked asks again.
        changed: whether something is to be sent, or is not to be sent any more.
    """

    conn: AsyncConnection
    around: Surroundings
    now: datetime
    counts: list[CountAudience] = field(default_factory=list)
    changed: bool = False

    async def apply(self, effect: Cast, saying: Saying) -> None:
        """Write it down.

        Raises:
            Stale: the broadcast or the occurrence was changed since it was loaded.
        """
        conn, keys = self.conn, self.around.keys
        match effect:
            case OpenBroadcast(broadcast):
                await broadcasts.open_broadcast(conn, keys, broadcast, self.now)
            case MoveBroadcast(broadcast):
                await broadcasts.move(conn, keys, broadcast, self.now)
            case DropBroadcast(id):
                await broadcasts.drop(conn, id)
                self.changed = True
            case CountAudience():
                self.counts.append(effect)
            case OpenOccurrence():
                await self._open(effect)
            case MoveOccurrence(occurrence):
                await occurrences.move(conn, occurrence)
                self.changed = True
            case CountVote(occurrence_id, resident, option):
                await self._count(occurrence_id, voices.QUIZ, resident, tallies.option(option))
            case CountOptOut(occurrence_id, resident):
                await self._count(occurrence_id, voices.OPT_OUT, resident, tallies.OPTED_OUT)
            case SetSubscription():
                await self._subscribe(effect, saying)
            case TrustClock():
                await timekeeping.trust(conn, keys)
            case _:
                assert_never(effect)

    async def _open(self, effect: OpenOccurrence) -> None:
        words = self.around.words
        outgoing = {language: written(message, language, words) for language, message in effect.messages.items()}
        content = occurrences.Content(effect.audience, effect.topic, outgoing)
        if await occurrences.open_occurrence(self.conn, self.around.keys, effect.occurrence, content):
            self.changed = True

    async def _count(self, id: OccurrenceId, matter: str, resident: ResidentId, what: str) -> None:
        """Count somebody once; when it is forgotten who has spoken, nobody is counted any more, lest somebody counts twice."""
        occurrence = await occurrences.load(self.conn, id)
        if occurrence is None or (occurrence.ended is not None and self.now - occurrence.ended >= VOICES_KEPT):
            return
        if await voices.raise_once(self.conn, self.around.keys, id, matter, resident):
            await tallies.add(self.conn, id, {(what, *tallies.EVERYWHERE): 1})

    async def _subscribe(self, effect: SetSubscription, saying: Saying) -> None:
        reader = await saying.reader(effect.resident)
        if reader is not None and effect.resident not in saying.erased:
            await subscribers.put(
                self.conn,
                self.around.keys,
                effect.resident,
                effect.subscription,
                language=reader.language,
                reachable=reader.reachable,
                today=self.now.date(),
            )
