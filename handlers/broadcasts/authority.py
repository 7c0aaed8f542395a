"""Who may do what to a broadcast: asked again at every press and every reply, and no unless said otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from bot.model.broadcasts import Broadcast, home
from bot.model.effects import Audit, Effect, Toast
from bot.model.ids import PROVINCE
from bot.model.messages import Action
from bot.model.people import Member
from bot.model.situation import Situation
from bot.model.text import N_, Text
from handlers.may import Refused, stranger

CastAction = Literal["write", "approve", "control"]
"""write: compose, change, preview, submit. approve: approve or return. control: pause, resume, cancel, decide on what is held."""

GONE = N_("This broadcast is no longer there.")


@dataclass(frozen=True, slots=True)
class Case:
    """A broadcast, the member who may do something to it here and now, and what their button carried."""

    situation: Situation
    broadcast: Broadcast
    member: Member
    args: tuple[str, ...] = ()

    def audit(self, action: str, detail: str = "") -> Audit:
        """Return the line that says what this member did to this broadcast."""
        return Audit(f"cast_{action}", None, self.broadcast.forum, self.member.id, f"{self.broadcast.id} {detail}".strip())


def allowed(situation: Situation, action: CastAction, args: tuple[str, ...] = ()) -> Case | Refused:
    """Return the case as one who may do this here and now, or why not.

    A forum's members write and control its broadcasts, in its group; coordinators every forum's, in the province's group. In private a
    coordinator controls all of them too, and writes those that they began there. To approve is for a coordinator in the province's group
    who is not the author, wherever the author wrote.
    """
    if no := stranger(situation.actor, situation.member):
        return no
    broadcast, member = situation.broadcast, situation.member
    if broadcast is None or member is None:
        return Refused(GONE)
    coordinator = situation.forum == PROVINCE and situation.actor == "coordinator"
    if action == "approve":
        in_group = situation.place == "group"
        return _approving(situation, broadcast, member, args) if coordinator and in_group else Refused(COORDINATORS)
    if situation.forum != broadcast.forum and not coordinator:
        return Refused(N_("This broadcast belongs to another group."))
    if action == "write" and situation.place == "private" and home(broadcast) != situation.here:
        return Refused(N_("This broadcast is written in the group of the province now."))
    return Case(situation, broadcast, member, args)


COORDINATORS = N_("Only a coordinator can do this, in the group of the province.")


def _approving(situation: Situation, broadcast: Broadcast, member: Member, args: tuple[str, ...]) -> Case | Refused:
    wrote = {broadcast.author_person, *broadcast.writers}
    if not member.person or member.id == broadcast.author or member.person in wrote:
        return Refused(N_("You wrote this broadcast. Another coordinator must approve it."))
    return Case(situation, broadcast, member, args)


def press(action: CastAction, decide: Callable[[Case], Iterable[Effect]]) -> Callable[[Situation, Action], Iterable[Effect]]:
    """Return the handler of a button: it decides only for who may, and everybody else gets a toast."""

    def pressed(situation: Situation, button: Action) -> Iterable[Effect]:
        case = allowed(situation, action, button.args)
        return refuse(case.text) if isinstance(case, Refused) else decide(case)

    return pressed


def refuse(text: Text) -> list[Effect]:
    """Answer a press with why nothing happens."""
    return [Toast(text, alert=True)]
