"""What a turn decided becomes rows: one arm for each kind of effect, all in the turn's own transaction.

To add an effect: `bot/model/effects.py`, an arm here, its test.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.crash import crash_point
from bot.model.effects import (
    AddEntry,
    AdvanceRound,
    Audit,
    CountAudience,
    CountOptOut,
    CountVote,
    DismissMember,
    DropBroadcast,
    DropDraft,
    DropTimer,
    Effect,
    EraseResident,
    EraseTicket,
    KeepDraft,
    LinkForum,
    LoseForum,
    MoveBroadcast,
    MoveForum,
    MoveOccurrence,
    MoveSession,
    MoveTicket,
    OpenBroadcast,
    OpenOccurrence,
    OpenSession,
    OpenTicket,
    SayHere,
    SayHereAndLeave,
    Send,
    SetAnswer,
    SetCalendar,
    SetEntry,
    SetFeedback,
    SetPromise,
    SetResident,
    SetSubscription,
    SetTimer,
    StartRound,
    Toast,
    TrustClock,
    Withdraw,
)
from bot.model.events import Arrival
from bot.model.ids import Language
from bot.pipeline import convening, erasing, linking
from bot.pipeline.casting import Casting
from bot.pipeline.saying import Saying
from bot.pipeline.surroundings import Loaded, Surroundings
from bot.storage import audit, drafts, entries, members, residents, tickets, timers


@dataclass(frozen=True, slots=True)
class After:
    """What is left to do once the turn is on disk.

    Attributes:
        toast: the answer to the button press, and whether it asks to be closed.
        sends: whether something waits to be sent.
        news: whether the turn told the machine something, in an inbox item of its own.
        language: the language that was chosen in this turn.
        counts: the audiences that are to be counted.
        casts: whether a broadcast begins, goes on or stops.
    """

    toast: tuple[str, bool] | None = None
    sends: bool = False
    news: bool = False
    language: Language | None = None
    counts: tuple[CountAudience, ...] = ()
    casts: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What the effects of one turn rest on. `late`: a resident wrote it long before it came in."""

    around: Surroundings
    loaded: Loaded
    arrival: Arrival | None
    now: datetime
    late: bool = False


async def apply(conn: AsyncConnection, turn: Turn, effects: Iterable[Effect]) -> After:
    """Write down what was decided, in its order.

    Raises:
        Stale: what is to be changed was changed by somebody else since it was loaded; the turn has to be repeated.
    """
    saying = Saying(conn, turn.around, turn.now, turn.arrival, turn.late)
    casting = Casting(conn, turn.around, turn.now)
    if turn.loaded.situation.resident is not None:
        saying.knows(turn.loaded.situation.resident)
    toast: tuple[str, bool] | None = None
    language: Language | None = None
    for effect in effects:
        if isinstance(effect, Toast):
            toast = turn.around.words(effect.text, turn.loaded.situation.language()), effect.alert
        else:
            await _one(conn, turn, saying, casting, effect)
        if isinstance(effect, SetResident):
            language = effect.language or language
        crash_point("in-turn")
    return After(toast, saying.sends, saying.news, language, tuple(casting.counts), casting.changed)


async def _one(conn: AsyncConnection, turn: Turn, saying: Saying, casting: Casting, effect: Effect) -> None:
    keys, now = turn.around.keys, turn.now
    if isinstance(effect, EraseResident | EraseTicket | SetResident | SetSubscription):
        await erasing.note(conn, turn.around, effect, now)
    match effect:
        case Send():
            await saying.send(effect)
        case Withdraw():
            await saying.withdraw(effect)
        case SayHere(text):
            await saying.say_here(text, leave=False)
        case SayHereAndLeave(text):
            await saying.say_here(text, leave=True)
        case SetResident():
            await residents.change(conn, keys, effect)
            await saying.heed(effect)
        case EraseResident(resident):
            await saying.erase(resident)
        case KeepDraft(resident, draft):
            await drafts.keep(conn, keys, resident, draft, now)
        case DropDraft(resident):
            await drafts.drop(conn, resident)
        case OpenTicket(ticket):
            await tickets.open_ticket(conn, keys, ticket)
            if ticket.resident is not None:
                await residents.add_ticket(conn, keys, ticket.resident, ticket.id)
        case MoveTicket(ticket):
            await tickets.move(conn, keys, ticket)
        case EraseTicket(ticket_id):
            await erasing.erase_ticket(conn, keys, ticket_id)
        case AddEntry(entry):
            await entries.add(conn, keys, entry)
        case SetEntry(entry):
            await entries.change(conn, keys, entry)
        case SetTimer():
            await timers.put(conn, keys, effect)
        case DropTimer(key):
            await timers.drop(conn, keys, key)
        case LinkForum():
            await linking.link(conn, keys, effect, turn.arrival, now)
            saying.sends = True
        case LoseForum():
            await linking.lose(conn, keys, effect, now)
        case MoveForum():
            await linking.move(conn, keys, effect, now)
        case DismissMember(member):
            await members.dismiss(conn, member)
        case OpenSession() | MoveSession() | SetPromise() | SetAnswer() | SetFeedback():
            await convening.arrange(conn, keys, effect)
        case StartRound() | AdvanceRound() | SetCalendar():
            await convening.tell(conn, keys, effect, now)
        case OpenBroadcast() | MoveBroadcast() | DropBroadcast() | CountAudience() | OpenOccurrence() | MoveOccurrence():
            await casting.apply(effect, saying)
        case CountVote() | CountOptOut() | SetSubscription() | TrustClock():
            await casting.apply(effect, saying)
        case Audit():
            await audit.write(conn, effect, now)
        case Toast():
            pass
        case _:
            assert_never(effect)
