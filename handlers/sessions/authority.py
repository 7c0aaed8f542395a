"""Who may arrange a session: asked again at every press and every reply, as at the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.model.effects import Audit, Effect, Priority, Send, Toast
from bot.model.ids import PROVINCE, ForumId
from bot.model.messages import Action, Message, ToForum
from bot.model.people import Actor, Member
from bot.model.sessions import Session, SessionState
from bot.model.situation import Situation
from bot.model.text import N_, Piece, Text
from handlers.may import Allowed, Refused, Verdict, stranger

Handler = Callable[[Situation, Action], list[Effect]]
ANY_STATE: frozenset[SessionState] = frozenset({"planned", "announced", "held", "cancelled"})

OLD = N_("This button is old. Please use the newest message about this session.")


@dataclass(frozen=True, slots=True)
class Plan:
    """A session, the member who may arrange it here and now, and what their button carried."""

    situation: Situation
    session: Session
    member: Member
    args: tuple[str, ...] = ()

    def audit(self, action: str, detail: str = "") -> Audit:
        """Return the line that says what this member did; a session has no line of its own, so its forum stands for it."""
        return Audit(action, None, self.session.forum, self.member.id, detail)


def may_plan(actor: Actor, session: Session | None, forum: ForumId | None, member: Member | None) -> Verdict:
    """Return whether `actor`, known as `member`, may arrange the session from the group of `forum`.

    The members of its forum may, and coordinators: in the group of its forum, or in the province's.
    """
    if no := stranger(actor, member):
        return no
    if forum is None or member is None:
        return Refused(N_("This group does not belong to a forum."))
    if session is None:
        return Refused(N_("This session is not there any more."))
    coordinator = actor == "coordinator"
    if coordinator and forum == PROVINCE:
        return Allowed()
    if session.forum != forum or (member.forum != forum and not coordinator):
        return Refused(N_("This session is arranged by another forum."))
    return Allowed()


def planning(situation: Situation, args: tuple[str, ...] = ()) -> Plan | Refused:
    """Return the case of one who may arrange the session here and now, or why not."""
    verdict = may_plan(situation.actor, situation.session, situation.forum, situation.member)
    if isinstance(verdict, Refused):
        return verdict
    if situation.session is None or situation.member is None:
        raise AssertionError("`may_plan` allows nothing without a session and a member")
    return Plan(situation, situation.session, situation.member, args)


def press(states: frozenset[SessionState], decide: Callable[[Plan], list[Effect]]) -> Handler:
    """Return the handler of a button: it decides only for who may, while the session is in one of these states; others get a toast."""

    def pressed(situation: Situation, button: Action) -> list[Effect]:
        plan = planning(situation, button.args)
        if isinstance(plan, Refused):
            return [Toast(plan.text, alert=True)]
        return decide(plan) if plan.session.state in states else [Toast(OLD, alert=True)]

    return pressed


def say(situation: Situation, session: Session, words: Piece) -> list[Effect]:
    """Say something about a session in the group where somebody acts."""
    if situation.forum is None:
        return []
    return [Send(ToForum(situation.forum), Message(words, answers=situation.prompt), Priority.REPLY, session=session.id)]


def refuse(text: Text) -> list[Effect]:
    """Say to who pressed a button why it came to nothing."""
    return [Toast(text, alert=True)]
