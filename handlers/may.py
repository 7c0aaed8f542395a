"""Whether somebody may do something to a ticket: asked again at every press and every reply, and no unless said otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from bot.model.ids import PROVINCE, ForumId
from bot.model.people import Actor, Member
from bot.model.text import N_, Text, Words
from bot.model.tickets import Ticket, TicketState

DeskAction = Literal["take", "release", "reply", "note", "transfer", "return", "close", "cancel", "schedule"]
"""What can be done to a ticket in a group. `cancel` puts aside one's own unsent words or an open question."""

DESK_ACTIONS: tuple[DeskAction, ...] = get_args(DeskAction)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes."""


@dataclass(frozen=True, slots=True)
class Refused:
    """No, and why: one sentence for the person who tried, at most 200 characters in every language."""

    text: Text


Verdict = Allowed | Refused

_STATES: Mapping[DeskAction, frozenset[TicketState]] = {
    "take": frozenset({"new"}),
    "release": frozenset({"taken"}),
    "reply": frozenset({"new", "taken"}),
    "note": frozenset({"new", "taken", "closed"}),
    "transfer": frozenset({"new", "taken"}),
    "return": frozenset({"new"}),
    "close": frozenset({"new", "taken"}),
    "cancel": frozenset({"new", "taken", "closed"}),
    "schedule": frozenset({"new", "taken"}),
}


def may(actor: Actor, action: DeskAction, ticket: Ticket | None, forum: ForumId | None, member: Member | None) -> Verdict:
    """Return whether `actor`, known as `member`, may do this to the ticket from the group of `forum`.

    Members act on the tickets that their own forum holds now. Coordinators act on those of every forum, and alone on sensitive ones, in the
    province's group; in any other group, whose members read along, they may what its members may.
    """
    if no := stranger(actor, member):
        return no
    if ticket is None or ticket.state == "erased":
        return Refused(N_("The data of this report has been deleted."))
    no = _elsewhere(actor, ticket, forum, member) or _wrong_state(action, ticket) or _exception(actor, action, ticket, member)
    return no or Allowed()


def stranger(actor: Actor, member: Member | None) -> Refused | None:
    """Return why this is nobody who works at a desk, or None for a member or coordinator whom we know."""
    match actor:
        case "anonymous":
            return Refused(
                N_("Please turn off “Remain anonymous” in your admin rights, then try again: the bot must know that you are a member.")
            )
        case "channel":
            return Refused(N_("A channel cannot do this. Please use your own account."))
        case "former_member":
            return Refused(N_("You are no longer a member of this forum."))
        case "resident":
            return Refused(N_("This can only be done in the group of the forum."))
        case "member" | "coordinator" if member is not None:
            return None
        case _:
            return Refused(N_("Only members of the forum can do this."))


def _elsewhere(actor: Actor, ticket: Ticket, forum: ForumId | None, member: Member | None) -> Refused | None:
    if forum is None or member is None:
        return Refused(N_("This group does not belong to a forum."))
    coordinator = actor == "coordinator"
    if coordinator and forum == PROVINCE:
        return None
    if ticket.forum != forum or (member.forum != forum and not coordinator):
        return Refused(N_("Report {reference} is not with this forum now.", reference=ticket.reference))
    if ticket.sensitive:
        return Refused(N_("Sensitive reports are followed by the provincial head of the forums."))
    return None


def _wrong_state(action: DeskAction, ticket: Ticket) -> Refused | None:
    if ticket.state in _STATES[action]:
        return None
    if ticket.state == "closed":
        return Refused(N_("Report {reference} is closed.", reference=ticket.reference))
    if ticket.state == "taken":
        return Refused(
            N_(
                "Report {reference} is already taken. Followed by: {member}.",
                reference=ticket.reference,
                member=Words(ticket.taker_name),
            )
        )
    return Refused(N_("Report {reference} is free. Nobody has taken it.", reference=ticket.reference))


def _exception(actor: Actor, action: DeskAction, ticket: Ticket, member: Member | None) -> Refused | None:
    match action:
        case "reply" if not ticket.contact:
            return Refused(N_("The reporter does not want to get messages about {reference}.", reference=ticket.reference))
        case "reply" if not ticket.reachable or ticket.resident is None:
            return Refused(N_("The reporter of {reference} cannot be reached.", reference=ticket.reference))
        case "release" if actor != "coordinator" and (member is None or member.id != ticket.taker):
            return Refused(N_("Only {member} or a coordinator can do this.", member=Words(ticket.taker_name)))
        case "return" if ticket.came_from is None:
            return Refused(N_("Report {reference} did not come from another forum.", reference=ticket.reference))
        case _:
            return None
