"""The machine's clock has jumped: what is due waits, and the province is asked whether the time is right (F31)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.model.effects import Audit, Effect, Priority, Send, Toast, TrustClock
from bot.model.events import ClockDoubted
from bot.model.ids import PROVINCE
from bot.model.messages import Action, Button, Message, ToForum
from bot.model.situation import Situation
from bot.model.text import C_, N_, P_, Joined, Piece, paragraphs
from handlers.broadcasts.authority import COORDINATORS
from handlers.may import stranger

DOUBTED = N_("The bot’s clock has jumped. First a coordinator must confirm in the group of the province that it is right.")
CONFIRMED = N_("The time is confirmed. What was waiting goes on.")
SAME_JUMP = 600
_SLOT = "clock"


def doubted(situation: Situation, event: ClockDoubted) -> Iterable[Effect]:
    """Ask the province whether the clock is right, or say that this is known again."""
    if not event.seconds:
        return [_say(CONFIRMED)]
    told = paragraphs(
        N_(
            "The clock of the machine on which the bot runs has jumped by {span}: it shows {moment}, but it should be {expected}.",
            span=_span(abs(event.seconds)),
            moment=situation.now + timedelta(seconds=event.seconds),
            expected=situation.now,
        ),
        N_("Until the time is confirmed no broadcast begins and nothing is deleted. Reports and answers go on as usual."),
        N_("Is the clock right now? Then press the button. If not, please have it set right: the bot notices by itself."),
    )
    return [_say(told, Button(C_("button", "The clock is right"), Action("clock", None, (str(event.seconds),))))]


def trust(situation: Situation, action: Action) -> Iterable[Effect]:
    """Take the word of a coordinator that the clock is right, for the jump that they were asked about."""
    member = situation.member
    if no := stranger(situation.actor, member):
        return [Toast(no.text, alert=True)]
    if situation.forum != PROVINCE or situation.actor != "coordinator" or member is None:
        return [Toast(COORDINATORS, alert=True)]
    if not situation.doubted:
        return [Toast(CONFIRMED)]
    if not _meant(action, situation.doubted):
        return [Toast(N_("The clock has jumped again meanwhile. Please look at the newest message."), alert=True)]
    return [TrustClock(), Audit("clock", None, PROVINCE, member.id), Toast(N_("Thank you."))]


def _meant(action: Action, doubted: int) -> bool:
    """Whether a button was made for this jump; one that is corrected little by little is still the same."""
    match action.args:
        case (seconds,) if seconds.lstrip("-").isdecimal():
            return abs(int(seconds) - doubted) <= SAME_JUMP
        case _:
            return False


def _say(words: Piece, *buttons: Button) -> Send:
    rows = tuple((button,) for button in buttons)
    return Send(ToForum(PROVINCE), Message(words, rows), Priority.URGENT, slot=_SLOT)


def _span(seconds: int) -> Joined:
    hours, minutes = divmod(seconds // 60, 60)
    days, hours = divmod(hours, 24)
    parts = (
        P_("{count} day", "{count} days", days) if days else None,
        P_("{count} hour", "{count} hours", hours) if hours else None,
        P_("{count} minute", "{count} minutes", minutes) if minutes or not (days or hours) else None,
    )
    return Joined(tuple(part for part in parts if part is not None), " · ")
