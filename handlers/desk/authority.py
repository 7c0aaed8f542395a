"""Every press and every reply passes here: `may` is asked, and who is refused is told why, and nothing else happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.model.effects import Audit, Effect, Priority, Send, Toast
from bot.model.messages import Action, Message
from bot.model.people import Member
from bot.model.situation import Situation
from bot.model.text import Text
from bot.model.tickets import Ticket
from handlers.may import DeskAction, Refused, may

Handler = Callable[[Situation, Action], list[Effect]]


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket, the member who may do something to it here and now, and what their button carried."""

    situation: Situation
    ticket: Ticket
    member: Member
    args: tuple[str, ...] = ()

    def audit(self, action: str, detail: str = "") -> Audit:
        """Return the line that says what this member did to this ticket."""
        return Audit(action, self.ticket.id, self.ticket.forum, self.member.id, detail)


def allowed(situation: Situation, action: DeskAction, args: tuple[str, ...] = ()) -> Case | Refused:
    """Return the case as one who may do this to it here and now, or why not."""
    verdict = may(situation.actor, action, situation.ticket, situation.forum, situation.member)
    if isinstance(verdict, Refused):
        return verdict
    if situation.ticket is None or situation.member is None:
        raise AssertionError("`may` allows nothing without a ticket and a member")
    return Case(situation, situation.ticket, situation.member, args)


def press(action: DeskAction, decide: Callable[[Case], list[Effect]]) -> Handler:
    """Return the handler of a button: it decides only for who may, and everybody else gets a toast."""

    def pressed(situation: Situation, button: Action) -> list[Effect]:
        case = allowed(situation, action, button.args)
        return [Toast(case.text, alert=True)] if isinstance(case, Refused) else decide(case)

    return pressed


def refuse_aloud(situation: Situation, text: Text) -> list[Effect]:
    """Say in the same chat why a reply came to nothing: there is no button press to answer, and silence would look like success."""
    if situation.here is None:
        return []
    return [Send(situation.here, Message(text, answers=situation.prompt), Priority.REPLY)]
